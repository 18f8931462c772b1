package slack

import (
	"strings"

	slackapi "github.com/slack-go/slack"

	"marsad/timeline"
)

// reply is what is said in the thread of the incident's message: that it became
// more severe, that nobody answers, or what headlines and figures are new.
func (r renderer) reply(n *timeline.Notice) message {
	i := &n.Incident
	if n.Kind == timeline.NoticeEscalation {
		text := fill(r.words.Escalation,
			"topic", isolate(truncate(topicTitle(i), maxHeader)),
			"severity", named(r.words.Severities, n.News.Severity),
			"total", number(float64(i.Total)), "publishers", number(float64(i.Publishers)))
		return message{text: mrkdwn(text), blocks: []slackapi.Block{plainSection(text)}}
	}
	if n.Kind == timeline.NoticeRepeat {
		text := fill(r.words.Repeat,
			"topic", isolate(truncate(topicTitle(i), maxHeader)),
			"time", isolate(r.instant(i.Opened)),
			"severity", named(r.words.Severities, i.Severity),
			"total", number(float64(i.Total)), "publishers", number(float64(i.Publishers)))
		return message{text: mrkdwn(text), blocks: []slackapi.Block{plainSection(text)}}
	}
	var (
		d      draft
		titles []string
	)
	if joined := n.News.Joined; len(joined) > 0 {
		var lines []string
		for k := range joined {
			lines = append(lines, r.joinedLine(&joined[k]))
		}
		titles = append(titles, r.words.NewJoined)
		d.add(listed(r.words.NewJoined, lines)[1:]...)
	}
	if headlines := n.News.Headlines; len(headlines) > 0 {
		titles = append(titles, r.words.NewHeadlines)
		d.add(plainSection(r.words.NewHeadlines))
		for k := range headlines {
			d.add(mrkdwnSection(r.headline(&headlines[k], i.Opened)))
		}
	}
	var lines []string
	for k := range n.News.Figures {
		lines = append(lines, r.changed(&n.News.Figures[k]))
	}
	if blocks := listed(r.words.NewFigures, lines); blocks != nil {
		titles = append(titles, r.words.NewFigures)
		if len(d.blocks) == 0 {
			blocks = blocks[1:] // nothing to divide it from
		}
		d.add(blocks...)
	}
	title := isolate(mrkdwn(truncate(topicTitle(i), maxHeader)))
	return message{text: title + ": " + strings.Join(titles, r.words.Separator), blocks: d.blocks}
}

// changed writes a figure with the one in whose place it comes.
func (r renderer) changed(f *timeline.FigureNews) string {
	text := r.figure(&f.Figure)
	if f.Was != nil {
		text += " (" + fill(r.words.Before, "value", isolate(value(f.Was))) + ")"
	}
	return text
}
