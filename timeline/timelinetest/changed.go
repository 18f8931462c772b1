//nolint:thelper // what takes a Store is a test and no helper: its failures name their own lines
package timelinetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"marsad/timeline"
)

// testChanged names what a stretch of the change log is about, each thing once.
func testChanged(t *testing.T, s Store) {
	ctx := t.Context()
	register(t, s, "f", "P", "g", "Q")
	want := func(what string, after int64, limit int, want timeline.Changed) timeline.Changed {
		t.Helper()
		got, err := s.Changed(ctx, after, limit)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(timeline.Changed{}, "Seq"), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
		return got
	}
	last := func() int64 {
		t.Helper()
		seq, err := s.LastChange(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return seq
	}
	if n := want("empty log", 0, 10, timeline.Changed{}); n.Seq != 0 || last() != 0 {
		t.Errorf("an empty log ends at %d and %d", n.Seq, last())
	}

	a, b := draft("a", in("f", "P"), about("t")), draft("b", in("f", "P"), about("t", "u"))
	commit(t, s, poll("f", 0, a, b))
	polled := want("poll", 0, 10, timeline.Changed{Articles: []string{a.Article.ID, b.Article.ID}, Topics: []string{"t", "u"}, Feeds: []string{"f"}})
	if polled.Seq != last() {
		t.Errorf("changes up to %d, want %d", polled.Seq, last())
	}
	if first := want("first entry", 0, 1, timeline.Changed{Articles: []string{a.Article.ID}, Topics: []string{"t"}, More: true}); first.Seq >= polled.Seq {
		t.Errorf("one entry up to %d of %d", first.Seq, polled.Seq)
	}

	incident := timeline.Incident{
		ID: timeline.IncidentID("t", noon), Topic: "t", Title: "T", State: timeline.IncidentOpen, Severity: "high", Opened: noon, Updated: noon,
	}
	if err := s.CommitStep(ctx, timeline.StepResult{Step: noon, Incidents: []timeline.Incident{incident}, Evaluations: []timeline.Evaluation{
		{Topic: "t", Step: noon, Window: Step, P: 1, State: timeline.Normal}, {Topic: "u", Step: noon, Window: Step, P: 1, State: timeline.Normal},
	}}); err != nil {
		t.Fatal(err)
	}
	stepped := want("step", polled.Seq, 10, timeline.Changed{Incidents: []string{incident.ID}, Steps: []time.Time{noon}})
	commit(t, s, poll("g", time.Minute))
	silent := want("poll without news", stepped.Seq, 10, timeline.Changed{Feeds: []string{"g"}})
	if none := want("end of the log", silent.Seq, 10, timeline.Changed{}); none.Seq != silent.Seq {
		t.Errorf("the end of the log is %d, want %d", none.Seq, silent.Seq)
	}
}
