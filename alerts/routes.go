package alerts

import (
	"slices"
	"strings"

	"marsad/timeline"
)

// Team is how routes name the team's own receiver, whose name in the record is
// empty.
const Team = "team"

// Route says what a receiver wants to hear of.
type Route struct {
	To         string   `yaml:"to"`         // team, the name of a webhook, or a Slack channel
	Topics     []string `yaml:"topics"`     // empty: all
	Severities []string `yaml:"severities"` // empty: all
}

// receiver is the name in the record.
func (r *Route) receiver() string {
	if r.To == Team {
		return ""
	}
	return r.To
}

// takes reports whether the route wants the incident. What is of no topic, such as
// that no feed answers, concerns every topic.
func (r *Route) takes(i *timeline.Incident) bool {
	return (len(r.Severities) == 0 || slices.Contains(r.Severities, i.Severity)) &&
		(len(r.Topics) == 0 || i.Topic == timeline.NoTopic || r.names(i.Topic) ||
			slices.ContainsFunc(i.Joined, func(j timeline.Joined) bool { return r.names(j.Topic) }))
}

func (r *Route) names(topic string) bool {
	return slices.ContainsFunc(r.Topics, func(name string) bool { return strings.EqualFold(name, topic) })
}

// Severities are all that there are, the least first.
func Severities() []string { return []string{SeverityNotice, SeverityHigh, SeverityCritical} }

// IsChannel reports whether a receiver is a channel of Slack, and neither the team
// nor a webhook, whose names are small letters.
func IsChannel(receiver string) bool {
	return receiver != "" && receiver != Team && (receiver[0] < 'a' || receiver[0] > 'z')
}

// Routing says who is told of which incidents: each receiver of what one of its
// routes takes, and one that no route leads to of all. The zero value tells the
// team of everything.
type Routing struct {
	Receivers []string // besides the team
	Routes    []Route
	// Channel is where the team is told of a topic; a route to the same channel
	// would tell it twice, and is left out. May be nil.
	Channel func(topic string) string
}

// receivers are those that are told of the incident as it is.
func (r *Routing) receivers(i *timeline.Incident) []string {
	var told []string
	for _, receiver := range append([]string{""}, r.Receivers...) {
		routed, takes := false, false
		for k := range r.Routes {
			if route := &r.Routes[k]; route.receiver() == receiver {
				routed, takes = true, takes || route.takes(i)
			}
		}
		if (takes || !routed) && !r.isTeams(receiver, i.Topic) {
			told = append(told, receiver)
		}
	}
	return told
}

func (r *Routing) isTeams(receiver, topic string) bool {
	return IsChannel(receiver) && r.Channel != nil && strings.TrimPrefix(receiver, "#") == strings.TrimPrefix(r.Channel(topic), "#")
}

// since parts the receivers of an incident into those that were told of it as it
// was recorded, and those that it has come to concern only now.
func (r *Routing) since(now, recorded *timeline.Incident) (known, late []string) {
	told := r.receivers(now)
	if now.ID != recorded.ID {
		return told, nil
	}
	before := r.receivers(recorded)
	for _, receiver := range told {
		if slices.Contains(before, receiver) {
			known = append(known, receiver)
		} else {
			late = append(late, receiver)
		}
	}
	return known, late
}
