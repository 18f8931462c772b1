package sqlite

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"marsad/timeline"
)

// oldRecord makes a record of an earlier version, with the rows that a program of
// then wrote: two polls of feed f and a loaded article of another publisher; one
// article revised, with a date beyond every point; then the publisher of f was
// called otherwise.
func oldRecord(t *testing.T, version int) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "record.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	exec := func(statements string) {
		t.Helper()
		if _, err := db.ExecContext(t.Context(), statements); err != nil {
			t.Fatal(err)
		}
	}
	steps, err := readMigrations(migrations)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range steps[:version] {
		exec(m.sql)
	}
	rows, err := os.ReadFile(fmt.Sprintf("testdata/version%d.sql", version))
	if err != nil {
		t.Fatal(err)
	}
	exec(string(rows))
	exec(fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, version))
	return path
}

// What an earlier program recorded is all there: what was known is known, what
// was read is listed, and points keep their times.
func TestMigrate(t *testing.T) {
	path := oldRecord(t, 4)
	t.Cleanup(func() { checkRecord(t, path) })
	r := openTest(t, path)

	renamed := testArticle("0-0", noon)
	renamed.Identity.Publisher = "P2" // as the feed calls it now
	loaded := testArticle("loaded", noon)
	loaded.Identity.Feed, loaded.Identity.Publisher = "archive", "Q"
	unknown := testArticle("unknown", noon)
	known, err := r.Known(t.Context(), []timeline.Identity{
		testArticle("0-1", noon).Identity, renamed.Identity, loaded.Identity, unknown.Identity,
	})
	if err != nil {
		t.Fatal(err)
	}
	var revisions []int
	for _, k := range known {
		revisions = append(revisions, k.Revision)
	}
	if diff := cmp.Diff([]int{1, 2, 1, 0}, revisions); diff != "" {
		t.Errorf("known revisions (-want +got):\n%s", diff)
	}
	for _, number := range []int{0, 1} {
		for _, want := range testPoll(number, 2).Articles[1:] { // the first was revised
			got, err := r.Article(t.Context(), want.Article.ID)
			if err != nil {
				t.Fatal(err)
			}
			if want := pointTime(want.Article.Published, want.Article.ID); !got.Article.At.Equal(want) {
				t.Errorf("point of %s at %v, want %v", got.Article.URL, got.Article.At, want)
			}
			for i := range want.Facts.Counts {
				c := &want.Facts.Counts[i]
				c.At = pointTime(want.Article.Published, timeline.FactID(want.Article.ID, 1, timeline.KindCount, c.Span, c.Rule))
			}
			if diff := cmp.Diff(want.Facts.Dates, got.Facts.Dates); diff != "" {
				t.Errorf("dates of %s (-want +got):\n%s", got.Article.URL, diff)
			}
			if diff := cmp.Diff(want.Facts.Counts, got.Facts.Counts); diff != "" {
				t.Errorf("counts of %s (-want +got):\n%s", got.Article.URL, diff)
			}
		}
	}
	if counts, err := r.FoundCounts(t.Context(), timeline.Query{From: noon.Add(time.Minute), To: noon.Add(time.Minute + 1)}); err != nil || len(counts.Items) != 4 {
		t.Errorf("%d counts of the second minute, %v; want 4", len(counts.Items), err)
	}
	stale := 0
	if err := r.ReadFacts(t.Context(), "new", func(*timeline.Article) timeline.Facts { stale++; return timeline.Facts{} }, nil); err != nil || stale != 5 {
		t.Errorf("%d articles read again, %v; want all 5, whose reader is not known", stale, err)
	}
}
