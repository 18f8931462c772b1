package timeline

import (
	"testing"
	"time"
)

func TestFeedTroubles(t *testing.T) {
	const hour, day = time.Hour, 24 * time.Hour
	at := time.Date(2025, time.January, 12, 8, 0, 0, 0, time.UTC)
	usual := FeedPace{Arrivals: 9, Span: 54 * hour, LongestGap: 10 * hour, LastNew: at.Add(-2 * hour)}
	for _, tt := range []struct {
		name   string
		change func(f *FeedStatus)
		want   FeedCondition
		others int // troubles besides
	}{
		{"all is well", func(*FeedStatus) {}, FeedOK, 0},
		{"archive", func(f *FeedStatus) { f.Archive, f.Pace.Gone = true, true }, FeedArchive, 0},
		{"not in the configuration", func(f *FeedStatus) { f.Enabled, f.Pace.Gone = false, true }, FeedDisabled, 0},
		{"not polled yet", func(f *FeedStatus) { f.LastPoll = time.Time{} }, FeedWaiting, 0},
		{"failing", func(f *FeedStatus) { f.LastOutcome = OutcomeWebPage }, FeedFailing, 0},
		{"gone", func(f *FeedStatus) { f.LastOutcome, f.Pace.Gone = OutcomeGone, true }, FeedGone, 0},
		{"a night", func(f *FeedStatus) { f.Pace.LastNew = at.Add(-23 * hour) }, FeedOK, 0},
		{"silent", func(f *FeedStatus) { f.Pace.LastNew = at.Add(-25 * hour) }, FeedSilent, 0},
		{"a failing feed is not called silent", func(f *FeedStatus) { f.Pace.LastNew, f.LastOutcome = at.Add(-9*day), OutcomeDNS }, FeedFailing, 0},
		{"a feed that is slow", func(f *FeedStatus) { f.Pace.LongestGap, f.Pace.LastNew = 20*day, at.Add(-39*day) }, FeedOK, 0},
		{"a slow schedule", func(f *FeedStatus) { f.Rhythm, f.Pace.LastNew = 7*day, at.Add(-13*day) }, FeedOK, 0},
		{"a slow learnt rhythm", func(f *FeedStatus) { f.Pace.Interval, f.Pace.LastNew = 7*day, at.Add(-13*day) }, FeedOK, 0},
		{"one item long ago", func(f *FeedStatus) { f.Pace = FeedPace{LastNew: at.Add(-15 * day)} }, FeedSilent, 0},
		{"one item", func(f *FeedStatus) { f.Pace = FeedPace{LastNew: at.Add(-13 * day)} }, FeedOK, 0},
		{"nothing learnt yet", func(f *FeedStatus) { f.Pace = FeedPace{} }, FeedOK, 0},
		{"stuck", func(f *FeedStatus) { f.Pace.Stuck = at }, FeedStuckValidators, 0},
		{"stuck and moved", func(f *FeedStatus) { f.Pace.Stuck, f.Pace.MovedTo = at, "https://b.example/" }, FeedStuckValidators, 1},
		{"three polls with a wrong zone", func(f *FeedStatus) { f.Pace.ZoneError, f.Pace.ZonePolls = 3, 3 }, FeedOK, 0},
		{"wrong zone, dates ahead by it", func(f *FeedStatus) { f.Pace.ZoneError, f.Pace.ZonePolls, f.Pace.Ahead = 3, 4, 2 }, FeedWrongZone, 0},
		{"wrong zone, dates ahead besides", func(f *FeedStatus) { f.Pace.ZoneError, f.Pace.ZonePolls, f.Pace.Ahead = -3, 4, 2 }, FeedWrongZone, 1},
		{"dates ahead", func(f *FeedStatus) { f.Pace.Ahead = 1 }, FeedFutureDates, 0},
	} {
		f := FeedStatus{
			Feed:      Feed{Enabled: true, Rhythm: 10 * time.Minute},
			FeedState: FeedState{FirstPoll: at.Add(-60 * day), LastPoll: at, LastSuccess: at, LastOutcome: OutcomeOK, Pace: usual},
		}
		tt.change(&f)
		troubles := f.Troubles()
		want := tt.others
		switch tt.want {
		case FeedOK, FeedArchive, FeedDisabled, FeedWaiting:
		default:
			want++
		}
		if got := f.Condition(); got != tt.want || len(troubles) != want {
			t.Errorf("%s: %s, %+v; want %s and %d troubles", tt.name, got, troubles, tt.want, want)
		}
	}
}

// What arrives evenly is expected so; a long silence stretches it, and old times
// are forgotten.
func TestFeedPace(t *testing.T) {
	at := time.Date(2025, time.January, 12, 8, 0, 0, 0, time.UTC)
	var p FeedPace
	if p.NewEvery(at) != 0 {
		t.Error("something is expected of nothing")
	}
	p.Arrive(at)
	if got := p.NewEvery(at.Add(time.Hour)); got != time.Hour {
		t.Errorf("an hour after the only arrival: %s", got)
	}
	for range 200 {
		at = at.Add(20 * time.Minute)
		p.Arrive(at)
		p.Arrive(at.Add(30 * time.Second)) // the same batch
	}
	if got := p.NewEvery(at); got < 19*time.Minute || got > 21*time.Minute || p.LongestGap != 20*time.Minute {
		t.Errorf("every 20 minutes: %s, longest %s", got, p.LongestGap)
	}
	if got := p.NewEvery(at.Add(8 * time.Hour)); got < 20*time.Minute || got > 30*time.Minute {
		t.Errorf("after a night: %s", got)
	}
	if got := p.NewEvery(at.AddDate(30, 0, 0)); got != maxNewEvery {
		t.Errorf("after thirty years: %s", got)
	}
	for range 40 {
		at = at.AddDate(0, 0, 1)
		p.Arrive(at)
	}
	if got := p.NewEvery(at); got < 22*time.Hour || got > 25*time.Hour {
		t.Errorf("daily by now: %s", got)
	}
}
