package web

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"math"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	"marsad/timeline"
)

//go:embed templates/*.html static/* messages/*.json
var files embed.FS

// view is a page to be rendered: a template with its data.
type view struct {
	name  string // of the template's file
	title string // key of the page's title, or
	text  string // the title itself, which goes before it
	live  live
	data  any
}

// live is what a page is about, so that it is brought up to date when that changes:
// fields of changedJSON, each for itself or followed by a colon and a name in it.
type live struct {
	About string // by spaces; empty: the page stays as it is
	Offer bool   // the reader is told, and the page stays until he asks for it
}

// frame is what the layout has besides the data of the page.
type frame struct {
	Page    string // for the navigation
	Title   string
	Version string
	Live    live
	Main    any
}

// views renders pages in one language.
type views struct {
	pages   map[string]*template.Template
	words   map[string]string
	zone    *time.Location
	topics  map[string]string // name → title
	names   map[string]string // of lexicon entries: name → title
	static  map[string]string // file → address, which is another when the file is
	version string
}

func newViews(language string, zone *time.Location, topics []timeline.Topic, entities []timeline.Entity) (*views, error) {
	v := &views{pages: map[string]*template.Template{}, zone: zone, topics: map[string]string{}, names: map[string]string{}, static: map[string]string{}}
	text, err := files.ReadFile("messages/" + language + ".json")
	if err != nil {
		return nil, fmt.Errorf("language: %q is not one of the page: write en or ar", language)
	}
	if err := json.Unmarshal(text, &v.words); err != nil {
		return nil, fmt.Errorf("messages of %s: %w", language, err)
	}
	for _, t := range topics {
		v.topics[t.Name] = t.Title.In(language, t.Name)
	}
	for i := range entities {
		v.names[entities[i].Name] = entities[i].Title.In(language, entities[i].Name)
	}
	for _, name := range []string{"marsad.css", "live.js"} {
		file, err := files.ReadFile("static/" + name)
		if err != nil {
			return nil, fmt.Errorf("static file: %w", err)
		}
		sum := sha256.Sum256(file)
		v.static[name] = "/static/" + name + "?v=" + hex.EncodeToString(sum[:6])
	}

	names, err := fs.Glob(files, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("templates: %w", err)
	}
	const layout, parts = "templates/layout.html", "templates/parts.html"
	for _, name := range names {
		if name == layout || name == parts {
			continue
		}
		t, err := template.New("layout.html").Funcs(v.funcs()).ParseFS(files, layout, parts, name)
		if err != nil {
			return nil, fmt.Errorf("template %s: %w", name, err)
		}
		v.pages[strings.TrimSuffix(path.Base(name), ".html")] = t
	}
	return v, nil
}

// funcs are what templates may call.
func (v *views) funcs() template.FuncMap {
	return template.FuncMap{
		"t":            v.translate,
		"term":         v.term,
		"clock":        func(t time.Time) string { return t.In(v.zone).Format("2006-01-02 15:04") },
		"stamp":        func(t time.Time) string { return t.Format(time.RFC3339) },
		"dateOnly":     func(t time.Time) string { return t.Format(time.DateOnly) },
		"zone":         v.zone.String,
		"static":       func(file string) string { return v.static[file] },
		"webURL":       webURL,
		"escape":       url.PathEscape,
		"lang":         langTag,
		"withoutUser":  withoutUser,
		"clip":         clip,
		"inline":       inline,
		"topicTitle":   func(name string) string { return inline(80, v.topicTitle(name)) },
		"entity":       func(name string) string { return inline(80, cmp.Or(v.names[name], name)) },
		"number":       formatNumber,
		"integer":      func(n int) string { return formatNumber(float64(n)) },
		"significant":  formatSignificant,
		"span":         formatRange,
		"told":         formatTold,
		"interval":     formatInterval,
		"quantity":     formatQuantity,
		"window":       timeline.FormatWindow,
		"duration":     formatDuration,
		"about":        formatAbout,
		"topicsOf":     topicsOf,
		"sentence":     v.sentence,
		"telling":      v.telling,
		"feedState":    conditionOf,
		"troubles":     v.troubles,
		"publishers":   func(h timeline.Headline) int { return max(h.Publishers, 1) },
		"milliseconds": func(d time.Duration) string { return formatNumber(float64(d.Milliseconds())) },
	}
}

// translate gives the words of a key. A key without words is a mistake in a
// template, and fails it.
func (v *views) translate(key string) (string, error) {
	words, ok := v.words[key]
	if !ok {
		return "", fmt.Errorf("message %q has no words", key)
	}
	return words, nil
}

// term gives the words of one of a set of names, or the name where it has none:
// kinds of counts, for one, may be the operator's own.
func (v *views) term(set string, name any) string {
	if words, ok := v.words[set+"."+fmt.Sprint(name)]; ok {
		return words
	}
	return fmt.Sprint(name)
}

func (v *views) topicTitle(name string) string {
	if title, ok := v.topics[name]; ok {
		return title
	}
	return name
}

func (v *views) wording() wording {
	return wording{
		Articles: v.words["chart.articles"], Expected: v.words["chart.expected"],
		Alarm: v.words["chart.alarm"], NothingCollected: v.words["chart.nothing"],
	}
}

// webURL returns the address if it is one of the web, else nothing.
func webURL(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return ""
	}
	return address
}

// langTag returns the language if it may be the tag of one (RFC 5646), else nothing,
// which says that it is not known.
func langTag(lang string) string {
	for part := range strings.SplitSeq(lang, "-") {
		if part == "" || len(part) > 8 || strings.Trim(strings.ToLower(part), "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
			return ""
		}
	}
	return lang
}

// inline makes a text from outside fit to stand inside a line: at most n code
// points, and none of the characters that embed, override or isolate a direction.
// One that is not closed would reach out of the bdi element around it, since the
// end of the element closes the innermost only (UAX #9, rule X6a).
func inline(n int, s string) string {
	return clip(n, strings.Map(func(r rune) rune {
		if r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' {
			return -1
		}
		return r
	}, clip(4*n, s)))
}

// formatSignificant writes an estimate to three digits, and to ones above that.
func formatSignificant(v float64) string {
	if math.Abs(v) >= 100 {
		return formatNumber(math.Round(v))
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}

// formatDuration writes a duration without the zeroes that String has: 10m, 6h.
func formatDuration(d time.Duration) string {
	s := d.Round(time.Second).String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// formatAbout writes a learnt duration, of which the seconds say nothing: 7m,
// 2h13m, 3d.
func formatAbout(d time.Duration) string {
	switch {
	case d >= 2*day:
		return strconv.Itoa(int((d+day/2)/day)) + "d"
	case d >= 5*time.Minute:
		d = d.Round(time.Minute)
	}
	return formatDuration(d)
}

// page serves what find finds.
func (s *Server) page(find func(*http.Request) (view, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v, err := find(r)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		s.render(w, r, http.StatusOK, v)
	}
}

// render writes a page whole, or an error in its place.
func (s *Server) render(w http.ResponseWriter, r *http.Request, status int, v view) {
	title := v.text
	if v.title != "" {
		title = s.views.words[v.title]
	}
	var body bytes.Buffer
	err := s.views.pages[v.name].Execute(&body, frame{v.name, title, s.views.version, v.live, v.data})
	if err != nil {
		s.opts.Logger.ErrorContext(r.Context(), "page not rendered", "page", v.name, "error", err)
		http.Error(w, "the page could not be written: see Marsad's log for the reason", http.StatusInternalServerError)
		return
	}
	answer(w, r, status, "text/html; charset=utf-8", body.Bytes())
}

// static serves the style sheet and the icon, which may be kept for as long as
// the address stays the same.
func (s *Server) static(w http.ResponseWriter, r *http.Request) {
	name := "static/" + r.PathValue("file")
	if _, err := fs.Stat(files, name); err != nil {
		s.fail(w, r, timeline.ErrNotFound)
		return
	}
	w.Header().Set("Cache-Control", "public, max-age=86400")
	http.ServeFileFS(w, r, files, name)
}
