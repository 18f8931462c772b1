package collector

import (
	"bytes"
	"compress/gzip"
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
