package text_test

import (
	"slices"
	"testing"

	"marsad/timeline/text"
)

func TestSearchForm(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]string{
		"Groups": "groups", "U.S": "us", "12,000": "12000", "١٢": "12", "القاعدة": text.Fold("قاعدة"), "وبالموصل": text.Fold("موصل"), "للرقة": text.Fold("رقة"),
		"قتل": text.Fold("قتل"), ".": "",
	} {
		if got := text.SearchForm(&text.Read(words).Tokens[0]); got != want {
			t.Errorf("%s: %q, want %q", words, got, want)
		}
	}
	for words, want := range map[string]string{"group": "groups", "groups": "group", "قتل": text.Fold("وقتل"), "as": "ass"} {
		if got := text.SearchForms(&text.Read(words).Tokens[0]); !slices.Contains(got, want) {
			t.Errorf("%s: %q, want %q among them", words, got, want)
		}
	}
}
