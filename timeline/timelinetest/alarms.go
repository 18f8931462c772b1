//nolint:thelper // what takes a Store is a test and no helper: its failures name their own lines
package timelinetest

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"marsad/timeline"
)

// anIncident makes an incident of a topic that opened so many steps after noon.
func anIncident(topic string, steps int) timeline.Incident {
	opened := noon.Add(time.Duration(steps) * Step)
	half := 0.5
	return timeline.Incident{
		ID: timeline.IncidentID(topic, opened), Topic: topic, Title: "Topic " + topic, State: timeline.IncidentOpen, Severity: "high",
		Opened: opened, Updated: opened, Observed: 9, Expected: 1.5, Upper: 5, Exposure: 120, P: 1e-9, Window: 6 * Step,
		Total: 9, Publishers: 4,
		Headlines: []timeline.Headline{{Story: "s", Title: "News", URL: "https://example.org/a", Publisher: "P", Publishers: 2, Published: opened}},
		Figures:   []timeline.Figure{{Lo: &half, Bound: timeline.AtLeast, Text: "half", Kind: "other"}},
	}
}

func notice(i timeline.Incident, kind timeline.NoticeKind) timeline.Notice {
	return timeline.Notice{ID: timeline.NoticeID(i.ID, kind), Kind: kind, Incident: i, Created: i.Updated, NextTry: i.Updated}
}

func testSteps(t *testing.T, s Store) {
	ctx := t.Context()
	if step, err := s.LastStep(ctx); err != nil || !step.IsZero() {
		t.Errorf("last step %v, %v; want none", step, err)
	}
	evaluation := func(steps int, window time.Duration, observed int) timeline.Evaluation {
		return timeline.Evaluation{
			Topic: "t", Step: noon.Add(time.Duration(steps) * Step), Window: window, Observed: observed,
			Expected: 0.25, Upper: 3, P: 0.5, Exposure: 100, State: timeline.Normal,
		}
	}
	i := anIncident("t", 1)
	first := timeline.StepResult{
		Step:        noon.Add(Step),
		Evaluations: []timeline.Evaluation{evaluation(0, Step, 1), evaluation(1, Step, 2), evaluation(1, 6*Step, 3)},
		Incidents:   []timeline.Incident{i},
	}
	for range 2 {
		if err := s.CommitStep(ctx, first); err != nil {
			t.Fatal(err)
		}
		got, err := s.Evaluations(ctx, "t", 0, noon, noon.Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(first.Evaluations, got); diff != "" {
			t.Errorf("evaluations (-want +got):\n%s", diff)
		}
		open, err := s.OpenIncidents(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]timeline.Incident{i}, open); diff != "" {
			t.Errorf("open incidents (-want +got):\n%s", diff)
		}
	}

	// A late article changes an older step; the newest stays the newest.
	again := evaluation(0, Step, 7)
	if err := s.CommitStep(ctx, timeline.StepResult{Step: noon, Evaluations: []timeline.Evaluation{again}}); err != nil {
		t.Fatal(err)
	}
	got, err := s.Evaluations(ctx, "t", Step, noon, noon.Add(Step))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]timeline.Evaluation{again}, got); diff != "" {
		t.Errorf("evaluations (-want +got):\n%s", diff)
	}
	if step, err := s.LastStep(ctx); err != nil || !step.Equal(noon.Add(Step)) {
		t.Errorf("last step %v, %v; want %v", step, err, noon.Add(Step))
	}

	i.State, i.Updated, i.Resolved = timeline.IncidentResolved, noon.Add(2*Step), noon.Add(2*Step)
	if err := s.CommitStep(ctx, timeline.StepResult{Step: noon.Add(2 * Step), Incidents: []timeline.Incident{i}}); err != nil {
		t.Fatal(err)
	}
	if open, err := s.OpenIncidents(ctx); err != nil || len(open) != 0 {
		t.Errorf("%d open incidents, %v; want none", len(open), err)
	}
	if got, err := s.Incident(ctx, i.ID); err != nil || !cmp.Equal(i, got) {
		t.Errorf("incident %v (-want +got):\n%s", err, cmp.Diff(i, got))
	}
	if _, err := s.Incident(ctx, "none"); !errors.Is(err, timeline.ErrNotFound) {
		t.Errorf("error %v, want %v", err, timeline.ErrNotFound)
	}

	// A notice whose incident is nowhere refuses the whole step.
	before := snapshot(t, s)
	if err := s.CommitStep(ctx, timeline.StepResult{
		Step: noon.Add(3 * Step), Evaluations: []timeline.Evaluation{evaluation(3, Step, 1)},
		Notices: []timeline.Notice{notice(anIncident("nowhere", 3), timeline.NoticeOpening)},
	}); err == nil {
		t.Error("a notice of no incident was recorded")
	}
	if diff := cmp.Diff(before, snapshot(t, s)); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
}

// What a detector has learnt is kept until the history that it learnt from is
// another one.
func testDetectors(t *testing.T, s Store) {
	ctx := t.Context()
	register(t, s, "f", "P")
	history := func(topic string) int64 {
		t.Helper()
		h, err := s.History(ctx, topic)
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	if _, err := s.DetectorState(ctx, "t"); !errors.Is(err, timeline.ErrNotFound) {
		t.Errorf("error %v, want %v", err, timeline.ErrNotFound)
	}
	for steps := range 2 { // the second replaces the first
		want := timeline.DetectorState{Topic: "t", Upto: noon.Add(time.Duration(steps) * Step), History: history("t"), Data: []byte{1, 2, byte(steps)}}
		if err := s.CommitStep(ctx, timeline.StepResult{Step: noon.Add(2 * Step), Detectors: []timeline.DetectorState{want}}); err != nil {
			t.Fatal(err)
		}
		if got, err := s.DetectorState(ctx, "t"); err != nil || !cmp.Equal(want, got) {
			t.Errorf("detector %v (-want +got):\n%s", err, cmp.Diff(want, got))
		}
	}
	topics := map[string]string{"t": "men", "u": "women"}
	before := map[string]int64{"t": history("t"), "u": history("u")}
	changed := func(what string, want ...string) {
		t.Helper()
		for topic := range topics {
			now := history(topic)
			if got := now != before[topic]; got != slices.Contains(want, topic) {
				t.Errorf("%s: history of %s changed: %t", what, topic, got)
			}
			before[topic] = now
		}
	}
	commit(t, s, poll("f", 0, draft("a", about("t"))))
	changed("a poll")
	load := func(name string) {
		t.Helper()
		if _, err := s.CommitLoad(ctx, []timeline.ReadArticle{draft(name, loaded, in("archive", "Q"))}); err != nil {
			t.Fatal(err)
		}
	}
	load("b")
	changed("an archive", "t", "u")
	load("b")
	changed("the same archive again")
	if err := s.ReadMentions(ctx, topics, reader(topics), nil); err != nil {
		t.Fatal(err)
	}
	changed("topics read", "t", "u")
	topics["u"] = "children"
	if err := s.ReadMentions(ctx, topics, reader(topics), nil); err != nil {
		t.Fatal(err)
	}
	changed("one of them read anew", "u")
	if err := s.ForgetTopic(ctx, "t", noon, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := s.DetectorState(ctx, "t"); !errors.Is(err, timeline.ErrNotFound) {
		t.Errorf("detector of a topic that was forgotten: error %v, want %v", err, timeline.ErrNotFound)
	}
}

func testOutbox(t *testing.T, s Store) {
	ctx := t.Context()
	one, two := anIncident("one", 1), anIncident("two", 0)
	result := timeline.StepResult{Step: noon.Add(Step), Incidents: []timeline.Incident{one, two}, Notices: []timeline.Notice{
		notice(one, timeline.NoticeOpening), notice(two, timeline.NoticeOpening),
	}}
	commitStep := func() {
		t.Helper()
		if err := s.CommitStep(ctx, result); err != nil {
			t.Fatal(err)
		}
	}
	due := func(now time.Time, limit int) (ids []string) {
		t.Helper()
		notices, err := s.DueNotices(ctx, "", now, limit)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range notices {
			ids = append(ids, n.Incident.Topic+" "+string(n.Kind))
		}
		return ids
	}
	want := func(what string, got []string, want ...string) {
		t.Helper()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("due %s (-want +got):\n%s", what, diff)
		}
	}
	commitStep()
	commitStep() // what is in the outbox is left alone
	want("at once, the oldest first", due(noon.Add(Step), 10), "two opening", "one opening")
	want("at most one", due(noon.Add(Step), 1), "two opening")
	want("before the second", due(noon, 10), "two opening")

	id := timeline.NoticeID(two.ID, timeline.NoticeOpening)
	if err := s.MarkFailed(ctx, id, timeline.Failure{Reason: "busy", Next: noon.Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	want("while the other waits", due(noon.Add(Step), 10), "one opening")
	notices, err := s.DueNotices(ctx, "", noon.Add(time.Hour), 1)
	if err != nil || len(notices) != 1 {
		t.Fatalf("%d notices, %v; want 1", len(notices), err)
	}
	if n := notices[0]; n.ID != id || n.Attempts != 1 || n.Error != "busy" || !n.NextTry.Equal(noon.Add(time.Hour)) || !n.Created.Equal(two.Updated) {
		t.Errorf("notice %+v, want one attempt that failed", n)
	}

	receipt := timeline.Receipt{Channel: "C1", TS: "1495281600.000100"}
	if err := s.MarkSent(ctx, notices[0], receipt, noon.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := s.MarkSent(ctx, notices[0], timeline.Receipt{Channel: "C2"}, noon.Add(2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := s.MarkFailed(ctx, id, timeline.Failure{Reason: "late", Next: noon}); err != nil {
		t.Fatal(err)
	}
	two.State, two.Updated, two.Resolved = timeline.IncidentResolved, noon.Add(2*Step), noon.Add(2*Step)
	result = timeline.StepResult{Step: noon.Add(2 * Step), Incidents: []timeline.Incident{two}, Notices: []timeline.Notice{
		notice(two, timeline.NoticeOpening), notice(two, timeline.NoticeResolution),
	}}
	commitStep() // the incident as alerts has it does not know that it was announced
	want("after the first was sent", due(noon.Add(3*time.Hour), 10), "one opening", "two resolution")
	notices, err = s.DueNotices(ctx, "", noon.Add(3*time.Hour), 10)
	if err != nil {
		t.Fatal(err)
	}
	if n := notices[1].Incident; n.Announced != receipt || n.State != timeline.IncidentResolved {
		t.Errorf("incident announced as %+v in state %s, want %+v, resolved", n.Announced, n.State, receipt)
	}
	if err := s.MarkSent(ctx, notices[1], timeline.Receipt{Channel: "C3"}, noon.Add(3*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Incident(ctx, two.ID); err != nil || got.Announced != receipt {
		t.Errorf("after the resolution was sent announced as %+v, %v; want %+v", got.Announced, err, receipt)
	}

	if err := s.MarkFailed(ctx, timeline.NoticeID(one.ID, timeline.NoticeOpening), timeline.Failure{Reason: "no such channel"}); err != nil {
		t.Fatal(err)
	}
	want("after the other was given up", due(noon.Add(100*time.Hour), 10))
	stats, err := s.Stats(ctx)
	if err != nil || stats.Failed != 1 || stats.Pending != 0 || stats.Incidents != 2 {
		t.Errorf("stats %+v, %v; want one notice given up, none pending, two incidents", stats, err)
	}
	for name, err := range map[string]error{
		"MarkSent":   s.MarkSent(ctx, timeline.Notice{ID: "none"}, receipt, noon),
		"MarkTrying": s.MarkTrying(ctx, "none", noon),
		"MarkFailed": s.MarkFailed(ctx, "none", timeline.Failure{Next: noon}),
	} {
		if !errors.Is(err, timeline.ErrNotFound) {
			t.Errorf("%s of no notice: %v, want %v", name, err, timeline.ErrNotFound)
		}
	}
}

// Of an incident's notices the oldest goes first; its update waits for the
// opening alone, is told once however often it was put in, and no sooner than a
// minute after the last.
func testNoticeOrder(t *testing.T, s Store) {
	ctx := t.Context()
	i := anIncident("one", 0)
	put := func(notices ...timeline.Notice) {
		t.Helper()
		if err := s.CommitStep(ctx, timeline.StepResult{Step: noon.Add(Step), Incidents: []timeline.Incident{i}, Notices: notices}); err != nil {
			t.Fatal(err)
		}
	}
	at := func(kind timeline.NoticeKind, seconds int, parts ...string) timeline.Notice {
		n := notice(i, kind)
		n.ID = timeline.NoticeID(i.ID, kind, parts...)
		n.Created = noon.Add(time.Duration(seconds) * time.Second)
		n.NextTry = n.Created
		return n
	}
	due := func(seconds int) []timeline.Notice {
		t.Helper()
		notices, err := s.DueNotices(ctx, "", noon.Add(time.Duration(seconds)*time.Second), 10)
		if err != nil {
			t.Fatal(err)
		}
		return notices
	}
	want := func(what string, got []timeline.Notice, want ...timeline.NoticeKind) {
		t.Helper()
		var kinds []timeline.NoticeKind
		for _, n := range got {
			kinds = append(kinds, n.Kind)
		}
		if diff := cmp.Diff(want, kinds); diff != "" {
			t.Errorf("due %s (-want +got):\n%s", what, diff)
		}
	}
	sent := func(n timeline.Notice, seconds int) {
		t.Helper()
		if err := s.MarkSent(ctx, n, timeline.Receipt{Channel: "C1", TS: "1.1"}, noon.Add(time.Duration(seconds)*time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	escalation := at(timeline.NoticeEscalation, 2, "critical")
	escalation.News = timeline.News{Severity: "critical"}
	thread := at(timeline.NoticeThread, 3, "x")
	thread.News = timeline.News{Headlines: i.Headlines, Figures: []timeline.FigureNews{{Figure: i.Figures[0], Was: &i.Figures[0]}}}
	other := at(timeline.NoticeOpening, 0, "hook")
	other.Receiver = "hook"
	put(at(timeline.NoticeOpening, 0), at(timeline.NoticeUpdate, 1), escalation, thread, other)

	opening := due(60)
	want("at first", opening, timeline.NoticeOpening)
	if err := s.MarkTrying(ctx, opening[0].ID, noon.Add(4*time.Second)); err != nil {
		t.Fatal(err)
	}
	if n := due(60)[0]; n.Unsure != 1 || !n.Since.Equal(noon.Add(4*time.Second)) {
		t.Errorf("%d attempts in doubt since %v, want one", n.Unsure, n.Since)
	}
	if err := s.MarkFailed(ctx, opening[0].ID, timeline.Failure{Reason: "refused", Next: noon}); err != nil {
		t.Fatal(err)
	}
	if n := due(60)[0]; n.Unsure != 0 || !n.Since.IsZero() {
		t.Errorf("%d attempts in doubt since %v, want none", n.Unsure, n.Since)
	}
	sent(due(60)[0], 5)
	next := due(60)
	want("after the opening", next, timeline.NoticeEscalation, timeline.NoticeUpdate)
	if diff := cmp.Diff(escalation.News, next[0].News); diff != "" {
		t.Errorf("news (-want +got):\n%s", diff)
	}
	sent(next[0], 6)

	update := next[1]
	put(at(timeline.NoticeUpdate, 10)) // while the other is on its way
	sent(update, 11)
	next = due(60)
	want("after the escalation", next, timeline.NoticeThread)
	if diff := cmp.Diff(thread.News, next[0].News); diff != "" {
		t.Errorf("news (-want +got):\n%s", diff)
	}
	sent(next[0], 12)
	want("before a minute is over", due(70))
	next = due(71)
	want("the update that came meanwhile", next, timeline.NoticeUpdate)
	sent(next[0], 80)
	want("nothing", due(1000))
	put(at(timeline.NoticeUpdate, 90), at(timeline.NoticeUpdate, 95))
	want("an update that comes soon", due(139))
	want("an update, a minute after the last", due(140), timeline.NoticeUpdate)
	put(at(timeline.NoticeResolution, 100))
	next = due(140)
	want("the resolution first", next, timeline.NoticeResolution, timeline.NoticeUpdate)
	sent(next[0], 140)
	want("the update with it", due(1000))

	hook, err := s.DueNotices(ctx, "hook", noon.Add(time.Hour), 10)
	if err != nil || len(hook) != 1 || hook[0].Receiver != "hook" || hook[0].Incident.Announced != (timeline.Receipt{}) {
		t.Fatalf("for another receiver %+v, %v", hook, err)
	}
	if n, err := s.ReceiverIs(ctx, "hook", "a", noon); n != 0 || err != nil {
		t.Errorf("%d notices wait again, %v", n, err)
	}
	if err := s.MarkFailed(ctx, hook[0].ID, timeline.Failure{Reason: "gone"}); err != nil {
		t.Fatal(err)
	}
	for again, setup := range []string{"a", "b"} {
		undelivered, err := s.Undelivered(ctx, 10)
		if err != nil || len(undelivered) != 1 || undelivered[0].Error != "gone" || !undelivered[0].NextTry.IsZero() {
			t.Errorf("undelivered %+v, %v", undelivered, err)
		}
		if n, err := s.ReceiverIs(ctx, "hook", setup, noon); n != int64(again) || err != nil {
			t.Errorf("set up as %s: %d notices wait again, %v", setup, n, err)
		}
	}
	if n, err := s.ReceiverIs(ctx, "", "a", noon); n != 0 || err != nil {
		t.Errorf("%d notices wait again, %v", n, err)
	}
	late := at(timeline.NoticeUpdate, 200, "late")
	late.Receiver = "late"
	put(late)
	if waiting, err := s.DueNotices(ctx, "late", noon.Add(time.Hour), 10); err != nil || len(waiting) != 0 {
		t.Errorf("who was not told of the opening waits for %+v, %v", waiting, err)
	}
	for gone, receivers := range [][]string{{"", "hook"}, {""}} {
		if n, err := s.ReceiversAre(ctx, receivers); n != int64(gone) || err != nil {
			t.Errorf("receivers %q: %d notices withdrawn, %v, want %d", receivers, n, err, gone)
		}
	}
}
