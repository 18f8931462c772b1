//nolint:thelper // what takes a Store is a test and no helper: its failures name their own lines
package timelinetest

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"marsad/timeline"
)

// What people say to an incident comes back with it and outlives what happens to
// it later.
func testResponses(t *testing.T, s Store) {
	ctx := t.Context()
	i := anIncident("t", 1)
	step := timeline.StepResult{Step: noon.Add(Step), Incidents: []timeline.Incident{i}}
	if err := s.CommitStep(ctx, step); err != nil {
		t.Fatal(err)
	}
	first := timeline.Acknowledgement{By: "U1", At: noon.Add(time.Hour)}
	second := timeline.Acknowledgement{By: "U2", At: noon.Add(2 * time.Hour)}
	wrong := timeline.Feedback{Label: timeline.LabelFalse, By: "U1", At: noon.Add(3 * time.Hour)}
	right := timeline.Feedback{Label: timeline.LabelTrue, By: "U2", At: noon.Add(4 * time.Hour)}
	snooze := timeline.Silence{Topic: "t", Until: noon.Add(6 * time.Hour), By: "U3", At: noon.Add(5 * time.Hour)}
	for _, err := range []error{
		s.Acknowledge(ctx, i.ID, first), s.Acknowledge(ctx, i.ID, second),
		s.Label(ctx, i.ID, wrong), s.Label(ctx, i.ID, right),
		s.SetSilence(ctx, snooze),
		s.CommitStep(ctx, step), // the incident as alerts has it does not know
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	want := i
	want.Acknowledged, want.Feedback, want.Silence = first, right, snooze
	if got, err := s.Incident(ctx, i.ID); err != nil || !cmp.Equal(want, got) {
		t.Errorf("%v (-want +got):\n%s", err, cmp.Diff(want, got))
	}

	for name, err := range map[string]error{
		"Acknowledge": s.Acknowledge(ctx, "none", first),
		"Label":       s.Label(ctx, "none", right),
		"HoldNotice":  s.HoldNotice(ctx, "none", "snoozed", noon),
	} {
		if !errors.Is(err, timeline.ErrNotFound) {
			t.Errorf("%s of nothing: %v, want %v", name, err, timeline.ErrNotFound)
		}
	}
	for name, err := range map[string]error{
		"no name":       s.Acknowledge(ctx, i.ID, timeline.Acknowledgement{At: noon}),
		"no such label": s.Label(ctx, i.ID, timeline.Feedback{Label: "maybe", By: "U1", At: noon}),
		"no topic":      s.SetSilence(ctx, timeline.Silence{By: "U1", At: noon}),
		"no reason":     s.HoldNotice(ctx, "none", "", noon),
	} {
		if err == nil || errors.Is(err, timeline.ErrNotFound) {
			t.Errorf("%s: error %v, want it refused", name, err)
		}
	}
}

// What nobody has acknowledged is found for each receiver that was told of it
// before an instant, unless something of it waits to be said aloud; and an answer
// is shown to each that has it.
func testUnanswered(t *testing.T, s Store) {
	ctx := t.Context()
	i := anIncident("t", 1)
	var notices []timeline.Notice
	for _, receiver := range []string{"", "#crisis", "desk"} {
		n := notice(i, timeline.NoticeOpening)
		n.ID, n.Receiver = timeline.NoticeID(i.ID, n.Kind, timeline.ReceiverParts(receiver)...), receiver
		notices = append(notices, n)
	}
	put := func(notices ...timeline.Notice) {
		t.Helper()
		if err := s.CommitStep(ctx, timeline.StepResult{Step: noon.Add(Step), Incidents: []timeline.Incident{i}, Notices: notices}); err != nil {
			t.Fatal(err)
		}
	}
	want := func(what string, before time.Time, want ...string) {
		t.Helper()
		unanswered, err := s.Unanswered(ctx, before)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, u := range unanswered {
			got = append(got, u.Receiver+" "+u.Said.Format(time.TimeOnly))
			if u.Incident.Topic != "t" {
				t.Errorf("%s: of topic %q", what, u.Incident.Topic)
			}
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	sent := func(n timeline.Notice, at time.Time) {
		t.Helper()
		n.Revision = 1
		if err := s.MarkSent(ctx, n, timeline.Receipt{Channel: "C1", TS: "1.1"}, at); err != nil {
			t.Fatal(err)
		}
	}
	put(notices...)
	want("while the openings wait", noon.Add(24*time.Hour))
	sent(notices[0], noon)
	sent(notices[1], noon.Add(time.Hour))
	want("two were told", noon.Add(24*time.Hour), " 12:00:00", "#crisis 13:00:00")
	want("one of them before", noon.Add(time.Hour), " 12:00:00")
	again := notice(i, timeline.NoticeRepeat)
	put(again)
	want("while a repetition waits", noon.Add(24*time.Hour), "#crisis 13:00:00")
	sent(again, noon.Add(2*time.Hour))
	want("when it was said again", noon.Add(24*time.Hour), " 14:00:00", "#crisis 13:00:00")
	if err := s.Acknowledge(ctx, i.ID, timeline.Acknowledgement{By: "U1", At: noon.Add(3 * time.Hour)}); err != nil {
		t.Fatal(err)
	}
	want("when somebody has it in hand", noon.Add(24*time.Hour))
	for receiver, want := range map[string]int{"": 1, "#crisis": 1, "desk": 0} {
		due, err := s.DueNotices(ctx, receiver, noon.Add(3*time.Hour), 10)
		updates := 0
		for _, n := range due {
			if n.Kind == timeline.NoticeUpdate {
				updates++
			}
		}
		if err != nil || updates != want {
			t.Errorf("%d updates for %q, %v, want %d", updates, receiver, err, want)
		}
	}
}

// A topic has one silence, the last that was asked for; one that is over as it
// begins lifts it.
func testSilences(t *testing.T, s Store) {
	ctx := t.Context()
	set := func(q timeline.Silence) {
		t.Helper()
		if err := s.SetSilence(ctx, q); err != nil {
			t.Fatal(err)
		}
	}
	want := func(what string, at time.Time, want ...timeline.Silence) {
		t.Helper()
		got, err := s.Silences(ctx, at)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	want("at first", noon)
	snooze := timeline.Silence{Topic: "a", Until: noon.Add(time.Hour), By: "U1", At: noon}
	mute := timeline.Silence{Topic: "b", By: "U2", At: noon}
	set(snooze)
	set(mute)
	want("both", noon, snooze, mute)
	want("after the snooze", noon.Add(time.Hour), mute)
	longer := timeline.Silence{Topic: "a", Until: noon.Add(4 * time.Hour), By: "U3", At: noon.Add(time.Minute)}
	set(longer)
	set(timeline.Silence{Topic: "b", Until: noon.Add(time.Minute), By: "U1", At: noon.Add(time.Minute)})
	want("one prolonged, one lifted", noon.Add(time.Minute), longer)

	// An incident that another has joined is silent when both topics are.
	lead, other := anIncident("lead", 0), anIncident("other", 0)
	other.Leader, lead.Joined = lead.ID, []timeline.Joined{other.AsJoined()}
	if err := s.CommitStep(ctx, timeline.StepResult{
		Step: lead.Updated, Incidents: []timeline.Incident{lead, other}, Notices: []timeline.Notice{notice(lead, timeline.NoticeOpening)},
	}); err != nil {
		t.Fatal(err)
	}
	for n, step := range []struct {
		set, want timeline.Silence
	}{
		{timeline.Silence{Topic: "lead", By: "U1", At: noon}, timeline.Silence{}},
		{timeline.Silence{Topic: "other", Until: noon.Add(time.Hour), By: "U2", At: noon}, timeline.Silence{Topic: "other", Until: noon.Add(time.Hour), By: "U2", At: noon}},
		{timeline.Silence{Topic: "other", By: "U3", At: noon}, timeline.Silence{Topic: "other", By: "U3", At: noon}},
	} {
		set(step.set)
		i, err := s.Incident(ctx, lead.ID)
		if err != nil {
			t.Fatal(err)
		}
		due, err := s.DueNotices(ctx, "", noon.Add(24*time.Hour), 10)
		if err != nil || len(due) != 1 {
			t.Fatalf("%d notices, %v", len(due), err)
		}
		if i.Silence != step.want || due[0].Incident.Silence != step.want {
			t.Errorf("step %d: silence %+v, of the notice %+v, want %+v", n, i.Silence, due[0].Incident.Silence, step.want)
		}
	}
}

// A notice that is held back waits without an attempt, is due as soon as its
// topic's silence is lifted, and is gone when it is withdrawn.
func testHolding(t *testing.T, s Store) {
	ctx := t.Context()
	one, two := anIncident("one", 0), anIncident("two", 1)
	if err := s.CommitStep(ctx, timeline.StepResult{
		Step: noon.Add(Step), Incidents: []timeline.Incident{one, two},
		Notices: []timeline.Notice{notice(one, timeline.NoticeOpening), notice(two, timeline.NoticeOpening)},
	}); err != nil {
		t.Fatal(err)
	}
	due := func(what string, at time.Time, want ...string) {
		t.Helper()
		notices, err := s.DueNotices(ctx, "", at, 10)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, n := range notices {
			got = append(got, n.Incident.Topic+" "+n.Held)
			if n.Attempts != 0 {
				t.Errorf("%s: %d attempts of %s, want none", what, n.Attempts, n.Incident.Topic)
			}
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("due %s (-want +got):\n%s", what, diff)
		}
	}
	for _, i := range []timeline.Incident{one, two} {
		if err := s.HoldNotice(ctx, timeline.NoticeID(i.ID, timeline.NoticeOpening), "snoozed", noon.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	due("while held", noon.Add(Step))
	due("after that", noon.Add(time.Hour), "one snoozed", "two snoozed")
	lifted := noon.Add(2 * Step)
	if err := s.SetSilence(ctx, timeline.Silence{Topic: "two", By: "U1", At: lifted, Until: lifted}); err != nil {
		t.Fatal(err)
	}
	due("when one is lifted", lifted, "two snoozed")
	if err := s.WithdrawNotices(ctx, two.ID, ""); err != nil {
		t.Fatal(err)
	}
	due("when that is withdrawn", noon.Add(time.Hour), "one snoozed")
	if stats, err := s.Stats(ctx); err != nil || stats.Pending != 1 || stats.Failed != 0 {
		t.Errorf("%d pending, %d failed, %v; want 1 and none", stats.Pending, stats.Failed, err)
	}
}
