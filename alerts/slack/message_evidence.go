package slack

import (
	"math"
	"strings"
	"time"

	slackapi "github.com/slack-go/slack"
	"golang.org/x/text/unicode/bidi"

	"marsad/timeline"
)

// newest is what is new in one line: the story that came up last.
func (r renderer) newest(i *timeline.Incident) string {
	if len(i.Headlines) == 0 {
		return ""
	}
	last := &i.Headlines[0]
	for k := range i.Headlines {
		if h := &i.Headlines[k]; h.Published.After(last.Published) {
			last = h
		}
	}
	title := truncate(plain(last.Title), maxTitle)
	if title == "" {
		return ""
	}
	return fill(r.words.Newest, "headline", isolate(mrkdwn(title)), "about", r.about(last, i.Opened))
}

// headlines has a section for each story, so that every line has the direction
// of its own language.
func (r renderer) headlines(i *timeline.Incident) []slackapi.Block {
	if len(i.Headlines) == 0 {
		return nil
	}
	blocks := []slackapi.Block{slackapi.NewDividerBlock(), plainSection(r.words.Headlines)}
	for k := range i.Headlines[:min(len(i.Headlines), maxHeadlines)] {
		blocks = append(blocks, mrkdwnSection(r.headline(&i.Headlines[k], i.Opened)))
	}
	return blocks
}

func (r renderer) headline(h *timeline.Headline, reference time.Time) string {
	title := truncate(plain(h.Title), maxTitle)
	if title == "" {
		title = r.words.Untitled
	}
	line := direction(title) + link(h.URL, title)
	if about := r.about(h, reference); about != "" {
		line += "\n" + direction(title) + about
	}
	return line
}

// about says who told a story, how many others did, and when it came up.
func (r renderer) about(h *timeline.Headline, reference time.Time) string {
	var parts []string
	if publisher := name(h.Publisher); publisher != "" {
		text := isolate(mrkdwn(publisher))
		if h.Publishers > 1 {
			text += " + " + number(float64(h.Publishers-1))
		}
		parts = append(parts, text)
	}
	if !h.Published.IsZero() {
		parts = append(parts, isolate(r.clock(h.Published, reference)))
	}
	return strings.Join(parts, r.words.Separator)
}

// Marks that give a line its direction: what stands in isolates does not.
const (
	leftToRight = "\u200e"
	rightToLeft = "\u200f"
)

// mrkdwnLines escapes text line by line, so that its lines stay.
func mrkdwnLines(text string) string {
	lines := strings.Split(text, "\n")
	for k := range lines {
		lines[k] = mrkdwn(lines[k])
	}
	return strings.Join(lines, "\n")
}

// direction is the mark of the direction that the text begins in.
func direction(s string) string {
	for _, c := range s {
		p, _ := bidi.LookupString(string(c))
		if class := p.Class(); class == bidi.R || class == bidi.AL {
			return rightToLeft
		} else if class == bidi.L {
			return leftToRight
		}
	}
	return ""
}

func (r renderer) figures(figures []timeline.Figure) []slackapi.Block {
	return r.listedFigures(r.words.Figures, figures)
}

// listed is a section with lines under a title, as many as it holds.
func listed(title string, lines []string) []slackapi.Block {
	if len(lines) == 0 {
		return nil
	}
	text := title
	for _, line := range lines {
		if line = "\n• " + line; lengthOf(text)+lengthOf(line) > maxSection {
			break
		}
		text += line
	}
	return []slackapi.Block{slackapi.NewDividerBlock(), plainSection(text)}
}

// figure writes "12,000–15,000 fighters (between), Newsweek via Example News".
func (r renderer) figure(f *timeline.Figure) string {
	text := r.amount(f)
	by, publisher := isolate(name(f.By)), isolate(name(f.Publisher))
	switch {
	case by != "" && publisher != "":
		text += r.words.Separator + fill(r.words.Via, "by", by, "publisher", publisher)
	case by != "" || publisher != "":
		text += r.words.Separator + by + publisher
	}
	return text
}

// amount is the figure without who said it.
func (r renderer) amount(f *timeline.Figure) string {
	object := name(f.Object)
	if object == "" {
		object = named(r.words.Kinds, f.Kind)
	}
	text := isolate(value(f))
	if object != "" {
		text += " " + isolate(object)
	}
	if f.Bound != "" && f.Bound != timeline.Exact && f.Bound != timeline.Between {
		text += " (" + named(r.words.Bounds, string(f.Bound)) + ")"
	}
	return text
}

// value writes the number or the range, or the words where no number is said.
func value(f *timeline.Figure) string {
	said := func(v *float64) bool { return v != nil && !math.IsNaN(*v) && !math.IsInf(*v, 0) }
	switch {
	case f.Bound == timeline.Between && said(f.Lo) && said(f.Hi):
		return number(*f.Lo) + "–" + number(*f.Hi)
	case said(f.Best):
		return number(*f.Best)
	case said(f.Lo):
		return number(*f.Lo)
	case said(f.Hi):
		return number(*f.Hi)
	}
	return name(f.Text)
}

// events lists what is said to have happened, or to be going to, under its date.
func (r renderer) events(events []timeline.DatedEvent) []slackapi.Block {
	var lines []string
	for i := range events[:min(len(events), maxEvents)] {
		e := &events[i]
		date := isolate(r.date(e.Interval, e.Precision))
		if e.Planned {
			date += " (" + r.words.Planned + ")"
		}
		line := date + ": " + isolate(truncate(plain(e.Text), maxClause))
		if publisher := name(e.Publisher); publisher != "" {
			line += r.words.Separator + isolate(publisher)
		}
		lines = append(lines, line)
	}
	return listed(r.words.Events, lines)
}

// date writes an interval as finely as it is known: 2012, 2014-06, 2014-06-10, or
// from one to another of these.
func (r renderer) date(i timeline.Interval, p timeline.Precision) string {
	layout := time.DateOnly
	switch p {
	case timeline.Year, timeline.Decade, timeline.Century:
		layout = "2006"
	case timeline.Month, timeline.Season, timeline.Quarter, timeline.Half:
		layout = "2006-01"
	case timeline.Hour, timeline.Minute:
		return r.instant(i.Lo)
	case timeline.Day, timeline.Week, timeline.UnknownGrain:
	}
	first, last := i.Lo.Format(layout), i.Hi.Add(-1).Format(layout)
	if first == last || i.Hi.IsZero() {
		return first
	}
	return first + "–" + last
}
