package collector

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestPlainText(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"plain", "Two  groups\tmerge. ", "Two groups merge."},
		{"less than", "5 < 6 & 7 > 6", "5 < 6 & 7 > 6"},
		{"entities", "Caf&eacute; &amp; bar &#1575;&#x644;", "Café & bar ال"},
		{"inline markup leaves words whole", "<b>داعـ</b>ش <a href='x'>link</a>", "داعـش link"},
		{"blocks are lines", "<p>One<br/>two</p><ul><li>three</li><li>four</li></ul>", "One\ntwo\nthree\nfour"},
		{"a line feed is a space", "<p>One\ntwo</p>", "One two"},
		{"an empty line divides", "One\ntwo\n\nthree", "One two\nthree"},
		{"scripts and styles go", "a<script>if (a<b) alert('</p>')</script>b<style>p{}</style>c<!-- d -->", "abc"},
		{"unclosed script", "a<script>b", "a"},
		{"unclosed tag", "a <img src='x", "a"},
		{"invisible characters", "\u202eabc\u202c\u200f \x00d\u200ce\ufeff", "abc d\u200ce"},
		{"non-breaking space", "a\u00a0b&nbsp;c", "a b c"},
		{"nothing", "<img src='x.png'/>", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := plainText(tt.in); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	if got := plainTitle("<p>One</p><p>two</p>"); got != "One two" {
		t.Errorf("title %q: want one line", got)
	}
}

func FuzzPlainText(f *testing.F) {
	for _, s := range []string{"a", "<p>a<br>b</p>", "&amp;lt;", "<script>", "<![CDATA[x]]>", "a\n\nb", "\u202e"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := plainText(strings.ToValidUTF8(s, "\ufffd"))
		if !utf8.ValidString(got) || strings.Contains(got, "\n\n") || strings.TrimSpace(got) != got || strings.ContainsAny(got, "\x00\r\u202e") {
			t.Errorf("%q became %q", s, got)
		}
		if again := foldSpace(got); strings.ReplaceAll(got, "\n", " ") != strings.ReplaceAll(again, "\n", " ") {
			t.Errorf("%q folds anew to %q", got, again)
		}
	})
}

func TestPlainTitle(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"one line", "<p>One</p><p>two</p>", "One two"},
		{"stretched", "عـــاجل: مقتـــل", "عاجل: مقتل"},
		{"a stroke at the end of a word stays", "1438 هـ", "1438 هـ"},
		{"a stroke by itself stays", "ـ", "ـ"},
		{"turned around", "\u202bعاجل\u202c\u200f", "عاجل"},
		{"escaped twice", "&lt;b&gt;One&lt;/b&gt; &amp;quot;two&amp;quot;", `One "two"`},
		{"escaped once", "AT&amp;T 5 &lt; 6", "AT&T 5 < 6"},
		{"ampersands", "R&D; A&B", "R&D; A&B"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := plainTitle(tt.in); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestFixMojibake(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"ASCII", "plain", "plain"},
		{"French", "été à la Ãvre", "été à la Ãvre"},
		{"two letters of two bytes", "Ã©tÃ©", "été"},
		{"a quotation mark", "donâ€™t", "don’t"},
		{"Arabic", "Ù…Ù‚ØªÙ„", "مقتل"},
		{"controls", "don\u0092t \u0085", "don\u0092t \u0085"},
		{"mixed with what is right", "Ã© مقتل", "Ã© مقتل"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := fixMojibake(tt.in); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	if got, want := plainText("don\u0092t \u0085 \u0081"), "don’t …"; got != want {
		t.Errorf("control characters became %q, want %q", got, want)
	}
}
