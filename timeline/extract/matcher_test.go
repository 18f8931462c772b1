package extract

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"marsad/timeline"
	"marsad/timeline/text"
)

// testEntities is the lexicon of the vectors.
func testEntities() []timeline.Entity {
	return []timeline.Entity{
		{Name: "isis", Aliases: map[string][]string{
			"en": {"ISIS", "ISIL", "Daesh", "Islamic State"}, "ar": {"داعش", "تنظيم الدولة"},
		}},
		{Name: "alqaeda", Aliases: map[string][]string{"en": {"al-Qaeda", "al-Qaida"}, "ar": {"القاعدة"}}},
		{Name: "iraq", Aliases: map[string][]string{"en": {"Iraq"}, "ar": {"العراق"}}},
		{Name: "coalition", Aliases: map[string][]string{"en": {"U.S.-led coalition"}}},
		{Name: "hts", Aliases: map[string][]string{"en": {"Hayat Tahrir al-Sham", "Tahrir al-Sham"}}},
	}
}

// vector is a line of testdata/topics.*.txt.
type vector struct {
	where, query, text string
	spans              []timeline.Span
}

func readVectors(t *testing.T) []vector {
	t.Helper()
	files, err := filepath.Glob("testdata/topics.*.txt")
	if err != nil || len(files) < 2 {
		t.Fatalf("files of vectors: %v, %v", files, err)
	}
	var vectors []vector
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		lines, before := bufio.NewScanner(f), len(vectors)
		for lines.Scan() {
			if lines.Text() == "" || strings.HasPrefix(lines.Text(), "#") {
				continue
			}
			fields := strings.SplitN(lines.Text(), " | ", 3)
			if len(fields) != 3 {
				t.Fatalf("%s: not three fields: %s", name, lines.Text())
			}
			v := vector{where: filepath.Base(name) + "/" + fields[0], query: fields[1]}
			v.text, v.spans = unbracket(strings.ReplaceAll(fields[2], " ⏎ ", "\n"))
			vectors = append(vectors, v)
		}
		if lines.Err() != nil || len(vectors)-before < 40 {
			t.Fatalf("%s: %d vectors, %v", name, len(vectors)-before, lines.Err())
		}
	}
	return vectors
}

// unbracket takes the brackets out of s and says what stood in them.
func unbracket(s string) (plain string, spans []timeline.Span) {
	var b strings.Builder
	for _, r := range s {
		switch r {
		case '[':
			spans = append(spans, timeline.Span{Start: b.Len()})
		case ']':
			spans[len(spans)-1].End = b.Len()
		default:
			b.WriteRune(r)
		}
	}
	return b.String(), spans
}

func TestMatchVectors(t *testing.T) {
	for _, v := range readVectors(t) {
		t.Run(v.where, func(t *testing.T) {
			m, err := NewMatcher([]timeline.Topic{{Name: "t", Query: v.query}}, testEntities())
			if err != nil {
				t.Fatal(err)
			}
			var got []timeline.Span
			for _, mention := range m.Match(text.Read(v.text)) {
				got = mention.Spans
			}
			if diff := cmp.Diff(v.spans, got); diff != "" {
				t.Errorf("query %s\ntext  %s\n(-want +got) %s\ngot %q", v.query, v.text, diff, words(v.text, got))
			}
		})
	}
}

func words(s string, spans []timeline.Span) []string {
	out := make([]string, len(spans))
	for i, span := range spans {
		out[i] = span.Of(s)
	}
	return out
}

func TestMatchManyTopics(t *testing.T) {
	m, err := NewMatcher([]timeline.Topic{
		{Name: "truce", Any: []string{"truce", "cease-fire", "هدنة"}, None: []string{"armistice day"}},
		{Name: "merger", Query: "merg* NEAR/12 (@isis OR @alqaeda)"},
		{Name: "elsewhere", All: []string{"truce", "antarctica"}},
		{Name: "both", All: []string{"truce", "(merger OR alliance) iraq"}},
	}, testEntities())
	if err != nil {
		t.Fatal(err)
	}
	s := "A truce in Iraq\nISIS spoke of a merger with al-Qaeda."
	got := m.Match(text.Read(s))
	want := map[string][]string{
		"both":   {"truce", "Iraq", "merger"},
		"merger": {"ISIS", "merger", "al-Qaeda"},
		"truce":  {"truce"},
	}
	last := ""
	for _, mention := range got {
		if mention.Topic <= last {
			t.Errorf("%s comes after %s", mention.Topic, last)
		}
		last = mention.Topic
		if diff := cmp.Diff(want[mention.Topic], words(s, mention.Spans)); diff != "" {
			t.Errorf("%s: (-want +got) %s", mention.Topic, diff)
		}
		if mention.TopicHash != m.Hashes()[mention.Topic] || mention.Revision != 0 || !mention.At.IsZero() {
			t.Errorf("mention = %+v", mention)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d topics, want %d", len(got), len(want))
	}
	if got := m.Match(text.Read("The truce of Armistice Day")); got != nil {
		t.Errorf("none is there and yet %+v", got)
	}
	if got := m.Match(text.Read("")); got != nil {
		t.Errorf("an empty text has %+v", got)
	}
}

func TestEntities(t *testing.T) {
	entities := append(testEntities(),
		timeline.Entity{Name: "levant", Aliases: map[string][]string{"en": {"al-Sham"}, "ar": {"الشام", "تنظيم"}}},
		timeline.Entity{Name: "caliphate", Aliases: map[string][]string{"ar": {"داعش", "الداعش"}}})
	m, err := NewMatcher(nil, entities)
	if err != nil {
		t.Fatal(err)
	}
	s := "Tahrir al-Sham in al-Sham: وداعش والداعش وتنظيم الدولة"
	var got []string
	for _, e := range m.Entities(text.Read(s)) {
		got = append(got, e.Entity+" "+e.Span.Of(s))
	}
	want := []string{
		"hts Tahrir al-Sham", "levant al-Sham", "caliphate وداعش", "isis وداعش",
		"caliphate والداعش", "isis والداعش", "isis وتنظيم الدولة",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got) %s", diff)
	}
}

func TestHashes(t *testing.T) {
	hash := func(query string, aliases ...string) string {
		t.Helper()
		m, err := NewMatcher([]timeline.Topic{{Name: "t", Query: query}},
			[]timeline.Entity{{Name: "e", Aliases: map[string][]string{"en": aliases}}, {Name: "other", Aliases: map[string][]string{"en": {"x"}}}})
		if err != nil {
			t.Fatal(err)
		}
		return m.Hashes()["t"]
	}
	base := hash("a (b OR @e)", "x", "y")
	for _, tt := range []struct {
		name string
		hash string
		same bool
	}{
		{"layout", hash("  a   AND ( b OR @e ) ", "x", "y"), true},
		{"order and case of aliases", hash("a (b OR @e)", "Y", "x"), true},
		{"another alias", hash("a (b OR @e)", "x", "z"), false},
		{"one alias less", hash("a (b OR @e)", "x"), false},
		{"another entity", hash("a (b OR @other)", "x", "y"), false},
		{"another word", hash("a (c OR @e)", "x", "y"), false},
		{"another form", hash("=a (b OR @e)", "x", "y"), false},
		{"other brackets", hash("a b OR @e", "x", "y"), false},
	} {
		if (tt.hash == base) != tt.same {
			t.Errorf("%s: same hash is %v, want %v", tt.name, !tt.same, tt.same)
		}
	}
	if hash("a NEAR/2 b", "x") == hash("a NEAR/3 b", "x") {
		t.Error("the distance is not in the hash")
	}
	if hash("@e", "x") != hash("@other", "y") {
		t.Error("the name of an entity is in the hash")
	}
}
