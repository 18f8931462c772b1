package alerts_test

import (
	"log/slog"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"marsad/alerts"
	"marsad/timeline"
)

// TestRepeat has an incident open for a day, looks every ten minutes, each time as
// a new process, and says when whom it is said again to.
func TestRepeat(t *testing.T) {
	opened := start.Add(12 * time.Hour)
	hours := func(after ...int) []time.Duration {
		var all []time.Duration
		for _, h := range after {
			all = append(all, time.Duration(h)*time.Hour)
		}
		return all
	}
	for name, test := range map[string]struct {
		every    time.Duration
		severity string
		acked    time.Duration // after the opening; 0: it is not
		snoozed  time.Duration // until
		ends     time.Duration
		options  alerts.RepeaterOptions
		want     []time.Duration
	}{
		"never":                   {},
		"every six hours":         {every: 6 * time.Hour, want: hours(6, 12, 18, 24)},
		"until it is taken":       {every: 6 * time.Hour, acked: 13 * time.Hour, want: hours(6, 12)},
		"not while it is snoozed": {every: 6 * time.Hour, snoozed: 10 * time.Hour, want: hours(10, 16, 22)},
		"not when it is over":     {every: 6 * time.Hour, ends: 11 * time.Hour, want: hours(6)},
		"not by night": {
			every: 6 * time.Hour, options: alerts.RepeaterOptions{QuietHours: alerts.Hours{From: 22 * time.Hour, To: 6 * time.Hour}},
			want: hours(6, 18, 24),
		},
		"by night when it is critical": {
			every: 6 * time.Hour, severity: alerts.SeverityCritical,
			options: alerts.RepeaterOptions{QuietHours: alerts.Hours{From: 22 * time.Hour, To: 6 * time.Hour}}, want: hours(6, 12, 18, 24),
		},
		"not in a silence": {
			every:   6 * time.Hour,
			options: alerts.RepeaterOptions{Silences: []alerts.Maintenance{{From: alerts.Instant{Time: opened}, To: alerts.Instant{Time: opened.Add(20 * time.Hour)}}}},
			want:    hours(20),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			record := openRecord(t, filepath.Join(t.TempDir(), "marsad.db"))
			defer record.Close()
			check := func(err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
			}
			i := timeline.Incident{ID: "i1", Topic: "merger", State: timeline.IncidentOpen, Severity: alerts.SeverityHigh, Opened: opened, Updated: opened}
			if test.severity != "" {
				i.Severity = test.severity
			}
			step := timeline.StepResult{Step: opened, Incidents: []timeline.Incident{i}}
			receivers := []string{"", "#crisis", "desk"}
			for _, receiver := range receivers {
				step.Notices = append(step.Notices, timeline.Notice{
					ID: timeline.NoticeID(i.ID, timeline.NoticeOpening, timeline.ReceiverParts(receiver)...), Kind: timeline.NoticeOpening,
					Receiver: receiver, Incident: i, Created: opened, NextTry: opened,
				})
			}
			check(record.CommitStep(t.Context(), step))
			if test.snoozed > 0 {
				check(record.SetSilence(t.Context(), timeline.Silence{Topic: "merger", By: "salam", At: opened, Until: opened.Add(test.snoozed)}))
			}
			o := test.options
			o.Every, o.Zone, o.Unanswered, o.Results, o.Logger = test.every, time.UTC, record, record, slog.New(slog.DiscardHandler)
			got := make(map[string][]time.Duration)
			for now := opened; now.Sub(opened) < 25*time.Hour; now = now.Add(10 * time.Minute) {
				if now.After(opened) && now.Sub(opened) == test.acked {
					check(record.Acknowledge(t.Context(), i.ID, timeline.Acknowledgement{By: "huda", At: now}))
				}
				if now.After(opened) && now.Sub(opened) == test.ends {
					i.State, i.Resolved, i.Updated = timeline.IncidentResolved, now, now
					check(record.CommitStep(t.Context(), timeline.StepResult{Step: now, Incidents: []timeline.Incident{i}}))
				}
				r := alerts.NewRepeater(o)
				check(r.Repeat(t.Context(), now))
				check(r.Repeat(t.Context(), now)) // once is enough
				for _, receiver := range receivers {
					due, err := record.DueNotices(t.Context(), receiver, now, 10)
					check(err)
					for _, n := range due {
						if n.Kind == timeline.NoticeRepeat {
							got[receiver] = append(got[receiver], now.Sub(opened).Truncate(time.Hour))
						}
						check(record.MarkSent(t.Context(), n, timeline.Receipt{Channel: "C1", TS: "1"}, now))
					}
				}
			}
			if !slices.Equal(got[""], test.want) || !slices.Equal(got["#crisis"], test.want) || len(got["desk"]) > 0 {
				t.Errorf("said again after %v, want %v to the team and the channel", got, test.want)
			}
		})
	}
}
