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

// factDesk is what the commands on facts work with.
type factDesk struct {
	record *sqlite.Record
	reader *extract.Reader
	env    Env
}

func withFacts(ctx context.Context, env Env, common Common, do func(*factDesk) error) error {
	cfg, logger, err := common.setup(env)
	if err != nil {
		return err
	}
	reader, err := newReader(cfg)
	if err != nil {
		return err
	}
	record, err := openExistingRecord(ctx, cfg, logger)
	if err != nil {
		return err
	}
	defer record.Close()
	return do(&factDesk{record, reader, env})
}

// ListFacts lists the dates, counts and events that are read out of an article of
// the record, each with the id that it is corrected by and what corrects it.
func ListFacts(ctx context.Context, env Env, common Common, article string) error {
	return withFacts(ctx, env, common, func(d *factDesk) error { return d.list(ctx, article) })
}

// CorrectFact hides a fact or gives it other values.
func CorrectFact(ctx context.Context, env Env, common Common, o FactOptions) error {
	return withFacts(ctx, env, common, func(d *factDesk) error {
		kept, err := d.record.Article(ctx, o.Article)
		if err != nil {
			return err
		}
		a := &kept.Article
		c := timeline.Correction{ID: o.Fact, Article: o.Article, Hidden: o.Set == nil, Set: o.Set, By: o.By, Why: o.Why, At: now()}
		for _, f := range d.readings(a) {
			if f.id == o.Fact {
				c.Kind, c.Text, c.Context = f.kind, f.span.Of(a.Reading()), f.sentence.Of(a.Reading())
			}
		}
		if err := d.record.CorrectFact(ctx, c, d.reader.Read); err != nil {
			return err
		}
		return d.list(ctx, o.Article)
	})
}

// RestoreFact takes a correction back.
func RestoreFact(ctx context.Context, env Env, common Common, article, fact string) error {
	return withFacts(ctx, env, common, func(d *factDesk) error {
		if err := d.record.RestoreFact(ctx, article, fact, d.reader.Read); err != nil {
			return err
		}
		return d.list(ctx, article)
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
	return withFacts(ctx, env, common, func(d *factDesk) error {
		list, err := d.record.Corrections(ctx, "")
		if err != nil {
			return err
		}
		out := bufio.NewWriter(env.Stdout)
		encoder := json.NewEncoder(out)
		encoder.SetEscapeHTML(false)
		for _, c := range list {
			line := correctionLine{Text: c.Context, Kind: c.Kind, Fact: c.Text, Expected: c.Set, By: c.By, Why: c.Why, At: c.At.UTC()}
			if kept, err := d.record.Article(ctx, c.Article); err == nil { // a pruned one has no more to say
				line.Lang, line.Ref = kept.Article.Lang, kept.Article.Published.Format(time.RFC3339)
			}
			if err := encoder.Encode(line); err != nil {
				return err
			}
		}
		return out.Flush()
	})
}

// reading is a fact as it is read, before corrections.
type reading struct {
	id             string
	kind           timeline.FactKind
	span, sentence timeline.Span
	meaning        string
}

func (d *factDesk) readings(a *timeline.Article) (all []reading) {
	f := d.reader.Read(a)
	for i := range f.Dates {
		x := &f.Dates[i]
		all = append(all, reading{x.ReadingID(a), timeline.KindDate, x.Span, x.Sentence, describeDate(*x)})
	}
	for i := range f.Counts {
		x := &f.Counts[i]
		all = append(all, reading{x.ReadingID(a), timeline.KindCount, x.Span, x.Sentence, describeCount(*x)})
	}
	for i := range f.Events {
		x := &f.Events[i]
		all = append(all, reading{x.ReadingID(a), timeline.KindEvent, x.Span, x.Sentence, describeEvent(*x)})
	}
	return all
}

func (d *factDesk) list(ctx context.Context, article string) error {
	kept, err := d.record.Article(ctx, article)
	if err != nil {
		return err
	}
	corrections, err := d.record.Corrections(ctx, article)
	if err != nil {
		return err
	}
	by := make(map[string]timeline.Correction, len(corrections))
	for _, c := range corrections {
		by[c.ID] = c
	}
	a := &kept.Article
	table := tabwriter.NewWriter(d.env.Stdout, 0, 0, 2, ' ', 0)
	for _, f := range d.readings(a) {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s%s\n", f.id, f.kind, strings.Join(strings.Fields(f.span.Of(a.Reading())), " "), f.meaning, describeCorrection(by[f.id]))
	}
	return table.Flush()
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
	if c.By != "" {
		what += " by " + c.By
	}
	if c.Why != "" {
		what += ": " + c.Why
	}
	return "; " + what
}

func sortedFields(set map[string]string) (fields []string) {
	for _, name := range slices.Sorted(maps.Keys(set)) {
		fields = append(fields, name+"="+set[name])
	}
	return fields
}
