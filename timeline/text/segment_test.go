package text

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/clipperhouse/uax29/v2/words"
)

// sameSegments checks that s is cut as UAX #29 has it, and that what is told at a
// glance is so.
func sameSegments(t *testing.T, s string) {
	t.Helper()
	p := 0
	for segments := words.FromString(s); segments.Next(); {
		end, what := plainEnd(s, p)
		if what == anything {
			end = segmentEnd(s, p)
		}
		if end != segments.End() {
			t.Fatalf("%q: the segment at %d is %q, want %q", s, p, s[p:end], segments.Value())
		}
		word := segments.Value()
		if what >= latinFolded && (what == latinFolded || what == arabicFolded) != (Fold(word) == word) {
			t.Fatalf("%q at %d: %q folds to %q, and is taken for %d", s, p, word, Fold(word), what)
		}
		if what >= latinFolded {
			if n, class, script := cut(word); n != len(word) || class != Word || script != what.script() {
				t.Fatalf("%q at %d: %q is cut at %d, class %d, script %d", s, p, word, n, class, script)
			}
		}
		p = segments.End()
	}
}

func TestSegmentEnd(t *testing.T) {
	for _, s := range []string{
		"", "a", "a b", "a  b", "can't 'tis dogs'", "U.S. a.m. end.The x: y:z a:b", "3.5 1,000 G20 B_1 _a a_", "a\u0301 b \u0301c", "a\r\nb\n\nc\td",
		"القاعدة، وداعش. كِتَابٌ ـ الـBBC 12ألف ألف12", "#\ufe0f\u20e3 *\u0301", "x\u200dy \u200d z", "naïve été a’b", "a\"b \"c\" (d) [e]", "\u00a0a", "ab\u00adcd", "ی ک", "\xffa b\xff",
		" \u064cب", "\u064cب", "ب \u064cب",
	} {
		sameSegments(t, s)
	}
	files, err := filepath.Glob("../extract/testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("texts: %v, %v", files, err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(data)) {
			sameSegments(t, line)
		}
	}
}

func FuzzSegmentEnd(f *testing.F) {
	f.Add("He said: \"U.S. forces\" 12,5 القاعدة و داعش. can't a\u0301 \u200d")
	f.Fuzz(func(t *testing.T, s string) { sameSegments(t, s) })
}
