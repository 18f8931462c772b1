package timeline

import "testing"

func TestRedactURL(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://example.org/rss?cat=3&lang=ar":                "https://example.org/rss?cat=3&lang=ar",
		"https://user:pw@example.org/rss":                      "https://example.org/rss",
		"https://example.org/rss?cat=3&api_key=k&Token=t&sig=": "https://example.org/rss?cat=3&api_key=...&Token=...&sig=",
		"https://example.org/rss?a=b;c&key":                    "https://example.org/rss?a=b;c&key",
		"https://example.org/%zz":                              "",
		"":                                                     "",
	} {
		if got := RedactURL(address); got != want {
			t.Errorf("%s is shown as %s, want %s", address, got, want)
		}
	}
}
