package alerts_test

import (
	"log/slog"
	"slices"
	"testing"
	"time"

	"marsad/alerts"
	"marsad/timeline"
)

// TestDarkGroups walks feeds through the minutes of a day and says when a group
// is told to be dark, and when it is over.
func TestDarkGroups(t *testing.T) {
	type outage struct {
		feeds    []string
		from, to int // minutes
		silent   bool
	}
	all := []string{"a1", "a2", "a3", "b1", "b2"}
	groups := []alerts.FeedGroup{{Name: "a", Feeds: all[:3]}, {Name: "b", Feeds: all[3:]}, {Name: "never", Feeds: []string{"dead1", "dead2"}}}
	for name, c := range map[string]struct {
		outages  []outage
		share    alerts.Share
		restart  int // minute
		restarts bool
		want     map[string][2]int // group: minutes at which it is told, and is over; -1: not
	}{
		"nothing":               {want: map[string][2]int{}},
		"a whole group":         {outages: []outage{{feeds: all[:3], from: 60, to: 600}}, want: map[string][2]int{"a": {230, 600}}},
		"not for long enough":   {outages: []outage{{feeds: all[:3], from: 60, to: 200}}, want: map[string][2]int{}},
		"but one":               {outages: []outage{{feeds: all[:2], from: 60, to: 600}}, want: map[string][2]int{}},
		"but one, of a share":   {outages: []outage{{feeds: all[:2], from: 60, to: 600}}, share: 0.6, want: map[string][2]int{"a": {230, 600}}},
		"one after the other":   {outages: []outage{{feeds: all[:2], from: 60, to: 700}, {feeds: all[2:3], from: 300, to: 600}}, want: map[string][2]int{"a": {470, 600}}},
		"nobody is heard":       {outages: []outage{{feeds: all, from: 60, to: 600}}, want: map[string][2]int{}},
		"then one group stays":  {outages: []outage{{feeds: all[:3], from: 60, to: 1000}, {feeds: all, from: 60, to: 600}}, want: map[string][2]int{"a": {780, 1000}}},
		"silent feeds":          {outages: []outage{{feeds: all[3:], from: 100, to: 500, silent: true}}, want: map[string][2]int{"b": {100, 500}}},
		"with a restart before": {outages: []outage{{feeds: all[:3], from: 60, to: 600}}, restarts: true, restart: 100, want: map[string][2]int{"a": {280, 600}}},
		"with a restart within": {outages: []outage{{feeds: all[:3], from: 60, to: 600}}, restarts: true, restart: 300, want: map[string][2]int{"a": {230, 600}}},
		"it does not end":       {outages: []outage{{feeds: all[:3], from: 60, to: 2000}}, want: map[string][2]int{"a": {230, -1}}},
	} {
		t.Run(name, func(t *testing.T) {
			var feeds feedList
			for _, f := range all {
				feeds = append(feeds, timeline.FeedStatus{Feed: timeline.Feed{Name: f, Enabled: true, Rhythm: 10 * time.Minute}})
			}
			for _, f := range []string{"dead1", "dead2"} {
				feeds = append(feeds, timeline.FeedStatus{Feed: timeline.Feed{Name: f, Enabled: true}})
			}
			m := newMemory(10 * time.Minute)
			m.lastStep = start
			var d *alerts.DarkGroups
			watch := func(started time.Time) {
				share := c.share
				if share == 0 {
					share = 1
				}
				d = alerts.NewDarkGroups(alerts.DarkGroupsOptions{
					After: 3 * time.Hour, Share: share, Started: started, Groups: groups, Feeds: feeds, Results: m, Logger: slog.New(slog.DiscardHandler),
				})
			}
			watch(start)
			got := map[string][2]int{}
			for minute := 0; minute < 1440; minute += 10 {
				at := start.Add(time.Duration(minute) * time.Minute)
				if c.restarts && minute == c.restart {
					watch(at)
				}
				for i := range feeds {
					f := &feeds[i]
					f.LastPoll, f.LastOutcome = at, timeline.OutcomeOK
					f.Pace.LastNew, f.Pace.Arrivals, f.Pace.LongestGap = at, 10, time.Hour
					fails := f.Name[0] == 'd'
					for _, o := range c.outages {
						if slices.Contains(o.feeds, f.Name) && minute >= o.from && minute < o.to {
							fails = fails || !o.silent
							if o.silent {
								f.Pace.LastNew = at.Add(-3 * day)
							}
						}
					}
					if fails {
						f.LastOutcome = timeline.OutcomeTimeout
					} else {
						f.LastSuccess = at
					}
				}
				if err := d.Look(t.Context(), at.Add(time.Second)); err != nil {
					t.Fatal(err)
				}
				for _, i := range m.incidents {
					times, found := got[i.Title]
					if !found {
						times = [2]int{minute, -1}
					}
					if i.State == timeline.IncidentResolved && times[1] < 0 {
						times[1] = minute
					}
					got[i.Title] = times
				}
			}
			if len(got) != len(c.want) {
				t.Fatalf("told %v, want %v", got, c.want)
			}
			for group, times := range c.want {
				if got[group] != times {
					t.Errorf("group %s: told and over at %v, want %v", group, got[group], times)
				}
			}
			if want := len(c.want); len(m.incidents) != want {
				t.Errorf("%d incidents, want %d", len(m.incidents), want)
			}
			for _, i := range m.incidents {
				if i.Kind != timeline.Dark || i.Observed == 0 || i.Total < i.Observed || len(i.Feeds) != i.Observed {
					t.Errorf("incident %+v", i)
				}
			}
		})
	}
}

// A group that the configuration has no more is dark no more.
func TestFormerGroup(t *testing.T) {
	m := newMemory(10 * time.Minute)
	m.lastStep = start
	i := timeline.Incident{ID: timeline.DarkID("a", start), Kind: timeline.Dark, Title: "a", State: timeline.IncidentOpen, Opened: start, Updated: start}
	m.incidents[i.ID] = i
	d := alerts.NewDarkGroups(alerts.DarkGroupsOptions{
		After: time.Hour, Share: 1, Started: start, Feeds: feedList{}, Results: m, Logger: slog.New(slog.DiscardHandler),
	})
	if err := d.Look(t.Context(), start.Add(day)); err != nil {
		t.Fatal(err)
	}
	if i := only(t, m); i.State != timeline.IncidentResolved || len(m.notices) != 1 {
		t.Errorf("%+v, %d notices", i, len(m.notices))
	}
}
