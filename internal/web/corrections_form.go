package web

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"marsad/timeline"
)

// StoryDesk is where articles that were grouped wrongly are put right, and from
// where an article is taken down. by and why say who does so and for what reason.
type StoryDesk interface {
	// SplitStory takes articles out of a story into one of their own and gives its id.
	SplitStory(ctx context.Context, id string, articles []string, by, why string) (split string, err error)
	// MergeStories puts the articles of the stories into the first one.
	MergeStories(ctx context.Context, into string, stories []string, by, why string) error
	// TakeDown deletes an article wherever its words are, for good.
	TakeDown(ctx context.Context, article, by, why string) error
}

const (
	nameCookie = "marsad_name"

	// maxCorrection is the largest body of a form that corrects, in bytes: a story of
	// a thousand articles, all of them ticked.
	maxCorrection = 64 << 10
	// How long what is written into a form may be, in bytes.
	maxBy    = 200
	maxWhy   = 2000
	maxValue = 400
)

// form is what somebody sends to correct something.
type form struct {
	url.Values
	By, Why string
}

// routeForms adds what explains and what corrects.
func (s *Server) routeForms(mux *http.ServeMux) {
	mux.HandleFunc("POST /explain", s.explain)
	mux.HandleFunc("POST /articles/{id}/facts", s.correcting(s.correctFact))
	mux.HandleFunc("POST /articles/{id}/takedown", s.correcting(s.takeDown))
	mux.HandleFunc("POST /stories/{id}/split", s.correcting(s.splitStory))
	mux.HandleFunc("POST /stories/{id}/merge", s.correcting(s.mergeStory))
}

// correcting answers a form by what do does, and leads the browser to the page
// that do names. Whoever sends it says who he is, and is asked for it once only.
func (s *Server) correcting(do func(r *http.Request, f form) (page string, err error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxCorrection)
		if err := r.ParseForm(); err != nil {
			s.refuse(w, r, problem{http.StatusBadRequest, "the form cannot be read", "go back and send it again"})
			return
		}
		f := form{r.PostForm, strings.TrimSpace(r.PostForm.Get("by")), strings.TrimSpace(r.PostForm.Get("why"))}
		page, err := "", f.check()
		if err == nil {
			page, err = do(r, f)
		}
		if err != nil {
			s.fail(w, r, err)
			return
		}
		http.SetCookie(w, &http.Cookie{
			Name: nameCookie, Value: url.QueryEscape(f.By), Path: "/", MaxAge: int(365 * day / time.Second),
			HttpOnly: true, Secure: s.guard.secure || r.TLS != nil, SameSite: http.SameSiteStrictMode,
		})
		s.opts.Logger.InfoContext(r.Context(), "corrected from the page", "path", r.URL.Path, "by", f.By)
		http.Redirect(w, r, page, http.StatusSeeOther)
	}
}

func (f form) check() error {
	switch {
	case f.By == "":
		return &paramError{"by", "empty", "write your name: it is kept with the correction"}
	case len(f.By) > maxBy:
		return &paramError{"by", "too long", "write at most " + strconv.Itoa(maxBy) + " bytes"}
	case len(f.Why) > maxWhy:
		return &paramError{"why", "too long", "write at most " + strconv.Itoa(maxWhy) + " bytes"}
	}
	return nil
}

// nameOf is who sent the last form from this browser, "" when nobody did.
func nameOf(r *http.Request) string {
	c, err := r.Cookie(nameCookie)
	if err != nil {
		return ""
	}
	name, err := url.QueryUnescape(c.Value)
	if err != nil || len(name) > maxBy {
		return ""
	}
	return name
}

// correctFact hides a fact, gives it other values, or takes a correction back.
func (s *Server) correctFact(r *http.Request, f form) (page string, err error) {
	ctx, id := r.Context(), r.PathValue("id")
	page = "/articles/" + url.PathEscape(id) + "#facts"
	c := timeline.Correction{ID: f.Get("fact"), Article: id, By: f.By, Why: f.Why}
	switch f.Get("do") {
	case "hide":
		c.Hidden = true
	case "restore":
		return page, s.opts.FactDesk.RestoreFact(ctx, id, c.ID)
	case "correct":
		if c.Set, err = s.changesOf(ctx, id, c.ID, f); err != nil {
			return "", err
		}
	default:
		return "", &paramError{"do", "not one of what can be done", "send hide, correct or restore"}
	}
	return page, s.opts.FactDesk.CorrectFact(ctx, c)
}

// changesOf gives the fields of a fact that the form changes, with those that were
// changed before.
func (s *Server) changesOf(ctx context.Context, article, fact string, f form) (map[string]string, error) {
	found, err := s.opts.Articles.Article(ctx, article)
	if err != nil {
		return nil, err
	}
	readings, err := s.opts.FactDesk.Readings(ctx, article)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(readings, func(r timeline.Reading) bool { return r.ID == fact })
	if i < 0 {
		return nil, timeline.ErrNotFound
	}
	set := maps.Clone(readings[i].Correction.Set)
	if set == nil {
		set = make(map[string]string)
	}
	changed := false
	for _, field := range fieldsOf(found.Facts, readings[i]) {
		value := strings.TrimSpace(f.Get("set." + field.Name))
		if len(value) > maxValue {
			return nil, &paramError{field.Name, "too long", "write at most " + strconv.Itoa(maxValue) + " bytes"}
		}
		if f.Has("set."+field.Name) && value != field.Value {
			set[field.Name], changed = value, true
		}
	}
	if !changed {
		return nil, &paramError{"set", "nothing was changed", "go back and change a value, or hide the fact"}
	}
	return set, nil
}

// field is a value of a fact that can be corrected.
type field struct {
	Name    string
	Value   string
	Choices []string // nil: anything
}

// fieldsOf gives the fields of the fact that a reading became; none when it is
// hidden.
func fieldsOf(f timeline.Facts, r timeline.Reading) []field {
	switch r.Kind {
	case timeline.KindDate:
		for _, d := range f.Dates {
			if d.Span == r.Span && d.Rule == r.Rule {
				return timeFields(d.Interval, d.Precision, d.Relation)
			}
		}
	case timeline.KindEvent:
		for _, e := range f.Events {
			if e.Span == r.Span && e.Rule == r.Rule {
				return timeFields(e.Interval, e.Precision, e.Relation)
			}
		}
	case timeline.KindCount:
		for _, c := range f.Counts {
			if c.Span == r.Span && c.Rule == r.Rule {
				return countFields(c)
			}
		}
	case timeline.KindOther:
	}
	return nil
}

func timeFields(i timeline.Interval, p timeline.Precision, r timeline.Relation) []field {
	layout := time.RFC3339
	if p.IsCalendar() {
		layout = time.DateOnly
	}
	side := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.Format(layout)
	}
	return []field{
		{"lo", side(i.Lo), nil},
		{"hi", side(i.Hi), nil},
		{"precision", string(p), namesOf(timeline.Minute, timeline.Hour, timeline.Day, timeline.Week, timeline.Month, timeline.Season,
			timeline.Quarter, timeline.Half, timeline.Year, timeline.Decade, timeline.Century, timeline.UnknownGrain)},
		{"relation", string(r), namesOf(timeline.On, timeline.Since, timeline.Until, timeline.Before, timeline.After, timeline.BetweenDates, timeline.AboutDate)},
	}
}

func countFields(c timeline.Count) []field {
	side := func(v *float64) string {
		if v == nil {
			return ""
		}
		return strconv.FormatFloat(*v, 'f', -1, 64)
	}
	return []field{
		{"lo", side(c.Lo), nil},
		{"best", side(c.Best), nil},
		{"hi", side(c.Hi), nil},
		{"bound", string(c.Bound), namesOf(timeline.Exact, timeline.About, timeline.AtLeast, timeline.MoreThan, timeline.AtMost, timeline.LessThan,
			timeline.Between, timeline.Vague)},
		{"kind", c.Kind, nil},
		{"of", c.Of, nil},
		{"by", c.By, nil},
		{"negated", strconv.FormatBool(c.Negated), []string{"false", "true"}},
	}
}

func namesOf[T ~string](values ...T) (names []string) {
	for _, v := range values {
		names = append(names, string(v))
	}
	return names
}

// splitStory takes the articles that are ticked out of a story.
func (s *Server) splitStory(r *http.Request, f form) (page string, err error) {
	split, err := s.opts.StoryDesk.SplitStory(r.Context(), r.PathValue("id"), f.Values["article"], f.By, f.Why)
	return "/stories/" + url.PathEscape(split), err
}

// mergeStory puts the articles of another story into this one. The other is named by
// its id or by the address of its page.
func (s *Server) mergeStory(r *http.Request, f form) (page string, err error) {
	other := strings.TrimSpace(f.Get("story"))
	if i := strings.LastIndex(other, "/stories/"); i >= 0 {
		other, _, _ = strings.Cut(other[i+len("/stories/"):], "?")
	}
	if other == "" {
		return "", &paramError{"story", "empty", "write the id of the story that is to be one with this, or the address of its page"}
	}
	id := r.PathValue("id")
	return "/stories/" + url.PathEscape(id), s.opts.StoryDesk.MergeStories(r.Context(), id, []string{other}, f.By, f.Why)
}

// takeDown takes an article down. The box has to be ticked, for there is no way back.
func (s *Server) takeDown(r *http.Request, f form) (page string, err error) {
	if f.Get("sure") == "" {
		return "", &paramError{"sure", "not ticked", "tick that there is no way back"}
	}
	return "/articles", s.opts.StoryDesk.TakeDown(r.Context(), r.PathValue("id"), f.By, f.Why)
}

// asMistake gives the mistake of whoever asked, if err is one.
func asMistake(err error) (problem, bool) {
	if mistake, ok := errors.AsType[*timeline.MistakeError](err); ok {
		return problem{http.StatusBadRequest, mistake.Error(), "go back and mend it"}, true
	}
	return problem{}, false
}
