package web

import (
	"context"
	"net/http"
	"time"
	"unicode/utf8"

	"marsad/timeline"
)

// FactDesk is where facts that were misread are corrected.
type FactDesk interface {
	// Readings gives the dates, counts and events that are read out of an article,
	// each with what corrects it; timeline.ErrNotFound when there is no such article.
	Readings(ctx context.Context, article string) ([]timeline.Reading, error)
	// Corrections gives those of an article, or all when it is "", by article.
	Corrections(ctx context.Context, article string) ([]timeline.Correction, error)
	// CorrectFact keeps what is said of the reading c.ID of c.Article: that it is
	// hidden, or has other values, by whom and why.
	CorrectFact(ctx context.Context, c timeline.Correction) error
	// RestoreFact takes a correction back.
	RestoreFact(ctx context.Context, article, fact string) error
}

// readFact tells the facts of an article apart.
type readFact struct {
	kind timeline.FactKind
	span timeline.Span
	rule string
}

// readingsOf gives the readings by the facts that they became.
func readingsOf(readings []timeline.Reading) map[readFact]timeline.Reading {
	by := make(map[readFact]timeline.Reading, len(readings))
	for _, r := range readings {
		by[readFact{r.Kind, r.Span, r.Rule}] = r
	}
	return by
}

// correctionJSON is what an analyst said of a fact.
type correctionJSON struct {
	Fact     string            `json:"fact"` // id
	Article  string            `json:"article"`
	Kind     timeline.FactKind `json:"kind"`
	Text     string            `json:"text"` // the words of the fact
	Sentence string            `json:"sentence"`
	Hidden   bool              `json:"hidden"`
	Set      map[string]string `json:"set"` // other values by field
	By       string            `json:"by"`
	Why      string            `json:"why"`
	At       time.Time         `json:"at"`
}

func correctionJSONOf(c timeline.Correction) correctionJSON {
	if c.Set == nil {
		c.Set = map[string]string{}
	}
	return correctionJSON{
		Fact: c.ID, Article: c.Article, Kind: c.Kind, Text: c.Text, Sentence: c.Context,
		Hidden: c.Hidden, Set: c.Set, By: c.By, Why: c.Why, At: c.At.UTC(),
	}
}

// correctedJSON is a correction beside the article, in whose code points it counts.
type correctedJSON struct {
	correctionJSON
	Start int `json:"start"`
	End   int `json:"end"`
}

// correctedJSONOf gives the corrections that hold in an article as it is now.
func correctedJSONOf(a *timeline.Article, readings []timeline.Reading) []correctedJSON {
	reading := a.Reading()
	corrected := []correctedJSON{}
	for _, r := range readings {
		if r.Correction.ID == "" {
			continue
		}
		start := utf8.RuneCountInString(reading[:r.Span.Start])
		corrected = append(corrected, correctedJSON{correctionJSONOf(r.Correction), start, start + utf8.RuneCountInString(r.Span.Of(reading))})
	}
	return corrected
}

// apiCorrections gives all corrections, or those of an article.
func (s *Server) apiCorrections(r *http.Request, p params) (any, error) {
	all, err := s.opts.FactDesk.Corrections(r.Context(), p.Article)
	if err != nil {
		return nil, err
	}
	page, err := cut(all, p, func(c timeline.Correction) string { return c.ID })
	return pageOf(page, correctionJSONOf), err
}
