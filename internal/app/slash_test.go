package app

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"marsad/timeline"
)

// TestSlashCommands asks a record with an open incident everything that can be
// asked in Slack.
func TestSlashCommands(t *testing.T) {
	t.Parallel()
	s := newSite(t, strings.Replace(mainJob, "collector: {", "collector: {allow_private: true, ", 1))
	s.load(t, history(time.Now(), 3))
	record, err := openRecordBeside(t.Context(), s.cfg, s.log)
	if err != nil {
		t.Fatal(err)
	}
	defer record.Close()
	opened := timeline.StepStart(time.Now(), 10*time.Minute)
	incident := timeline.Incident{
		ID: "i1", Topic: "merger", State: timeline.IncidentOpen, Severity: "high", Opened: opened, Updated: opened,
		Observed: 9, Expected: 1.5, Window: time.Hour, Total: 9, Publishers: 4,
	}
	if err := record.CommitStep(t.Context(), timeline.StepResult{Step: opened, Incidents: []timeline.Incident{incident}}); err != nil {
		t.Fatal(err)
	}
	if err := record.Acknowledge(t.Context(), "i1", timeline.Acknowledgement{By: "salam", At: opened}); err != nil {
		t.Fatal(err)
	}
	reader, err := newReader(s.cfg)
	if err != nil {
		t.Fatal(err)
	}
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, "<html><head><title>Merger of two groups</title></head><body><article><p>At least 12,000 fighters joined the merger, the ministry said on Monday, and it went on for long after that day was over for all of them.</p></article></body></html>")
	}))
	defer page.Close()
	c := &slash{cfg: s.cfg, record: record, reader: reader, reasons: func() []string { return []string{"topics are being read"} }}
	for _, test := range []struct {
		text string
		want []string
	}{
		{"status", []string{"not ready: topics are being read", "incidents open: 1", "merger, since", "acknowledged by salam"}},
		{"  topics ", []string{"merger (Group merger): not evaluated yet"}},
		{"timeline merger", []string{"No article on merger"}},
		{"snooze merger 4h", []string{"merger, snoozed by huda until"}},
		{"status", []string{"silent: merger, snoozed by huda"}},
		{"snooze merger 0h", []string{"merger is announced again"}},
		{"explain <" + page.URL + "/1|article>", []string{"12,000", "fighters"}},
		{"", []string{"/marsad snooze TOPIC 4h"}},
		{"dance", []string{"/marsad status"}},
	} {
		answer, err := c.Command(t.Context(), test.text, "huda")
		if err != nil {
			t.Errorf("%s: %v", test.text, err)
			continue
		}
		for _, want := range test.want {
			if !strings.Contains(answer, want) {
				t.Errorf("%s: no %q in\n%s", test.text, want, answer)
			}
		}
	}
	if got, err := record.Silences(t.Context(), time.Now()); err != nil || len(got) != 0 {
		t.Errorf("silences %v, %v; want the one lifted", got, err)
	}
	for text, want := range map[string]string{
		"timeline":                 "write /marsad timeline TOPIC",
		"timeline sports":          "is none of merger",
		"snooze merger":            "write /marsad snooze TOPIC 4h",
		"snooze merger long":       "write 30m, 4h or 2d",
		"snooze merger -4h":        "write 30m, 4h or 2d",
		"snooze merger 400d":       "at most 90d",
		"snooze sports 4h":         "is none of merger",
		"explain /etc/passwd":      "not the address of an article",
		"explain file:///etc/host": "not the address of an article",
	} {
		if answer, err := c.Command(t.Context(), text, "huda"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: answer %q, error %v; want %q", text, answer, err, want)
		}
	}
}
