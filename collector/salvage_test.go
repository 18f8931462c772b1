package collector

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"marsad/timeline"
)

// What is damaged is no news: the words that a damaged document lacks revise no
// article, and the next poll asks for all of it.
func TestPollDamaged(t *testing.T) {
	const tail = `<guid>a1</guid><title>Two groups merge</title><description>One two three.</description>`
	const fourth = `<guid>a4</guid><title>Talks fail</title><link>https://example.org/a/4</link>`
	feed := &changing{}
	b := newBench(t, feed, nil)
	feed.set(rss(second, tail))
	if p := b.poll(t).Poll; p.New != 2 {
		t.Fatalf("%d new: want 2", p.New)
	}
	steps := []struct {
		name     string
		document string
		want     timeline.Poll // the sums alone
		cut      bool
	}{
		{"cut in the text", strings.TrimSuffix(rss(second, tail), " three.</description></item></channel></rss>"), timeline.Poll{Fetched: 1, Known: 1}, true},
		{"not closed", strings.Replace(rss(strings.Replace(tail, " three.</description>", "", 1), second), "</item>", "", 1), timeline.Poll{Fetched: 2, Known: 2}, false},
		{"a new one not closed", strings.Replace(rss(third, second, tail), "</item>", "", 1), timeline.Poll{Fetched: 3, New: 1, Known: 2}, false},
		{"nothing but half a text", strings.Replace(rss("<title>One two</title>", second), "</item>", "", 1), timeline.Poll{Fetched: 2, Known: 1, Rejected: 1}, false},
		{"without its id", rss(third, second, strings.Replace(fourth, "</guid>", "<b></guid>", 1)), timeline.Poll{Fetched: 3, Known: 2, Rejected: 1}, false},
		{"a known one without its id", rss(strings.Replace(third, "a3</guid>", "</gui", 1), second), timeline.Poll{Fetched: 2, Known: 2}, false},
		{"sound again", rss(third, second, strings.Replace(tail, "three", "four", 1)), timeline.Poll{Fetched: 3, Known: 2, Revised: 1}, false},
	}
	for _, step := range steps {
		b.now = b.now.Add(10 * time.Minute)
		feed.set(step.document)
		before := b.record.states["feed"]
		result := b.poll(t)
		got := timeline.Poll{
			Fetched: result.Poll.Fetched, New: result.Poll.New, Known: result.Poll.Known,
			Revised: result.Poll.Revised, Rejected: result.Poll.Rejected,
		}
		if diff := cmp.Diff(step.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step.name, diff)
		}
		if kept := result.State.BodyHash == before.BodyHash; kept != step.cut {
			t.Errorf("%s: body hash of the document before kept: %t, want %t", step.name, kept, step.cut)
		}
	}
}

// A connection that breaks off leaves the items that came through, and no
// validator of the whole.
func TestPollCutOff(t *testing.T) {
	document := rss(first, second, third)
	through, _, _ := strings.Cut(document, "Talks end")
	b := newBench(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("ETag", `"whole"`)
		w.Header().Set("Content-Length", fmt.Sprint(len(document)))
		_, _ = w.Write([]byte(through)) // the reader may have gone
	}), nil)
	result := b.poll(t)
	if p := result.Poll; p.Outcome != timeline.OutcomeOK || p.New != 2 {
		t.Errorf("outcome %s (%s), %d new: want ok, 2", p.Outcome, p.Error, p.New)
	}
	if s := result.State; s.ETag != "" || s.BodyHash != "" {
		t.Errorf("kept ETag %q and body hash %q", s.ETag, s.BodyHash)
	}
}

func TestFeedsOfPage(t *testing.T) {
	page := `<!doctype html><head><link rel="stylesheet" href="/a.css"><link rel=alternate type="text/html" href="/ar">
		<link rel="alternate home" type="Application/RSS+xml" href="/rss.xml"><LINK TYPE="application/atom+xml" HREF="https://other.example/atom" REL="Alternate"/>
		<link rel=alternate type=application/rss+xml href=/rss.xml><link rel=alternate type=application/rss+xml></head>`
	base, err := url.Parse("https://example.org/news/")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"https://example.org/rss.xml", "https://other.example/atom"}
	if diff := cmp.Diff(want, feedsOfPage([]byte(page), base)); diff != "" {
		t.Errorf("feeds (-want +got):\n%s", diff)
	}
	_, err = ParseDocument([]byte(page), http.Header{"Content-Type": {"text/html"}}, base, time.UTC)
	if err == nil || err.Error() != "a web page came instead of a feed (text/html); the page names the feed https://example.org/rss.xml" {
		t.Errorf("error %v", err)
	}
}

func TestInflate(t *testing.T) {
	zip := func(plain []byte) []byte {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		if _, err := w.Write(plain); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	document := []byte(rss(first))
	for name, body := range map[string][]byte{"not": document, "once": zip(document), "twice": zip(zip(document))} {
		got, inflated, err := inflate(body)
		if err != nil || !bytes.Equal(got, document) || inflated != (name != "not") {
			t.Errorf("compressed %s: %d bytes, inflated %t, error %v", name, len(got), inflated, err)
		}
	}
	largest, _, err := inflate(zip(make([]byte, MaxInflated)))
	if err != nil || len(largest) != MaxInflated {
		t.Errorf("%d bytes, error %v: want all of the largest that is allowed", len(largest), err)
	}
	if _, _, err = inflate(zip(make([]byte, MaxInflated+1))); err == nil || !strings.Contains(err.Error(), "larger than 16777216 bytes") {
		t.Errorf("one byte more: error %v", err)
	}
	if _, err := ParseDocument([]byte{0x1f, 0x8b, 8, 1}, nil, nil, time.UTC); err == nil || !strings.Contains(err.Error(), "compressed body cannot be read") {
		t.Errorf("not gzip: error %v", err)
	}
}

func TestAbsoluteLink(t *testing.T) {
	base, err := url.Parse("https://example.org/news/rss")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, raw string
		base      *url.URL
		want      string
	}{
		{"absolute", "https://example.org/1", nil, "https://example.org/1"},
		{"white space around", " \n https://example.org/1\t", nil, "https://example.org/1"},
		{"a line break within", "https://example.org/\n1", nil, "https://example.org/1"},
		{"marks of direction", "\u200fhttps://example.org/1", nil, "https://example.org/1"},
		{"relative", "a/1", base, "https://example.org/news/a/1"},
		{"relative to nothing", "a/1", nil, ""},
		{"no scheme", "//example.org/1", nil, "https://example.org/1"},
		{"escaped twice", "https://example.org/?a=1&amp;b=2&amp=3", nil, "https://example.org/?a=1&b=2&amp=3"},
		{"a percent sign", "https://example.org/100%-sure%20%", nil, "https://example.org/100%25-sure%20%25"},
		{"a space", "https://example.org/a b", nil, "https://example.org/a%20b"},
		{"another scheme", "javascript:alert(1)", base, ""},
		{"nothing", " ", base, ""},
		{"no address", "http://[::1", nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := absoluteLink(tt.raw, tt.base); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// What is no feed is an error, whatever its form.
func TestParseDocumentNoFeed(t *testing.T) {
	for name, body := range map[string]string{
		"JSON of something else": `{"error":"not found"}`,
		"an array":               `[1]`,
		"XML of something else":  `<?xml version="1.0"?><opml><body/></opml>`,
		"plain text":             "Service unavailable",
		"a page without doctype": "<!-- x --><html><head></head></html>",
		"a page that is broken":  "<html><p>One<p>two <rss",
		"nothing":                " \n",
		"a declaration":          `<?xml version="1.0"?>`,
		"an open comment":        "<!--",
	} {
		t.Run(name, func(t *testing.T) {
			doc, err := ParseDocument([]byte(body), nil, nil, time.UTC)
			want := timeline.OutcomeNotFeed
			if strings.Contains(body, "<html>") {
				want = timeline.OutcomeWebPage
			}
			if wrong, ok := errors.AsType[*DocumentError](err); !ok || wrong.Outcome != want || len(doc.Items) > 0 {
				t.Errorf("%d items, error %v; want outcome %s", len(doc.Items), err, want)
			}
		})
	}
}

// Items of a feed in Arabic whose dates could be two days are dated as is usual,
// and marked; a future date is held.
func TestInspectMarks(t *testing.T) {
	document := rss(
		`<title>1</title><pubDate>01/02/2025 10:00</pubDate>`,
		`<title>2</title><pubDate>Sun, 12 Jan 2025 12:00:00 +0300</pubDate>`,
		`<title>3</title>`,
	)
	inspection := InspectDocument([]byte(document), nil, nil, baghdadZone(t), ready)
	got := make([]string, 0, 3)
	for _, entry := range inspection.Entries {
		published := "never"
		if entry.Published != nil {
			published = *entry.Published
		}
		got = append(got, published+" "+strings.Join(entry.Marks, " "))
	}
	want := []string{
		"2025-01-12T11:00:00+03:00 future-date zone-assumed day-order-assumed",
		"2025-01-12T11:00:00+03:00 future-date",
		"never undated",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
}
