package app

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"marsad/timeline"
	"marsad/timeline/extract"
	"marsad/timeline/sqlite"
)

// FactOptions say how facts are corrected.
type FactOptions struct {
	Article string            // id
	Fact    string            // id, as ListFacts gives it
	Set     map[string]string // other values by field; nil: the fact is hidden
	By, Why string
}

// factDesk is where facts are corrected, by command and from the page.
type factDesk struct {
	*sqlite.Record
	reader *extract.Reader
}

// Readings gives the dates, counts and events that are read out of a kept article,
// each with what corrects it.
func (d *factDesk) Readings(ctx context.Context, article string) ([]timeline.Reading, error) {
	kept, err := d.Article(ctx, article)
	if err != nil {
		return nil, err
	}
	corrections, err := d.Corrections(ctx, article)
	if err != nil {
		return nil, err
	}
	return timeline.Readings(&kept.Article, d.reader.Read(&kept.Article), corrections), nil
}

// CorrectFact keeps what c says of the reading c.ID of c.Article; what it is about
// is read out of the article.
func (d *factDesk) CorrectFact(ctx context.Context, c timeline.Correction) error {
	kept, err := d.Article(ctx, c.Article)
	if err != nil {
		return err
	}
	a := &kept.Article
	for _, r := range timeline.Readings(a, d.reader.Read(a), nil) {
		if r.ID == c.ID {
			c.Kind, c.Text, c.Context = r.Kind, r.Span.Of(a.Reading()), r.Sentence.Of(a.Reading())
		}
	}
	c.At = now()
	return d.Record.CorrectFact(ctx, c, d.reader.Read)
}

// RestoreFact takes a correction back.
func (d *factDesk) RestoreFact(ctx context.Context, article, fact string) error {
	return d.Record.RestoreFact(ctx, article, fact, d.reader.Read)
}

func withFacts(ctx context.Context, env Env, common Common, open openRecordFunc, do func(*factDesk) error) error {
	cfg, logger, err := common.setup(env)
	if err != nil {
		return err
	}
	reader, err := newReader(cfg)
	if err != nil {
		return err
	}
	record, err := open(ctx, cfg, logger)
	if err != nil {
		return err
	}
	defer record.Close()
	return do(&factDesk{record, reader})
}

// ListFacts lists the dates, counts and events that are read out of an article of
// the record, each with the id that it is corrected by and what corrects it.
func ListFacts(ctx context.Context, env Env, common Common, article string) error {
	return withFacts(ctx, env, common, openRecordToRead, func(d *factDesk) error { return d.list(ctx, env, article) })
}

// CorrectFact hides a fact or gives it other values.
func CorrectFact(ctx context.Context, env Env, common Common, o FactOptions) error {
	return withFacts(ctx, env, common, openExistingRecord, func(d *factDesk) error {
		c := timeline.Correction{ID: o.Fact, Article: o.Article, Hidden: o.Set == nil, Set: o.Set, By: o.By, Why: o.Why}
		if err := d.CorrectFact(ctx, c); err != nil {
			return err
		}
		return d.list(ctx, env, o.Article)
	})
}

// RestoreFact takes a correction back.
func RestoreFact(ctx context.Context, env Env, common Common, article, fact string) error {
	return withFacts(ctx, env, common, openExistingRecord, func(d *factDesk) error {
		if err := d.RestoreFact(ctx, article, fact); err != nil {
			return err
		}
		return d.list(ctx, env, article)
	})
}

// correctionLine is a correction as a test vector: what should be read out of text.
type correctionLine struct {
	Text     string            `json:"text"` // the sentence
	Lang     string            `json:"lang"`
	Ref      string            `json:"ref"`
	Kind     timeline.FactKind `json:"kind"`
	Fact     string            `json:"fact"`     // the words that were misread
	Expected map[string]string `json:"expected"` // other values by field; null: nothing is to be read there
	By       string            `json:"by"`
	Why      string            `json:"why"`
	At       time.Time         `json:"at"`
}

// ExportFacts writes all corrections as JSON Lines.
func ExportFacts(ctx context.Context, env Env, common Common) error {
	return withFacts(ctx, env, common, openRecordToRead, func(d *factDesk) error {
		list, err := d.Corrections(ctx, "")
		if err != nil {
			return err
		}
		out := bufio.NewWriter(env.Stdout)
		encoder := json.NewEncoder(out)
		encoder.SetEscapeHTML(false)
		for _, c := range list {
			line := correctionLine{Text: c.Context, Kind: c.Kind, Fact: c.Text, Expected: c.Set, By: c.By, Why: c.Why, At: c.At.UTC()}
			if kept, err := d.Article(ctx, c.Article); err == nil { // a pruned one has no more to say
				line.Lang, line.Ref = kept.Article.Lang, kept.Article.Published.Format(time.RFC3339)
			}
			if err := encoder.Encode(line); err != nil {
				return err
			}
		}
		return out.Flush()
	})
}

func (d *factDesk) list(ctx context.Context, env Env, article string) error {
	kept, err := d.Article(ctx, article)
	if err != nil {
		return err
	}
	corrections, err := d.Corrections(ctx, article)
	if err != nil {
		return err
	}
	a := &kept.Article
	facts := d.reader.Read(a)
	table := tabwriter.NewWriter(env.Stdout, 0, 0, 2, ' ', 0)
	meanings := meaningsOf(facts)
	for i, r := range timeline.Readings(a, facts, corrections) {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s%s\n", r.ID, r.Kind, strings.Join(strings.Fields(r.Span.Of(a.Reading())), " "),
			meanings[i], describeCorrection(r.Correction))
	}
	return table.Flush()
}

// meaningsOf describes facts in the order of timeline.Readings.
func meaningsOf(f timeline.Facts) (meanings []string) {
	for _, d := range f.Dates {
		meanings = append(meanings, describeDate(d))
	}
	for _, c := range f.Counts {
		meanings = append(meanings, describeCount(c))
	}
	for _, e := range f.Events {
		meanings = append(meanings, describeEvent(e))
	}
	return meanings
}

// describeCorrection says what corrects a fact, "" for nothing.
func describeCorrection(c timeline.Correction) string {
	if c.ID == "" {
		return ""
	}
	what := "hidden"
	if !c.Hidden {
		what = "corrected"
		for _, field := range sortedFields(c.Set) {
			what += " " + field
		}
	}
	return "; " + what + saidBy(c.By, c.Why)
}

func sortedFields(set map[string]string) (fields []string) {
	for _, name := range slices.Sorted(maps.Keys(set)) {
		fields = append(fields, name+"="+set[name])
	}
	return fields
}
