package web

import (
	"net/http"

	"marsad/timeline"
)

// How much of one article its page shows, in bytes. The API has the rest.
const (
	maxTitle = 4 << 10
	maxShown = 256 << 10
)

// articlesView is the data of the list of articles.
type articlesView struct {
	Query    timeline.Query
	Topics   []timeline.Topic
	Feeds    []timeline.FeedStatus
	Articles []timeline.ReadArticle
	Older    string // query string of the next page
}

// articles lists articles, the newest first.
func (s *Server) articles(r *http.Request) (view, error) {
	p, err := s.asked(r, listParams())
	if err != nil {
		return view{}, err
	}
	page, err := s.opts.Articles.Articles(r.Context(), p.Query)
	if err != nil {
		return view{}, err
	}
	feeds, err := s.opts.Feeds.Feeds(r.Context())
	if err != nil {
		return view{}, err
	}
	data := articlesView{p.Query, s.opts.Topics, feeds, page.Items, older(r, page.Next)}
	return view{name: "articles", title: "articles.title", live: fresh(r, live{About: "articles", Offer: true}), data: data}, nil
}

// articleView is the data of an article's page.
type articleView struct {
	Article    timeline.Article
	Reading    string // what the spans of the facts count in
	Facts      timeline.Facts
	Readings   []timeline.Reading
	Title      []segment
	Paragraphs [][]segment
	Clipped    bool
	Name       string // of who corrected last from this browser

	readings map[readFact]timeline.Reading
}

// Of gives the reading that a fact of the article came of.
func (v articleView) Of(kind timeline.FactKind, span timeline.Span, rule string) timeline.Reading {
	return v.readings[readFact{kind, span, rule}]
}

// CountForm, DateForm and EventForm are what a fact is corrected by.
func (v articleView) CountForm(c timeline.Count) factForm {
	return v.form(v.Of(timeline.KindCount, c.Span, c.Rule))
}

// DateForm is for a date.
func (v articleView) DateForm(d timeline.Date) factForm {
	return v.form(v.Of(timeline.KindDate, d.Span, d.Rule))
}

// EventForm is for an event.
func (v articleView) EventForm(e timeline.Event) factForm {
	return v.form(v.Of(timeline.KindEvent, e.Span, e.Rule))
}

// HiddenForm is for a fact that is hidden.
func (v articleView) HiddenForm(r timeline.Reading) factForm { return v.form(r) }

// factForm is the form that corrects a fact.
type factForm struct {
	Article string
	Reading timeline.Reading
	Fields  []field // none when it is hidden
	Name    string
}

func (v articleView) form(r timeline.Reading) factForm {
	return factForm{v.Article.ID, r, fieldsOf(v.Facts, r), v.Name}
}

// Hidden gives the readings that are hidden.
func (v articleView) Hidden() (hidden []timeline.Reading) {
	for _, r := range v.Readings {
		if r.Correction.Hidden {
			hidden = append(hidden, r)
		}
	}
	return hidden
}

// article shows one article with its facts marked.
func (s *Server) article(r *http.Request) (view, error) {
	found, err := s.opts.Articles.Article(r.Context(), r.PathValue("id"))
	if err != nil {
		return view{}, err
	}
	a := found.Article
	readings, err := s.opts.FactDesk.Readings(r.Context(), a.ID)
	if err != nil {
		return view{}, err
	}
	data := articleView{
		Article: a, Reading: a.Reading(), Facts: found.Facts, Readings: readings, readings: readingsOf(readings), Name: nameOf(r),
	}
	data.Title, data.Paragraphs, data.Clipped = s.views.marked(&a, found.Facts)
	return view{name: "article", text: inline(200, a.Title), data: data}, nil
}
