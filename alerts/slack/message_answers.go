package slack

import (
	"regexp"
	"strings"

	"marsad/timeline"
)

// answered is what people said to the incident and of its topic, a line for each;
// empty while nobody has.
func (r renderer) answered(i *timeline.Incident) string {
	var lines []string
	if a := i.Acknowledged; !a.At.IsZero() {
		lines = append(lines, fill(r.words.Acknowledged, "by", person(a.By), "time", isolate(r.instant(a.At))))
	}
	switch s := i.Silence; {
	case i.State != timeline.IncidentOpen || !s.Active(s.At): // lifted, if there was any
	case s.Muted():
		lines = append(lines, fill(r.words.Muted, "by", person(s.By)))
	case s.Until.After(i.Opened):
		lines = append(lines, fill(r.words.Snoozed, "by", person(s.By), "time", isolate(r.instant(s.Until))))
	}
	if f := i.Feedback; f.Label.Known() {
		lines = append(lines, fill(r.words.Labelled, "label", named(r.words.Labels, string(f.Label)), "by", person(f.By)))
	}
	return strings.Join(lines, "\n")
}

// personMention is how Slack names the people who press its buttons.
var personMention = regexp.MustCompile(`^<@[UW][A-Z0-9]{2,}>$|^[UW][A-Z0-9]{6,}$`)

// person names somebody: as Slack does where it is one of Slack's.
func person(by string) string {
	if personMention.MatchString(by) {
		return "<@" + strings.Trim(by, "<@>") + ">"
	}
	return isolate(mrkdwn(truncate(plain(by), maxName)))
}
