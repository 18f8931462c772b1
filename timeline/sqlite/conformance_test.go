package sqlite

import (
	"bytes"
	"context"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"marsad/timeline/timelinetest"
)

// testOptions are those that the conformance suite asks for.
func testOptions() Options {
	return Options{Step: timelinetest.Step, StoryCap: timelinetest.StoryCap, Remember: timelinetest.Remember, Stories: new(timelinetest.Grouper), Events: new(timelinetest.EventGrouper)}
}

func testConfig(path string) Config {
	return Config{Path: path, Keep: timelinetest.Keep, LedgerKeep: timelinetest.LedgerKeep}
}

// openTest opens a record of the test's own. When the test ends it is checked
// and closed.
func openTest(tb testing.TB, path string) *Record {
	tb.Helper()
	return openWith(tb, path, testOptions())
}

// openBeside opens it likewise, as a process beside the one that keeps it.
func openBeside(tb testing.TB, path string) *Record {
	tb.Helper()
	opts := testOptions()
	opts.Beside = true
	return openWith(tb, path, opts)
}

func openWith(tb testing.TB, path string, opts Options) *Record {
	tb.Helper()
	r, err := Open(tb.Context(), testConfig(path), opts)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := r.Close(); err != nil {
			tb.Error(err)
		}
	})
	return r
}

func TestStore(t *testing.T) {
	timelinetest.TestStore(t, func(t *testing.T) timelinetest.Store {
		t.Helper()
		path := filepath.Join(t.TempDir(), "record.db")
		t.Cleanup(func() { checkRecord(t, path) }) // runs after the record is closed
		return openTest(t, path)
	})
}

// checkRecord opens a closed record and checks what must hold at any time: the
// file is whole, references lead somewhere, and the roll-ups equal a recount.
func checkRecord(t *testing.T, path string) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	r, err := Open(ctx, testConfig(path), testOptions())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}()
	dump := func(query string) []string {
		t.Helper()
		var rows []string
		err := r.read(ctx, func(s *session) (err error) {
			rows, err = all(ctx, s, column[string], query)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	if got := dump(`PRAGMA integrity_check`); !cmp.Equal(got, []string{"ok"}) {
		t.Errorf("integrity: %v", got)
	}
	if got := dump(`SELECT "table" || ' ' || rowid FROM pragma_foreign_key_check`); len(got) > 0 {
		t.Errorf("dangling references: %v", got)
	}
	if diff := cmp.Diff(
		dump(`SELECT a.id || ' ' || (f.value ->> 'kind') || ' ' || (f.value ->> '$.at[0]') || ' ' || (f.value ->> '$.at[1]') AS l
			FROM articles a, json_each(a.facts) f WHERE f.value ->> 'at' IS NOT NULL ORDER BY l`),
		dump(`SELECT article || ' ' || kind || ' ' || second || ' ' || nanos AS l FROM fact_times ORDER BY l`)); diff != "" {
		t.Errorf("times of facts (-of articles +listed):\n%s", diff)
	}
	checkPacks(t, r)
	const steps = `SELECT topic || ' ' || step || ' ' || lang || ' ' || n || ' ' || loaded FROM steps ORDER BY topic, step, lang`
	kept := dump(steps)
	if err := r.write(ctx, func(ctx context.Context, s *session) error {
		return recount(ctx, s, r.opts.Step, r.opts.StoryCap)
	}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(dump(steps), kept); diff != "" {
		t.Errorf("step counts (-recounted +kept):\n%s", diff)
	}
	const series = ` || ' ' || s.feed || ' ' || s.publisher || ' ' || s.country || ' ' || s.lang || ' ' || `
	if diff := cmp.Diff(
		dump(`SELECT t.topic || ' ' || CAST(floor(s.at / 3.6e12) AS INTEGER)`+series+`COUNT(*) AS l
			FROM (SELECT '' AS topic, id AS article FROM articles UNION ALL SELECT topic, article FROM mentions) t
			JOIN articles s ON s.id = t.article GROUP BY t.topic, floor(s.at / 3.6e12), s.feed, s.publisher, s.country, s.lang ORDER BY l`),
		dump(`SELECT h.topic || ' ' || h.hour`+series+`h.n AS l FROM point_hours h JOIN point_series s ON s.id = h.series ORDER BY l`)); diff != "" {
		t.Errorf("hourly sums (-recounted +kept):\n%s", diff)
	}
	if diff := cmp.Diff(
		dump(`SELECT f.name || ' ' || COUNT(a.id) FROM feeds f LEFT JOIN articles a ON a.feed = f.id GROUP BY f.id ORDER BY f.name`),
		dump(`SELECT name || ' ' || articles FROM feeds ORDER BY name`)); diff != "" {
		t.Errorf("articles of feeds (-recounted +kept):\n%s", diff)
	}
	if diff := cmp.Diff(
		dump(`SELECT s.story || ' ' || COUNT(a.id) FROM stories s LEFT JOIN articles a ON a.story = s.id GROUP BY s.id ORDER BY s.story`),
		dump(`SELECT story || ' ' || articles FROM stories ORDER BY story`)); diff != "" {
		t.Errorf("articles of stories (-recounted +kept):\n%s", diff)
	}
}

// checkPacks checks that every mention has the points beside it that its article
// has on the topic.
func checkPacks(t *testing.T, r *Record) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	if err := r.read(ctx, func(s *session) error {
		rows, err := all(ctx, s, column[int64], `SELECT id FROM articles`)
		if err != nil {
			return err
		}
		for _, row := range rows {
			k, err := r.readKept(ctx, s, row)
			if err != nil {
				return err
			}
			for topic, want := range packPoints(&k.Article, k.Facts) {
				var got []byte
				if err := s.get(ctx, `SELECT points FROM mentions WHERE article = ? AND topic = ?`, []any{row, topic}, &got); err != nil {
					return err
				}
				if got != nil && !bytes.Equal(got, want) {
					t.Errorf("points of article %s on %s are kept as %q, want %q", k.Article.ID, topic, got, want)
				}
			}
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}
