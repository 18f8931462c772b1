package web

import (
	"context"
	"errors"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"marsad/timeline"
	"marsad/timeline/export"
)

const (
	exportPrefix = "/export/"
	// exportTimeout is how long a table may take to be taken away.
	exportTimeout = 15 * time.Minute
)

// topicExports are the tables that are of a topic.
func topicExports() []string {
	return slices.DeleteFunc(export.Kinds(), func(kind string) bool { return kind == "polls" })
}

// export answers with a table of the record as a file: KIND.csv or KIND.jsonl. A
// table that breaks off ends the connection, so that nobody takes it for whole.
func (s *Server) export(w http.ResponseWriter, r *http.Request) {
	file := r.PathValue("file")
	format := strings.TrimPrefix(path.Ext(file), ".")
	kind := strings.TrimSuffix(file, "."+format)
	if !slices.Contains(export.Kinds(), kind) || !slices.Contains(export.Formats(), format) {
		s.fail(w, r, timeline.ErrNotFound)
		return
	}
	now := s.opts.Now()
	p, err := parseParams(r.URL.RawQuery, exportParams(kind), now)
	if err == nil {
		err = s.checkTopic(p)
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	if kind == "series" && p.To.IsZero() {
		p.To = now
	}
	topics := make([]string, len(s.opts.Topics))
	for i := range s.opts.Topics {
		topics[i] = s.opts.Topics[i].Name
	}
	// Longer than a page may take to be written. Not every connection can be told.
	if err := http.NewResponseController(w).SetWriteDeadline(now.Add(exportTimeout)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		s.fail(w, r, err)
		return
	}
	s.writeTable(w, r, file, export.Options{Kind: kind, Format: format, Query: p.Query, Topics: topics, Step: s.opts.Step})
}

func (s *Server) writeTable(w http.ResponseWriter, r *http.Request, file string, o export.Options) {
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8; header=present")
	if o.Format == "jsonl" {
		h.Set("Content-Type", "application/jsonl; charset=utf-8")
	}
	name := "marsad-" + file
	if o.Query.Topic != "" {
		name = "marsad-" + o.Query.Topic + "-" + file
	}
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	if r.Method == http.MethodHead {
		return
	}
	out := &noticing{ResponseWriter: w}
	rows, err := export.Write(r.Context(), out, export.Record{
		Articles: s.opts.Articles, Facts: s.opts.Facts, Polls: s.opts.Feeds, Incidents: s.opts.Incidents, Series: s.opts.Series,
	}, o)
	switch {
	case err == nil:
	case !out.begun:
		h.Del("Content-Disposition")
		s.fail(w, r, err)
	default:
		if !errors.Is(r.Context().Err(), context.Canceled) {
			s.opts.Logger.WarnContext(r.Context(), "table broken off", "table", o.Kind, "rows", rows, "error", err)
		}
		panic(http.ErrAbortHandler)
	}
}

// noticing notices that an answer has begun.
type noticing struct {
	http.ResponseWriter
	begun bool
}

func (n *noticing) Write(p []byte) (int, error) {
	n.begun = true
	return n.ResponseWriter.Write(p)
}

// exportParams are the parameters that select from a table.
func exportParams(kind string) []string {
	switch kind {
	case "polls":
		return []string{paramFrom, paramTo, paramFeed}
	case "incidents", "series":
		return []string{paramFrom, paramTo, paramTopic}
	default:
		return []string{paramFrom, paramTo, paramTopic, paramFeed, paramLang, paramPublisher}
	}
}
