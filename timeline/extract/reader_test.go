package extract_test

import (
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"marsad/timeline"
	"marsad/timeline/extract"
)

// newReader gives a reader with the kinds of the seeds.
func newReader(tb testing.TB, entities ...timeline.Entity) *extract.Reader {
	tb.Helper()
	kinds, err := extract.ReadKinds(os.DirFS("../../seeds/kinds"))
	if err != nil {
		tb.Fatal(err)
	}
	r, err := extract.New(extract.Options{Kinds: kinds, Entities: entities})
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

// TestSeedArticle reads the sentences that the project began with, as published
// on 20 May 2017.
func TestSeedArticle(t *testing.T) {
	baghdad := time.FixedZone("", 3*60*60)
	r := newReader(t,
		timeline.Entity{Name: "isis", Kind: "group", Aliases: map[string][]string{"ar": {"داعش", "تنظيم الدولة"}}},
		timeline.Entity{Name: "alqaeda", Kind: "group", Aliases: map[string][]string{"ar": {"القاعدة"}}},
		timeline.Entity{Name: "syria", Kind: "place", Aliases: map[string][]string{"ar": {"سوريا"}}},
	)
	a := &timeline.Article{
		Lang: "ar", Published: time.Date(2017, 5, 20, 12, 0, 0, 0, baghdad),
		Text: "سيخرج تنظيم داعش من العراق خلال فترة وجيزة قد لا تستغرق شهرآ او شهرين .. بعض المصادر تشير الى ان هذا الإندماج سيكون اخطر.\n" +
			"فقد سلطت مجلة نيوزويك الأميركية الضوء على تصريحات لمسؤول عراقي رفيع المستوى قال فيها إن القاعدة وداعش يخططان للاندماج مجدداً، وأوضحت أن تحالفاً بين الفريقين غير مرجح.\n" +
			"وأضافت المجلة أن التحالف سيؤخر السلام بسوريا، فعصابات داعش تخضع له ما بين 12 ألفاً إلى 15 ألف ارهابي، نشط ألفان منهم فقط في العراق، " +
			"بينما يصل عدد ارهابيي القاعدة في سوريا إلى حوالي 31 ألف ارهابي وفق بعض المصادر العربية، هذا بالإضافة إلى عدة آلاف من الأرهابيين النشطين التابعين للقاعدة في آسيا.\n" +
			"حيث خلقت الحرب الأهلية المندلعة منذ ست سنوات أرضاً خصبة.\n" +
			"وما يساعد هو الدعم الذي تلقاه القاعدة بين فصائل المعارضة التي تقاتل منذ عام 2012، والتي بدأت في الانهيار تحت وقع الضربات الروسية منذ عام 2015.\n" +
			"سيصعد من الأنشطة المتطرفة في عدة أجزاء من العالم، وأحد الفصائل أو إحدى الجماعات.",
	}
	facts := r.Read(a)
	var got []string
	for _, c := range facts.Counts {
		got = append(got, strings.Join([]string{
			formatCount(a.Reading(), c), "object=" + c.Object.Of(a.Reading()), "kind=" + c.Kind, "of=" + c.Of, "by=" + c.By,
		}, " "))
	}
	for _, d := range facts.Dates {
		got = append(got, formatDate(a.Reading(), d))
	}
	for _, o := range facts.Other {
		if o.Type == "duration" {
			got = append(got, formatOther(a.Reading(), o))
		}
	}
	want := []string{
		"count «ما بين 12 ألفاً إلى 15 ألف» between 12000 _ 15000 object=ارهابي kind=fighters of=isis by=نيوزويك",
		"count «ألفان» exact 2000 2000 2000 object= kind=fighters of=isis by=نيوزويك",
		"count «حوالي 31 ألف» about _ 31000 _ object=ارهابي kind=fighters of=alqaeda by=بعض المصادر العربية",
		"count «عدة آلاف» vague _ _ _ object=الأرهابيين kind=fighters of=alqaeda by=بعض المصادر العربية",
		"date «ست سنوات» since 2011-01-01 2012-01-01 year",
		"date «عام 2012» since 2012-01-01 2013-01-01 year",
		"date «عام 2015» since 2015-01-01 2016-01-01 year",
		"other «شهرآ او شهرين» duration 2592000..5184000 month",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("facts (-want +got):\n%s", diff)
	}
}

func TestReaderFindsTopics(t *testing.T) {
	r, err := extract.New(extract.Options{Topics: []timeline.Topic{{Name: "merger", Any: []string{"اندماج"}}}})
	if err != nil {
		t.Fatal(err)
	}
	a := &timeline.Article{Title: "القاعدة وداعش", Text: "يخططان للاندماج مجدداً", Published: time.Date(2017, 5, 20, 0, 0, 0, 0, time.UTC)}
	both, alone := r.Read(a).Mentions, r.Mentions(a)
	if len(both) != 1 || both[0].Topic != "merger" {
		t.Fatalf("Read finds the topics %+v, want merger", both)
	}
	if diff := cmp.Diff(both, alone); diff != "" {
		t.Errorf("Read and Mentions differ (-Read +Mentions):\n%s", diff)
	}
	if r.Hashes()["merger"] != both[0].TopicHash {
		t.Errorf("hash of the topic is %q, of its mention %q", r.Hashes()["merger"], both[0].TopicHash)
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{
		"ما بين 12 ألفاً إلى 15 ألف ارهابي منذ عام 2012", "مقتل 19 شخصا وإصابة 227 يوم الأحد 9 أغسطس/ آب 2015",
		"At least 16 people were killed on Friday night, August 26, 2020 5:00 AM", "31 April 2015, 30/02/2016, 0000-00-00 (1952",
		"several thousand to one million of 2.5m in the past 24 hours", "القرن العشرين التسعينات الربع الأول من عام 2015م 25 شوال 1436 هـ",
		"قبل 9999999 سنة 999999999999999999999999 million thousand million", "the", "between and", "1,2.3'4،5",
	} {
		f.Add(s)
	}
	r := newReader(f)
	f.Fuzz(func(t *testing.T, s string) {
		a := &timeline.Article{Text: s, Published: time.Date(2017, 5, 20, 12, 0, 0, 0, time.UTC)}
		check(t, a, r.Read(a))
	})
}

// check fails the test where facts break what every reader of them relies on.
func check(t *testing.T, a *timeline.Article, f timeline.Facts) {
	t.Helper()
	size := len(a.Reading())
	inside := func(what string, s timeline.Span) {
		if s.Start < 0 || s.End <= s.Start || s.End > size {
			t.Errorf("%s has the span %v in %d bytes", what, s, size)
		}
	}
	for _, d := range f.Dates {
		inside("date "+d.Rule, d.Span)
		if lo, hi := d.Interval.Lo, d.Interval.Hi; !lo.IsZero() && !hi.IsZero() && !lo.Before(hi) {
			t.Errorf("date %s has the interval [%v, %v)", d.Rule, lo, hi)
		}
		if lo := d.Interval.Lo; d.Precision.IsCalendar() && !lo.Equal(lo.UTC().Truncate(24*time.Hour)) {
			t.Errorf("date %s begins at %v, want midnight UTC", d.Rule, lo)
		}
		if !d.Sentence.Contains(d.Span) {
			t.Errorf("date %s at %v is outside its sentence %v", d.Rule, d.Span, d.Sentence)
		}
	}
	for _, c := range f.Counts {
		inside("count "+c.Rule, c.Span)
		if !c.Object.IsZero() {
			inside("object of count "+c.Rule, c.Object)
		}
		if !ascending(c.Lo, c.Best, c.Hi) {
			t.Errorf("count %s is not lo <= best <= hi: %s", c.Rule, formatCount(a.Reading(), c))
		}
		if c.Kind == "" || c.Bound == "" {
			t.Errorf("count %s has the kind %q and the bound %q", c.Rule, c.Kind, c.Bound)
		}
	}
	last := 0
	for _, e := range f.Events {
		inside("event "+e.Rule, e.Span)
		if e.Span.Start < last {
			t.Errorf("event %s at %v comes behind one at %d", e.Rule, e.Span, last)
		}
		last = e.Span.Start
		if !e.Interval.Lo.Before(e.Interval.Hi) {
			t.Errorf("event %s has the interval [%v, %v)", e.Rule, e.Interval.Lo, e.Interval.Hi)
		}
		for _, s := range slices.Concat(e.Dates, e.Counts) {
			if !e.Span.Contains(s) {
				t.Errorf("event %s at %v has a date or a count at %v", e.Rule, e.Span, s)
			}
		}
	}
	for _, o := range f.Other {
		inside("other "+o.Rule, o.Span)
		if !ascending(o.Lo, o.Hi) {
			t.Errorf("other %s is not lo <= hi: %v %v", o.Rule, *o.Lo, *o.Hi)
		}
	}
}

// ascending reports whether the values that are there do not fall and are finite.
func ascending(values ...*float64) bool {
	last := math.Inf(-1)
	for _, v := range values {
		if v == nil {
			continue
		}
		if !(*v >= last) || *v > 1e18 {
			return false
		}
		last = *v
	}
	return true
}

// TestReadIsLinear reads 64 kB of what invites going back and
// forth; the fuzz target's bounds hold for it too.
func TestReadIsLinear(t *testing.T) {
	r := newReader(t)
	for _, unit := range []string{
		"1", "1 ", "000 ", "و", "وو ", "(", "1-", "million ", "ألف ", "خمسة و", "between ", "19 killed according to ", "مقتل 19 شخصا ",
		"منذ ", "May ", "2015-", "2 weeks starting ", "one hundred and ", "first of the ", "1 year, ", "5 of ", "early ", "3/4 ", "الأول من ", "قال المجلة 19 شخصا ",
	} {
		a := &timeline.Article{Text: strings.Repeat(unit, 1<<16/len(unit)), Published: time.Date(2017, 5, 20, 0, 0, 0, 0, time.UTC)}
		check(t, a, r.Read(a))
	}
}

func BenchmarkRead(b *testing.B) {
	r := newReader(b)
	a := &timeline.Article{Published: time.Date(2017, 5, 20, 0, 0, 0, 0, time.UTC), Text: strings.Repeat(
		"وأضافت المجلة أن التحالف بين القاعدة وداعش سيؤخر على الأرجح السلام بسوريا، وسيكون له تداعيات عالمية خطيرة، فعصابات داعش تخضع له ما بين 12 ألفاً إلى 15 ألف ارهابي.\n"+
			"The Security Council will meet on Tuesday to discuss the fighting, diplomats said, after at least 16 people were killed in the city of Mosul last week.\n", 200)}
	b.SetBytes(int64(len(a.Text)))
	b.ReportAllocs()
	for b.Loop() {
		r.Read(a)
	}
}
