package slack_test

import (
	"encoding/json"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"
)

// block is a Block Kit block of the kinds that Marsad uses.
type block struct {
	Type     string       `json:"type"`
	BlockID  string       `json:"block_id"`
	Text     *textObject  `json:"text"`
	Fields   []textObject `json:"fields"`
	Elements []element    `json:"elements"`
	Title    string       `json:"title"`
	Chart    *chart       `json:"chart"`
}

type textObject struct {
	Type     string `json:"type"`
	Text     string `json:"text"`
	Emoji    *bool  `json:"emoji"`
	Verbatim bool   `json:"verbatim"`
}

// element is a button, or a text of a context block.
type element struct {
	Type     string      `json:"type"`
	ActionID string      `json:"action_id"`
	Value    string      `json:"value"`
	URL      string      `json:"url"`
	Style    string      `json:"style"`
	Text     textOrPlain `json:"text"`
}

type chart struct {
	Type   string `json:"type"`
	Series []struct {
		Name string `json:"name"`
		Data []struct {
			Label string   `json:"label"`
			Value *float64 `json:"value"`
		} `json:"data"`
	} `json:"series"`
	Axis struct {
		Categories []string `json:"categories"`
		XLabel     string   `json:"x_label"`
		YLabel     string   `json:"y_label"`
	} `json:"axis_config"`
}

// problem is what Slack would say is wrong with the message, or nothing: the
// limits of the Block Kit reference and of the methods' msg_blocks_too_long.
func (p *post) problem() string {
	if len(p.Blocks) == 0 || len(p.Blocks) > 50 {
		return fmt.Sprintf("must have 1 to 50 blocks, has %d", len(p.Blocks))
	}
	if n := characters(p.Text); n == 0 || n > 4000 {
		return fmt.Sprintf("text must have 1 to 4000 characters, has %d", n)
	}
	total, charts, ids := 0, 0, map[string]bool{}
	for i := range p.Blocks {
		b := &p.Blocks[i]
		if problem := b.problem(); problem != "" {
			return fmt.Sprintf("block %d: %s", i, problem)
		}
		if b.BlockID != "" && ids[b.BlockID] {
			return fmt.Sprintf("block %d: block_id %s is there twice", i, b.BlockID)
		}
		ids[b.BlockID] = true
		if b.Chart != nil {
			charts++
		}
		for _, text := range b.texts() {
			total += characters(text.Text)
		}
	}
	switch {
	case total > 13200:
		return fmt.Sprintf("msg_blocks_too_long: %d characters", total)
	case charts > 2:
		return "more than two charts"
	}
	return ""
}

func (b *block) problem() string {
	switch b.Type {
	case "header":
		if b.Text == nil || b.Text.Type != "plain_text" {
			return "a header is plain_text"
		}
		return b.Text.problem(150)
	case "section":
		if b.Text == nil && len(b.Fields) == 0 || len(b.Fields) > 10 {
			return "a section has a text or up to 10 fields"
		}
		for i := range b.Fields {
			if problem := b.Fields[i].problem(2000); problem != "" {
				return problem
			}
		}
		if b.Text != nil {
			return b.Text.problem(3000)
		}
	case "divider":
	case "context":
		if len(b.Elements) == 0 || len(b.Elements) > 10 {
			return "a context has 1 to 10 elements"
		}
		for i := range b.Elements {
			if t := b.Elements[i].Text.object(b.Elements[i].Type); t.problem(2000) != "" {
				return t.problem(2000)
			}
		}
	case "actions":
		return b.actionsProblem()
	case "data_visualization":
		return b.chartProblem()
	default:
		return fmt.Sprintf("type %q", b.Type)
	}
	return ""
}

func (b *block) actionsProblem() string {
	if len(b.Elements) == 0 || len(b.Elements) > 25 {
		return "actions have 1 to 25 elements"
	}
	seen := map[string]bool{}
	for i := range b.Elements {
		e := &b.Elements[i]
		text := e.Text.object("plain_text")
		switch {
		case e.Type != "button":
			return fmt.Sprintf("an element is a %q", e.Type)
		case e.ActionID == "" || len(e.ActionID) > 255 || seen[e.ActionID]:
			return fmt.Sprintf("action_id %q is empty, long or there twice", e.ActionID)
		case characters(e.Value) > 2000 || characters(e.URL) > 3000:
			return "value or url is too long"
		case e.Style != "" && e.Style != "primary" && e.Style != "danger":
			return fmt.Sprintf("style %q", e.Style)
		case text.problem(75) != "":
			return text.problem(75)
		}
		seen[e.ActionID] = true
	}
	return ""
}

func (b *block) chartProblem() string {
	c := b.Chart
	if c == nil || c.Type != "line" {
		return "no line chart"
	}
	if n := utf8.RuneCountInString(b.Title); n == 0 || n > 50 {
		return "title must be 1 to 50 characters"
	}
	if len(c.Series) == 0 || len(c.Series) > 6 || len(c.Axis.Categories) == 0 || len(c.Axis.Categories) > 20 {
		return "1 to 6 series of 1 to 20 points"
	}
	label := func(s string) bool { n := utf8.RuneCountInString(s); return n >= 1 && n <= 20 }
	seen := map[string]bool{}
	for _, category := range c.Axis.Categories {
		if !label(category) || seen[category] {
			return fmt.Sprintf("category %q is long or there twice", category)
		}
		seen[category] = true
	}
	names := map[string]bool{}
	for _, s := range c.Series {
		if !label(s.Name) || names[s.Name] || len(s.Data) != len(c.Axis.Categories) {
			return fmt.Sprintf("series %q is long, there twice or incomplete", s.Name)
		}
		names[s.Name] = true
		for i, point := range s.Data {
			if point.Label != c.Axis.Categories[i] || point.Value == nil {
				return fmt.Sprintf("point %q of %q", point.Label, s.Name)
			}
		}
	}
	return ""
}

func (t *textObject) problem(limit int) string {
	n := characters(t.Text)
	switch {
	case n == 0 || n > limit:
		return fmt.Sprintf("must be 1 to %d characters, has %d", limit, n)
	case !utf8.ValidString(t.Text):
		return "not UTF-8"
	case t.Type != "plain_text" && t.Type != "mrkdwn":
		return fmt.Sprintf("text of type %q", t.Type)
	case t.Type == "mrkdwn" && t.Emoji != nil, t.Type == "plain_text" && t.Verbatim:
		return "emoji is for plain_text, verbatim for mrkdwn"
	}
	return ""
}

func characters(s string) int { return len(utf16.Encode([]rune(s))) }

// texts is every text of the block that Slack shows.
func (b *block) texts() []textObject {
	var texts []textObject
	if b.Text != nil {
		texts = append(texts, *b.Text)
	}
	texts = append(texts, b.Fields...)
	for i := range b.Elements {
		texts = append(texts, b.Elements[i].Text.object(b.Elements[i].Type))
	}
	if b.Chart != nil {
		texts = append(texts, textObject{Type: "plain_text", Text: b.Title})
		for _, s := range b.Chart.Series {
			texts = append(texts, textObject{Type: "plain_text", Text: s.Name})
			for _, point := range s.Data {
				texts = append(texts, textObject{Type: "plain_text", Text: point.Label})
			}
		}
	}
	return texts
}

// textOrPlain is the text of a button, which is an object, or of an element of a
// context block, which is the text itself.
type textOrPlain struct {
	textObject

	bare bool
}

func (t *textOrPlain) UnmarshalJSON(data []byte) error {
	if data[0] == '"' {
		t.bare = true
		return json.Unmarshal(data, &t.Text)
	}
	return json.Unmarshal(data, &t.textObject)
}

// object gives the text object, of the type that its element has when it is bare.
func (t *textOrPlain) object(kind string) textObject {
	if t.bare {
		return textObject{Type: kind, Text: t.Text}
	}
	return t.textObject
}
