package text_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"marsad/timeline/text"
)

func TestFold(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"case", "ISIS Merger", "isis merger"},
		{"hamza", "أإآٱ مؤتمر بيئة جزء", "اااا موتمر بييه جزء"},
		{"alef maksura and ta marbuta", "مستشفى مدينة", "مستشفي مدينه"},
		{"tatweel and vowel signs", "العـــراقُ كِتَابًا", "العراق كتابا"},
		{"Persian letters and digits", "کیلو ۱۲۳۴", "كيلو 1234"},
		{"Arabic-Indic digits", "٣٫٥ و١٬٢٣٤ و١٢٪", "3.5 و1,234 و12%"},
		{"bidi and zero-width", "\u200fداعش\u200e \u2066x\u2069 a\u200bb", "داعش x ab"},
		{"white space", "a\u00a0 \n\tb", "a b"},
		{"presentation forms", "ﻻ ﷲ ＡＢ１２", "لا الله ab12"},
		{"accents", "São Février naïve İstanbul ılık", "sao fevrier naive istanbul ilik"},
		{"dashes and quotes", "5–6 isn’t", "5-6 isn't"},
		{"empty", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := text.Fold(tt.in); got != tt.want {
				t.Errorf("Fold(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

func TestReadTokens(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"words", "Two men, killed.", "two|men|,|killed|."},
		{"numbers", "1,234.5 12.5 ٣٫٥ ١٬٢٣٤ 1.234.567", "1,234.5|12.5|3.5|1,234|1.234.567"},
		{"decimal comma", "1،2 مليون و2,8", "1،2|مليون|و|2,8"},
		{"digits meet letters", "12ألف 2.5m G-20 3rd", "12|الف|2.5|m|g|-|20|3|rd"},
		{"scripts meet", "الـBBC", "ال|bbc"},
		{"dates", "20/05/2017 20.05.2017 2014-2018 10:30", "20|/|05|/|2017|20.05.2017|2014|-|2018|10|:|30"},
		{"initials", "U.S. at 5 a.m. end.The", "u.s|.|at|5|a.m|.|end|.|the"},
		{"points without space in Arabic", "العراق.وقال قال:إن", "العراق|.|وقال|قال|:|ان"},
		{"apostrophes", "don't O’Brien", "don't|o'brien"},
		{"money", "$5m 5€ 90%", "$|5|m|5|€|90|%"},
		{"tatweel as dash", "جدة ـ وكالات", "جده|-|وكالات"},
		{"marks alone", "\u200f \u200e", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, token := range text.Read(tt.in).Tokens {
				got = append(got, token.Folded)
			}
			if diff := cmp.Diff(tt.want, strings.Join(got, "|")); diff != "" {
				t.Errorf("tokens of %q (-want +got):\n%s", tt.in, diff)
			}
		})
	}
}

func TestReadSentences(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"line feed", "عنوان\nنص", "عنوان|نص"},
		{"full stops", "One. Two! Three? ٤؟ خمسة.", "One.|Two!|Three?|٤؟|خمسة."},
		{"no space after it", "في العراق.وقال المتحدث", "في العراق.|وقال المتحدث"},
		{"abbreviations", "Mr. Smith met Gen. Jones in Jan. 2015. He left.", "Mr. Smith met Gen. Jones in Jan. 2015.|He left."},
		{"initials", "قال د. أحمد إن J. Smith said", "قال د. أحمد إن J. Smith said"},
		{"era", "في عام 1436هـ. وقال", "في عام 1436هـ.|وقال"},
		{"a number of a list", "1. First things", "1. First things"},
		{"quotes", "\"We won.\" He left.", "\"We won.\"|He left."},
		{"lower case goes on", "the U.S. army vs. them", "the U.S. army vs. them"},
		{"decimals", "it rose 3.5 percent. Then", "it rose 3.5 percent.|Then"},
		{"dots", "القاعدة وداعش .. وعلى ذكر", "القاعدة وداعش ..|وعلى ذكر"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			read := text.Read(tt.in)
			var got []string
			for i, s := range read.Sentences {
				got = append(got, tt.in[s.Start:s.End])
				for _, token := range read.Tokens[s.First:s.Last] {
					if token.Sentence != i {
						t.Errorf("token %q is of sentence %d, want %d", token.Raw, token.Sentence, i)
					}
				}
			}
			if diff := cmp.Diff(tt.want, strings.Join(got, "|")); diff != "" {
				t.Errorf("sentences (-want +got):\n%s", diff)
			}
		})
	}
}

func TestStems(t *testing.T) {
	for _, word := range []string{"وبالعراق", "بِالْعراقِ", "لِلجيش", "merging", "ود"} {
		stems := text.Stems(text.Read(word).Tokens[0])
		if stems[0].Prefix != "" || stems[0].Start != 0 {
			t.Errorf("first stem of %q is %+v, want the word as it stands", word, stems[0])
		}
	}
	got := map[string]string{}
	word := "وَبِالْعـراق"
	for _, s := range text.Stems(text.Read(word).Tokens[0]) {
		got[s.Prefix+"+"+s.Folded] = word[s.Start:]
	}
	want := map[string]string{
		"+وبالعراق": "وَبِالْعـراق",
		"و+بالعراق": "بِالْعـراق",
		"وب+العراق": "الْعـراق",
		"وبال+عراق": "عـراق",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("stems of %s (-want +got):\n%s", word, diff)
	}
	if n := len(text.Stems(text.Read("ود").Tokens[0])); n != 1 {
		t.Errorf("a word of two letters has %d readings, want 1", n)
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{
		"", "القاعدة وداعش .. 12 ألفاً", "Mr. Smith: 1,234.5m", "a\u0301.\u200f.\n\n1.", "\xff\xfe 1،2،", "ـــ ـ 5ـ", "🇮🇶👩‍👩‍👦 ½",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if once := text.Fold(s); text.Fold(once) != once {
			t.Errorf("folding %q twice gives %q, once %q", s, text.Fold(once), once)
		}
		read := text.Read(s)
		end := 0
		for i, token := range read.Tokens {
			if token.Start < end || token.End <= token.Start || token.End > len(s) {
				t.Fatalf("token %d stands at [%d, %d) after %d in %d bytes", i, token.Start, token.End, end, len(s))
			}
			end = token.End
			if token.Raw != s[token.Start:token.End] || token.Folded == "" || token.Class == 0 {
				t.Fatalf("token %d is %+v", i, token)
			}
			if sentence := read.Sentences[token.Sentence]; i < sentence.First || i >= sentence.Last {
				t.Fatalf("token %d is not in its sentence %+v", i, sentence)
			}
			for _, stem := range text.Stems(token) {
				if stem.Prefix+stem.Folded != token.Folded || stem.Start < token.Start || stem.Start >= token.End {
					t.Fatalf("stem %+v of %+v", stem, token)
				}
			}
		}
	})
}

// TestReadIsLinear reads a megabyte of what invites going back and forth.
func TestReadIsLinear(t *testing.T) {
	for _, unit := range []string{"1", "و", "1,", "a.", ".", "a'", "((", "\u0301"} {
		s := strings.Repeat(unit, 1<<20/len(unit))
		if read := text.Read(s); len(read.Tokens) > len(s) {
			t.Errorf("%d tokens of %d bytes of %q", len(read.Tokens), len(s), unit)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	s := strings.Repeat("وأضافت المجلة أن التحالف بين القاعدة وداعش سيؤخر على الأرجح السلام بسوريا، ما بين 12 ألفاً إلى 15 ألف. "+
		"At least 16 people were killed in the Iraqi city of Mosul on 20 May 2017, the U.S. said.\n", 100)
	b.SetBytes(int64(len(s)))
	b.ReportAllocs()
	for b.Loop() {
		text.Read(s)
	}
}

// TestReadInto reads texts one after the other in the same room.
func TestReadInto(t *testing.T) {
	var room text.Text
	for _, s := range []string{"Two sentences. And a second one.", "", "قتل 12 شخصا.\nثم", "One."} {
		text.ReadInto(&room, s)
		fresh := text.Read(s)
		if room.Original != s {
			t.Errorf("the room has the text %q, want %q", room.Original, s)
		}
		if diff := cmp.Diff(fresh.Tokens, room.Tokens, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("tokens of %q (-fresh +used room):\n%s", s, diff)
		}
		if diff := cmp.Diff(fresh.Sentences, room.Sentences, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("sentences of %q (-fresh +used room):\n%s", s, diff)
		}
	}
}

// TestNarrowSpace sees to it that no space becomes a token.
func TestNarrowSpace(t *testing.T) {
	if got := len(text.Read("1\u202f234\u202f567").Tokens); got != 3 {
		t.Errorf("a number with narrow spaces has %d tokens, want 3", got)
	}
}
