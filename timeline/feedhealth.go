package timeline

import (
	"fmt"
	"time"
)

// FeedCondition says in a word how a feed is: its worst trouble, or that there
// is none.
type FeedCondition string

// The conditions of feeds.
const (
	FeedGone            FeedCondition = "gone"             // the server says it is gone for good: not polled any more
	FeedFailing         FeedCondition = "failing"          // the last poll saw nothing; its outcome says why
	FeedStuckValidators FeedCondition = "stuck-validators" // the server says "not modified" though there is news
	FeedSilent          FeedCondition = "silent"           // nothing new for much longer than usual
	FeedWrongZone       FeedCondition = "wrong-zone"       // its dates are off by whole hours
	FeedFutureDates     FeedCondition = "future-dates"     // its newest items are dated ahead
	FeedMoved           FeedCondition = "moved"            // it has another address for good
	FeedWaiting         FeedCondition = "waiting"          // not polled yet
	FeedOK              FeedCondition = "ok"               // the last poll went well
	FeedArchive         FeedCondition = "archive"          // filled by loading
	FeedDisabled        FeedCondition = "disabled"         // kept, not polled any more
)

// FeedConditions gives all conditions, the most troublesome first.
func FeedConditions() []FeedCondition {
	return []FeedCondition{
		FeedGone, FeedFailing, FeedStuckValidators, FeedSilent, FeedWrongZone, FeedFutureDates, FeedMoved,
		FeedWaiting, FeedOK, FeedArchive, FeedDisabled,
	}
}

// Answers reports whether a feed in this condition was read at its last poll.
func (c FeedCondition) Answers() bool {
	switch c {
	case FeedOK, FeedStuckValidators, FeedSilent, FeedWrongZone, FeedFutureDates, FeedMoved:
		return true
	case FeedGone, FeedFailing, FeedWaiting, FeedArchive, FeedDisabled:
	}
	return false
}

// FeedTrouble is something that somebody should see to.
type FeedTrouble struct {
	Name   FeedCondition
	Text   string // what is the matter, for a person
	Remedy string // what to do about it; empty where nothing can be
}

// Condition tells how the feed is: the worst of its troubles, if any.
func (f *FeedStatus) Condition() FeedCondition {
	switch {
	case f.Archive:
		return FeedArchive
	case !f.Enabled:
		return FeedDisabled
	case f.LastPoll.IsZero():
		return FeedWaiting
	}
	if troubles := f.Troubles(); len(troubles) > 0 {
		return troubles[0].Name
	}
	return FeedOK
}

// Troubles gives all that is the matter with a feed that is polled, the worst
// first. It knows no clock: what was not looked at is not called quiet.
func (f *FeedStatus) Troubles() []FeedTrouble {
	if f.Archive || !f.Enabled || f.LastPoll.IsZero() {
		return nil
	}
	var troubles []FeedTrouble
	add := func(name FeedCondition, text, remedy string) {
		troubles = append(troubles, FeedTrouble{name, text, remedy})
	}
	pace := &f.Pace
	switch {
	case pace.Gone:
		add(FeedGone, "the server says that the feed is gone for good (410); it is not polled any more",
			"change its url in config.yaml, or anything else of its entry to try it again, or remove it; then start marsad anew")
	case !f.LastOutcome.Succeeded():
		add(FeedFailing, f.LastError, f.LastOutcome.Remedy())
	}
	if !pace.Stuck.IsZero() {
		add(FeedStuckValidators, "the server says \"not modified\" though there is news; it is asked for the whole document now",
			"none is needed; conditional: false in its entry says so for good")
	}
	if f.LastOutcome.Succeeded() && f.silent() {
		add(FeedSilent, fmt.Sprintf("nothing new for %s, and never before for more than about %s", days(f.Quiet()), days(f.UsualQuiet())),
			"look at the publisher's site: the feed may have been given up for another")
	}
	if zone, hours := pace.Zone, pace.ZoneError; pace.ZonePolls >= zonePolls {
		remedy := "check timezone in its entry; where its dates name a zone themselves, tell the publisher"
		if zone != "" {
			remedy = "write timezone: " + zone + ", or the publisher's own zone of that offset, into its entry"
		}
		add(FeedWrongZone, fmt.Sprintf("the dates of new items are off by %+d hours", hours), remedy)
	}
	if offByHours := pace.ZonePolls >= zonePolls && pace.ZoneError > 0; pace.Ahead > 0 && !offByHours {
		add(FeedFutureDates, fmt.Sprintf("%d of its newest items are dated ahead; their time is that of the poll", pace.Ahead),
			"check timezone in its entry; announcements of things to come may be dated so on purpose")
	}
	if to := RedactURL(pace.MovedTo); to != "" {
		add(FeedMoved, "it is at another address for good: "+to, "write url: "+to+" into its entry")
	}
	return troubles
}

// How long a feed may bring nothing before it is silent: silentAfter times the
// longest time between two arrivals, where that is at least leastGap (nights are
// quiet everywhere) and its rhythm. unknownGap is for a feed that has brought
// something once.
const (
	silentAfter = 2
	leastGap    = 12 * time.Hour
	unknownGap  = 7 * 24 * time.Hour
)

// zonePolls is how many polls in a row have to show the same error of whole
// hours before it is believed.
const zonePolls = 4

// PollEvery gives the time between two polls: as decided by `auto`, or as the
// schedule says.
func (f *FeedStatus) PollEvery() time.Duration {
	if f.Pace.Interval > 0 {
		return f.Pace.Interval
	}
	return f.Rhythm
}

// Expected gives the feed's rhythm: the usual time between two arrivals of
// something new, to the second; while that is not known, the time between polls.
// It is 0 for an archive.
func (f *FeedStatus) Expected() time.Duration {
	every := f.PollEvery()
	if f.Pace.Arrivals > 0 {
		every = f.Pace.NewEvery(f.Pace.LastNew)
	}
	return every.Round(time.Second)
}

// Quiet gives the time from the newest arrival to the last poll that saw the
// feed: what was not looked at cannot be called quiet.
func (f *FeedStatus) Quiet() time.Duration {
	if f.Pace.LastNew.IsZero() {
		return 0
	}
	return max(f.LastSuccess.Sub(f.Pace.LastNew), 0)
}

// UsualQuiet gives the longest time that the feed is quiet for as a rule.
func (f *FeedStatus) UsualQuiet() time.Duration { return f.Pace.usualQuiet(f.PollEvery()) }

func (p *FeedPace) usualQuiet(pollEvery time.Duration) time.Duration {
	gap := unknownGap
	if p.LongestGap > 0 {
		gap = p.LongestGap
	}
	return max(gap, leastGap, pollEvery)
}

// silent reports whether the feed breaks its rhythm.
func (f *FeedStatus) silent() bool { return f.Quiet() > silentAfter*f.UsualQuiet() }

// Overdue reports whether nothing new has come at an instant for longer than is
// usual, though not yet for so long that the feed is silent.
func (p *FeedPace) Overdue(at time.Time, pollEvery time.Duration) bool {
	return !p.LastNew.IsZero() && at.Sub(p.LastNew) > p.usualQuiet(pollEvery)
}

// days spells a duration of hours or days.
func days(d time.Duration) string {
	const day = 24 * time.Hour
	if d < 2*day {
		return fmt.Sprintf("%d hours", d/time.Hour)
	}
	return fmt.Sprintf("%d days", d/day)
}
