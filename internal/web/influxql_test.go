package web

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"marsad/internal/config/scalar"
	"marsad/timeline"
	"marsad/timeline/influxql"
)

// mentionsOf is a source of as many mentions, one a minute, the last now.
type mentionsOf struct {
	n   int
	now time.Time
}

func (m mentionsOf) Points(_ context.Context, q timeline.PointQuery, visit func(*timeline.Point) error) error {
	for i := range m.n {
		if err := visit(&timeline.Point{
			Measurement: q.Measurement, Time: m.now.Add(time.Duration(i+1-m.n) * time.Minute),
			Tags:   []timeline.Tag{{Key: "topic", Value: "group-merger"}},
			Fields: []timeline.Field{{Key: "n", Value: int64(1)}, {Key: "matches", Value: int64(2)}, {Key: "title", Value: "One <of> many"}},
		}); err != nil {
			return err
		}
	}
	return nil
}

func (m mentionsOf) HourlyPoints(context.Context, timeline.PointQuery, []string, func(*timeline.Point) error) error {
	return nil
}

func (m mentionsOf) TagSets(context.Context, string) ([][]timeline.Tag, error) {
	return [][]timeline.Tag{{{Key: "topic", Value: "group-merger"}}}, nil
}

func withQueries(limits influxql.Limits) func(*Config, *Options) {
	return func(_ *Config, o *Options) {
		o.Query = influxql.New(influxql.Options{
			Source: mentionsOf{5, o.Now()}, Database: "marsad", EventsName: "marsad_events", Limits: limits, Logger: slog.New(slog.DiscardHandler),
		})
	}
}

func TestQuery(t *testing.T) {
	s := newServer(t, fill(), withQueries(influxql.Limits{Points: 100, Series: 10, Buckets: 50}))
	for _, tt := range []struct {
		name   string
		values url.Values
		status int
		want   string
	}{
		{"select", url.Values{"db": {"marsad"}, "q": {`SELECT sum("matches") FROM "mentions"`}, "epoch": {"ms"}}, 200, `{"results":[{"statement_id":0,"series":[{"name":"mentions","columns":["time","sum"],"values":[[0,10]]}]}]}`},
		{"RFC 3339", url.Values{"db": {"marsad"}, "q": {`SELECT sum("matches") FROM "mentions"`}}, 200, `"values":[["1970-01-01T00:00:00Z",10]]`},
		{"two statements", url.Values{"db": {"marsad"}, "q": {`SHOW DATABASES; SHOW TAG VALUES FROM "mentions" WITH KEY = "topic"`}}, 200, `{"statement_id":1,"series":[{"name":"mentions","columns":["key","value"],"values":[["topic","group-merger"]]}]}`},
		{"parameters", url.Values{"db": {"marsad"}, "q": {`SELECT count("title") FROM "mentions" WHERE "topic" = $t AND "matches" >= $n`}, "params": {`{"t":"group-merger","n":2}`}}, 200, `,5]]`},
		{"nothing", url.Values{"db": {"marsad"}, "q": {`SELECT sum("n") FROM "nowhere"`}}, 200, `{"results":[{"statement_id":0}]}`},
		{"wrong type", url.Values{"db": {"marsad"}, "q": {`SELECT sum("title") FROM "mentions"; SHOW DATABASES`}}, 200, `{"statement_id":1,"error":"not executed"}`},
		{"no such database", url.Values{"db": {"other"}, "q": {`SELECT sum("n") FROM "mentions"`}}, 200, `{"results":[{"statement_id":0,"error":"database not found: other"}]}`},
		{"no database", url.Values{"q": {`SHOW MEASUREMENTS`}}, 200, `"error":"database name required"`},
		{"no such policy", url.Values{"db": {"marsad"}, "rp": {"weekly"}, "q": {`SELECT sum("n") FROM "mentions"`}}, 200, `"error":"retention policy not found: weekly"`},
		{"too many buckets", url.Values{"db": {"marsad"}, "q": {`SELECT sum("matches") FROM "mentions" WHERE time > now() - 1h GROUP BY time(1s)`}}, 200, `"error":"max-select-buckets limit exceeded: (3600/50)"`},
		{"writing", url.Values{"db": {"marsad"}, "q": {`DROP DATABASE "marsad"`}}, 200, `"error":"the record answers no such statement: DROP DATABASE marsad"`},
		{"writing by selecting", url.Values{"db": {"marsad"}, "q": {`SELECT "n" INTO "x" FROM "mentions"`}}, 200, `"error":"the record is read-only: INTO is not answered"`},
		{"no InfluxQL", url.Values{"q": {`SELECT`}}, 400, `{"error":"error parsing query: found EOF, expected identifier, string, number, bool at line 1, char 8"}`},
		{"no query", url.Values{"db": {"marsad"}}, 400, `{"error":"missing required parameter \"q\""}`},
		{"parameters that are no JSON", url.Values{"q": {`SHOW DATABASES`}, "params": {`{`}}, 400, `{"error":"error parsing query parameters: unexpected EOF"}`},
		{"too long", url.Values{"q": {strings.Repeat("(", 70_000)}}, 400, `more than 65536 bytes`},
		{"nested", url.Values{"db": {"marsad"}, "q": {"SELECT " + strings.Repeat("(", 30_000) + `"n"` + strings.Repeat(")", 30_000) + ` FROM "mentions"`}}, 200, `"statement_id":0`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			get := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/query?"+tt.values.Encode(), http.NoBody)
			post := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/query", strings.NewReader(tt.values.Encode()))
			post.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			for _, r := range []*http.Request{get, post} {
				r.Host = "127.0.0.1"
				w := httptest.NewRecorder()
				s.ServeHTTP(w, r)
				if body := w.Body.String(); w.Code != tt.status || !strings.Contains(body, tt.want) || !json.Valid(w.Body.Bytes()) {
					t.Errorf("%s: status %d, %.500s, want %d, %s", r.Method, w.Code, body, tt.status, tt.want)
				}
				if got := w.Header().Get("X-Influxdb-Version"); got != "1.8.10" {
					t.Errorf("version %q", got)
				}
				if w.Code == 400 && w.Header().Get("X-Influxdb-Error") == "" {
					t.Error("the error has no header")
				}
			}
		})
	}
}

func TestQueryLimits(t *testing.T) {
	for _, tt := range []struct {
		limits influxql.Limits
		want   string
	}{
		{influxql.Limits{Points: 4}, "max-select-point limit exceeded: (5/4)"},
		{influxql.Limits{Points: 5}, ""},
		{influxql.Limits{Series: 1}, ""},
	} {
		refused := 0
		s := newServer(t, fill(), func(_ *Config, o *Options) {
			o.Query = influxql.New(influxql.Options{
				Source: mentionsOf{5, o.Now()}, Database: "marsad", EventsName: "marsad_events", Limits: tt.limits,
				Logger: slog.New(slog.DiscardHandler), OnLimit: func() { refused++ },
			})
		})
		body := ask(s, "GET", "/query?db=marsad&q="+url.QueryEscape(`SELECT sum("matches") FROM "mentions" GROUP BY "topic"`)).Body.String()
		if tt.want == "" && (strings.Contains(body, "error") || refused != 0) || !strings.Contains(body, tt.want) || tt.want != "" && refused != 1 {
			t.Errorf("with %+v: %s, %d refused, want %q", tt.limits, body, refused, tt.want)
		}
	}
}

func TestQueryAsksForTheToken(t *testing.T) {
	const path = "/query?q=SHOW+DATABASES"
	s := newServer(t, fill(), func(cfg *Config, o *Options) {
		withQueries(influxql.Limits{})(cfg, o)
		cfg.Token = scalar.NewSecret("a token of some length")
	})
	for _, tt := range []struct {
		name   string
		header string
		status int
	}{
		{"none", "", 401},
		{"bearer", "Bearer a token of some length", 200},
		{"version 2", "Token a token of some length", 200},
		{"version 1", "Token grafana:a token of some length", 200},
		{"basic", "Basic Z3JhZmFuYTphIHRva2VuIG9mIHNvbWUgbGVuZ3Ro", 200},
		{"wrong", "Basic Z3JhZmFuYTp3cm9uZw==", 401},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody)
		r.Header.Set("Authorization", tt.header)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != tt.status || !json.Valid(w.Body.Bytes()) {
			t.Errorf("%s: status %d, want %d: %s", tt.name, w.Code, tt.status, w.Body)
		}
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/v1/feeds", http.NoBody)
	r.Header.Set("Authorization", "Basic Z3JhZmFuYTphIHRva2VuIG9mIHNvbWUgbGVuZ3Ro")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code != 401 {
		t.Errorf("a password opens more than /query: status %d", w.Code)
	}
	if w := ask(s, "GET", "/ping"); w.Code != 204 || w.Header().Get("X-Influxdb-Version") != "1.8.10" {
		t.Errorf("ping: status %d, %v", w.Code, w.Header())
	}
}
