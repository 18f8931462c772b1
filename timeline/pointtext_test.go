package timeline

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// TestPointTextCharByChar holds the short ways to what they are short for, each
// character at the beginning, in the middle and at the end.
func TestPointTextCharByChar(t *testing.T) {
	for r := rune(0); r <= 0x3100; r++ {
		for _, s := range []string{string(r) + "a", "a" + string(r) + "b", "ب" + string(r) + "ب", "a" + string(r)} {
			wantLine := strings.Map(func(r rune) rune {
				switch {
				case unicode.IsSpace(r):
					return ' '
				case unicode.IsControl(r):
					return -1
				}
				return r
			}, s)
			if got, cut := FieldText(s); got != wantLine || cut {
				t.Fatalf("FieldText(%q) = %q, want %q", s, got, wantLine)
			}
			wantTag := strings.TrimSpace(strings.Map(func(r rune) rune {
				if !unicode.IsPrint(r) {
					return -1
				}
				return r
			}, strings.ReplaceAll(wantLine, `\`, `/`)))
			if got := TagText(s); got != wantTag {
				t.Fatalf("TagText(%q) = %q, want %q", s, got, wantTag)
			}
		}
	}
}

func TestPointTextOfBadBytes(t *testing.T) {
	for _, s := range []string{"\xff", "a\xc3", "\xed\xa0\x80", string(utf8.RuneError), "a\xa0b"} {
		if got, _ := FieldText(s); !utf8.ValidString(got) || !strings.ContainsRune(got, utf8.RuneError) {
			t.Errorf("FieldText(%q) = %q, want valid UTF-8 with the mark of what was not", s, got)
		}
		if got := TagText(s); !strings.Contains(got, "?") || strings.ContainsRune(got, utf8.RuneError) {
			t.Errorf("TagText(%q) = %q, want a question mark", s, got)
		}
	}
}
