package extract

import (
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"marsad/timeline"
)

// TestReadWordSalad reads the words that the grammar knows in any order, repeated,
// which no text has: nothing may panic or leave the text.
func TestReadWordSalad(t *testing.T) {
	kinds, err := ReadKinds(os.DirFS("../../seeds/kinds"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := New(Options{Kinds: kinds})
	if err != nil {
		t.Fatal(err)
	}
	marks := []string{"-", "/", ",", "(", ")", "3", "15", "2015", "12", "0", ".", "^", "%", "+", "st", "th", "و", "012345678", "ال"}
	for lang, language := range r.lexicon {
		words := slices.Clone(marks)
		for _, first := range slices.Sorted(maps.Keys(language.entries)) {
			for _, e := range language.entries[first] {
				words = append(words, strings.TrimSpace(first+" "+strings.Join(e.rest, " ")))
			}
		}
		random := rand.New(rand.NewPCG(1, uint64(len(lang))))
		for range 500 {
			var unit strings.Builder
			for range 1 + random.IntN(5) {
				unit.WriteString(words[random.IntN(len(words))])
				unit.WriteString([]string{" ", " ", ""}[random.IntN(3)])
			}
			a := &timeline.Article{
				Lang: lang, Text: strings.Repeat(unit.String(), 4),
				Published: time.Date(2017, 5, 20, 0, 0, 0, 0, time.UTC),
			}
			facts := r.Read(a)
			for _, d := range facts.Dates {
				inText(t, a, d.Span)
				if !d.Interval.Lo.Before(d.Interval.Hi) {
					t.Errorf("%q: date %s has the interval %v", a.Text, d.Rule, d.Interval)
				}
			}
			for _, c := range facts.Counts {
				inText(t, a, c.Span)
			}
			for _, o := range facts.Other {
				inText(t, a, o.Span)
			}
		}
	}
}

func inText(t *testing.T, a *timeline.Article, s timeline.Span) {
	t.Helper()
	if s.Start < 0 || s.Start >= s.End || s.End > len(a.Text) {
		t.Errorf("span %v in the %d bytes of %q", s, len(a.Text), a.Text)
	}
}
