package web

import (
	"slices"
	"time"

	"marsad/timeline"
)

// period is the stretch of time that a topic's page is of.
type period struct {
	From, To time.Time
	Name     string // of the choice; empty: one that was asked for by from and to
	Goes     bool   // it goes on: its end is now, or later
}

func (p period) length() time.Duration { return p.To.Sub(p.From) }

// periodChoice is a period that ends now, as a link.
type periodChoice struct {
	Name   string
	Length time.Duration
	Chosen bool
}

const (
	// maxPeriod bounds what may be asked for by from and to.
	maxPeriod = 20 * 366 * day
	// maxBars is the most bars of a chart that can be told apart.
	maxBars = 400
)

func periodChoices() []periodChoice {
	return []periodChoice{
		{Name: "24h", Length: day},
		{Name: "7d", Length: 7 * day},
		{Name: "30d", Length: 30 * day},
		{Name: "90d", Length: 90 * day},
		{Name: "1y", Length: 365 * day},
	}
}

// defaultPeriod is what a topic's page is of when nobody says.
const defaultPeriod = "7d"

// periodOf reads the period of a request: a choice by name, or from and to, of which
// a missing to is now.
func periodOf(p params, now time.Time) (period, []periodChoice, error) {
	choices := periodChoices()
	if !p.From.IsZero() || !p.To.IsZero() {
		own, err := ownPeriod(p, now)
		return own, choices, err
	}
	name := p.Span
	if name == "" {
		name = defaultPeriod
	}
	i := slices.IndexFunc(choices, func(c periodChoice) bool { return c.Name == name })
	if i < 0 {
		return period{}, nil, &paramError{paramSpan, "not one of the periods", "use 24h, 7d, 30d, 90d or 1y, or from and to"}
	}
	choices[i].Chosen = true
	return period{now.Add(-choices[i].Length), now, name, true}, choices, nil
}

func ownPeriod(p params, now time.Time) (period, error) {
	own := period{From: p.From, To: p.To}
	if own.To.IsZero() {
		own.To = now
	}
	own.Goes = !own.To.Before(now)
	switch {
	case p.Span != "":
		return own, &paramError{paramSpan, "given beside from and to", "give either"}
	case own.From.IsZero():
		return own, &paramError{paramFrom, "is missing", "write when the period begins"}
	case !own.From.Before(own.To):
		return own, &paramError{paramFrom, "not before the end of the period", "write an earlier from, or a later to"}
	case own.length() > maxPeriod:
		return own, &paramError{paramFrom, "more than 20 years before the end of the period", "write a later from"}
	}
	return own, nil
}

// barWidth gives the width of a chart's bars: the narrowest of the detector's windows,
// for which there is a band, with which there are not too many of them. Where none is
// wide enough it is some weeks.
func barWidth(length, step time.Duration, windows []timeline.Evaluation) time.Duration {
	widths := []time.Duration{max(time.Hour, step), day, 7 * day, 28 * day, 12 * 28 * day}
	for _, w := range windows {
		widths = append(widths, w.Window)
	}
	slices.Sort(widths)
	for _, width := range widths {
		// Bars that begin at another hour every day are hard to read.
		if even := day%width == 0 || width%day == 0; even && width >= time.Hour && length <= maxBars*width {
			return width
		}
	}
	return widths[len(widths)-1]
}
