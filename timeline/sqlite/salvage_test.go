package sqlite

import (
	"bytes"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"marsad/timeline"
)

// damaged makes a record of ten polls of thirty articles each, and overwrites a
// page of each kind of a table or index in it. It says how many pages there were.
func damaged(t *testing.T, path, table string, kinds ...string) (pages int) {
	t.Helper()
	r, err := Open(t.Context(), testConfig(path), testOptions())
	if err != nil {
		t.Fatal(err)
	}
	syncFeed(t, r)
	for i := range 10 {
		if err := r.CommitPoll(t.Context(), testPoll(i, 30)); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if err := endLog(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, kind := range kinds {
		// One in the middle, where there are several.
		rows, err := texts(t.Context(), db, `SELECT pageno FROM dbstat WHERE name = ? AND pagetype = ? ORDER BY path`, table, kind)
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) == 0 {
			continue
		}
		var page, size int64
		if err := db.QueryRowContext(t.Context(), `SELECT ?, page_size FROM pragma_page_size`, rows[len(rows)/2]).Scan(&page, &size); err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteAt(bytes.Repeat([]byte{0xA5}, int(size)), (page-1)*size); err != nil {
			t.Fatal(err)
		}
		pages++
	}
	return pages
}

// Whichever page is overwritten: that is told, what can be read is in a record that
// is whole, the damaged file is as it was, and what feeds still have comes back
// without anything twice.
func TestSalvage(t *testing.T) {
	for _, test := range []struct {
		table string
		kinds []string
		lost  int // articles; at most
	}{
		{"articles", []string{"leaf"}, 30},
		{"articles", []string{"leaf", "overflow"}, 31},
		{"articles", []string{"internal"}, 300},
		{"articles_published", []string{"leaf"}, 0},
		{"items", []string{"leaf"}, 0},
		{"identities", []string{"leaf"}, 0},
		{"sightings", []string{"leaf"}, 0},
		{"mentions", []string{"leaf"}, 0},
		{"stories", []string{"leaf"}, 0},
		{"changes", []string{"leaf"}, 0},
		{"polls", []string{"leaf"}, 0},
		{"steps", []string{"leaf"}, 0},
		{"point_hours", []string{"leaf"}, 0},
		{"feeds", []string{"leaf"}, 0},
		{"meta", []string{"leaf"}, 0},
	} {
		t.Run(test.table+" "+strings.Join(test.kinds, "+"), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			path, to := filepath.Join(dir, "record.db"), filepath.Join(dir, "repaired.db")
			if n := damaged(t, path, test.table, test.kinds...); n == 0 {
				t.Skip("it has no such page")
			}
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := Check(t.Context(), path); err == nil || !strings.Contains(err.Error(), "is damaged: ") {
				t.Errorf("checked: %v", err)
			}
			if err := Backup(t.Context(), path, filepath.Join(dir, "backup.db"), nil); err == nil || !strings.Contains(err.Error(), "record.db is damaged: ") {
				t.Errorf("backed up: %v", err)
			}
			got, err := Salvage(t.Context(), path, to, nil)
			if err != nil {
				t.Fatal(err)
			}
			if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
				t.Errorf("the damaged file was changed, %v", err)
			}
			if got.LostArticles > test.lost || test.table != "feeds" && got.Articles+got.LostArticles != 300 {
				t.Errorf("%+v, want at most %d lost of 300", got, test.lost)
			}
			checkRecord(t, to)
			r := openTest(t, to)
			syncFeed(t, r)
			fetchAgain(t, r, 300)
		})
	}
}

// fetchAgain polls a feed that still has all articles of ten polls.
func fetchAgain(t *testing.T, r *Record, want int) {
	t.Helper()
	result := testPoll(20, 0)
	for number := range 10 {
		poll := testPoll(number, 30)
		var ids []timeline.Identity
		for i := range poll.Articles {
			ids = append(ids, poll.Articles[i].Identity)
		}
		known, err := r.Known(t.Context(), ids)
		if err != nil {
			t.Fatal(err)
		}
		for i := range poll.Articles {
			if known[i].Article == "" {
				result.Articles = append(result.Articles, poll.Articles[i])
			}
		}
	}
	result.Poll.Fetched, result.Poll.New, result.Poll.Known = 300, len(result.Articles), 300-len(result.Articles)
	if err := r.CommitPoll(t.Context(), result); err != nil {
		t.Fatal(err)
	}
	guids := map[string]bool{}
	stats, err := r.Stats(t.Context())
	if err != nil || stats.Articles != want {
		t.Errorf("%d articles after all were fetched again, %v; want %d", stats.Articles, err, want)
	}
	for cursor := ""; ; {
		page, err := r.Articles(t.Context(), timeline.Query{Limit: maxLimit, Cursor: cursor})
		if err != nil {
			t.Fatal(err)
		}
		for i := range page.Items {
			guids[page.Items[i].Article.GUID] = true
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	if len(guids) != want {
		t.Errorf("%d articles by their GUIDs, want %d", len(guids), want)
	}
}

// A record that is whole is copied whole.
func TestSalvageWhole(t *testing.T) {
	dir := t.TempDir()
	path, to := filepath.Join(dir, "record.db"), filepath.Join(dir, "repaired.db")
	damaged(t, path, "")
	got, err := Salvage(t.Context(), path, to, nil)
	if want := fmt.Sprintf("%+v", Salvaged{Articles: 300}); err != nil || fmt.Sprintf("%+v", got) != want {
		t.Errorf("%+v, %v; want %s", got, err, want)
	}
	if _, err := Salvage(t.Context(), path, to, nil); err == nil || !strings.Contains(err.Error(), "there is a file already") {
		t.Errorf("salvaged over a file: %v", err)
	}
	if err := os.WriteFile(path, []byte(strings.Repeat("gone", 5000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Salvage(t.Context(), path, to+"2", nil); err == nil || !strings.Contains(err.Error(), "marsad restore FILE") {
		t.Errorf("salvaged what is no database: %v", err)
	}
}
