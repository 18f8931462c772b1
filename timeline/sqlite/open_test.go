package sqlite

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"marsad/timeline"
	"marsad/timeline/timelinetest"
)

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	file := func(name string, statements ...string) string {
		path := filepath.Join(dir, name)
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		for _, s := range statements {
			if _, err := db.ExecContext(t.Context(), s); err != nil {
				t.Fatal(err)
			}
		}
		return path
	}
	text := filepath.Join(dir, "text")
	if err := os.WriteFile(text, []byte(strings.Repeat("no database at all\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, path string
		opts       Options
		want       string
	}{
		{"later version", file("later.db", "CREATE TABLE x (y)", "PRAGMA user_version = 99", fmt.Sprintf("PRAGMA application_id = %d", applicationID)), Options{}, "run a newer marsad"},
		{"another program's", file("other.db", "CREATE TABLE x (y)"), Options{}, "set record.path"},
		{"no database", text, Options{}, "not a database (26); set record.path"},
		{"no path", "", Options{}, "set record.path"},
		{"a file for a folder", filepath.Join(text, "record.db"), Options{}, "not a directory; set record.path"},
		{"a folder for a file", dir, Options{}, "unable to open database file (14); set record.path"},
		{"step", filepath.Join(dir, "a.db"), Options{Step: 7 * time.Minute}, "set alerts.step"},
		{"story cap", filepath.Join(dir, "a.db"), Options{StoryCap: -1}, "set alerts.story_cap"},
	} {
		t.Run(test.name, func(t *testing.T) {
			before, _ := os.ReadFile(test.path)
			_, err := Open(t.Context(), Config{Path: test.path}, test.opts)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("error %v, want %q in it", err, test.want)
			}
			if after, _ := os.ReadFile(test.path); !cmp.Equal(before, after) {
				t.Error("the file was changed")
			}
		})
	}
}

// Any byte that may stand in a path may stand in the record's.
func TestOpenPath(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a folder", "100% of #news?mode=ro&x=مرصد.db")
	r := openTest(t, path)
	syncFeed(t, r)
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
	stats, err := r.Stats(t.Context())
	if err != nil || stats.Bytes == 0 || stats.Feeds != 1 {
		t.Errorf("stats %+v, %v; want a size and one feed", stats, err)
	}
}

func TestReadMigrations(t *testing.T) {
	file := &fstest.MapFile{Data: []byte("SELECT 1")}
	for _, test := range []struct {
		name string
		fs   fstest.MapFS
		want string
	}{
		{"none", fstest.MapFS{}, "whole checkout"},
		{"gap", fstest.MapFS{"migrations/0001_a.sql": file, "migrations/0003_b.sql": file}, "0003_b.sql: want number 0002"},
		{"no number", fstest.MapFS{"migrations/a.sql": file}, "a.sql: want number 0001"},
	} {
		if _, err := readMigrations(test.fs); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v, want %q in it", test.name, err, test.want)
		}
	}
	steps, err := readMigrations(migrations)
	if err != nil || len(steps) == 0 {
		t.Errorf("%d migrations, %v", len(steps), err)
	}
}

// One process keeps the record and others may write beside it; each waits for the
// other.
func TestTwoProcesses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "record.db")
	records := []*Record{openTest(t, path), openBeside(t, path)}
	syncFeed(t, records[0])
	var wg sync.WaitGroup
	for i, r := range records {
		for j := range 3 {
			wg.Go(func() {
				for k := range 5 {
					if err := r.CommitPoll(t.Context(), testPoll(100*i+10*j+k, 3)); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	wg.Wait()
	stats, err := records[1].Stats(t.Context())
	if err != nil || stats.Polls != 30 || stats.Articles != 90 {
		t.Errorf("stats %+v, %v; want 30 polls and 90 articles", stats, err)
	}
}

// Pages and the search for figures end at their limits.
func TestLimits(t *testing.T) {
	r := openTest(t, filepath.Join(t.TempDir(), "record.db"))
	syncFeed(t, r)
	const n = maxLimit + 1
	result := testPoll(0, n)
	for i := range result.Articles { // the older half says 12 to 15, the newer nothing
		read := &result.Articles[i]
		read.Article.Published = noon.Add(time.Duration(i-n) * time.Second)
		if i >= n-figureArticles {
			read.Facts.Counts = nil
		}
	}
	if err := r.CommitPoll(t.Context(), result); err != nil {
		t.Fatal(err)
	}
	for limit, want := range map[int]int{-1: defaultLimit, 0: defaultLimit, 1: 1, maxLimit: maxLimit, maxLimit + 1: maxLimit} {
		page, err := r.Articles(t.Context(), timeline.Query{Limit: limit})
		if err != nil || len(page.Items) != want || page.Next == "" {
			t.Errorf("limit %d: %d articles, next %q, %v; want %d and a next page", limit, len(page.Items), page.Next, err, want)
		}
	}
	evidence := func(before time.Time) timeline.Evidence {
		t.Helper()
		e, err := r.Evidence(t.Context(), "t", noon.Add(-time.Hour), before)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	if e := evidence(noon); e.Counted != n || len(e.Figures) != 0 {
		t.Errorf("%d articles with %d figures, want %d with none among the newest", e.Counted, len(e.Figures), n)
	}
	if e := evidence(noon.Add(-figureArticles * time.Second)); len(e.Figures) != 2 {
		t.Errorf("%d figures of the older half, want 2", len(e.Figures))
	}
}

// What a listing selects by has an index that leads to few rows, or in order.
func TestListingsUseIndexes(t *testing.T) {
	r := openTest(t, filepath.Join(t.TempDir(), "record.db"))
	for name, q := range map[string]timeline.Query{
		"articles_published": {}, "articles_feed": {Feed: "f"}, "articles_publisher": {Publisher: "P"},
	} {
		where := selection{column: `a.published`, id: `a.article`}
		whereArticle(&where, q)
		query, args := where.sql(`SELECT a.id FROM `+articleTables, key{noon.UnixNano(), "x"}, 10)
		err := r.read(t.Context(), func(s *session) error {
			plan, err := all(t.Context(), s, func(row scanner) (step string, err error) {
				var id, parent, unused int
				return step, row.Scan(&id, &parent, &unused, &step)
			}, `EXPLAIN QUERY PLAN `+query, args...)
			if !strings.Contains(strings.Join(plan, "; "), "SEARCH a USING INDEX "+name+" ") {
				t.Errorf("%+v: plan %q, want the index %s", q, plan, name)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// Another grid or story cap makes the step counts anew.
func TestAlignSteps(t *testing.T) {
	path := filepath.Join(t.TempDir(), "record.db")
	r, err := Open(t.Context(), testConfig(path), testOptions())
	if err != nil {
		t.Fatal(err)
	}
	syncFeed(t, r)
	early := testArticle("early", time.Date(1969, time.December, 31, 23, 59, 59, 0, time.UTC)) // in the step before 1970
	result := testPoll(0, 0)
	result.Articles = append(result.Articles, early)
	for i, publisher := range []string{"P", "Q", "R", "S"} {
		read := testArticle(fmt.Sprint(i), noon.Add(time.Duration(i)*15*time.Minute))
		read.Article.Title, read.Article.Publisher = "One wire story", publisher
		result.Articles = append(result.Articles, read)
	}
	result.Poll.Fetched, result.Poll.New = 5, 5
	if err := r.CommitPoll(t.Context(), result); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		step     time.Duration
		storyCap int
		want     []timeline.StepCount
	}{
		{timelinetest.Step, 3, []timeline.StepCount{{Step: noon, N: 1, Exposure: 1}, {Step: noon.Add(10 * time.Minute), N: 1, Exposure: 1}, {Step: noon.Add(30 * time.Minute), N: 1, Exposure: 1}}},
		{time.Hour, 3, []timeline.StepCount{{Step: noon, N: 3, Exposure: 3}}},
		{time.Hour, 4, []timeline.StepCount{{Step: noon, N: 4, Exposure: 4}}},
	} {
		opts := testOptions()
		opts.Step, opts.StoryCap = test.step, test.storyCap
		r, err := Open(t.Context(), testConfig(path), opts)
		if err != nil {
			t.Fatal(err)
		}
		got, err := r.Counts(t.Context(), "t", time.Time{}, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		want := append([]timeline.StepCount{{Step: timeline.StepStart(early.Article.Published, test.step), N: 1, Exposure: 1}}, test.want...)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("steps of %s, cap %d (-want +got):\n%s", test.step, test.storyCap, diff)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// A program beside the one that keeps the record counts as that one does, also
// when its configuration has changed meanwhile.
func TestBeside(t *testing.T) {
	path := filepath.Join(t.TempDir(), "record.db")
	keeper := openTest(t, path)
	syncFeed(t, keeper)
	if err := keeper.CommitPoll(t.Context(), testPoll(0, 1)); err != nil {
		t.Fatal(err)
	}
	opts := testOptions()
	opts.Step, opts.StoryCap, opts.Beside = time.Hour, 1, true
	beside, err := Open(t.Context(), testConfig(path), opts)
	if err != nil {
		t.Fatal(err)
	}
	defer beside.Close()
	var loaded []timeline.ReadArticle
	for _, publisher := range []string{"Q", "R"} {
		read := testArticle(publisher, noon.Add(40*time.Minute))
		read.Article.Title, read.Article.Publisher = "One wire story", publisher
		loaded = append(loaded, read)
	}
	if _, err := beside.CommitLoad(t.Context(), loaded); err != nil {
		t.Fatal(err)
	}
	want := []timeline.StepCount{{Step: noon, N: 1, Exposure: 1}, {Step: noon.Add(40 * time.Minute), N: 2, Exposure: 2}}
	for name, r := range map[string]*Record{"keeper": keeper, "beside": beside} {
		got, err := r.Counts(t.Context(), "t", time.Time{}, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// Two articles whose points fall on one nanosecond stay two points.
func TestPointsDoNotCollide(t *testing.T) {
	r := openTest(t, filepath.Join(t.TempDir(), "record.db"))
	syncFeed(t, r)
	read := testArticle("a", noon)
	taken := pointTime(noon, read.Article.ID)
	if err := r.CommitPoll(t.Context(), testPoll(1, 1)); err != nil {
		t.Fatal(err)
	}
	for _, query := range []string{`UPDATE articles SET at = ?`, `UPDATE polls SET point = ?`} {
		if _, err := r.conn.ExecContext(t.Context(), query, taken.UnixNano()); err != nil {
			t.Fatal(err)
		}
	}
	if added, err := r.CommitLoad(t.Context(), []timeline.ReadArticle{read}); err != nil || added != 1 {
		t.Fatalf("added %d, %v", added, err)
	}
	got, err := r.Article(t.Context(), read.Article.ID)
	if err != nil || !got.Article.At.Equal(taken.Add(1)) {
		t.Errorf("at %v, %v; want the next nanosecond %v", got.Article.At, err, taken.Add(1))
	}
}

func FuzzParseCursor(f *testing.F) {
	f.Add(key{1, "a"}.cursor())
	f.Add("")
	f.Add("MTIzIA")
	f.Add("LTEgIA==")
	f.Fuzz(func(t *testing.T, cursor string) {
		k, err := parseCursor(cursor)
		if err == nil && k.cursor() != cursor {
			t.Errorf("%q is understood as %v, which is %q", cursor, k, k.cursor())
		}
	})
}

// Instants come back whatever their year and zone.
func FuzzInstant(f *testing.F) {
	f.Add(int64(0), int64(0), "", 0)
	f.Add(int64(-62135596801), int64(999999999), "Asia/Baghdad", 10800)
	f.Add(int64(1)<<60, int64(1), "UTC", 0)
	f.Add(int64(1), int64(1), "\xff", 1)
	f.Fuzz(func(t *testing.T, seconds, nanos int64, zone string, offset int) {
		if offset < -86400 || offset > 86400 || nanos < 0 || nanos > 999999999 {
			t.Skip()
		}
		want := time.Unix(seconds, nanos).In(time.FixedZone(zone, offset))
		data, err := instant{want}.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		var got instant
		if err := got.UnmarshalJSON(data); err != nil {
			t.Fatalf("%s: %v", data, err)
		}
		if got.Unix() != want.Unix() || got.Nanosecond() != want.Nanosecond() || offsetOf(got.Time) != offset {
			t.Errorf("%s: %v, want %v", data, got, want)
		}
	})
}

// What was collected is nobody else's to read.
func TestRecordIsPrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data", "record.db")
	r := openTest(t, path)
	syncFeed(t, r)
	for _, name := range []string{path, path + "-wal"} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if mode := info.Mode().Perm(); runtime.GOOS != "windows" && mode&0o007 != 0 {
			t.Errorf("everybody may open %s: %v", filepath.Base(name), mode)
		}
	}
}
