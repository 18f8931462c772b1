package collector

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/textproto"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// itemJSON is a line of want.jsonl.
type itemJSON struct {
	Title        string `json:"title"`
	Link         string `json:"link"`
	GUID         string `json:"guid"`
	Published    string `json:"published,omitempty"` // RFC 3339 in the feed's zone
	ZoneAssumed  bool   `json:"zone_assumed,omitempty"`
	OrderAssumed bool   `json:"order_assumed,omitempty"`
	Partial      bool   `json:"partial,omitempty"`
	Text         string `json:"text"`
}

// Each folder of testdata/cases is a document: feed.xml (or .json), the headers
// it came with, if they matter, the items it holds, one a line, and the repairs it
// needs, if any, one a line.
func TestParseDocumentCases(t *testing.T) {
	folders, err := filepath.Glob("testdata/cases/*")
	if err != nil || len(folders) == 0 {
		t.Fatalf("no cases found: %v", err)
	}
	for _, folder := range folders {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			doc, err := ParseDocument(readCase(t, folder), readHeaders(t, folder), feedBase(t), baghdadZone(t))
			if err != nil {
				t.Fatal(err)
			}
			if os.Getenv("UPDATE_CASES") != "" {
				updateCase(t, folder, &doc)
			}
			if diff := cmp.Diff(readLines(t, filepath.Join(folder, "want.jsonl")), itemLines(t, &doc)); diff != "" {
				t.Errorf("items (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(readLines(t, filepath.Join(folder, "repairs")), repairLines(&doc)); diff != "" {
				t.Errorf("repairs (-want +got):\n%s", diff)
			}
		})
	}
}

// itemLines writes the items as want.jsonl has them.
func itemLines(tb testing.TB, doc *Document) string {
	tb.Helper()
	var lines strings.Builder
	encoder := json.NewEncoder(&lines)
	encoder.SetEscapeHTML(false)
	for _, it := range doc.Items {
		line := itemJSON{Title: it.Title, Link: it.Link, GUID: it.GUID, ZoneAssumed: it.ZoneAssumed, OrderAssumed: it.OrderAssumed, Partial: it.Partial, Text: it.Text}
		if !it.Published.IsZero() {
			line.Published = it.Published.Format(time.RFC3339Nano)
		}
		if err := encoder.Encode(line); err != nil {
			tb.Fatal(err)
		}
	}
	return lines.String()
}

func repairLines(doc *Document) string {
	if len(doc.Repairs) == 0 {
		return ""
	}
	return strings.Join(doc.Repairs, "\n") + "\n"
}

// readLines gives a file's text; nothing when there is none.
func readLines(tb testing.TB, name string) string {
	tb.Helper()
	text, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		tb.Fatal(err)
	}
	return string(text)
}

func updateCase(tb testing.TB, folder string, doc *Document) {
	tb.Helper()
	if err := os.WriteFile(filepath.Join(folder, "want.jsonl"), []byte(itemLines(tb, doc)), 0o600); err != nil {
		tb.Fatal(err)
	}
	if lines := repairLines(doc); lines != "" {
		if err := os.WriteFile(filepath.Join(folder, "repairs"), []byte(lines), 0o600); err != nil {
			tb.Fatal(err)
		}
	}
}

func TestParseDocumentRepairs(t *testing.T) {
	const german = `<rss version="2.0"><channel><title>Größe</title></channel></rss>`
	tests := []struct{ name, contentType, text, want string }{
		{"nothing to repair", "text/xml; charset=utf-8", german, "[]"},
		{"header wrong", "text/xml; charset=iso-8859-1", german, "[the HTTP header says windows-1252 but the text is UTF-8]"},
		{"declaration unknown", "text/xml", `<?xml version="1.0" encoding="x-new"?>` + strings.Replace(german, "ß", "\xdf", 1), "[the XML declaration names an unknown charset the text is not UTF-8: windows-1252 taken]"},
		{"ASCII under any name", "text/xml; charset=iso-8859-1", `<rss><channel/></rss>`, "[]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			doc, err := ParseDocument([]byte(tt.text), http.Header{"Content-Type": {tt.contentType}}, nil, time.UTC)
			if err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprint(doc.Repairs); got != tt.want {
				t.Errorf("repairs %s, want %s", got, tt.want)
			}
		})
	}
}

// What is nested deep but not too deep is read, in CDATA and comments at any
// depth: only elements count.
func TestParseDocumentDepth(t *testing.T) {
	deep := strings.Repeat("<x>", MaxDepth-100) + strings.Repeat("</x>", MaxDepth-100)
	tests := map[string]string{
		"elements": deep,
		"CDATA":    "<description><![CDATA[" + strings.Repeat("<p>", 2*MaxDepth) + "]]></description>",
		"comment":  "<!--" + strings.Repeat("<p>", 2*MaxDepth) + "-->",
		"empty":    strings.Repeat("<x/>", 2*MaxDepth),
	}
	for name, inner := range tests {
		t.Run(name, func(t *testing.T) {
			doc, err := ParseDocument([]byte(rss("<title>News</title>"+inner)), nil, nil, time.UTC)
			if err != nil || len(doc.Items) != 1 {
				t.Errorf("%d items, error %v", len(doc.Items), err)
			}
		})
	}
}

func FuzzParseDocument(f *testing.F) {
	folders, err := filepath.Glob("testdata/cases/*")
	if err != nil || len(folders) == 0 {
		f.Fatalf("no seeds found: %v", err)
	}
	for _, folder := range folders {
		f.Add(readCase(f, folder), "text/xml")
	}
	f.Add([]byte("<html>"), "text/html; charset=windows-1256")
	f.Add([]byte("<rss><channel><item><title>x</title></item>"), "")
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		doc, err := ParseDocument(body, http.Header{"Content-Type": {contentType}}, feedBase(t), time.UTC)
		if err != nil {
			var wrong *DocumentError
			if !errors.As(err, &wrong) || wrong.Outcome.Succeeded() || wrong.Message == "" {
				t.Errorf("error %#v", err)
			}
			return
		}
		for _, it := range doc.Items {
			for _, s := range []string{it.Title, it.Text, it.GUID, it.Link} {
				if !utf8.ValidString(s) {
					t.Errorf("not UTF-8: %q", s)
				}
			}
			if u, err := url.Parse(it.Link); err != nil || it.Link != "" && !isWeb(u) {
				t.Errorf("link %q", it.Link)
			}
			if strings.Contains(it.Title, "\n") {
				t.Errorf("title of two lines: %q", it.Title)
			}
		}
	})
}

func readCase(tb testing.TB, folder string) []byte {
	tb.Helper()
	found, err := filepath.Glob(filepath.Join(folder, "feed.*"))
	if err != nil || len(found) != 1 {
		tb.Fatalf("%s holds %d feeds: want one", folder, len(found))
	}
	document, err := os.ReadFile(found[0])
	if err != nil {
		tb.Fatal(err)
	}
	return document
}

func readHeaders(tb testing.TB, folder string) http.Header {
	tb.Helper()
	text, err := os.ReadFile(filepath.Join(folder, "headers"))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		tb.Fatal(err)
	}
	header, err := textproto.NewReader(bufio.NewReader(bytes.NewReader(append(text, '\n')))).ReadMIMEHeader()
	if err != nil {
		tb.Fatal(err)
	}
	return http.Header(header)
}

func feedBase(tb testing.TB) *url.URL {
	tb.Helper()
	u, err := url.Parse("https://feeds.example/rss")
	if err != nil {
		tb.Fatal(err)
	}
	return u
}

func baghdadZone(tb testing.TB) *time.Location {
	tb.Helper()
	zone, err := time.LoadLocation("Asia/Baghdad")
	if err != nil {
		tb.Fatal(err)
	}
	return zone
}
