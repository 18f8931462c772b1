package web

import (
	"context"
	"net/http"
	"strings"
	"time"

	"marsad/timeline"
)

// Explainer says what is read out of a text.
type Explainer interface {
	// Explain reads the facts of an article, and says of each topic why it is on it or
	// is not.
	Explain(a *timeline.Article) (timeline.Facts, []timeline.TopicReason, error)
	// Fetch reads title and text of a web page; a timeline.MistakeError when the page
	// cannot be had.
	Fetch(ctx context.Context, url string) (timeline.Article, error)
}

// maxExplained is the largest form that asks for an explanation, in bytes.
const maxExplained = 512 << 10

// explainView is the data of the page that explains.
type explainView struct {
	Text, URL, Lang, Day string // as asked for

	Asked      bool
	Reading    string // what the spans of the events count in
	Title      []segment
	Paragraphs [][]segment
	Clipped    bool
	Events     []timeline.Event
	Readings   []segment // each fact by itself: what is written and what it is read as
	Topics     []timeline.TopicReason
}

// explainForm shows the form.
func (s *Server) explainForm(r *http.Request) (view, error) {
	if _, err := parseParams(r.URL.RawQuery, nil, s.opts.Now()); err != nil {
		return view{}, err
	}
	return view{name: "explain", title: "explain.title", data: explainView{}}, nil
}

// explain shows what is read out of the text or the page that the form has. It
// records nothing. What is pasted is sent by POST: it may be longer than an address,
// and a page elsewhere cannot make this one fetch anything.
func (s *Server) explain(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxExplained)
	if err := r.ParseForm(); err != nil {
		s.refuse(w, r, problem{http.StatusBadRequest, "the form cannot be read, or is longer than 512 KB", "explain a part of the text"})
		return
	}
	v, err := s.explained(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	s.render(w, r, http.StatusOK, v)
}

func (s *Server) explained(r *http.Request) (view, error) {
	get := func(name string) string { return strings.TrimSpace(r.PostForm.Get(name)) }
	data := explainView{Text: get("text"), URL: get("url"), Lang: get("lang"), Day: get("day"), Asked: true}
	published := s.opts.Now().In(s.opts.Zone)
	if data.Day != "" {
		day, err := time.ParseInLocation(time.DateOnly, data.Day, s.opts.Zone)
		if err != nil {
			return view{}, &paramError{"day", "not a date", "write it as in 2017-05-20"}
		}
		published = day.Add(12 * time.Hour)
	}
	a := timeline.Article{Text: strings.ToValidUTF8(strings.ReplaceAll(data.Text, "\r\n", "\n"), "\uFFFD")}
	switch {
	case data.Text == "" && data.URL == "":
		return view{}, &paramError{"text", "empty", "paste a text, or give the address of a page"}
	case data.Text == "":
		var err error
		if a, err = s.opts.Explain.Fetch(r.Context(), data.URL); err != nil {
			return view{}, err
		}
	}
	a.Published, a.Lang = published, data.Lang
	facts, topics, err := s.opts.Explain.Explain(&a)
	if err != nil {
		return view{}, err
	}
	data.Topics, data.Events = topics, facts.Events
	data.Title, data.Paragraphs, data.Clipped = s.views.marked(&a, facts)
	data.Reading = a.Reading()
	for _, m := range s.views.marksOf(facts) {
		data.Readings = append(data.Readings, segment{m.span.Of(data.Reading), m.class, m.title})
	}
	return view{name: "explain", title: "explain.title", data: data}, nil
}
