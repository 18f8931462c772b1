package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"marsad/timeline"
)

var noon = time.Date(2017, time.May, 20, 12, 0, 0, 0, time.UTC)

// testPoll makes a poll of feed f that brought n new articles with a date, two
// counts and a mention each.
func testPoll(number, n int) timeline.PollResult {
	at := noon.Add(time.Duration(number) * time.Minute)
	result := timeline.PollResult{
		Poll: timeline.Poll{
			ID: timeline.PollID("f", at), Feed: "f", Scheduled: at, At: at, Outcome: timeline.OutcomeOK, Fetched: n, New: n,
		},
		State: timeline.FeedState{Feed: "f", ETag: strconv.Itoa(number), FirstPoll: noon, LastPoll: at, LastSuccess: at},
	}
	for i := range n {
		result.Articles = append(result.Articles, testArticle(fmt.Sprintf("%d-%d", number, i), at))
	}
	return result
}

func testArticle(name string, at time.Time) timeline.ReadArticle {
	keys := []timeline.Key{
		{Kind: timeline.KeyGUID, Value: "tag:example.org,2017:" + name},
		{Kind: timeline.KeyLink, Value: "https://example.org/" + name},
		{Kind: timeline.KeyContent, Value: timeline.Hash(name)},
	}
	a := timeline.Article{
		ID: timeline.ArticleID("P", "f", keys[0]), Feed: "f", Publisher: "P", Country: "IQ", Lang: "en",
		GUID: keys[0].Value, URL: keys[1].Value, Title: "News of " + name,
		Text:      strings.Repeat("In 2015 they were 12 to 15 men, it is said in the news. ", 8),
		Published: at, Dated: timeline.DatedPublished, FirstSeen: at, Revision: 1, Countable: true,
	}
	start := len(a.Title) + 1
	sentence := timeline.Span{Start: start, End: start + 55}
	lo, hi := 12.0, 15.0
	year := timeline.Interval{Lo: time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC), Hi: time.Date(2016, 1, 1, 0, 0, 0, 0, time.UTC)}
	return timeline.ReadArticle{
		Article:  a,
		Identity: timeline.Identity{Feed: "f", Publisher: "P", Keys: keys},
		Facts: timeline.Facts{
			Dates: []timeline.Date{{
				Span: timeline.Span{Start: start + 3, End: start + 7}, Sentence: sentence, Interval: year,
				Precision: timeline.Year, Relation: timeline.On, TIMEX3: "2015", Ref: at, Rule: "test.year",
			}},
			Counts: []timeline.Count{
				{Span: timeline.Span{Start: start + 18, End: start + 26}, Sentence: sentence, Lo: &lo, Hi: &hi, Bound: timeline.Between, Kind: "fighters", Rule: "test.range"},
				{Span: timeline.Span{Start: start + 18, End: start + 20}, Sentence: sentence, Best: &lo, Bound: timeline.About, Kind: "other", Rule: "test.number"},
			},
			Mentions: []timeline.Mention{{Topic: "t", TopicHash: "h", Spans: []timeline.Span{{Start: 0, End: 4}}}},
		},
	}
}

// contents dumps every table.
func contents(t *testing.T, r *Record) map[string][]string {
	t.Helper()
	out := make(map[string][]string)
	err := r.read(t.Context(), func(s *session) error {
		tables, err := all(t.Context(), s, column[string], `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`)
		if err != nil {
			return err
		}
		for _, table := range tables {
			columns, err := all(t.Context(), s, column[string], `SELECT 'quote("' || name || '")' FROM pragma_table_info(?)`, table)
			if err != nil {
				return err
			}
			if out[table], err = all(t.Context(), s, column[string],
				`SELECT `+strings.Join(columns, ` || ' ' || `)+` FROM `+table+` ORDER BY 1`); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func syncFeed(tb testing.TB, r *Record) {
	tb.Helper()
	if err := r.SyncFeeds(tb.Context(), []timeline.Feed{{Name: "f", Publisher: "P", Enabled: true}}); err != nil {
		tb.Fatal(err)
	}
}

// A write that fails at any table leaves every table as it was, and may be tried
// again.
func TestFailureChangesNothing(t *testing.T) {
	revised := testPoll(1, 3)
	a := &revised.Articles[0]
	*a = testArticle("0-0", noon)
	a.Article.Revision, a.Article.Text = 2, a.Article.Text+"More."
	revised.Poll.New, revised.Poll.Revised, revised.Poll.Fetched, revised.Poll.Known = 2, 1, 4, 1
	revised.Seen = []timeline.Sighting{{Article: testArticle("0-1", noon).Article.ID, Identity: testArticle("0-1", noon).Identity}}
	revised.Poll.At = revised.Poll.At.Add(48 * time.Hour) // so that last_seen is written
	incident := timeline.Incident{ID: "i", Topic: "t", State: timeline.IncidentOpen, Opened: noon, Updated: noon}
	step := timeline.StepResult{
		Step:        noon,
		Evaluations: []timeline.Evaluation{{Topic: "t", Step: noon, Window: 10 * time.Minute}},
		Incidents:   []timeline.Incident{incident},
		Notices:     []timeline.Notice{{ID: "n", Incident: incident, Kind: timeline.NoticeOpening, Created: noon}},
	}
	writes := []struct {
		name   string
		points []string // where it fails
		write  func(context.Context, *Record) error
	}{
		{
			"CommitPoll",
			[]string{
				"INSERT ON items", "INSERT ON identities", "INSERT ON sightings", "INSERT ON stories", "INSERT ON articles", "INSERT ON fact_times",
				"INSERT ON mentions", "UPDATE ON steps", "INSERT ON changes", "INSERT ON polls", "INSERT ON revisions",
				"UPDATE ON items", "UPDATE ON articles", "UPDATE ON feeds", "DELETE ON fact_times",
			},
			func(ctx context.Context, r *Record) error { return r.CommitPoll(ctx, revised) },
		},
		{
			"CommitStep",
			[]string{
				"INSERT ON evaluations", "INSERT ON incidents", "INSERT ON incident_points", "INSERT ON notices", "INSERT ON changes", "INSERT ON meta",
			},
			func(ctx context.Context, r *Record) error { return r.CommitStep(ctx, step) },
		},
		{
			"SyncFeeds",
			[]string{"UPDATE ON feeds", "INSERT ON changes"},
			func(ctx context.Context, r *Record) error {
				return r.SyncFeeds(ctx, []timeline.Feed{{Name: "g", Was: "f", Publisher: "P"}})
			},
		},
		{
			"CommitLoad",
			[]string{"INSERT ON feeds", "INSERT ON articles", "UPDATE ON steps"},
			func(ctx context.Context, r *Record) error {
				read := testArticle("archived", noon)
				read.Article.Feed = "archive"
				_, err := r.CommitLoad(ctx, []timeline.ReadArticle{testArticle("loaded", noon), read})
				return err
			},
		},
	}
	for _, w := range writes {
		t.Run(w.name, func(t *testing.T) {
			r := openTest(t, filepath.Join(t.TempDir(), "record.db"))
			syncFeed(t, r)
			if err := r.CommitPoll(t.Context(), testPoll(0, 3)); err != nil {
				t.Fatal(err)
			}
			before := contents(t, r)
			for _, point := range w.points {
				if _, err := r.conn.ExecContext(t.Context(), `CREATE TEMP TRIGGER broken AFTER `+point+` BEGIN SELECT RAISE(ABORT, 'broken'); END`); err != nil {
					t.Fatal(err)
				}
				if err := w.write(t.Context(), r); err == nil || !strings.Contains(err.Error(), "broken") {
					t.Errorf("%s: error %v, want broken", point, err)
				}
				if diff := cmp.Diff(before, contents(t, r)); diff != "" {
					t.Errorf("%s (-before +after):\n%s", point, diff)
				}
				if _, err := r.conn.ExecContext(t.Context(), `DROP TRIGGER broken`); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.write(t.Context(), r); err != nil {
				t.Errorf("after all failures: %v", err)
			}
			if diff := cmp.Diff(before, contents(t, r)); diff == "" {
				t.Error("the write that succeeded changed nothing")
			}
		})
	}
}

// A process that is killed leaves the files as they are at that moment: all that
// was committed is there, nothing of what was not.
func TestKilled(t *testing.T) {
	dir := t.TempDir()
	r := openTest(t, filepath.Join(dir, "record.db"))
	syncFeed(t, r)
	for i := range 5 {
		if err := r.CommitPoll(t.Context(), testPoll(i, 10)); err != nil {
			t.Fatal(err)
		}
	}
	want := contents(t, r)
	killed := t.TempDir()
	half := errors.New("killed")
	err := r.write(t.Context(), func(ctx context.Context, s *session) error {
		result := testPoll(5, 10)
		in := newIntake(s)
		for i := range result.Articles {
			if _, err := r.admit(ctx, in, 1, &result.Articles[i], noon); err != nil {
				return err
			}
		}
		copyFiles(t, dir, killed)
		return half
	})
	if !errors.Is(err, half) {
		t.Fatal(err)
	}
	if info, err := os.Stat(filepath.Join(killed, "record.db-wal")); err != nil || info.Size() == 0 {
		t.Fatalf("no write-ahead log was copied: %v", err)
	}
	again := openTest(t, filepath.Join(killed, "record.db"))
	if diff := cmp.Diff(want, contents(t, again)); diff != "" {
		t.Errorf("(-committed +found):\n%s", diff)
	}
	if err := again.CommitPoll(t.Context(), testPoll(5, 10)); err != nil {
		t.Error(err)
	}
}

func copyFiles(t *testing.T, from, to string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}
