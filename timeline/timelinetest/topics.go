//nolint:thelper // what takes a Store is a test and no helper: its failures name their own lines
package timelinetest

import (
	"errors"
	"testing"
	"time"

	"marsad/timeline"
)

// testTopicRename gives a topic another name, under which all that there was of it
// goes on.
func testTopicRename(t *testing.T, s Store) {
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	register(t, s, "f", "P")
	must(s.SyncTopics(ctx, []timeline.WatchedTopic{{Name: "old", Hash: "h-old"}, {Name: "u", Hash: "h-u"}}, noon))
	must(s.ReadMentions(ctx, map[string]string{"old": "h-old", "u": "h-u"}, reader(nil), nil))
	commit(t, s, poll("f", 0, draft("a", about("old")), draft("b", about("u"))))
	incident, other := anIncident("old", 0), anIncident("u", 1)
	other.Joined = []timeline.Joined{{Incident: incident.ID, Topic: "old", State: timeline.IncidentOpen}}
	must(s.CommitStep(ctx, timeline.StepResult{
		Step: noon, Incidents: []timeline.Incident{incident, other}, Notices: []timeline.Notice{notice(incident, timeline.NoticeOpening)},
		Evaluations: []timeline.Evaluation{{Topic: "old", Step: noon, Window: Step, Observed: 1, P: 1, State: timeline.Normal}},
		Detectors:   []timeline.DetectorState{{Topic: "old", Upto: noon, Data: []byte("learnt")}},
	}))
	must(s.SetSilence(ctx, timeline.Silence{Topic: "old", By: "Zahra", At: noon, Until: noon.Add(time.Hour)}))
	follower := newFollower(s)
	follower.follow(t, 100)

	for range 2 { // said once in config.yaml, it is said at every start
		must(s.SyncTopics(ctx, []timeline.WatchedTopic{{Name: "new", Was: "old", Hash: "h-old"}, {Name: "u", Hash: "h-u"}}, noon))
		must(s.ReadMentions(ctx, map[string]string{"new": "h-old", "u": "h-u"}, func(*timeline.Article) []timeline.Mention {
			t.Error("an article is read again for a topic that asks for the same")
			return nil
		}, nil))
	}
	wantCounts(t, s, "new", 1, 2)
	wantCounts(t, s, "old", 0, 2)
	if looks, err := s.Evaluations(ctx, "new", 0, noon, noon.Add(Step)); err != nil || len(looks) != 1 {
		t.Errorf("%d evaluations of the new name, %v; want 1", len(looks), err)
	}
	if state, err := s.DetectorState(ctx, "new"); err != nil || string(state.Data) != "learnt" {
		t.Errorf("detector %q, %v; want what was learnt", state.Data, err)
	}
	open, err := s.OpenIncidents(ctx)
	must(err)
	for _, i := range open {
		if i.ID == incident.ID && i.Topic != "new" || i.ID == other.ID && (i.Topic != "u" || i.Joined[0].Topic != "new") {
			t.Errorf("incident %+v, want it of the new name", i)
		}
	}
	due, err := s.DueNotices(ctx, "", noon, 10)
	must(err)
	if len(open) != 2 || len(due) != 1 || due[0].Incident.Topic != "new" {
		t.Errorf("%d incidents, notices %+v; want two, and the notice of the new name", len(open), due)
	}
	if silences, err := s.Silences(ctx, noon); err != nil || len(silences) != 1 || silences[0].Topic != "new" {
		t.Errorf("silences %+v, %v; want that of the new name", silences, err)
	}
	follower.follow(t, 100)
	for key := range follower.points {
		if key.has("topic", "old") {
			t.Errorf("point %v still has the old name", key)
		}
	}
	follower.wantState(t)
}

// testTopicComesBack stops watching for a topic and begins again.
func testTopicComesBack(t *testing.T, s Store) {
	register(t, s, "f", "P")
	reads := 0
	watch := func(topics map[string]string) {
		t.Helper()
		var watched []timeline.WatchedTopic
		for name, hash := range topics {
			watched = append(watched, timeline.WatchedTopic{Name: name, Hash: hash})
		}
		if err := s.SyncTopics(t.Context(), watched, noon); err != nil {
			t.Fatal(err)
		}
		reads = 0
		if err := s.ReadMentions(t.Context(), topics, func(a *timeline.Article) []timeline.Mention {
			reads++
			return reader(topics)(a)
		}, nil); err != nil {
			t.Fatal(err)
		}
	}
	both, one := map[string]string{"w": "War", "p": "Peace"}, map[string]string{"p": "Peace"}
	commit(t, s, poll("f", 0, draft("war", text("War."))))
	watch(both)
	watch(one)
	commit(t, s, poll("f", time.Minute, draft("later", text("War again."))))
	wantCounts(t, s, "w", 1, 2)
	watch(one)
	watch(both)
	wantCounts(t, s, "w", 2, 2)
	if reads != 1 {
		t.Errorf("%d articles were read when the topic came back, want the one that came in meanwhile", reads)
	}
}

// testReadBack reads the articles of the last day for a new topic.
func testReadBack(t *testing.T, s Store) {
	register(t, s, "f", "P")
	commit(t, s, poll("f", 0, draft("old", text("War."), at(-30*time.Hour)), draft("young", text("War again."), at(-time.Hour))))
	topics := map[string]string{"w": "War", "all": "War-"}
	if err := s.SyncTopics(t.Context(), []timeline.WatchedTopic{{Name: "w", Hash: "War", ReadBack: 24 * time.Hour}, {Name: "all", Hash: "War-"}}, noon); err != nil {
		t.Fatal(err)
	}
	if err := s.ReadMentions(t.Context(), topics, reader(topics), nil); err != nil {
		t.Fatal(err)
	}
	for topic, want := range map[string]int{"w": 1, "all": 2} {
		if found := pages(t, timeline.Query{Topic: topic}, s.Articles); len(found) != want {
			t.Errorf("%d articles on %s, want %d", len(found), topic, want)
		}
		// What was not read is not known to be quiet.
		counts, err := s.Counts(t.Context(), topic, noon.Add(-48*time.Hour), noon)
		if err != nil || len(counts) != want {
			t.Errorf("steps of %s are %+v, %v; want %d", topic, counts, err, want)
		}
	}
}

// testForgetFeed deletes a feed, of which nothing is left; another feed's copy of a
// story stays, and counts.
func testForgetFeed(t *testing.T, s Store) {
	ctx := t.Context()
	register(t, s, "f", "P", "g", "Q")
	kept := draft("same", in("g", "Q"), about("t"))
	commit(t, s, poll("f", 0, draft("a", about("t")), draft("b", about("t"))), poll("g", time.Minute, kept))
	follower := newFollower(s)
	follower.follow(t, 100)
	if err := s.ForgetFeed(ctx, "f", noon, nil); err != nil {
		t.Fatal(err)
	}
	wantCounts(t, s, "t", 1, 1)
	feeds, err := s.Feeds(ctx)
	if err != nil || len(feeds) != 1 || feeds[0].Name != "g" {
		t.Errorf("feeds %+v, %v; want g alone", feeds, err)
	}
	if polls := pages(t, timeline.Query{}, s.Polls); len(polls) != 1 {
		t.Errorf("%d polls, want that of g", len(polls))
	}
	follower.follow(t, 100)
	follower.wantState(t)
	if err := s.ForgetFeed(ctx, "f", noon, nil); !errors.Is(err, timeline.ErrNotFound) {
		t.Errorf("forgotten twice: %v, want %v", err, timeline.ErrNotFound)
	}
	// What comes again is news.
	register(t, s, "f", "P", "g", "Q")
	commit(t, s, poll("f", 2*time.Minute, draft("a", about("t"))))
	wantCounts(t, s, "t", 2, 2)
}
