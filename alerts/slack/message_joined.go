package slack

import (
	slackapi "github.com/slack-go/slack"

	"marsad/timeline"
)

// maxSubject is how many topics are named in the title of a message.
const maxSubject = 3

// subject names the topics that the incident tells of.
func (r renderer) subject(i *timeline.Incident) string {
	text := topicTitle(i)
	for k := range i.Joined {
		if k+1 == maxSubject {
			return text + " + " + number(float64(len(i.Joined)-k))
		}
		j := &i.Joined[k]
		text += r.words.Separator + topicTitle(&timeline.Incident{Topic: j.Topic, Title: j.Title})
	}
	return text
}

// joined lists the topics that rise on the same stories, each with its own figures.
func (r renderer) joined(i *timeline.Incident) []slackapi.Block {
	var lines []string
	for k := range i.Joined {
		lines = append(lines, r.joinedLine(&i.Joined[k]))
	}
	blocks := listed(r.words.Together, lines)
	if len(blocks) > 0 {
		blocks = blocks[1:] // it goes on from the line above
	}
	return blocks
}

// joinedLine writes "Truce: articles within 6 h: 12. Expected: 1.4. ...".
func (r renderer) joinedLine(j *timeline.Joined) string {
	i := timeline.Incident{
		Topic: j.Topic, Title: j.Title, Observed: j.Observed, Expected: j.Expected, P: j.P, Window: j.Window, Weeks: j.Weeks,
	}
	text := isolate(truncate(topicTitle(&i), maxName)) + ": " + r.observed(&i) + " " + fill(r.words.JoinedSoFar,
		"total", number(float64(j.Total)), "publishers", number(float64(j.Publishers)))
	if j.State == timeline.IncidentResolved {
		text += " " + r.words.JoinedOver
	}
	return text
}
