package web

import (
	"context"
	"net/http"
	"unicode/utf8"

	"marsad/timeline"
)

// SearchStore finds articles by their words.
type SearchStore interface {
	// Search gives the articles that hold the words of the query, the last recorded
	// first; a timeline.MistakeError when it cannot be looked for.
	Search(ctx context.Context, query string, q timeline.Query) (timeline.Page[timeline.FoundWords], error)
}

// searchPage is how many hits a page shows where the request does not say.
const searchPage = 20

func searchParams() []string {
	return append([]string{paramQuery}, listParams()...)
}

// searchView is the data of the page that searches.
type searchView struct {
	Words  string
	Query  timeline.Query
	Topics []timeline.Topic
	Feeds  []timeline.FeedStatus
	Hits   []hit
	Older  string // query string of the next page
}

// hit is an article that was found, its title and snippet with the words marked.
type hit struct {
	timeline.FoundWords

	Title, Text []segment
	Before      bool // there is text before the snippet
	Behind      bool
}

// search looks for articles by their words; without any it shows the form.
func (s *Server) search(r *http.Request) (view, error) {
	p, err := s.asked(r, searchParams())
	if err != nil {
		return view{}, err
	}
	feeds, err := s.opts.Feeds.Feeds(r.Context())
	if err != nil {
		return view{}, err
	}
	data := searchView{Words: p.Words, Query: p.Query, Topics: s.opts.Topics, Feeds: feeds}
	if p.Words != "" {
		if !r.URL.Query().Has(paramLimit) {
			p.Limit = searchPage
		}
		page, err := s.opts.Search.Search(r.Context(), p.Words, p.Query)
		if err != nil {
			return view{}, err
		}
		data.Older = older(r, page.Next)
		for _, f := range page.Items {
			data.Hits = append(data.Hits, hitOf(f))
		}
	}
	return view{name: "search", title: "search.title", data: data}, nil
}

func hitOf(f timeline.FoundWords) hit {
	marks := make([]mark, 0, len(f.Words))
	for _, w := range f.Words {
		marks = append(marks, mark{span: w, class: "other"})
	}
	reading := f.Article.Reading()
	title := f.Article.TitleSpan()
	title.End = cutAt(f.Article.Title, maxTitle)
	return hit{
		FoundWords: f, Title: segments(reading, title, marks), Text: segments(reading, f.Snippet, marks),
		Before: f.Snippet.Len() > 0 && f.Snippet.Start > title.End+1, Behind: f.Snippet.End < len(reading),
	}
}

// searchJSON is an article that was found. Spans count code points: those of words in
// title + "\n" + text as articles have it, those of snippet_words in the snippet.
type searchJSON struct {
	foundJSON
	Words        [][2]int `json:"words"`
	Snippet      string   `json:"snippet"`
	SnippetWords [][2]int `json:"snippet_words"`
}

func searchJSONOf(f timeline.FoundWords) searchJSON {
	reading := f.Article.Reading()
	out := searchJSON{
		foundJSON: foundJSONOf(&f.Article, f.Snippet, topicsOf(f.Facts)), Words: [][2]int{},
		Snippet: f.Snippet.Of(reading), SnippetWords: [][2]int{},
	}
	done, points := 0, 0
	at := func(offset int) int { // offsets ascend
		points += utf8.RuneCountInString(reading[done:offset])
		done = offset
		return points
	}
	begin := utf8.RuneCountInString(reading[:f.Snippet.Start])
	for _, w := range f.Words {
		span := [2]int{at(w.Start), at(w.End)}
		out.Words = append(out.Words, span)
		if f.Snippet.Start <= w.Start && w.End <= f.Snippet.End {
			out.SnippetWords = append(out.SnippetWords, [2]int{span[0] - begin, span[1] - begin})
		}
	}
	return out
}

func (s *Server) apiSearch(r *http.Request, p params) (any, error) {
	if err := s.checkTopic(p); err != nil {
		return nil, err
	}
	page, err := s.opts.Search.Search(r.Context(), p.Words, p.Query)
	return pageOf(page, searchJSONOf), err
}
