package slack

import (
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
	maxContext = 2000
	maxBlocks  = 50
	// maxMessage is what all texts may have together; beyond some 13,200 Slack says
	// msg_blocks_too_long.
	maxMessage = 13000
)

// What of an incident a message has room for; the rest is on its page.
const (
	maxHeadlines = 5
	maxFigures   = 10
	maxEvents    = 5
	maxTitle     = 250 // of a headline
	maxClause    = 200 // of an event
	maxName      = 80  // of a publisher, a speaker or an object
)

// message is a notice in Slack's terms.
type message struct {
	text   string // for notifications and for clients without blocks; mrkdwn
	blocks []slackapi.Block
}

// withoutChart is the message for a workspace that knows no charts yet.
func (m message) withoutChart() (message, bool) {
	kept := make([]slackapi.Block, 0, len(m.blocks))
	for _, b := range m.blocks {
		if b.BlockType() != slackapi.MBTDataVisualization {
			kept = append(kept, b)
		}
	}
	return message{m.text, kept}, len(kept) < len(m.blocks)
}

// renderer writes notices.
type renderer struct {
	words       *words
	zone        *time.Location
	baseURL     string
	grafana     string
	interactive bool // somebody listens to buttons
}

// message is the incident's message in the channel, as the incident is now: what
// happened and how unusual that is first, then what stands behind it.
func (r renderer) message(i *timeline.Incident) message {
	switch i.Kind {
	case timeline.Blind:
		return r.blind(i)
	case timeline.Dark:
		return r.dark(i)
	case timeline.CountChanged:
		return r.counted(i)
	case timeline.Rise, timeline.Fall:
	}
	p := r.words.phrases(i.Kind)
	title, lead := p.Opening, r.observed(i)
	var d draft
	if i.State == timeline.IncidentResolved {
		title = p.Resolution
		lead = r.ended(i) + "\n" + lead
	}
	subject := r.subject(i)
	d.add(header(title, subject))
	d.add(plainSection(lead))
	d.add(r.joined(i)...)
	if answered := r.answered(i); answered != "" {
		d.add(mrkdwnSection(answered))
	}
	if newest := r.newest(i); newest != "" {
		d.add(mrkdwnSection(newest))
	}
	d.add(r.fields(i))
	ending := r.ending(i)
	d.reserve(ending)
	d.add(r.headlines(i)...)
	d.add(r.figures(i.Figures)...)
	d.add(r.events(i.Events)...)
	d.add(r.chart(i)...)
	text := fill(title, "topic", isolate(mrkdwn(truncate(subject, maxHeader)))) + "\n" + lead
	return message{text: text, blocks: append(d.blocks, ending...)}
}

// ending is what closes the message whatever else there is no room for: the way
// on, and as of when the message is.
func (r renderer) ending(i *timeline.Incident) []slackapi.Block {
	blocks := r.ways(i)
	asOf := fill(r.words.AsOf, "time", isolate(r.instant(i.LastAlarm())))
	return append(blocks, slackapi.NewContextBlock("", plainText(asOf, maxContext)))
}

// draft is a message that is being put together within Slack's limits.
type draft struct {
	blocks []slackapi.Block
	used   int // characters, those reserved included
	kept   int // blocks reserved
}

func (d *draft) reserve(blocks []slackapi.Block) {
	d.kept += len(blocks)
	for _, b := range blocks {
		d.used += sizeOf(b)
	}
}

// add takes in the blocks, as many of them in their order as there is room for.
func (d *draft) add(blocks ...slackapi.Block) {
	for _, b := range blocks {
		if d.used+sizeOf(b) > maxMessage || len(d.blocks)+d.kept >= maxBlocks {
			return
		}
		d.used += sizeOf(b)
		d.blocks = append(d.blocks, b)
	}
}

// sizeOf counts the characters of a block's texts.
func sizeOf(block slackapi.Block) int {
	size := 0
	count := func(texts ...*slackapi.TextBlockObject) {
		for _, t := range texts {
			if t != nil {
				size += lengthOf(t.Text)
			}
		}
	}
	switch b := block.(type) {
	case *slackapi.HeaderBlock:
		count(b.Text)
	case *slackapi.SectionBlock:
		count(b.Text)
		count(b.Fields...)
	case *slackapi.ContextBlock:
		for _, e := range b.ContextElements.Elements {
			if t, ok := e.(*slackapi.TextBlockObject); ok {
				count(t)
			}
		}
	case *slackapi.ActionBlock:
		for _, e := range b.Elements.ElementSet {
			if button, ok := e.(*slackapi.ButtonBlockElement); ok {
				count(button.Text)
				size += lengthOf(button.URL) + lengthOf(button.Value)
			}
		}
	case *slackapi.DataVisualizationBlock:
		size = chartSize
	}
	return size
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

// observed says what came in, what was to be expected and how unusual that is.
func (r renderer) observed(i *timeline.Incident) string {
	p := r.words.phrases(i.Kind)
	text := fill(p.Observed,
		"window", isolate(r.words.duration(i.Window)),
		"observed", number(float64(i.Observed)),
		"expected", expectation(i.Expected))
	if rare := r.words.rarity(p, i.Weeks, i.P); rare != "" {
		text += " " + rare
	}
	return text
}

func (r renderer) ended(i *timeline.Incident) string {
	return fill(r.words.phrases(i.Kind).Ended,
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
	add(r.words.Since, isolate(r.instant(i.Opened)))
	add(r.words.Severity, named(r.words.Severities, i.Severity))
	add(r.words.Window, isolate(r.words.duration(i.Window)))
	if i.State == timeline.IncidentOpen {
		add(r.words.Total, number(float64(i.Total)))
	}
	add(r.words.Publishers, publishers)
	add(r.words.Languages, r.words.languages(i.Langs))
	return slackapi.NewSectionBlock(nil, fields, nil)
}

// publisherNames lists the publishers of the headlines that are shown.
func (r renderer) publisherNames(headlines []timeline.Headline) string {
	var names []string
	seen := make(map[string]bool)
	for _, h := range headlines[:min(len(headlines), maxHeadlines)] {
		if name := isolate(name(h.Publisher)); name != "" && !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	return strings.Join(names, r.words.Separator)
}

// instant writes a time in the team's zone.
func (r renderer) instant(t time.Time) string { return t.In(r.zone).Format("2006-01-02 15:04 MST") }

// clock writes the time of day, with the day when that is not the reference's.
func (r renderer) clock(t, reference time.Time) string {
	t, reference = t.In(r.zone), reference.In(r.zone)
	if t.Format(time.DateOnly) == reference.Format(time.DateOnly) {
		return t.Format("15:04")
	}
	return t.Format("2006-01-02 15:04")
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
