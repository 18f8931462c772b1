package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"marsad/timeline"
)

// described gives the description of the API as the server gives it.
func described(t *testing.T, s *Server) *openapi3.T {
	t.Helper()
	w := ask(s, "GET", apiPrefix+"openapi.json")
	if w.Code != http.StatusOK {
		t.Fatalf("openapi.json: status %d: %.200s", w.Code, w.Body)
	}
	doc, err := openapi3.NewLoader().LoadFromData(w.Body.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return doc
}

// names gives the parameters of an operation that are in the path or the query.
func names(op *openapi3.Operation, in string) (of []string) {
	for _, p := range op.Parameters {
		if p.Value.In == in {
			of = append(of, p.Value.Name)
		}
	}
	slices.Sort(of)
	return of
}

// TestDescribedRoutes holds the description to the routes and their parameters.
func TestDescribedRoutes(t *testing.T) {
	s := newServer(t, fill(), nil)
	doc := described(t, s)
	routes := map[string][]string{}
	for _, route := range s.apiRoutes() {
		routes[apiPrefix+route.path] = slices.Sorted(slices.Values(route.allowed))
	}
	routes[streamPath] = nil // no resource that is asked for once
	wantEqual(t, "paths", slices.Sorted(maps.Keys(routes)), slices.Sorted(maps.Keys(doc.Paths.Map())))
	for path, item := range doc.Paths.Map() {
		op := item.Get
		if op == nil || len(item.Operations()) != 1 {
			t.Errorf("%s: not described by GET alone", path)
			continue
		}
		wantEqual(t, "parameters of "+path, routes[path], names(op, "query"))
		var inPath []string
		if strings.Contains(path, "{id}") {
			inPath = []string{"id"}
		}
		wantEqual(t, "parameters in the path of "+path, inPath, names(op, "path"))
	}
	limit := doc.Components.Parameters[paramLimit].Value.Schema.Value
	if *limit.Max != maxLimit || *limit.Min != 1 || limit.Default != float64(defaultLimit) {
		t.Errorf("limit: from %v to %v, %v where it is not given; want 1, %d and %d", *limit.Min, *limit.Max, limit.Default, maxLimit, defaultLimit)
	}
}

// TestDescribedFields holds each schema to the fields of what is encoded by it, also
// those that no answer of the other tests has.
func TestDescribedFields(t *testing.T) {
	doc := described(t, newServer(t, fill(), nil))
	types := map[string]any{
		"Topic": topicJSON{}, "Window": windowJSON{}, "Article": articleJSON{}, "ArticleDetail": articleDetailJSON{},
		"Date": timeline.DateJSON{}, "Count": timeline.CountJSON{}, "Quantity": timeline.QuantityJSON{}, "Event": timeline.EventJSON{}, "Mention": timeline.MentionJSON{},
		"Correction": correctionJSON{}, "CorrectionInArticle": correctedJSON{}, "Story": storyJSON{}, "StoryDetail": storyDetailJSON{},
		"Member": memberJSON{}, "Move": moveJSON{}, "EventMention": eventJSON{}, "Happening": happeningJSON{}, "Named": namedJSON{}, "Source": sourceJSON{},
		"Tally": tallyJSON{}, "Said": saidJSON{}, "FoundCount": countJSON{}, "Found": searchJSON{}, "Series": seriesJSON{}, "Point": pointJSON{},
		"Incident": incidentJSON{}, "Headline": timeline.HeadlineJSON{}, "Figure": timeline.FigureJSON{}, "Announced": announcedJSON{}, "JoinedIncident": joinedJSON{},
		"Change": timeline.CountChangeJSON{}, "Range": timeline.RangeJSON{}, "Response": timeline.ResponseJSON{}, "Feedback": timeline.FeedbackJSON{}, "Silence": timeline.SilenceJSON{},
		"Feed": feedJSON{}, "Trouble": troubleJSON{}, "Pages": pagesJSON{}, "Poll": pollJSON{}, "Problem": problem{}, "Changed": changedJSON{},
	}
	for name, ref := range doc.Components.Schemas {
		schema := ref.Value
		if schema.Description == "" {
			t.Errorf("%s: not described", name)
		}
		for field, property := range schema.Properties {
			if property.Ref == "" && property.Value.Description == "" {
				t.Errorf("%s: field %s is not described", name, field)
			}
		}
		value, ok := types[name]
		if !ok {
			if schema.Type.Is("object") && name != "Description" {
				t.Errorf("%s: of no type", name)
			}
			continue
		}
		delete(types, name)
		if closed := schema.AdditionalProperties.Has; closed == nil || *closed {
			t.Errorf("%s: may have other fields", name)
		}
		all, required := jsonFieldsOf(reflect.TypeOf(value))
		wantEqual(t, "fields of "+name, all, slices.Sorted(maps.Keys(schema.Properties)))
		wantEqual(t, "fields that are always in "+name, required, slices.Sorted(slices.Values(schema.Required)))
	}
	for name := range types {
		t.Errorf("no schema %s", name)
	}
}

// jsonFieldsOf gives the names of all fields that JSON has of a type, and those that it
// always has, sorted.
func jsonFieldsOf(of reflect.Type) (all, required []string) {
	for f := range of.Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous:
			more, always := jsonFieldsOf(f.Type)
			all, required = append(all, more...), append(required, always...)
		case !f.IsExported():
		case options == "":
			required = append(required, name)
			fallthrough
		default:
			all = append(all, name)
		}
	}
	slices.Sort(all)
	slices.Sort(required)
	return all, required
}

// asked is a request, as the description has it.
type asked struct {
	doc  *openapi3.T
	path string // as described
	url  *url.URL
}

// refused says why the description does not allow the request.
func (a asked) refused() error {
	return openapi3filter.ValidateRequest(context.Background(), a.input())
}

func (a asked) input() *openapi3filter.RequestValidationInput {
	item := a.doc.Paths.Value(a.path)
	input := &openapi3filter.RequestValidationInput{
		Request: httptest.NewRequestWithContext(context.Background(), "GET", a.url.String(), nil),
		Route:   &routers.Route{Spec: a.doc, Path: a.path, PathItem: item, Method: "GET", Operation: item.Get},
		Options: &openapi3filter.Options{IncludeResponseStatus: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc},
	}
	if strings.HasSuffix(a.path, "/{id}") {
		input.PathParams = map[string]string{"id": a.url.Path[strings.LastIndex(a.url.Path, "/")+1:]}
	}
	return input
}

// check holds an answer to its status, and to what is described of that status.
func (a asked) check(t *testing.T, w *httptest.ResponseRecorder, status int) {
	t.Helper()
	if w.Code != status {
		t.Errorf("GET %s: status %d, want %d: %.300s", a.url, w.Code, status, w.Body)
		return
	}
	if want := "application/json; charset=utf-8"; status != http.StatusNotModified && w.Header().Get("Content-Type") != want {
		t.Errorf("GET %s: content type %q, want %q", a.url, w.Header().Get("Content-Type"), want)
	}
	err := openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: a.input(), Status: w.Code, Header: w.Header(), Body: io.NopCloser(bytes.NewReader(w.Body.Bytes())),
		Options: a.input().Options,
	})
	if err != nil {
		t.Errorf("GET %s: status %d is not as described: %v", a.url, status, err)
	}
}

// idsOf gives an id of each resource that is asked for by one, from its list.
func idsOf(t *testing.T, s *Server) map[string]string {
	t.Helper()
	ids := map[string]string{}
	for list, field := range map[string]string{"articles": "id", "stories": "id", "events": "happening", "incidents": "id"} {
		items, _ := object(t, s, apiPrefix+list)["items"].([]any)
		if len(items) == 0 {
			t.Fatalf("no %s", list)
		}
		ids[apiPrefix+list+"/{id}"], _ = items[0].(map[string]any)[field].(string)
	}
	return ids
}

// everything makes a server over a record that has every field of the answers.
func everything(t *testing.T) (*memory, *Server) {
	t.Helper()
	m := fill()
	m.down = "taken"
	for i := range m.articles {
		m.articles[i].Article.Dated = timeline.DatedClamped
	}
	m.feeds[0].LastOutcome, m.feeds[1].Habits.GUIDs = timeline.OutcomeOK, timeline.MarkGUIDChurn
	m.polls[0].Marks = []timeline.Mark{timeline.MarkOverflow}
	told := &m.incidents[1]
	told.Kind, told.TakenDown, told.Feeds = timeline.CountChanged, 1, []string{"example-en"}
	told.Joined = []timeline.Joined{{Incident: "j", Topic: "ceasefire", Title: "Ceasefire", State: timeline.IncidentResolved, Resolved: now, Opened: now, Window: time.Hour, P: .001}}
	told.Change = &timeline.CountChange{Kind: "killed", Of: "isis", Was: timeline.Range{Lo: 1, Hi: 2, Publishers: 1, Figures: told.Figures}, Now: timeline.Range{Lo: 3, Hi: 4}}
	told.Acknowledged.By, told.Acknowledged.At = "Zahra", now
	told.Feedback.Label, told.Feedback.By, told.Feedback.At = timeline.LabelFalse, "Zahra", now
	told.Silence.By, told.Silence.At, told.Silence.Until = "Zahra", now, now.Add(day)
	return m, newServer(t, m, nil)
}

// TestDescribedAnswers asks every route with good and with bad parameters, over a
// record in memory and over a real one, and holds the answers to the description.
func TestDescribedAnswers(t *testing.T) {
	m, full := everything(t)
	plain := fill()
	record := recorded(t, plain)
	recordedServer := newServer(t, plain, func(_ *Config, o *Options) {
		o.Articles, o.Facts, o.Feeds, o.Series, o.Incidents = record, record, record, record, record
	})
	doc := described(t, full)
	good := map[string][]string{
		"from": {"-7d", "2017-05-01", "2017-05-01T12:00:00+03:00", "2017-05-01T12:00:00.5Z", "-1w2d12h30m", "-1.5h", ""}, "to": {"2017-05-21", "-0s", "9999-12-31"},
		"topic": {"group-merger", "ceasefire"}, "feed": {"example-ar"}, "lang": {"ar"}, "publisher": {"Example News"},
		"article": {m.articles[0].Article.ID, "gone"}, "q": {"merger", "داعش"}, "limit": {"1", "1000"}, "cursor": {""}, "step": {"6h", "10m", "1d", ""},
	}
	// What the description itself tells to be wrong.
	bad := map[string][]string{
		"from": {"yesterday", "24h", "2017-5-1", "2017-05-20T12:00", "-", "-7days"}, "to": {"tomorrow", "20170520"},
		"limit": {"0", "1001", "-1", "ten", "1.5"}, "step": {"hour", "6", "-6h"}, "q": {""},
	}
	// What only the record knows to be wrong.
	unknown := map[string][]string{"from": {"2017-02-30", "-99999d"}, "topic": {"mergre"}, "cursor": {"nonsense"}, "step": {"7m", "36h"}}
	for name, s := range map[string]*Server{"memory": full, "record": recordedServer} {
		t.Run(name, func(t *testing.T) {
			ids := idsOf(t, s)
			for _, route := range s.apiRoutes() {
				path := apiPrefix + route.path
				base := url.Values{}
				if slices.Contains(route.allowed, paramQuery) {
					base.Set(paramQuery, "merger")
				}
				request := func(name string, values ...string) asked {
					query := maps.Clone(base)
					if name != "" {
						query[name] = values
					}
					return asked{doc, path, &url.URL{Path: strings.Replace(path, "{id}", ids[path], 1), RawQuery: query.Encode()}}
				}
				get := func(a asked, status int) {
					t.Helper()
					a.check(t, ask(s, "GET", a.url.String()), status)
				}
				get(request(""), http.StatusOK)
				get(request("no-such", "1"), http.StatusBadRequest)
				for _, param := range route.allowed {
					if len(good[param]) == 0 {
						t.Errorf("no value of %s to try", param)
					}
					for _, value := range good[param] {
						a := request(param, value)
						if value != "" {
							if err := a.refused(); err != nil {
								t.Errorf("GET %s: answered, and described as wrong: %v", a.url, err)
							}
						}
						get(a, http.StatusOK)
					}
					for _, value := range bad[param] {
						a := request(param, value)
						if a.refused() == nil {
							t.Errorf("GET %s: refused, and described as right", a.url)
						}
						get(a, http.StatusBadRequest)
					}
					for _, value := range unknown[param] {
						if param == paramTopic && route.path == "incidents" {
							continue // may be of a topic of earlier
						}
						get(request(param, value), http.StatusBadRequest)
					}
					get(request(param, good[param][0], good[param][0]), http.StatusBadRequest)
				}
				if strings.HasSuffix(path, "/{id}") {
					a := asked{doc, path, &url.URL{Path: strings.Replace(path, "{id}", "nothing", 1)}}
					get(a, http.StatusNotFound)
				}
			}
		})
	}
	taken := asked{doc, apiPrefix + "articles/{id}", &url.URL{Path: apiPrefix + "articles/taken"}}
	taken.check(t, ask(full, "GET", taken.url.Path), http.StatusGone)
	second := asked{doc, apiPrefix + "incidents/{id}", &url.URL{Path: apiPrefix + "incidents/" + m.incidents[1].ID}}
	second.check(t, ask(full, "GET", second.url.Path), http.StatusOK)
}

// TestDescribedRefusals brings about what every route may answer besides.
func TestDescribedRefusals(t *testing.T) {
	_, s := everything(t)
	doc, ids := described(t, s), idsOf(t, s)
	locked := newServer(t, fill(), withToken)
	busy := newServer(t, fill(), func(cfg *Config, _ *Options) { cfg.Rate = RateConfig{PerSecond: 1, Burst: 1} })
	ask(busy, "GET", "/")
	broken := fill()
	failing := newServer(t, broken, nil)
	broken.err = errors.New("disk on fire")
	over, cancel := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer cancel()
	for _, route := range s.apiRoutes() {
		path := apiPrefix + route.path
		a := asked{doc, path, &url.URL{Path: strings.Replace(path, "{id}", ids[path], 1)}}
		if slices.Contains(route.allowed, paramQuery) {
			a.url.RawQuery = "q=merger"
		}
		target := a.url.String()
		a.check(t, ask(locked, "GET", target), http.StatusUnauthorized)
		a.check(t, ask(busy, "GET", target), http.StatusTooManyRequests)
		a.check(t, ask(s, "GET", target, func(r *http.Request) { r.Host = "elsewhere.example" }), http.StatusForbidden)
		a.check(t, ask(s, "POST", target), http.StatusMethodNotAllowed)
		tag := ask(s, "GET", target).Header().Get("ETag")
		a.check(t, ask(s, "GET", target, func(r *http.Request) { r.Header.Set("If-None-Match", tag) }), http.StatusNotModified)
		if route.path == "openapi.json" {
			continue // asks nothing of the record
		}
		a.check(t, ask(failing, "GET", target), http.StatusInternalServerError)
		a.check(t, ask(failing, "GET", target, func(r *http.Request) { *r = *r.WithContext(over) }), http.StatusServiceUnavailable)
	}
	w := ask(locked, "GET", apiPrefix+"openapi.json", func(r *http.Request) { r.Header.Set("Authorization", "Bearer a token of some length") })
	if w.Code != http.StatusOK || !json.Valid(w.Body.Bytes()) {
		t.Errorf("openapi.json with the token: status %d", w.Code)
	}
}

// TestExamplesOfTheAPI asks every example of docs/API.md, which has one of each
// resource.
func TestExamplesOfTheAPI(t *testing.T) {
	text, err := os.ReadFile("../../docs/API.md")
	if err != nil {
		t.Fatal(err)
	}
	_, s := everything(t)
	doc, ids := described(t, s), idsOf(t, s)
	id := strings.NewReplacer(
		"$ARTICLE", ids[apiPrefix+"articles/{id}"], "$STORY", ids[apiPrefix+"stories/{id}"],
		"$EVENT", ids[apiPrefix+"events/{id}"], "$INCIDENT", ids[apiPrefix+"incidents/{id}"],
	)
	mux := http.NewServeMux()
	missing := map[string]bool{}
	for _, route := range s.apiRoutes() {
		mux.HandleFunc(apiPrefix+route.path, func(http.ResponseWriter, *http.Request) {})
		missing[apiPrefix+route.path] = true
	}
	for _, example := range regexp.MustCompile(`127\.0\.0\.1:8780(/api/v1/[^\s"'|]*)`).FindAllStringSubmatch(string(text), -1) {
		target, err := url.Parse(id.Replace(example[1]))
		if err != nil {
			t.Errorf("%s: %v", example[1], err)
			continue
		}
		if target.Path == streamPath {
			continue // it does not end; TestStream asks it
		}
		_, path := mux.Handler(httptest.NewRequestWithContext(t.Context(), "GET", target.String(), nil))
		if path == "" {
			t.Errorf("%s: no such resource", example[1])
			continue
		}
		delete(missing, path)
		a := asked{doc, path, target}
		if err := a.refused(); err != nil {
			t.Errorf("%s: %v", example[1], err)
		}
		a.check(t, ask(s, "GET", target.String()), http.StatusOK)
	}
	for path := range missing {
		t.Errorf("no example of %s", path)
	}
}
