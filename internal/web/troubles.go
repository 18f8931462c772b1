package web

import (
	"strconv"
	"strings"

	"marsad/timeline"
)

// troubleView is what is the matter with a feed, in the language of the page. The
// API says it in English, as [timeline.FeedStatus.Troubles] does.
type troubleView struct {
	Name         timeline.FeedCondition
	Text, Remedy string
	Error        string // of the last poll, as it was
}

func (v *views) troubles(f timeline.FeedStatus) []troubleView {
	var out []troubleView
	for _, t := range f.Troubles() {
		out = append(out, v.trouble(&f, t.Name))
	}
	return out
}

func (v *views) trouble(f *timeline.FeedStatus, name timeline.FeedCondition) troubleView {
	t := troubleView{Name: name}
	text, remedy := "trouble."+string(name), "remedy."+string(name)
	var values []string // of both
	switch name {
	case timeline.FeedFailing:
		text, remedy = "outcome."+string(f.LastOutcome), "remedy.outcome."+string(f.LastOutcome)
		t.Error = f.LastError
	case timeline.FeedSilent:
		values = []string{formatAbout(f.Quiet()), formatAbout(f.UsualQuiet())}
	case timeline.FeedWrongZone:
		values = []string{signed(f.Pace.ZoneError)}
	case timeline.FeedFutureDates:
		values = []string{formatNumber(float64(f.Pace.Ahead))}
	case timeline.FeedMoved:
		values = []string{timeline.RedactURL(f.Pace.MovedTo)}
	case timeline.FeedGone, timeline.FeedStuckValidators, timeline.FeedWaiting, timeline.FeedOK, timeline.FeedArchive, timeline.FeedDisabled:
	}
	t.Text, t.Remedy = v.fill(text, values), v.fill(remedy, values)
	if name == timeline.FeedWrongZone && f.Pace.Zone != "" {
		t.Remedy = v.fill("remedy.zone", []string{f.Pace.Zone})
	}
	return t
}

// fill gives the words of a key with the values in the place of {1}, {2} and so
// on; nothing when it has none.
func (v *views) fill(key string, values []string) string {
	words := v.words[key]
	for i, value := range values {
		words = strings.ReplaceAll(words, "{"+strconv.Itoa(i+1)+"}", value)
	}
	return words
}

// signed writes a number with its sign, which stays in front of it in Arabic too.
func signed(n int) string {
	s := strconv.Itoa(n)
	if n > 0 {
		s = "+" + s
	}
	return "\u200e" + s
}
