package collector

import (
	"bytes"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"

	"marsad/timeline"
)

// Document is a feed as it was read.
type Document struct {
	Title   string
	Lang    string   // BCP 47 primary subtag in lower case, or empty
	Items   []Item   // in the document's order
	Repairs []string // what had to be repaired, for a person
}

// Item is one entry of a document, before it is known what is new about it.
type Item struct {
	GUID  string // trimmed; may be empty
	Link  string // absolute http(s) address, or empty
	Title string // plain text, one line
	Text  string // plain text; the longer of content and description

	// Summary is the description alone, as plain text; it is the beginning of
	// nothing and may be the same as Text.
	Summary string

	// Partial says that the item was read from a damaged part of the document and
	// may lack some of its text. It revises no known article.
	Partial bool

	// Published is in the feed's zone; zero when the document has no date that
	// can be read. ZoneAssumed says that the document names no zone and the
	// feed's was taken.
	Published   time.Time
	ZoneAssumed bool
}

// DocumentError says why a document is no feed.
type DocumentError struct {
	Outcome timeline.Outcome // OutcomeNotFeed or OutcomeParse
	Message string           // for a person
}

// Error implements error.
func (e *DocumentError) Error() string { return e.Message }

// MaxDepth is how deep the elements of a document may be nested. gofeed recurses
// over them, and a Go stack that overflows cannot be recovered from.
const MaxDepth = 10_000

// ParseDocument reads a feed (RSS 0.9 to 2.0, RDF, Atom, JSON Feed) out of the
// body of an answer, decompressed. Of the answer's header it uses Content-Type.
// Links are resolved against xml:base and base; dates without a zone are read in
// zone and all dates are given in it. It does no I/O and keeps nothing of body.
// The error is a *DocumentError.
func ParseDocument(body []byte, header http.Header, base *url.URL, zone *time.Location) (Document, error) {
	text, repairs := toUTF8(body, header.Get("Content-Type"))
	switch {
	case len(bytes.TrimSpace(text)) == 0:
		return Document{}, &DocumentError{timeline.OutcomeNotFeed, "an empty body came instead of a feed"}
	case deeperThan(text, MaxDepth):
		return Document{}, &DocumentError{timeline.OutcomeParse, fmt.Sprintf("elements are nested more than %d deep", MaxDepth)}
	}
	parsed, err := parseFeed(text)
	if err != nil {
		return Document{}, documentError(text, header, err)
	}
	doc := Document{
		Title:   plainTitle(parsed.Title),
		Lang:    primarySubtag(parsed.Language),
		Items:   make([]Item, 0, len(parsed.Items)),
		Repairs: repairs,
	}
	order := documentOrder(parsed.Items)
	for _, it := range parsed.Items {
		doc.Items = append(doc.Items, readItem(it, base, zone, order))
	}
	return doc, nil
}

// documentOrder finds what the document's dates of numbers mean, if it has any.
func documentOrder(items []*gofeed.Item) dayOrder {
	var numeric []string
	for _, it := range items {
		if m := it.Published; len(m) >= len("1/1/25") && (m[1] == '/' || m[2] == '/' || m[1] == '-' || m[2] == '-') {
			numeric = append(numeric, m)
		}
	}
	return slashOrder(numeric)
}

// parseFeed runs gofeed, which is not safe for concurrent use and may meet input
// it was never tried on: a panic costs this document and not the process.
func parseFeed(text []byte) (feed *gofeed.Feed, err error) {
	defer func() {
		if r := recover(); r != nil {
			feed, err = nil, fmt.Errorf("parser gave up: %v", r)
		}
	}()
	parser := gofeed.NewParser()
	// Looking for images in descriptions takes a fifth of the time.
	parser.RSSTranslator = &gofeed.DefaultRSSTranslator{DisableContentImageScan: true}
	feed, err = parser.Parse(bytes.NewReader(text))
	if err == nil && feed == nil {
		err = gofeed.ErrFeedTypeNotDetected
	}
	return feed, err
}

// documentError says what came instead of a feed.
func documentError(text []byte, header http.Header, cause error) *DocumentError {
	media, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil || media == "" {
		media = "no content type"
	}
	switch {
	case isWebPage(text):
		return &DocumentError{timeline.OutcomeNotFeed, fmt.Sprintf("a web page came instead of a feed (%s)", media)}
	case errors.Is(cause, gofeed.ErrFeedTypeNotDetected):
		return &DocumentError{timeline.OutcomeNotFeed, fmt.Sprintf("what came is no feed (%s, %d bytes)", media, len(text))}
	}
	return &DocumentError{timeline.OutcomeParse, fmt.Sprintf("feed cannot be read: %v", cause)}
}

// isWebPage reports whether the text begins like HTML.
func isWebPage(text []byte) bool {
	head := strings.ToLower(string(text[:min(len(text), 1024)]))
	for strings.HasPrefix(head, "<!--") {
		_, rest, found := strings.Cut(head, "-->")
		if !found {
			break
		}
		head = strings.TrimSpace(rest)
	}
	for _, start := range []string{"<!doctype html", "<html", "<head", "<body", "<script"} {
		if strings.HasPrefix(head, start) {
			return true
		}
	}
	return false
}

// deeperThan reports whether more than limit elements of the XML stand within
// one another. It looks at tags alone and takes no error: what it cannot make
// sense of the parser will refuse.
func deeperThan(text []byte, limit int) bool {
	depth := 0
	for {
		start := bytes.IndexByte(text, '<')
		if start < 0 {
			return false
		}
		text = text[start+1:]
		if rest, skipped := skipOpaque(text); skipped {
			text = rest
			continue
		}
		end := bytes.IndexByte(text, '>')
		if end < 0 {
			return false
		}
		switch tag := text[:end]; {
		case len(tag) == 0:
		case tag[0] == '/':
			depth = max(depth-1, 0)
		case tag[len(tag)-1] != '/' && tag[0] != '?' && tag[0] != '!':
			depth++
		}
		if depth > limit {
			return true
		}
	}
}

// skipOpaque skips a comment or a CDATA section that begins after its "<".
func skipOpaque(text []byte) (rest []byte, skipped bool) {
	for _, section := range []struct{ start, end string }{{"!--", "-->"}, {"![CDATA[", "]]>"}} {
		if body, found := bytes.CutPrefix(text, []byte(section.start)); found {
			if _, rest, found := bytes.Cut(body, []byte(section.end)); found {
				return rest, true
			}
			return nil, true
		}
	}
	return text, false
}

// primarySubtag gives "ar" for "ar-SA" or "AR_sa", and nothing for what is no
// language tag.
func primarySubtag(tag string) string {
	tag = strings.ToLower(strings.TrimSpace(tag))
	if i := strings.IndexAny(tag, "-_"); i >= 0 {
		tag = tag[:i]
	}
	if len(tag) < 2 || len(tag) > 3 {
		return ""
	}
	for _, c := range tag {
		if c < 'a' || c > 'z' {
			return ""
		}
	}
	return tag
}
