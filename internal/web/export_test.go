package web

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"marsad/timeline"
)

func TestExport(t *testing.T) {
	m := fill()
	record := recorded(t, m)
	s := newServer(t, m, func(_ *Config, o *Options) {
		o.Articles, o.Facts, o.Feeds, o.Series, o.Incidents = record, record, record, record, record
	})
	for path, want := range map[string]string{
		"/export/articles.csv":                            "article,published,story,feed",
		"/export/articles.csv?topic=group-merger&lang=ar": "عام 2012",
		"/export/mentions.jsonl?topic=group-merger":       `"topic":"group-merger"`,
		"/export/counts.csv?topic=group-merger":           ",12000,,",
		"/export/events.csv?topic=group-merger":           "2012-01-01,2013-01-01,year",
		"/export/incidents.csv":                           "group-merger,rise,open",
		"/export/polls.jsonl?feed=example-en":             `"feed":"example-en"`,
		"/export/series.csv?topic=group-merger&from=-7d":  "group-merger,",
	} {
		w := ask(s, "GET", path)
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), want) {
			t.Errorf("GET %s: status %d without %q: %.300s", path, w.Code, want, w.Body)
		}
		if !strings.HasPrefix(w.Header().Get("Content-Disposition"), `attachment; filename="marsad-`) {
			t.Errorf("GET %s: %v, want an attachment", path, w.Header())
		}
	}
	for path, want := range map[string]int{
		"/export/feeds.csv": 404, "/export/articles.xml": 404, "/export/articles": 404, "/export/": 404,
		"/export/polls.csv?topic=group-merger": 400, "/export/articles.csv?topic=nothing": 400, "/export/articles.csv?from=yesterday": 400,
	} {
		if w := ask(s, "GET", path); w.Code != want || w.Header().Get("Content-Disposition") != "" {
			t.Errorf("GET %s: status %d, want %d: %v", path, w.Code, want, w.Header())
		}
	}
	page := ask(s, "GET", "/topics/group-merger").Body.String()
	for _, link := range []string{`href="/export/articles.csv?topic=group-merger"`, `href="/export/events.jsonl?topic=group-merger"`} {
		if !strings.Contains(page, link) {
			t.Errorf("the topic's page has no %s", link)
		}
	}
}

// faulty gives one page of articles and fails on the second.
type faulty struct {
	ArticleStore

	text string
}

func (f faulty) Articles(_ context.Context, q timeline.Query) (page timeline.Page[timeline.ReadArticle], err error) {
	if q.Cursor != "" || f.text == "" {
		return page, errors.New("disk is gone")
	}
	return timeline.Page[timeline.ReadArticle]{Items: []timeline.ReadArticle{{Article: timeline.Article{Text: f.text}}}, Next: "more"}, nil
}

// TestExportBreaksOff reads from a record that fails: before anything was sent
// there is an error, after it no end of the answer.
func TestExportBreaksOff(t *testing.T) {
	ends := func(text string) (status int, aborted error) {
		s := newServer(t, fill(), func(_ *Config, o *Options) { o.Articles = faulty{text: text} })
		defer func() {
			if r := recover(); r != nil {
				aborted, _ = r.(error)
			}
		}()
		return ask(s, "GET", "/export/articles.csv").Code, nil
	}
	if status, aborted := ends(""); status != http.StatusInternalServerError || aborted != nil {
		t.Errorf("status %d, %v, want 500", status, aborted)
	}
	if _, aborted := ends(strings.Repeat("long ", 2000)); !errors.Is(aborted, http.ErrAbortHandler) {
		t.Errorf("%v, want the connection to be ended", aborted)
	}
}
