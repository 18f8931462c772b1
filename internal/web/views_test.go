package web

import (
	"encoding/json"
	"io/fs"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"marsad/timeline"
)

// hostile is what a feed could put into any field.
const hostile = `"><script>alert(1)</script><img src=x onerror=alert(2)>'` + "`{{.}}\u202Egnitirw\u2066\x00\xff</title></bdi></svg>"

// hostileRecord has hostile words in every field that comes from outside.
func hostileRecord() *memory {
	m := fill()
	huge := strings.Repeat("W", 1<<20)
	for i := range m.articles {
		a := &m.articles[i].Article
		a.Title, a.Text = hostile+huge, hostile+"\n"+huge
		a.Publisher, a.Lang, a.GUID, a.Feed, a.Country = hostile, hostile, hostile, hostile, hostile
		a.URL = "javascript:alert(3)"
		span, title := at(a.Reading(), "<script>"), a.TitleSpan()
		m.articles[i].Facts = timeline.Facts{
			Dates:    []timeline.Date{{Span: span, Sentence: title, Precision: timeline.Day, Relation: hostile, TIMEX3: hostile, Rule: hostile}},
			Counts:   []timeline.Count{{Span: span, Sentence: title, Object: span, Kind: hostile, Of: hostile, By: hostile, Rule: hostile, Negated: true}},
			Other:    []timeline.Quantity{{Span: span, Sentence: title, Type: hostile, Unit: hostile, Text: hostile, Rule: hostile}},
			Mentions: []timeline.Mention{{Topic: "group-merger", Spans: []timeline.Span{span}}, {Topic: hostile, Spans: []timeline.Span{span}}},
		}
	}
	for i := range m.feeds {
		f := &m.feeds[i]
		f.Name, f.Title, f.URL, f.LastError = hostile, hostile, "javascript:alert(4)//"+hostile, hostile+huge
		f.Publisher, f.Lang = hostile, hostile
	}
	for i := range m.polls {
		m.polls[i].Feed, m.polls[i].Error, m.polls[i].Reasons = hostile, hostile+huge, map[string]int{hostile: 1}
		m.polls[i].Outcome = hostile
	}
	for i := range m.incidents {
		in := &m.incidents[i]
		in.Title, in.Severity, in.Announced = hostile, hostile, timeline.Receipt{Channel: hostile, TS: hostile}
		in.Headlines = []timeline.Headline{{Story: hostile, Article: hostile, Title: hostile + huge, URL: "data:text/html,x", Publisher: hostile, Lang: hostile}}
		in.Figures = []timeline.Figure{{Text: hostile + huge, Object: hostile, Kind: hostile, By: hostile, Publisher: hostile, URL: "javascript:alert(5)"}}
	}
	m.notices[0].Incident, m.notices[0].Error = m.incidents[0], hostile+huge
	return m
}

// tags finds what a browser takes for the beginning or the end of an element.
var tags = regexp.MustCompile(`</?([a-zA-Z][a-zA-Z0-9]*)([^>]*)>`)

// own is the page's own script.
var own = regexp.MustCompile(`<script src="/static/live\.js\?v=[0-9a-f]{12}" defer></script>`)

// TestHostileText shows that words of a feed stay words on every page.
func TestHostileText(t *testing.T) {
	m := hostileRecord()
	s := newServer(t, m, func(_ *Config, o *Options) {
		o.Notes = []string{hostile}
		o.Topics[0].Title = timeline.Text{"en": hostile}
		o.Topics[0].Query = hostile
	})
	for _, path := range []string{
		"/", "/topics/group-merger", "/articles", "/articles/" + m.articles[0].Article.ID, "/feeds", "/polls", "/incidents", "/incidents/" + m.incidents[0].ID,
		"/polls?feed=%22%3E%3Cscript%3E", "/articles?publisher=%22%3E%3Cscript%3E&feed=%22%3E%3Cscript%3E&lang=%22%3E", "/incidents?topic=%3Cscript%3E",
		"/%3Cscript%3E", "/articles?%3Cscript%3E=1",
	} {
		body := ask(s, "GET", path).Body.String()
		if !strings.Contains(path, "=") && !strings.Contains(path, "%3C") && !strings.Contains(body, "&lt;script&gt;") {
			t.Errorf("GET %s: the words are not shown", path)
		}
		body = own.ReplaceAllString(body, "")
		for _, tag := range tags.FindAllStringSubmatch(body, -1) {
			if name := strings.ToLower(tag[1]); name == "script" || name == "img" || name == "iframe" || name == "style" {
				t.Errorf("GET %s: an element %s", path, tag[0])
			}
			for _, attribute := range []string{" on", "javascript:", " style=", "data:text"} {
				if got := strings.ToLower(tag[2]); strings.Contains(unquoted(got), attribute) || strings.Contains(got, `href="`+attribute) {
					t.Errorf("GET %s: an attribute %s in %.200s", path, attribute, tag[0])
				}
			}
		}
		if strings.Contains(body, `href="javascript`) || strings.Contains(body, "ZgotmplZ") {
			t.Errorf("GET %s: a link to a script, or one that was cut out", path)
		}
		if limit := 200 << 10; !strings.HasPrefix(path, "/articles/") && len(body) > limit {
			t.Errorf("GET %s: %d bytes, want at most %d: long words are clipped on lists", path, len(body), limit)
		}
	}
}

var quoted = regexp.MustCompile(`"[^"]*"`)

// unquoted is the inside of a tag without the values of its attributes.
func unquoted(attributes string) string { return quoted.ReplaceAllString(attributes, `""`) }

func TestHostileTextInAPI(t *testing.T) {
	m := hostileRecord()
	s := newServer(t, m, nil)
	for _, path := range []string{"articles?limit=1", "stories", "events?limit=1", "counts?limit=1", "incidents", "feeds", "polls"} {
		w := ask(s, "GET", "/api/v1/"+path)
		if w.Code != http.StatusOK || !json.Valid(w.Body.Bytes()) || strings.Contains(w.Body.String(), "<script") {
			t.Errorf("GET %s: status %d, valid %v", path, w.Code, json.Valid(w.Body.Bytes()))
		}
	}
}

// TestBidiIsIsolated shows that a word from outside stands in an element that
// sets its own direction, and has nothing in it that reaches beyond.
func TestBidiIsIsolated(t *testing.T) {
	m := hostileRecord()
	m.articles[0].Article.Publisher = "\u202Eevil\u2066\u200fوكالة"
	s := newServer(t, m, nil)
	if body := ask(s, "GET", "/articles").Body.String(); !strings.Contains(body, "<bdi>evil\u200fوكالة</bdi>") {
		t.Error("the publisher is not in an element of its own, or has lost a mark that does no harm")
	}
	for _, path := range []string{"/", "/topics/group-merger", "/articles", "/feeds", "/polls", "/incidents", "/incidents/" + m.incidents[0].ID} {
		body := ask(s, "GET", path).Body.String()
		if found := regexp.MustCompile(`<bdi[^>]*>[^<]*[\x{202a}-\x{202e}\x{2066}-\x{2069}]`).FindString(body); found != "" {
			t.Errorf("GET %s: a direction is left open in %.200q", path, found)
		}
	}
}

func TestLongTitle(t *testing.T) {
	m := fill()
	m.articles[0].Article.Title, m.articles[0].Facts = strings.Repeat("مرصد", 1<<18), timeline.Facts{}
	w := ask(newServer(t, m, nil), "GET", "/articles/"+timeline.Hash("seed"))
	if w.Code != http.StatusOK || w.Body.Len() > 4*maxTitle || !strings.Contains(w.Body.String(), "longer than is shown here") {
		t.Errorf("status %d, %d bytes, want a page that says what is not on it", w.Code, w.Body.Len())
	}
}

func TestWebURL(t *testing.T) {
	for in, want := range map[string]string{
		"https://example.org/a?b=c": "https://example.org/a?b=c", "http://example.org": "http://example.org", "HTTPS://example.org/": "HTTPS://example.org/",
		"javascript:alert(1)": "", "data:text/html,x": "", "/local": "", "//example.org": "", "https:///x": "", "": "", "ftp://example.org": "",
		"java\nscript:x": "", "https:example.org": "",
	} {
		if got := webURL(in); got != want {
			t.Errorf("webURL(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestMessages holds both languages to the same keys, and the templates to keys
// that are there.
func TestMessages(t *testing.T) {
	read := func(language string) (words map[string]string) {
		text, err := fs.ReadFile(files, "messages/"+language+".json")
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &words); err != nil {
			t.Fatal(err)
		}
		return words
	}
	en, ar := read("en"), read("ar")
	for key := range en {
		if ar[key] == "" {
			t.Errorf("%s has no words in Arabic", key)
		}
	}
	for key := range ar {
		if en[key] == "" {
			t.Errorf("%s has no words in English", key)
		}
	}
	used := regexp.MustCompile(`\{\{-?\s*t "([^"]+)"`)
	names, err := fs.Glob(files, "templates/*.html")
	if err != nil || len(names) < 10 {
		t.Fatalf("%d templates, %v", len(names), err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range used.FindAllStringSubmatch(string(text), -1) {
			if en[match[1]] == "" {
				t.Errorf("%s: no words for %s", name, match[1])
			}
		}
	}
	for _, outcome := range []timeline.Outcome{
		timeline.OutcomeOK, timeline.OutcomeUnchanged, timeline.OutcomeDNS, timeline.OutcomeConnect, timeline.OutcomeTLS, timeline.OutcomeTimeout,
		timeline.OutcomeRefused, timeline.OutcomeRedirect, timeline.OutcomeHTTP, timeline.OutcomeTooLarge, timeline.OutcomeNotFeed, timeline.OutcomeParse,
		timeline.OutcomeUnauthorized, timeline.OutcomeForbidden, timeline.OutcomeNotFound, timeline.OutcomeGone, timeline.OutcomeRateLimited,
		timeline.OutcomeServerError, timeline.OutcomeBotWall, timeline.OutcomeWebPage,
	} {
		if en["outcome."+string(outcome)] == "" {
			t.Errorf("no words for the outcome %s", outcome)
		}
	}
	for _, condition := range timeline.FeedConditions() {
		if en["feed."+string(condition)] == "" {
			t.Errorf("no words for the condition %s", condition)
		}
	}
}

func TestArabicPage(t *testing.T) {
	s := newServer(t, fill(), func(_ *Config, o *Options) { o.Language = "ar" })
	body := ask(s, "GET", "/").Body.String()
	for _, want := range []string{`<html lang="ar" dir="rtl">`, "اندماج الجماعات", "إنذار", "الاسم لا يُحل"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page has no %q", want)
		}
	}
	body = ask(newServer(t, fill(), nil), "GET", "/").Body.String()
	for _, want := range []string{`<html lang="en" dir="ltr">`, `<bdi lang="ar" dir="auto">تقرير`, "Group merger", "name does not resolve", "Slack is not configured"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page has no %q", want)
		}
	}
}

func TestArticlePage(t *testing.T) {
	body := ask(newServer(t, fill(), nil), "GET", "/articles/"+timeline.Hash("seed")).Body.String()
	for _, want := range []string{
		`<mark class="date" title="since 2012-01-01 – 2012-12-31 (ar.year)" tabindex="0">عام 2012</mark>`,
		`<mark class="count" title="fighters: 12` + "\u202f" + `000–15` + "\u202f" + `000 (ar.between)" tabindex="0">ما بين 12 ألفاً إلى 15 ألف</mark>`,
		`<mark class="mention" title="Group merger" tabindex="0">اندماج</mark>`,
		`<a href="https://example.org/1" target="_blank" rel="noopener noreferrer">`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page has no %s", want)
		}
	}
}

// TestManyTopics goes beyond the cards of the first page.
func TestManyTopics(t *testing.T) {
	s := newServer(t, fill(), func(_ *Config, o *Options) {
		for i := range maxCards {
			o.Topics = append(o.Topics, timeline.Topic{Name: "t" + string(rune('a'+i%26)) + strings.Repeat("x", i/26)})
		}
	})
	body := ask(s, "GET", "/").Body.String()
	if got := strings.Count(body, `class="card"`); got != maxCards {
		t.Errorf("%d cards, want %d", got, maxCards)
	}
	if !strings.Contains(body, "More topics:") {
		t.Error("the rest is not named")
	}
}

func TestDurations(t *testing.T) {
	for in, want := range map[time.Duration]string{
		10 * time.Minute: "10m", time.Hour: "1h", 90 * time.Minute: "1h30m", 45 * time.Second: "45s", 24 * time.Hour: "24h", 20 * time.Minute: "20m",
	} {
		if got := formatDuration(in); got != want {
			t.Errorf("formatDuration(%d) = %q, want %q", in, got, want)
		}
	}
}
