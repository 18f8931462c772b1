package extract

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"marsad/timeline"
	"marsad/timeline/text"
)

// TestStemVectors reads testdata/stems.*.txt, whose form is told at their heads.
func TestStemVectors(t *testing.T) {
	for _, name := range []string{"stems.en.txt", "stems.ar.txt"} {
		data, err := os.ReadFile("testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		number, pairs := 0, map[byte]int{}
		for line := range strings.Lines(string(data)) {
			number++
			line = strings.TrimSpace(line)
			if line == "" || strings.HasPrefix(line, "#") {
				continue
			}
			query, word, ok := strings.Cut(line[1:], " | ")
			if !ok || line[0] != '+' && line[0] != '-' {
				t.Fatalf("%s:%d: not a pair: %s", name, number, line)
			}
			pairs[line[0]]++
			m, err := NewMatcher([]timeline.Topic{{Name: "t", Query: strings.TrimSpace(query)}}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := m.Match(text.Read(word)) != nil, line[0] == '+'; got != want {
				t.Errorf("%s:%d: %q finds %q: %v, want %v", name, number, query, word, got, want)
			}
		}
		if pairs['+'] < 50 || pairs['-'] < 40 {
			t.Errorf("%s: %d pairs that match and %d that do not", name, pairs['+'], pairs['-'])
		}
	}
}

// A word in two families would be in the one that is read last.
func TestFamilies(t *testing.T) {
	for name, data := range map[string]string{"en": englishFamilies, "ar": arabicFamilies} {
		seen := map[string]bool{}
		for line := range strings.Lines(data) {
			line, _, _ = strings.Cut(line, "#")
			own := map[string]bool{}
			for w := range strings.FieldsSeq(text.Fold(line)) {
				if seen[w] {
					t.Errorf("stems/%s.txt: %q is in two families", name, w)
				}
				own[w] = true
			}
			for w := range own {
				seen[w] = true
			}
		}
		if len(seen) < 20 {
			t.Errorf("stems/%s.txt: %d words", name, len(seen))
		}
	}
}

// The stemmer takes quadratic time over a long word; words that long are none.
func TestLongWord(t *testing.T) {
	word := strings.Repeat("ay", 500_000)
	m, err := NewMatcher([]timeline.Topic{{Name: "t", Query: word + " OR " + strings.Repeat("وال", 100_000)}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	if m.Match(text.Read("a "+word+"s "+word)) == nil {
		t.Error("a long word is not found as it is written")
	}
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("a word of 1 MB takes %v", took)
	}
}

// What a matcher remembers of the words of texts is limited, and forgetting
// changes no answer.
func TestRecallFull(t *testing.T) {
	m, err := NewMatcher([]timeline.Topic{{Name: "t", Query: `truce OR "cease fire"`}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	f := newFindings()
	var b strings.Builder
	for i := range 3 * mostFresh {
		fmt.Fprintf(&b, "w%s ", letters(i, 'a'))
	}
	for _, s := range []string{"a truce", b.String(), "the cease-fire and truces " + b.String()[:1000], "nothing"} {
		read := text.Read(s)
		want := m.Match(read)
		m.room.Put(f)
		got := m.Match(read)
		if len(got) != len(want) || len(got) > 0 && len(got[0].Spans) != len(want[0].Spans) {
			t.Errorf("%.30q: %v, want %v", s, got, want)
		}
		if known := max(len(f.recall.fresh), len(f.recall.stale)); known > mostFresh {
			t.Errorf("%d words are remembered, at most %d", known, mostFresh)
		}
	}
}
