//nolint:thelper // what takes a Store is a test and no helper: its failures name their own lines
package timelinetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"marsad/timeline"
)

// A report is in the outbox once, by itself, comes back as it was told, and takes
// with it what it covers; until when it has told never goes back.
func testReports(t *testing.T, s Store) {
	ctx := t.Context()
	if until, err := s.ReportedUntil(ctx, timeline.ReportQuiet); err != nil || !until.IsZero() {
		t.Errorf("told until %v, %v, want never", until, err)
	}
	one, two := anIncident("one", 0), anIncident("two", 1)
	if err := s.CommitStep(ctx, timeline.StepResult{
		Step: noon.Add(Step), Incidents: []timeline.Incident{one, two},
		Notices: []timeline.Notice{
			notice(one, timeline.NoticeOpening), notice(one, timeline.NoticeResolution), notice(two, timeline.NoticeOpening), notice(two, timeline.NoticeUpdate),
		},
	}); err != nil {
		t.Fatal(err)
	}
	turns, err := s.Turns(ctx, noon, noon.Add(time.Hour))
	if err != nil || len(turns) != 3 {
		t.Errorf("%d openings and resolutions, %v, want 3", len(turns), err)
	}
	if turns, err := s.Turns(ctx, noon.Add(-time.Hour), noon); err != nil || len(turns) != 0 {
		t.Errorf("%d openings and resolutions before, %v", len(turns), err)
	}
	best := 12.0
	report := &timeline.Report{
		Name: timeline.ReportQuiet, Channel: "#watch", From: noon.Add(-time.Hour), To: noon,
		Incidents: []timeline.IncidentReport{{ID: one.ID, Topic: "one", Opened: one.Opened, HasOpened: true}},
		Topics:    []timeline.TopicReport{{Topic: "one", Observed: 3, Expected: 1.5, Figures: []timeline.Figure{{Best: &best, Kind: "killed"}}}},
		Feeds:     []timeline.FeedReport{{Name: "f", Condition: timeline.FeedGone, LastSuccess: noon}}, Beyond: 1,
	}
	told := timeline.Notice{
		ID: timeline.ReportID(report, ""), Kind: timeline.NoticeReport, Report: report, Created: noon.Add(2 * Step), NextTry: noon.Add(2 * Step),
	}
	telling := timeline.Telling{Report: timeline.ReportQuiet, Until: noon, Notices: []timeline.Notice{told}, Covered: []timeline.Notice{{Incident: one}}}
	for range 2 {
		if err := s.CommitTelling(ctx, telling); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.CommitTelling(ctx, timeline.Telling{Report: timeline.ReportQuiet, Until: noon.Add(-time.Hour)}); err != nil {
		t.Fatal(err)
	}
	if until, err := s.ReportedUntil(ctx, timeline.ReportQuiet); err != nil || !until.Equal(noon) {
		t.Errorf("told until %v, %v, want %v", until, err, noon)
	}
	due, err := s.DueNotices(ctx, "", noon.Add(time.Hour), 10)
	if err != nil || len(due) != 2 || due[0].Kind != timeline.NoticeReport || due[1].Incident.Topic != "two" {
		t.Fatalf("due %+v, %v, want the report and the second's opening", due, err)
	}
	if diff := cmp.Diff(report, due[0].Report); diff != "" || due[0].Incident.ID != "" {
		t.Errorf("report of incident %q (-want +got):\n%s", due[0].Incident.ID, diff)
	}
	if err := s.MarkTrying(ctx, told.ID, noon.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := s.MarkFailed(ctx, told.ID, timeline.Failure{Reason: "refused"}); err != nil {
		t.Fatal(err)
	}
	undelivered, err := s.Undelivered(ctx, 10)
	if err != nil || len(undelivered) != 3 || undelivered[2].Report == nil || undelivered[2].Error != "refused" {
		t.Errorf("undelivered %+v, %v", undelivered, err)
	}
	if n, err := s.ReceiverIs(ctx, "", "another", noon.Add(time.Hour)); err != nil || n != 1 {
		t.Errorf("%d notices wait again, %v", n, err)
	}
	told.Revision = 1
	if err := s.MarkSent(ctx, told, timeline.Receipt{Channel: "C1", TS: "1.1"}, noon.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := s.CommitTelling(ctx, telling); err != nil {
		t.Fatal(err)
	}
	if due, err := s.DueNotices(ctx, "", noon.Add(2*time.Hour), 10); err != nil || len(due) != 1 {
		t.Errorf("%d due after the report, %v, want the opening", len(due), err)
	}
	if err := s.CommitTelling(ctx, timeline.Telling{Until: noon}); err == nil {
		t.Error("a telling of no report is taken")
	}
}
