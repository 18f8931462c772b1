package alerts_test

import (
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"marsad/alerts"
	"marsad/timeline"
)

// TestWhatIsHeldBack puts an opening into the record's outbox and asks, as time
// goes by, when it is let out.
func TestWhatIsHeldBack(t *testing.T) {
	noon := start.Add(12 * time.Hour)
	night := alerts.Hours{From: 22 * time.Hour, To: 6 * time.Hour}
	for name, test := range map[string]struct {
		opened   time.Time
		severity string
		ends     time.Duration // after the opening; 0: it stays open
		silence  *timeline.Silence
		lifted   time.Duration // after the opening; 0: it is not
		options  alerts.QuietOptions
		want     time.Duration // from the opening to when it is let out; -1: never
	}{
		"nothing":              {opened: noon, want: 0},
		"snoozed":              {opened: noon, silence: &timeline.Silence{Until: noon.Add(4 * time.Hour)}, want: 4 * time.Hour},
		"snoozed before":       {opened: noon, silence: &timeline.Silence{Until: noon}, want: 0},
		"snoozed, over before": {opened: noon, silence: &timeline.Silence{Until: noon.Add(4 * time.Hour)}, ends: time.Hour, want: -1},
		"snoozed, over after":  {opened: noon, silence: &timeline.Silence{Until: noon.Add(4 * time.Hour)}, ends: 5 * time.Hour, want: 4 * time.Hour},
		"snoozed, lifted":      {opened: noon, silence: &timeline.Silence{Until: noon.Add(4 * time.Hour)}, lifted: 20 * time.Minute, want: 20 * time.Minute},
		"muted":                {opened: noon, silence: &timeline.Silence{}, want: -1},
		"muted, lifted":        {opened: noon, silence: &timeline.Silence{}, lifted: 7 * time.Hour, want: 7 * time.Hour},
		"critical is snoozed":  {opened: noon, severity: alerts.SeverityCritical, silence: &timeline.Silence{Until: noon.Add(time.Hour)}, want: time.Hour},
		"maintenance": {
			opened:  noon,
			options: alerts.QuietOptions{Silences: []alerts.Maintenance{{Topics: []string{"merger"}, From: alerts.Instant{Time: noon}, To: alerts.Instant{Time: noon.Add(time.Hour)}}}},
			want:    time.Hour,
		},
		"maintenance of all": {
			opened:  noon,
			options: alerts.QuietOptions{Silences: []alerts.Maintenance{{From: alerts.Instant{Time: noon}, To: alerts.Instant{Time: noon.Add(time.Hour)}}}},
			want:    time.Hour,
		},
		"maintenance of another topic": {
			opened:  noon,
			options: alerts.QuietOptions{Silences: []alerts.Maintenance{{Topics: []string{"other"}, From: alerts.Instant{Time: noon}, To: alerts.Instant{Time: noon.Add(time.Hour)}}}},
			want:    0,
		},
		"by day":               {opened: noon, options: alerts.QuietOptions{QuietHours: night}, want: 0},
		"by night":             {opened: noon.Add(11 * time.Hour), options: alerts.QuietOptions{QuietHours: night}, want: 7 * time.Hour},
		"by night, critical":   {opened: noon.Add(11 * time.Hour), severity: alerts.SeverityCritical, options: alerts.QuietOptions{QuietHours: night}, want: 0},
		"by night, over again": {opened: noon.Add(11 * time.Hour), ends: time.Hour, options: alerts.QuietOptions{QuietHours: night}, want: 7 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			record := openRecord(t, filepath.Join(t.TempDir(), "marsad.db"))
			defer record.Close()
			severity := test.severity
			if severity == "" {
				severity = alerts.SeverityHigh
			}
			i := timeline.Incident{
				ID: "i1", Topic: "merger", State: timeline.IncidentOpen, Severity: severity, Opened: test.opened, Updated: test.opened,
			}
			step := timeline.StepResult{Step: test.opened, Incidents: []timeline.Incident{i}, Notices: []timeline.Notice{{
				ID: timeline.NoticeID(i.ID, timeline.NoticeOpening), Kind: timeline.NoticeOpening, Incident: i, Created: test.opened, NextTry: test.opened,
			}}}
			check := func(err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
			}
			if test.silence != nil {
				test.silence.Topic, test.silence.By, test.silence.At = "merger", "salam", test.opened.Add(-time.Minute)
				check(record.SetSilence(t.Context(), *test.silence))
			}
			check(record.CommitStep(t.Context(), step))
			now := test.opened
			o := test.options
			o.Outbox, o.Holding, o.Zone, o.Logger = record, record, time.UTC, slog.New(slog.DiscardHandler)
			o.Now = func() time.Time { return now }
			q := alerts.NewQuietOutbox(o)
			got := time.Duration(-1)
			for ; now.Sub(test.opened) <= day && got < 0; now = now.Add(10 * time.Minute) {
				if after := now.Sub(test.opened); after > 0 && after == test.ends {
					i.State, i.Resolved, i.Updated = timeline.IncidentResolved, now, now
					check(record.CommitStep(t.Context(), timeline.StepResult{Step: now, Incidents: []timeline.Incident{i}, Notices: []timeline.Notice{{
						ID: timeline.NoticeID(i.ID, timeline.NoticeResolution), Kind: timeline.NoticeResolution, Incident: i, Created: now, NextTry: now,
					}}}))
				} else if after > 0 && after == test.lifted {
					check(record.SetSilence(t.Context(), timeline.Silence{Topic: "merger", By: "huda", At: now, Until: now}))
				}
				_, err := q.DueNotices(t.Context(), "", now.Add(day), 10) // what a dispatcher asks ahead holds nothing back
				check(err)
				due, err := q.DueNotices(t.Context(), "", now, 10)
				check(err)
				for _, n := range due {
					if n.Kind == timeline.NoticeOpening {
						got = now.Sub(test.opened)
					}
				}
			}
			// A recheck may come up to a quarter of an hour late.
			if got < test.want || got > test.want+15*time.Minute || test.want < 0 && got >= 0 {
				t.Errorf("let out after %s, want %s", got, test.want)
			}
			stats, err := record.Stats(t.Context())
			check(err)
			if never := test.want < 0 && test.ends > 0; never && stats.Pending != 0 {
				t.Errorf("%d notices wait of what is over and was not to be told", stats.Pending)
			}
		})
	}
}

func TestHours(t *testing.T) {
	for _, text := range []string{"22:00-06:00", "22:00 - 06:00", "00:00-07:30"} {
		var h alerts.Hours
		if err := h.UnmarshalText([]byte(text)); err != nil || h.IsZero() {
			t.Errorf("%s: %v, %v", text, h, err)
		}
	}
	for _, text := range []string{"", "22:00", "22-6", "24:00-06:00", "06:00-06:00", "22:00-06:00-07:00"} {
		var h alerts.Hours
		if err := h.UnmarshalText([]byte(text)); err == nil || !strings.Contains(err.Error(), "write HH:MM-HH:MM") || !h.IsZero() {
			t.Errorf("%q: %v, error %v", text, h, err)
		}
	}
	for _, text := range []string{"", "tomorrow", "2026-03-01", "2026-03-01T22:00:00"} {
		var i alerts.Instant
		if err := i.UnmarshalText([]byte(text)); err == nil || !i.IsZero() {
			t.Errorf("%q: %v, error %v", text, i, err)
		}
	}
}
