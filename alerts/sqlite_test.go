package alerts_test

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"marsad/alerts"
	"marsad/timeline"
	"marsad/timeline/sqlite"
)

// TestOnTheRecord walks an archive, a burst and its end over the real record,
// with a restart in between.
func TestOnTheRecord(t *testing.T) {
	path := filepath.Join(t.TempDir(), "marsad.db")
	record := openRecord(t, path)
	now := start.Add(12 * day)
	var archive []timeline.ReadArticle
	for at := start; at.Before(now); at = at.Add(6 * time.Minute) {
		a := readArticle(len(archive), at, len(archive)%5 == 0)
		a.Article.Loaded = true
		archive = append(archive, a)
	}
	if _, err := record.CommitLoad(t.Context(), archive); err != nil {
		t.Fatal(err)
	}
	e, d := overRecord(t, record)
	pass := func(now time.Time) {
		t.Helper()
		closeAt(t, e, now)
		deliver(t, d, now)
	}
	pass(now)

	if err := record.SyncFeeds(t.Context(), []timeline.Feed{{Name: "live", Publisher: "Live", Enabled: true}}); err != nil {
		t.Fatal(err)
	}
	poll := timeline.PollResult{
		Poll:  timeline.Poll{ID: "poll", Feed: "live", Scheduled: now, At: now.Add(5 * time.Minute), Outcome: timeline.OutcomeOK, Fetched: 40, New: 40},
		State: timeline.FeedState{Feed: "live"},
	}
	for i := range 40 {
		a := readArticle(10_000+i, now.Add(3*time.Minute), true)
		a.Article.Feed = "live"
		poll.Articles = append(poll.Articles, a)
	}
	if err := record.CommitPoll(t.Context(), poll); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		now = now.Add(10 * time.Minute)
		pass(now)
	}
	incident := onlyIncident(t, record)
	if incident.State != timeline.IncidentOpen || incident.Observed != 40 || incident.Publishers != 10 ||
		len(incident.Headlines) == 0 || incident.Announced.Channel != "log" {
		t.Errorf("opened as %+v", incident)
	}

	if err := record.Close(); err != nil {
		t.Fatal(err)
	}
	record = openRecord(t, path)
	defer func() {
		if err := record.Close(); err != nil {
			t.Error(err)
		}
	}()
	e, d = overRecord(t, record)
	before, err := record.Stats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	pass(now)
	after, err := record.Stats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if before.LastSeq != after.LastSeq {
		t.Errorf("a restart without news wrote changes %d to %d", before.LastSeq+1, after.LastSeq)
	}
	var quiet []timeline.ReadArticle // the archive goes on
	for at, end := now, now.Add(2*day); at.Before(end); at = at.Add(6 * time.Minute) {
		a := readArticle(20_000+len(quiet), at, len(quiet)%5 == 0)
		a.Article.Loaded = true
		quiet = append(quiet, a)
	}
	if _, err := record.CommitLoad(t.Context(), quiet); err != nil {
		t.Fatal(err)
	}
	pass(now.Add(2 * day))
	if incident := onlyIncident(t, record); incident.State != timeline.IncidentResolved || incident.Total != 40 {
		t.Errorf("two days later: %+v", incident)
	}
	if stats, err := record.Stats(t.Context()); err != nil || stats.Pending != 0 || stats.Failed != 0 {
		t.Errorf("outbox: %d pending, %d given up, %v", stats.Pending, stats.Failed, err)
	}
}

func openRecord(t *testing.T, path string) *sqlite.Record {
	t.Helper()
	config := sqlite.DefaultConfig()
	config.Path = path
	record, err := sqlite.Open(t.Context(), config, sqlite.Options{Step: 10 * time.Minute, StoryCap: 5})
	if err != nil {
		t.Fatal(err)
	}
	return record
}

func overRecord(t *testing.T, r *sqlite.Record) (*alerts.Evaluator, *alerts.Dispatcher) {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	e, err := alerts.NewEvaluator(alerts.Options{
		Config: alerts.DefaultConfig(), Topics: []alerts.Topic{merger}, Series: r, Stories: r, Memory: r, Results: r, Logger: log,
	})
	if err != nil {
		t.Fatal(err)
	}
	return e, alerts.NewDispatcher(alerts.DispatcherOptions{Outbox: r, Notifier: alerts.LogNotifier{Logger: log}, Logger: log})
}

func onlyIncident(t *testing.T, r *sqlite.Record) timeline.Incident {
	t.Helper()
	page, err := r.Incidents(t.Context(), timeline.Query{})
	if err != nil {
		t.Fatal(err)
	}
	if len(page.Items) != 1 {
		t.Fatalf("%d incidents, want one: %+v", len(page.Items), page.Items)
	}
	return page.Items[0]
}

func readArticle(n int, published time.Time, onTopic bool) timeline.ReadArticle {
	publisher := fmt.Sprint("p", n%10)
	key := timeline.Key{Kind: timeline.KeyGUID, Value: fmt.Sprintf("tag:example.org,2026:%d", n)}
	read := timeline.ReadArticle{
		Article: timeline.Article{
			ID: timeline.ArticleID(publisher, "archive", key), Feed: "archive", Publisher: publisher, Lang: "en",
			GUID: key.Value, Title: fmt.Sprint("Groups merge ", n), Published: published, FirstSeen: published,
			Dated: timeline.DatedPublished, Revision: 1, Countable: true,
		},
		Identity: timeline.Identity{Feed: "archive", Publisher: publisher, Keys: []timeline.Key{key}},
	}
	if onTopic {
		read.Facts.Mentions = []timeline.Mention{{Topic: "merger", TopicHash: "h", Spans: []timeline.Span{{Start: 0, End: 6}}}}
	}
	return read
}
