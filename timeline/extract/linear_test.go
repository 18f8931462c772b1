//go:build unix

package extract

import (
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"marsad/timeline"
)

// TestReadLinear reads texts that no one writes, on which a careless reader takes
// quadratic time or worse: 1 MB of each may cost four times as much a byte as
// 64 KB of it, which leaves room for caches and a busy machine, where quadratic
// time would cost sixteen times as much.
func TestReadLinear(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 12 MB")
	}
	kinds, err := ReadKinds(os.DirFS("../../seeds/kinds"))
	if err != nil {
		t.Fatal(err)
	}
	r, err := New(Options{Kinds: kinds, Entities: testEntities(), Topics: append(manyTopics(20),
		timeline.Topic{Name: "phrase", Query: `"and and and x" OR "و و و ب" OR 12* OR "may june"`},
		timeline.Topic{Name: "near", Query: `("and" OR may) NEAR/3 ("and" OR june OR @isis)`},
	)})
	if err != nil {
		t.Fatal(err)
	}
	// What the collector of garbage takes falls on whichever reading it meets: it
	// is run between texts instead.
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	const longest = 1 << 20
	for k, tt := range []struct{ name, lang, unit string }{
		{"digits", "en", "7"},
		{"clitic", "ar", "و"},
		{"nested brackets", "en", "((5) "},
		{"and", "en", "and "},
		{"months", "en", "May June "},
		{"quotes", "en", "\""},
		{"open brackets", "en", "("},
		{"digits with points", "en", "1.234,"},
		{"spaced digits", "en", "12 "},
		{"slashes", "en", "1/"},
		{"one letter", "en", "a"},
		{"clitics", "ar", "وال"},
		{"spaced clitic", "ar", "و "},
		{"tatweel", "ar", "ـ"},
		{"brackets", "en", "(1) "},
		{"and numbers", "en", "five and "},
		{"و numbers", "ar", "خمسة و "},
		{"Arabic months", "ar", "مايو أيار "},
		{"weekdays", "en", "Monday, "},
		{"days that say nothing", "ar", "اليوم "},
		{"days apart", "en", "on Monday he and "},
		{"ranges", "en", "1-2-"},
		{"guillemets", "ar", "«»"},
		{"apostrophes", "en", "a'"},
		{"full stops", "en", "a. "},
		{"initials", "en", "A."},
		{"line feeds", "en", "a\n"},
		{"thousands", "en", "thousand million "},
		{"آلاف", "ar", "آلاف مليون "},
		{"at least", "en", "at least "},
		{"between", "en", "between 1 and "},
		{"of", "en", "12 of "},
		{"kinds", "en", "killed "},
		{"counts", "en", "12 people killed "},
		{"said", "en", "he said 3 men "},
		{"entities", "en", "ISIS 5 men "},
		{"ago", "en", "two years ago "},
		{"marks", "ar", "َ"},
		{"emoji", "en", "👩‍👩‍👦"},
		{"bad bytes", "en", "\xff"},
	} {
		// The rest would show in less, too.
		large := longest
		if k > 5 {
			large /= 8
		}
		small := large / 16
		t.Run(tt.name, func(t *testing.T) {
			runtime.GC()
			text := func(size int) *timeline.Article {
				return &timeline.Article{
					Lang: tt.lang, Text: strings.Repeat(tt.unit, size/len(tt.unit)),
					Published: time.Date(2017, 5, 20, 12, 0, 0, 0, time.UTC),
				}
			}
			cost := func(size int) float64 { // CPU seconds a byte
				a := text(size)
				began := cpuTime(t)
				r.Read(a)
				return float64(cpuTime(t)-began) / float64(size)
			}
			cost(small)
			few, many := max(cost(small), cost(small)), cost(large)
			const floor = 20.0 // ns a byte: what is quicker than that is not measured well
			few = max(few, floor)
			for try := 0; try < 3 && many > 4*few; try++ {
				many = min(many, cost(large)) // there is room for it by now, and other jobs come and go
			}
			if many > 4*few {
				t.Errorf("%d bytes take %.0f ns a byte, %d bytes %.0f", small, few, large, many)
			}
		})
	}
}
