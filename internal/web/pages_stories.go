package web

import (
	"net/http"

	"marsad/timeline"
)

// storiesView is the data of the list of stories.
type storiesView struct {
	Query   timeline.Query
	Topics  []timeline.Topic
	Stories []timeline.Story
	Older   string // query string of the next page
}

// stories lists stories, the newest first.
func (s *Server) stories(r *http.Request) (view, error) {
	p, err := s.asked(r, listParams())
	if err != nil {
		return view{}, err
	}
	page, err := s.opts.Articles.Stories(r.Context(), p.Query)
	if err != nil {
		return view{}, err
	}
	data := storiesView{p.Query, s.opts.Topics, page.Items, older(r, page.Next)}
	return view{name: "stories", title: "stories.title", live: fresh(r, live{About: "articles", Offer: true}), data: data}, nil
}

// storyView is the data of a story's page.
type storyView struct {
	timeline.StoryDetail

	Name string // of who corrected last from this browser
}

// story shows a story with its articles.
func (s *Server) story(r *http.Request) (view, error) {
	detail, err := s.opts.Articles.Story(r.Context(), r.PathValue("id"))
	if err != nil {
		return view{}, err
	}
	return view{name: "story", text: inline(200, detail.Story.Title), data: storyView{detail, nameOf(r)}}, nil
}
