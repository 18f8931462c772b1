package extract

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"marsad/timeline"
	"marsad/timeline/text"
)

// manyTopics makes n topics of ten phrases each. Every fourth word is one that
// news is made of, the others no text has, as most topics are on few articles.
func manyTopics(n int) []timeline.Topic {
	english := strings.Fields("army attack border bomb camp city clash command council court crisis election fighter force front government group leader militia minister mission north party peace police president rebel refugee region report source south state strike talk town truce village war west")
	arabic := strings.Fields("جيش هجوم حدود قنبلة مخيم مدينة اشتباك قيادة مجلس محكمة أزمة انتخابات مقاتل قوات جبهة حكومة جماعة زعيم ميليشيا وزير بعثة شمال حزب سلام شرطة رئيس متمرد لاجئ منطقة تقرير مصدر جنوب دولة ضربة محادثات بلدة هدنة قرية حرب غرب")
	topics := make([]timeline.Topic, n)
	for i := range topics {
		n, arabicN := letters(i, 'q'), letters(i, 'ح')
		word := func(of []string, k int, rare string) string {
			if k += i * 7; k%4 != 0 {
				return of[k%len(of)] + rare
			}
			return of[k%len(of)]
		}
		e := func(k int) string { return word(english, k*11, n) }
		a := func(k int) string { return word(arabic, k*5, arabicN) }
		topics[i] = timeline.Topic{
			Name: fmt.Sprintf("topic-%04d", i),
			Query: fmt.Sprintf(`("%s %s" OR "%s %s" OR %s* OR "%s %s" OR %s) NEAR/12 (@isis OR "%s %s" OR "%s %s" OR %s* OR @iraq) NOT "%s %s"`,
				e(1), e(2), e(3), e(4), e(5), e(6), e(7), e(8), a(1), a(2), a(3), a(4), a(5), e(9), e(10)),
		}
	}
	return topics
}

// letters writes a number in ten letters from zero on, which makes no word.
func letters(n int, zero rune) string {
	return strings.Map(func(r rune) rune { return r - '0' + zero }, strconv.Itoa(n))
}

// englishProse and arabicProse are news as it is written, made up for the test.
const englishProse = `The militia said on Tuesday that its fighters had taken two villages south of the city, after clashes with government forces in which dozens were killed. A spokesman for the coalition's command in Iraq said the strikes had "no effect" on the front; residents spoke of a truce between the groups. The minister of defence told reporters that talks with the rebels would go on, and that the army's mission in the north would end this year. Refugees from the border region have reached the camps in the west since the election, the agency's report says. `

const arabicProse = `قالت مصادر في الحكومة إن القوات العراقية استعادت قريتين جنوب المدينة بعد اشتباكات مع مقاتلي تنظيم الدولة، وإن عشرات المسلحين قتلوا في الضربات الجوية. وأضاف المتحدث باسم القيادة أن المحادثات بين الجماعات المسلحة حول هدنة جديدة ستستمر، وأن وزير الدفاع سيزور المخيمات على الحدود. وبحسب التقرير فإن اللاجئين وصلوا إلى المنطقة منذ الانتخابات الأخيرة، وللجيش هناك مهمة كبيرة في شمال البلاد. `

func BenchmarkMatch(b *testing.B) {
	for _, lang := range []struct{ name, prose string }{{"en", englishProse}, {"ar", arabicProse}} {
		articles := text.Read(strings.Repeat(lang.prose, 8)) // a long article, as news goes
		for _, n := range []int{10, 100, 1000} {
			m, err := NewMatcher(manyTopics(n), testEntities())
			if err != nil {
				b.Fatal(err)
			}
			b.Run(fmt.Sprintf("%s/topics=%d", lang.name, n), func(b *testing.B) {
				b.SetBytes(int64(len(articles.Original)))
				b.ReportAllocs()
				for b.Loop() {
					m.Match(articles)
				}
			})
		}
	}
}

func BenchmarkNewMatcher(b *testing.B) {
	topics := manyTopics(1000)
	for b.Loop() {
		if _, err := NewMatcher(topics, testEntities()); err != nil {
			b.Fatal(err)
		}
	}
}

// A matcher is used by all workers at once.
func TestMatchConcurrently(t *testing.T) {
	m, err := NewMatcher(manyTopics(50), testEntities())
	if err != nil {
		t.Fatal(err)
	}
	read := text.Read(arabicProse + englishProse)
	want := m.Match(read)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				if diff := cmp.Diff(want, m.Match(read)); diff != "" {
					t.Errorf("(-want +got) %s", diff)
					return
				}
			}
		})
	}
	wg.Wait()
}

// TestMatchHostile reads texts on which a careless matcher takes quadratic time
// or worse: at this size such a one would take minutes.
func TestMatchHostile(t *testing.T) {
	m, err := NewMatcher([]timeline.Topic{
		{Name: "phrase", Query: `"a a a a b" OR "و و و ب"`},
		{Name: "near", Query: "(a OR b) NEAR/3 (a OR c OR @isis)"},
		{Name: "prefix", Query: "aa* OR وو*"},
	}, testEntities())
	if err != nil {
		t.Fatal(err)
	}
	const size = 100_000
	for _, unit := range []string{"a ", "a b c ", "و", "وا", "وبال", "a", "(", "\"", "1", "داعش ", "a\n", "'", "é", "ـ"} {
		m.Match(text.Read(strings.Repeat(unit, size/len(unit))))
	}
}

func FuzzMatch(f *testing.F) {
	f.Add("ISIS and al-Qaeda's merger")
	f.Add("القاعدة وداعش يخططان للاندماج مجدداً")
	f.Add("a b\nc. d' é ﷲ \xff 12,5")
	m, err := NewMatcher([]timeline.Topic{
		{Name: "near", Query: "al* b OR merg* OR اندماج OR (a OR ابجد OR @alqaeda) NEAR/4 (@isis OR b)"},
		{Name: "not", Query: `("a b" OR =a OR ود*) NOT (c OR "d e")`},
	}, testEntities())
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		read := text.Read(s)
		matched := map[string]bool{}
		for _, mention := range m.Match(read) {
			matched[mention.Topic] = true
			if len(mention.Spans) == 0 {
				t.Errorf("%s: no spans", mention.Topic)
			}
			checkSpans(t, s, mention.Spans)
		}
		for topic := range m.Hashes() {
			why, err := m.Why(topic, read)
			if err != nil || why.Matched != matched[topic] || why.Matched != (why.Missing() == nil) {
				t.Errorf("%s: matched %v, explained %+v, %v", topic, matched[topic], why, err)
			}
		}
		var spans []timeline.Span
		for _, e := range m.Entities(read) {
			if len(spans) == 0 || spans[len(spans)-1] != e.Span {
				spans = append(spans, e.Span)
			}
		}
		checkSpans(t, s, spans)
	})
}

// checkSpans checks that spans are of whole characters of s, in order and
// without overlaps.
func checkSpans(t *testing.T, s string, spans []timeline.Span) {
	t.Helper()
	end := 0
	for _, span := range spans {
		if span.Start < end || span.End <= span.Start || span.End > len(s) {
			t.Fatalf("spans %v of %q", spans, s)
		}
		end = span.End
		if !utf8.ValidString(s) {
			continue // a stray byte is no character that could be cut
		}
		if !utf8.RuneStart(s[span.Start]) || span.End < len(s) && !utf8.RuneStart(s[span.End]) {
			t.Fatalf("span %v cuts a character of %q", span, s)
		}
	}
}
