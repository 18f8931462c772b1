package slack

import (
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestLink(t *testing.T) {
	for _, c := range []struct{ address, label, want string }{
		{"https://example.org/a", "A & B", "<https://example.org/a|\u2068A &amp; B\u2069>"},
		{"https://example.org/a b?x=<1>|2&y", "x|y", "<https://example.org/a%20b?x=%3C1%3E%7C2&amp;y|\u2068x\u2223y\u2069>"},
		{"https://example.org/خبر", "خبر", "<https://example.org/%D8%AE%D8%A8%D8%B1|\u2068خبر\u2069>"},
		{"https://bank.example@evil.example/", "x", "<https://evil.example/|\u2068x\u2069>"},
		{"https://example.org/", "", "<https://example.org/|\u2068example.org\u2069>"},
		{"javascript:alert(1)", "x", "\u2068x\u2069"},
		{"/relative", "x", "\u2068x\u2069"},
		{"", "x > y", "\u2068x &gt; y\u2069"},
		{"https://example.org/" + strings.Repeat("a", maxLink), "too long", "\u2068too long\u2069"},
	} {
		if got := link(c.address, c.label); got != c.want {
			t.Errorf("link(%q, %q) = %q, want %q", c.address, c.label, got, c.want)
		}
	}
}

func TestTruncate(t *testing.T) {
	for _, c := range []struct {
		text string
		n    int
		want string
	}{
		{"داعش", 4, "داعش"},
		{"داعش", 3, "دا…"},
		{"ab 😀", 5, "ab 😀"},
		{"ab 😀", 4, "ab…"},
		{"", 0, ""},
		{"abc", 0, "…"},
	} {
		if got := truncate(c.text, c.n); got != c.want {
			t.Errorf("truncate(%q, %d) = %q, want %q", c.text, c.n, got, c.want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{number(0), "0"},
		{number(999), "999"},
		{number(1234567), "1,234,567"},
		{number(-12000), "-12,000"},
		{number(2.5), "2.5"},
		{number(1e18), "1e+18"},
		{expectation(0.0234), "0.023"},
		{expectation(1.44), "1.4"},
		{expectation(1234.5), "1,235"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestWordsAreWhole(t *testing.T) {
	english, err := loadWords("en")
	if err != nil {
		t.Fatal(err)
	}
	files, err := wordFiles.ReadDir("words")
	if err != nil || len(files) < 2 {
		t.Fatalf("%d files of words, %v; want at least 2", len(files), err)
	}
	for _, file := range files {
		language := strings.TrimSuffix(file.Name(), ".json")
		w, err := loadWords(language)
		if err != nil {
			t.Fatal(err)
		}
		whole(t, language, reflect.ValueOf(*w), reflect.ValueOf(*english))
		for d, want := range map[time.Duration]string{
			0: w.Minutes.of(0, w.language), 24 * time.Hour: w.Hours.of(24, w.language),
			25 * time.Hour: w.Days.of(1, w.language) + w.Joiner + w.Hours.of(1, w.language),
		} {
			if got := w.duration(d); got != want {
				t.Errorf("%s: %s is %q, want %q", language, d, got, want)
			}
		}
	}
}

// whole holds a language's words against those of English.
func whole(t *testing.T, language string, got, want reflect.Value) {
	t.Helper()
	for i := range got.NumField() {
		name, got, want := got.Type().Field(i).Name, got.Field(i), want.Field(i)
		switch {
		case got.Type() == reflect.TypeFor[phrases]():
			whole(t, language, got, want)
		case got.Type() == reflect.TypeFor[plurals]():
			if got.MapIndex(reflect.ValueOf("other")).String() == "" {
				t.Errorf("%s: %s has no other form", language, name)
			}
		case got.Kind() == reflect.Map:
			for _, key := range want.MapKeys() {
				if !got.MapIndex(key).IsValid() || got.MapIndex(key).String() == "" || got.Len() != want.Len() {
					t.Errorf("%s: %s is not whole at %s", language, name, key)
				}
			}
		case got.Kind() == reflect.String:
			if got.String() == "" || strings.Count(got.String(), "{") != strings.Count(want.String(), "{") {
				t.Errorf("%s: %s is empty, or has other names in braces than English", language, name)
			}
		}
	}
}

func TestPlurals(t *testing.T) {
	for language, want := range map[string]map[float64]string{
		"en": {1: "once in a week.", 8: "once in 8 weeks.", 0.4: "more than once a week", 600: "less than once in 10 years"},
		"ar": {1: "كل أسبوع.", 2: "كل أسبوعين.", 3.2: "كل 3 أسابيع.", 26: "كل 26 أسبوعًا.", 101: "كل 101 أسبوع.", 0.4: "أكثر من مرة في الأسبوع"},
	} {
		w, err := loadWords(language)
		if err != nil {
			t.Fatal(err)
		}
		for weeks, phrase := range want {
			got := strings.NewReplacer(firstStrongIsolate, "", popIsolate, "").Replace(w.rarity(&w.Rise, weeks, 0.001))
			if !strings.Contains(got, phrase) {
				t.Errorf("%s: %g weeks are %q, want %q in it", language, weeks, got, phrase)
			}
		}
	}
}

func TestChance(t *testing.T) {
	w, err := loadWords("en")
	if err != nil {
		t.Fatal(err)
	}
	for p, want := range map[float64]string{
		0:       "less than once in 1,000,000,000 ",
		1e-12:   "less than once in 1,000,000,000 ",
		0.00025: "about once in 4,000 ",
		0.3:     "about once in 3.3 ",
		1:       "",
	} {
		if got := w.chance(&w.Rise, p); !strings.Contains(got, want) || (want == "") != (got == "") {
			t.Errorf("chance(%g) = %q, want %q in it", p, got, want)
		}
	}
}

func FuzzFeedText(f *testing.F) {
	for _, seed := range []string{
		"Groups to merge", "داعش والقاعدة", "<!channel> & @here", "*b* _i_ ~s~ `c` :tada:", "\u202e\xff\x00|>", ":a:b:c:", "<@U1|x>", "@channel@here",
	} {
		f.Add(seed, "https://example.org/?q="+seed)
	}
	f.Fuzz(func(t *testing.T, text, address string) {
		p := plain(text)
		if plain(p) == "" && p != "" || !utf8.ValidString(p) || strings.ContainsAny(p, "\n\r\t\x00\u202e\u2066\u2067") {
			t.Errorf("plain(%q) = %q", text, p)
		}
		m := mrkdwn(text)
		if strings.ContainsAny(m, "<>*_~`") || broadcast.MatchString(m) {
			t.Errorf("mrkdwn(%q) = %q", text, m)
		}
		l := link(address, text)
		if inner, found := strings.CutPrefix(l, "<"); found {
			target, label, split := strings.Cut(strings.TrimSuffix(inner, ">"), "|")
			if !split || strings.ContainsAny(target, "<>| \n") || strings.ContainsAny(label, "<>|\n") || !strings.HasPrefix(target, "http") {
				t.Errorf("link(%q, %q) = %q", address, text, l)
			}
		}
		if n := 20; lengthOf(truncate(p, n)) > n {
			t.Errorf("truncate(%q, %d) is %d long", p, n, lengthOf(truncate(p, n)))
		}
	})
}
