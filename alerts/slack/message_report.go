package slack

import (
	"net/url"
	"strings"
	"time"

	slackapi "github.com/slack-go/slack"

	"marsad/timeline"
)

// report is the message of what came in a while: after quiet hours, or in a digest.
func (r renderer) report(o *timeline.Report) message {
	w := r.words.Report
	title := fill(w["title_"+o.Name], "date", isolate(o.To.In(r.zone).Format(time.DateOnly)))
	span := fill(w["span"], "from", isolate(r.instant(o.From)), "to", isolate(r.instant(o.To)))
	lead := span
	if o.Name == timeline.ReportQuiet {
		lead += "\n" + w["after"]
	}
	var d draft
	d.add(slackapi.NewHeaderBlock(plainText(title, maxHeader)))
	d.add(plainSection(lead))
	var ending []slackapi.Block
	if o.Beyond > 0 {
		ending = append(ending, plainSection(fill(w["beyond"], "n", number(float64(o.Beyond)))))
	}
	d.reserve(ending)
	d.add(r.happened(o)...)
	d.add(r.topics(o)...)
	d.add(r.feeds(o.Feeds)...)
	if len(o.Incidents)+len(o.Topics)+len(o.Feeds) == 0 {
		d.add(plainSection(w["nothing"]))
	}
	return message{text: mrkdwn(title) + "\n" + mrkdwn(span), blocks: append(d.blocks, ending...)}
}

// happened has a section for each incident, so that every line has the direction of
// its own language.
func (r renderer) happened(o *timeline.Report) []slackapi.Block {
	if len(o.Incidents) == 0 {
		return nil
	}
	blocks := []slackapi.Block{slackapi.NewDividerBlock(), plainSection(r.words.Report["incidents"])}
	for k := range o.Incidents {
		i := &o.Incidents[k]
		text := isolate(mrkdwn(truncate(r.reportedTitle(i), maxHeader)))
		if r.baseURL != "" {
			if page := fitting(r.baseURL + "/incidents/" + url.PathEscape(i.ID)); page != "" {
				text = link(page, truncate(r.reportedTitle(i), maxHeader))
			}
		}
		text = direction(r.reportedTitle(i)) + text + "\n" + mrkdwn(r.whatHappened(i, o.To))
		if headline := truncate(plain(i.Headline), maxTitle); headline != "" {
			text += "\n" + direction(headline) + link(i.URL, headline)
		}
		blocks = append(blocks, mrkdwnSection(text))
	}
	return blocks
}

func (r renderer) reportedTitle(i *timeline.IncidentReport) string {
	switch i.Kind {
	case timeline.Blind:
		return r.words.Blind["opening"]
	case timeline.Dark:
		return fill(r.words.Dark["opening"], "group", isolate(name(i.Title)))
	default:
		return topicTitle(&timeline.Incident{Title: i.Title, Topic: i.Topic})
	}
}

// whatHappened says when it began and ended, or by how much it grew.
func (r renderer) whatHappened(i *timeline.IncidentReport, to time.Time) string {
	w := r.words.Report
	var parts []string
	if i.HasOpened {
		parts = append(parts, fill(w["opened"], "time", isolate(r.clock(i.Opened, to))))
	}
	if i.Articles > 0 {
		parts = append(parts, fill(w["grew"], "n", number(float64(i.Articles))))
	}
	if i.State == timeline.IncidentResolved {
		parts = append(parts, fill(w["over"], "time", isolate(r.clock(i.Resolved, to))))
	} else {
		parts = append(parts, w["open"])
	}
	parts = append(parts, r.words.Severity+": "+named(r.words.Severities, i.Severity))
	if i.Topic != timeline.NoTopic {
		parts = append(parts, fill(w["total"], "total", number(float64(i.Total)), "publishers", number(float64(i.Publishers))))
	}
	return strings.Join(parts, " · ")
}

// topics lists what came in of each against what was to be expected, and the
// figures that are new.
func (r renderer) topics(o *timeline.Report) []slackapi.Block {
	var lines, figures []string
	for k := range o.Topics {
		t := &o.Topics[k]
		title := isolate(truncate(topicTitle(&timeline.Incident{Title: t.Title, Topic: t.Topic}), maxHeader))
		lines = append(lines, fill(r.words.Report["topic"], "topic", title,
			"observed", number(float64(t.Observed)), "expected", expectation(t.Expected)))
		for n := range t.Figures {
			figures = append(figures, title+": "+r.figure(&t.Figures[n]))
		}
	}
	return append(listed(r.words.Report["topics"], lines), listed(r.words.NewFigures, figures)...)
}

func (r renderer) feeds(feeds []timeline.FeedReport) []slackapi.Block {
	var lines []string
	for k := range feeds {
		f := &feeds[k]
		label := name(f.Title)
		if label == "" {
			label = name(f.Name)
		}
		line := isolate(label) + ": " + named(r.words.Report, "feed_"+string(f.Condition))
		if !f.LastSuccess.IsZero() {
			line += r.words.Separator + fill(r.words.Report["feed_read"], "time", isolate(r.instant(f.LastSuccess)))
		}
		lines = append(lines, line)
	}
	return listed(r.words.Report["feeds"], lines)
}
