package slack

import (
	"math"
	"net/url"
	"slices"
	"strings"
	"time"

	slackapi "github.com/slack-go/slack"

	"marsad/timeline"
)

// Slack's limits of a message, in characters where nothing else is said.
// Source: docs.slack.dev, Block Kit reference.
const (
	maxHeader  = 150
	maxSection = 3000
	maxField   = 2000
)

// What of an incident a message has room for; the rest is on the topic's page.
const (
	maxHeadlines = 5
	maxFigures   = 10
	maxTitle     = 250 // of a headline
	maxName      = 80  // of a publisher, a speaker or an object
)

// message is a notice in Slack's terms.
type message struct {
	text   string // for notifications and for clients without blocks; mrkdwn
	blocks []slackapi.Block
}

// renderer writes notices.
type renderer struct {
	words   *words
	zone    *time.Location
	baseURL string
}

func (r renderer) render(n timeline.Notice) message {
	i := &n.Incident
	title, lead := r.words.Opening, r.observed(i)
	blocks := []slackapi.Block{nil, plainSection(lead), r.fields(i)}
	if n.Kind == timeline.NoticeResolution {
		title, lead = r.words.Resolution, r.ended(i)
		blocks = slices.Insert(blocks, 1, plainSection(lead))
	}
	blocks[0] = header(title, topicTitle(i))
	blocks = append(blocks, r.headlines(i.Headlines)...)
	blocks = append(blocks, r.figures(i.Figures)...)
	if page := r.page(i.Topic); page != "" {
		blocks = append(blocks, mrkdwnSection(link(page, r.words.Page)))
	}
	text := fill(title, "topic", isolate(mrkdwn(truncate(topicTitle(i), maxHeader)))) + "\n" + lead
	return message{text: text, blocks: blocks}
}

func topicTitle(i *timeline.Incident) string {
	if title := plain(i.Title); title != "" {
		return title
	}
	return plain(i.Topic)
}

// header shortens the topic and not the phrase around it.
func header(phrase, topic string) slackapi.Block {
	room := maxHeader - lengthOf(fill(phrase, "topic", isolate(" ")))
	text := fill(phrase, "topic", isolate(truncate(topic, room)))
	return slackapi.NewHeaderBlock(slackapi.NewTextBlockObject(slackapi.PlainTextType, text, false, false))
}

func plainSection(text string) slackapi.Block {
	return slackapi.NewSectionBlock(plainText(text, maxSection), nil, nil)
}

func plainText(text string, limit int) *slackapi.TextBlockObject {
	return slackapi.NewTextBlockObject(slackapi.PlainTextType, truncate(text, limit), false, false)
}

// mrkdwnSection takes text that is escaped and whose parts are bounded: cutting
// it here could cut an entity or a link in two.
func mrkdwnSection(text string) slackapi.Block {
	return slackapi.NewSectionBlock(slackapi.NewTextBlockObject(slackapi.MarkdownType, text, false, true), nil, nil)
}

func (r renderer) observed(i *timeline.Incident) string {
	text := fill(r.words.Observed,
		"window", isolate(r.words.duration(i.Window)),
		"observed", number(float64(i.Observed)),
		"expected", expectation(i.Expected))
	if chance := r.words.chance(i.P); chance != "" {
		text += " " + chance
	}
	return text
}

func (r renderer) ended(i *timeline.Incident) string {
	return fill(r.words.Ended,
		"duration", isolate(r.words.duration(i.Resolved.Sub(i.Opened))),
		"total", number(float64(i.Total)))
}

func (r renderer) fields(i *timeline.Incident) slackapi.Block {
	publishers := number(float64(i.Publishers))
	if names := r.publisherNames(i.Headlines); names != "" {
		publishers += " (" + names + ")"
	}
	var fields []*slackapi.TextBlockObject
	add := func(label, value string) {
		if value != "" {
			fields = append(fields, plainText(label+"\n"+value, maxField))
		}
	}
	add(r.words.Since, isolate(i.Opened.In(r.zone).Format("2006-01-02 15:04 MST")))
	add(r.words.Window, isolate(r.words.duration(i.Window)))
	add(r.words.Publishers, publishers)
	add(r.words.Severity, named(r.words.Severities, i.Severity))
	return slackapi.NewSectionBlock(nil, fields, nil)
}

// publisherNames lists the publishers of the headlines that are shown.
func (r renderer) publisherNames(headlines []timeline.Headline) string {
	var names []string
	for _, h := range headlines[:min(len(headlines), maxHeadlines)] {
		if name := isolate(name(h.Publisher)); name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, r.words.Separator)
}

// headlines has a section for each story, so that every line has the direction
// of its own language.
func (r renderer) headlines(headlines []timeline.Headline) []slackapi.Block {
	if len(headlines) == 0 {
		return nil
	}
	blocks := []slackapi.Block{slackapi.NewDividerBlock(), plainSection(r.words.Headlines)}
	for _, h := range headlines[:min(len(headlines), maxHeadlines)] {
		title := truncate(plain(h.Title), maxTitle)
		if title == "" {
			title = r.words.Untitled
		}
		line := link(h.URL, title)
		if publisher := mrkdwn(name(h.Publisher)); publisher != "" {
			line += "\n" + isolate(publisher)
			if h.Publishers > 1 {
				line += " + " + number(float64(h.Publishers-1))
			}
		}
		blocks = append(blocks, mrkdwnSection(line))
	}
	return blocks
}

func (r renderer) figures(figures []timeline.Figure) []slackapi.Block {
	if len(figures) == 0 {
		return nil
	}
	text := r.words.Figures
	for i := range figures[:min(len(figures), maxFigures)] {
		line := "\n• " + r.figure(&figures[i])
		if lengthOf(text)+lengthOf(line) > maxSection {
			break
		}
		text += line
	}
	return []slackapi.Block{slackapi.NewDividerBlock(), plainSection(text)}
}

// figure writes "12,000–15,000 fighters (between), Newsweek via Example News".
func (r renderer) figure(f *timeline.Figure) string {
	object := name(f.Object)
	if object == "" {
		object = named(r.words.Kinds, f.Kind)
	}
	text := isolate(value(f))
	if object != "" {
		text += " " + isolate(object)
	}
	if f.Bound != "" && f.Bound != timeline.Exact {
		text += " (" + named(r.words.Bounds, string(f.Bound)) + ")"
	}
	by, publisher := isolate(name(f.By)), isolate(name(f.Publisher))
	switch {
	case by != "" && publisher != "":
		text += r.words.Separator + fill(r.words.Via, "by", by, "publisher", publisher)
	case by != "" || publisher != "":
		text += r.words.Separator + by + publisher
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

func (r renderer) page(topic string) string {
	if r.baseURL == "" {
		return ""
	}
	return r.baseURL + "/topics/" + url.PathEscape(topic)
}

// name bounds a short piece of feed text.
func name(s string) string { return truncate(plain(s), maxName) }

// named is the word for a key, or the key itself where there is no word.
func named(table map[string]string, key string) string {
	if word := table[key]; word != "" {
		return word
	}
	return name(key)
}
