package sqlite

import (
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"marsad/timeline"
)

// oldRecord makes a record of an earlier version, with the rows that a program of
// then wrote: two polls of feed f and a loaded article of another publisher; one
// article revised, with a date beyond every point; then the publisher of f was
// called otherwise.
func oldRecord(t *testing.T) (path string) {
	t.Helper()
	const version = 4
	path = filepath.Join(t.TempDir(), "record.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, m := range testMigrations(t)[:version] {
		exec(t, db, m.first) // an empty record has no batches
		exec(t, db, m.last)
	}
	rows, err := os.ReadFile(fmt.Sprintf("testdata/version%d.sql", version))
	if err != nil {
		t.Fatal(err)
	}
	exec(t, db, string(rows))
	exec(t, db, fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, version))
	return path
}

func testMigrations(t *testing.T) []migration {
	t.Helper()
	steps, err := readMigrations(migrations)
	if err != nil {
		t.Fatal(err)
	}
	return steps
}

var update = flag.Bool("update", false, "write schema.sql again from the migrations")

// A new record is made by one file, which is what all migrations come to.
func TestSchema(t *testing.T) {
	migrated := memoryDB(t)
	for _, m := range testMigrations(t) {
		exec(t, migrated, m.first) // an empty record has no batches
		exec(t, migrated, m.last)
	}
	want := dump(t, migrated)
	if *update {
		if err := os.WriteFile("schema.sql", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		schema = want
	}
	made := memoryDB(t)
	exec(t, made, schema)
	if diff := cmp.Diff(want, dump(t, made)); diff != "" {
		t.Errorf("migrated and made records differ; after a new migration run: go test ./timeline/sqlite -run TestSchema -update\n(-migrated +made):\n%s", diff)
	}
}

func memoryDB(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1) // each connection has a database of its own
	t.Cleanup(func() { db.Close() })
	return db
}

func exec(t *testing.T, db *sql.DB, statements string) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), statements); err != nil {
		t.Fatal(err)
	}
}

// dump gives the statements that make a database's tables, without those that a
// search index keeps for itself. It fails when any table has rows.
func dump(t *testing.T, db *sql.DB) string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), `SELECT s.type, s.name, s.sql FROM sqlite_schema s JOIN sqlite_schema o ON o.type = 'table' AND o.name = s.tbl_name
		WHERE s.sql IS NOT NULL AND s.name NOT LIKE 'sqlite@_%' ESCAPE '@' AND NOT EXISTS (
			SELECT * FROM sqlite_schema v WHERE v.sql LIKE 'CREATE VIRTUAL TABLE%' AND s.name IN (
				v.name || '_data', v.name || '_idx', v.name || '_content', v.name || '_docsize', v.name || '_config'))
		ORDER BY s.type = 'trigger', o.rowid, s.type = 'index', s.rowid`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out strings.Builder
	out.WriteString("-- Made from the migrations by TestSchema. What they come to; change it by a new one.\n")
	var tables []string
	for rows.Next() {
		var kind, name, statement string
		if err := rows.Scan(&kind, &name, &statement); err != nil {
			t.Fatal(err)
		}
		if kind == "table" {
			tables = append(tables, name)
			out.WriteString("\n")
		}
		out.WriteString(statement + ";\n")
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for _, name := range tables {
		var n int
		if err := db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM "+name).Scan(&n); err != nil || n > 0 {
			t.Errorf("table %s of a new record has %d rows, %v; schema.sql makes none", name, n, err)
		}
	}
	return out.String()
}

// What an earlier program recorded is all there: what was known is known, what
// was read is listed, and points keep their times.
func TestMigrate(t *testing.T) {
	path := oldRecord(t)
	t.Cleanup(func() { checkRecord(t, path) })
	checkMigrated(t, openTest(t, path))
}

// A migration in batches that was broken off goes on behind the last that was
// committed. Until then no program takes the record for a whole one.
func TestMigrateGoesOn(t *testing.T) {
	for upto := range int64(6) {
		path := oldRecord(t)
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		steps := testMigrations(t)
		batched := slices.IndexFunc(steps, func(m migration) bool { return m.each != "" })
		for _, m := range append(slices.Clone(steps[4:batched]), migration{first: steps[batched].first}) {
			if _, err := db.ExecContext(t.Context(), m.first); err != nil {
				t.Fatal(err)
			}
		}
		for after := range upto {
			if _, err := db.ExecContext(t.Context(), steps[batched].each, after, after+1); err != nil {
				t.Fatal(err)
			}
		}
		version := steps[batched].version + underWay
		if _, err := db.ExecContext(t.Context(), fmt.Sprintf(`INSERT INTO meta VALUES ('migrated', '%d'); PRAGMA user_version = %d`, upto, version)); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenToRead(t.Context(), testConfig(path), Options{}); err == nil || !strings.Contains(err.Error(), "wait for the marsad that migrates it") {
			t.Errorf("opened to read after %d articles: %v", upto, err)
		}
		t.Cleanup(func() { checkRecord(t, path) })
		checkMigrated(t, openTest(t, path))
	}
}

// checkMigrated checks that all of an old record is there.
func checkMigrated(t *testing.T, r *Record) {
	t.Helper()
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

// A record is looked at without leaving a trace in it, also while another process
// writes; one that lacks something is refused with what to do, and one that is not
// there is not made.
func TestOpenToRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "record.db")
	if _, err := OpenToRead(t.Context(), testConfig(path), Options{}); err == nil {
		t.Error("a record that is not there was opened")
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("it was made")
	}
	keeper := openTest(t, path)
	syncFeed(t, keeper)
	if err := keeper.CommitPoll(t.Context(), testPoll(0, 3)); err != nil {
		t.Fatal(err)
	}
	beside, err := OpenToRead(t.Context(), testConfig(path), Options{Step: time.Hour, Beside: true})
	if err != nil {
		t.Fatal(err)
	}
	defer beside.Close()
	if err := keeper.CommitPoll(t.Context(), testPoll(1, 3)); err != nil {
		t.Fatal(err)
	}
	if page, err := beside.Articles(t.Context(), timeline.Query{}); err != nil || len(page.Items) != 6 {
		t.Errorf("%d articles, %v; want those of both polls", len(page.Items), err)
	}
	want, err := keeper.Counts(t.Context(), "t", time.Time{}, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := beside.Counts(t.Context(), "t", time.Time{}, time.Time{}); err != nil || !cmp.Equal(want, got) {
		t.Errorf("counts %v, %v; want the keeper's %v", got, err, want)
	}
	if err := beside.CommitPoll(t.Context(), testPoll(2, 1)); !errors.Is(err, errReadOnly) {
		t.Errorf("a poll was committed: %v", err)
	}
}

func TestOpenToReadRefusesEarlier(t *testing.T) {
	path := oldRecord(t)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := OpenToRead(t.Context(), testConfig(path), Options{}); err == nil || !strings.Contains(err.Error(), "of version 4") ||
		!strings.Contains(err.Error(), "start marsad once") {
		t.Errorf("error %v, want the version and a remedy", err)
	}
	if after, err := os.ReadFile(path); err != nil || !cmp.Equal(before, after) {
		t.Errorf("the file was changed, or cannot be read: %v", err)
	}
}

func TestReadable(t *testing.T) {
	steps := []migration{{version: 1}, {version: 2, dispensable: true}, {version: 3}, {version: 4, dispensable: true}}
	for version, want := range map[int]string{
		0: "needs 3", 2: "needs 3", 3: "", 4: "", 5: "run a newer marsad", underWay + 4: "on its way to version 4", underWay + 5: "run a newer marsad",
	} {
		if err := checkReadable(version, steps); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("version %d: %v, want %q", version, err, want)
		}
	}
}
