package sqlite

import (
	"errors"
	"path/filepath"
	"testing"

	"marsad/timeline"
)

// FuzzSearch looks for anything: it is found or not, or is a mistake that is told,
// and nothing of it is syntax to SQLite.
func FuzzSearch(f *testing.F) {
	for _, query := range []string{`merger -truce "two groups" begin*`, `OR AND NOT NEAR(a b, 3) words:x`, `"unclosed`, `^a + {b} "*" -"-"*`, "وبالموصل القاعدة*", "\xff\x00*", "12,000 U.S"} {
		f.Add(query)
	}
	r := openTest(f, filepath.Join(f.TempDir(), "record.db"))
	f.Fuzz(func(t *testing.T, query string) {
		var mistake *timeline.MistakeError
		if _, err := r.Search(t.Context(), query, timeline.Query{}); err != nil && !errors.As(err, &mistake) {
			t.Errorf("%q: %v", query, err)
		}
	})
}
