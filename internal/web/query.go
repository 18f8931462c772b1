package web

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"marsad/internal/config/scalar"
	"marsad/timeline"
)

const (
	day = 24 * time.Hour

	defaultLimit = 100
	maxLimit     = 1000
)

// The names of query parameters.
const (
	paramFrom      = "from"
	paramTo        = "to"
	paramTopic     = "topic"
	paramFeed      = "feed"
	paramLang      = "lang"
	paramPublisher = "publisher"
	paramArticle   = "article"
	paramQuery     = "q"
	paramLimit     = "limit"
	paramCursor    = "cursor"
	paramStep      = "step"
	paramSpan      = "span"
)

// params are the query parameters of a request.
type params struct {
	timeline.Query               // Limit is always set
	Step           time.Duration // 0 when not given
	Span           string        // of a page's chart; may be empty
	Article        string        // id; may be empty
	Words          string        // to look for; may be empty
}

// paramError is a parameter that cannot be followed.
type paramError struct {
	Name    string
	Message string // what is wrong, without the name
	Remedy  string
}

func (e *paramError) Error() string { return e.Name + ": " + e.Message }

// listParams are the parameters of the pages that list what was found.
func listParams() []string {
	return []string{paramTopic, paramFeed, paramLang, paramPublisher, paramFrom, paramTo, paramLimit, paramCursor}
}

// asked reads the parameters of a page that may be of one topic.
func (s *Server) asked(r *http.Request, allowed []string) (params, error) {
	p, err := parseParams(r.URL.RawQuery, allowed, s.opts.Now())
	if err != nil {
		return p, err
	}
	return p, s.checkTopic(p)
}

// parseParams reads a query string. Only the allowed parameters may be there,
// each once; an empty one is as none, since forms send those. Times that are
// relative are so to now.
func parseParams(raw string, allowed []string, now time.Time) (params, error) {
	p := params{Query: timeline.Query{Limit: defaultLimit}}
	values, err := url.ParseQuery(raw)
	if err != nil {
		return p, &paramError{"query", "cannot be read", "escape the values as in ?from=2017-05-20T12:00:00%2B03:00"}
	}
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names) // so that of several wrong ones always the same is named
	for _, name := range names {
		if !slices.Contains(allowed, name) {
			remedy := "use " + strings.Join(allowed, ", ")
			if len(allowed) == 0 {
				remedy = "ask without parameters"
			}
			return p, &paramError{cmp.Or(clip(40, name), `""`), "no such parameter here", remedy}
		}
		if len(values[name]) > 1 {
			return p, &paramError{name, "given more than once", "give it once"}
		}
		if value := values[name][0]; value != "" {
			if err := p.set(name, value, now); err != nil {
				return p, err
			}
		}
	}
	if !p.From.IsZero() && !p.To.IsZero() && p.To.Before(p.From) {
		return p, &paramError{paramTo, "before from", "swap from and to"}
	}
	return p, nil
}

func (p *params) set(name, value string, now time.Time) (err error) {
	switch name {
	case paramFrom:
		p.From, err = parseTime(name, value, now)
	case paramTo:
		p.To, err = parseTime(name, value, now)
	case paramTopic:
		p.Topic = value
	case paramFeed:
		p.Feed = value
	case paramLang:
		p.Lang = value
	case paramPublisher:
		p.Publisher = value
	case paramQuery:
		p.Words = value
	case paramArticle:
		p.Article = value
	case paramCursor:
		p.Cursor = value
	case paramSpan:
		p.Span = value
	case paramLimit:
		p.Limit, err = parseLimit(value)
	case paramStep:
		p.Step, err = parseStep(value)
	}
	return err
}

// parseTime reads RFC 3339, a bare date (midnight UTC), or a duration before
// now: -24h, -7d.
func parseTime(name, value string, now time.Time) (time.Time, error) {
	if back, relative := strings.CutPrefix(value, "-"); relative {
		d, err := scalar.ParseDuration(back)
		if err == nil && d >= 0 {
			return now.Add(-d).UTC(), nil
		}
	}
	// The plus of a zone is a space in a query string that was not escaped.
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(layout, strings.Replace(value, " ", "+", 1)); err == nil {
			return t, nil
		}
	}
	return time.Time{}, &paramError{
		name, fmt.Sprintf("%q is not a time", clip(40, value)),
		"write RFC 3339 as in 2017-05-20T12:00:00Z, a date as in 2017-05-20, or a time ago as in -24h or -7d",
	}
}

func parseLimit(value string) (int, error) {
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 || n > maxLimit {
		return 0, &paramError{
			paramLimit, fmt.Sprintf("%q is not a limit", clip(40, value)),
			fmt.Sprintf("write a number from 1 to %d and follow next for more", maxLimit),
		}
	}
	return n, nil
}

func parseStep(value string) (time.Duration, error) {
	d, err := scalar.ParseDuration(value)
	if err != nil || d <= 0 || day%d != 0 {
		return 0, &paramError{
			paramStep, fmt.Sprintf("%q is not a step", clip(40, value)),
			"write a duration that divides a day, as in 10m, 1h or 24h",
		}
	}
	return d, nil
}

// clip cuts s to at most n code points and says so with an ellipsis.
func clip(n int, s string) string {
	if len(s) <= n {
		return s
	}
	for i := range s {
		if n == 0 {
			return s[:i] + "…"
		}
		n--
	}
	return s
}
