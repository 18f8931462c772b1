package web

import (
	"net/http"

	"marsad/timeline"
	"marsad/timeline/story"
)

// eventsView is the data of the list of events.
type eventsView struct {
	Query  timeline.Query
	Topics []timeline.Topic
	Events []story.Account
	Older  string // query string of the next page
}

// events lists what happened, by date, the latest first.
func (s *Server) events(r *http.Request) (view, error) {
	p, err := s.asked(r, listParams())
	if err != nil {
		return view{}, err
	}
	page, err := s.opts.Facts.Happenings(r.Context(), p.Query)
	if err != nil {
		return view{}, err
	}
	data := eventsView{Query: p.Query, Topics: s.opts.Topics, Older: older(r, page.Next)}
	for i := range page.Items {
		data.Events = append(data.Events, story.Tell(&page.Items[i]))
	}
	return view{name: "events", title: "facts.events", live: fresh(r, live{About: "articles", Offer: true}), data: data}, nil
}

// event shows what all sources tell of one happening.
func (s *Server) event(r *http.Request) (view, error) {
	h, err := s.opts.Facts.Happening(r.Context(), r.PathValue("id"))
	if err != nil {
		return view{}, err
	}
	account := story.Tell(&h)
	return view{name: "event", text: inline(200, account.Sources[0].Sentence), data: account}, nil
}
