package sqlite

import (
	"os"
	"path/filepath"
	"testing"

	"marsad/timeline"
)

// What others are told on the strength of a commit is on the disk before: the log
// as it was then holds it, whatever a power cut takes of what came later.
func TestDurable(t *testing.T) {
	path := filepath.Join(t.TempDir(), "record.db")
	r := openTest(t, path)
	syncFeed(t, r)
	flushed := t.TempDir()
	times := 0
	r.flush = func(log string) error {
		times++
		if log != path+"-wal" {
			t.Errorf("%s was brought to the disk", log)
		}
		if err := os.RemoveAll(flushed); err != nil {
			return err
		}
		return os.CopyFS(flushed, os.DirFS(filepath.Dir(path)))
	}
	incident := timeline.Incident{ID: "i", Topic: "t", State: timeline.IncidentOpen, Opened: noon, Updated: noon}
	if err := r.CommitStep(t.Context(), timeline.StepResult{
		Step: noon, Incidents: []timeline.Incident{incident},
		Notices: []timeline.Notice{{ID: "n", Incident: incident, Kind: timeline.NoticeOpening, Created: noon}},
	}); err != nil {
		t.Fatal(err)
	}
	if err := r.CommitPoll(t.Context(), testPoll(0, 1)); err != nil {
		t.Fatal(err)
	}
	if times != 0 {
		t.Errorf("a commit that nobody is told of was brought to the disk: %d", times)
	}
	changes, err := r.Changes(t.Context(), 0, 100)
	if err != nil || len(changes) == 0 || times != 1 {
		t.Fatalf("%d changes, %v, brought to the disk %d times", len(changes), err, times)
	}
	if err := r.MarkTrying(t.Context(), "n", noon); err != nil {
		t.Fatal(err)
	}
	cut := openTest(t, filepath.Join(flushed, "record.db"))
	due, err := cut.DueNotices(t.Context(), "", noon, 10)
	if err != nil || len(due) != 1 || due[0].Unsure != 1 {
		t.Errorf("after a power cut %+v is due, %v; want the notice and that it may have been told", due, err)
	}
	if kept, err := cut.Changes(t.Context(), 0, 100); err != nil || len(kept) != len(changes) {
		t.Errorf("%d changes after a power cut, %v; want %d", len(kept), err, len(changes))
	}
}
