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
	"unicode"

	"github.com/mmcdole/gofeed"

	"marsad/timeline"
)

// Document is a feed as it was read.
type Document struct {
	Title   string
	Lang    string   // BCP 47 primary subtag in lower case, or empty
	Items   []Item   // in the document's order
	Repairs []string // what had to be repaired, for a person

	// Asked is the time between two changes that the document announces; 0 when it
	// does not.
	Asked time.Duration

	// Cut says that the document's end is missing. There may be more items than
	// those, so that nothing the server says of it holds for the next poll.
	Cut bool
}

// Item is one entry of a document, before it is known what is new about it.
type Item struct {
	GUID  string // trimmed; may be empty
	Link  string // absolute http(s) address, or empty
	Title string // plain text, one line
	Text  string // plain text; the longer of content and description

	// Summary is the description alone, as plain text, or Text where there is none.
	Summary string

	// Partial says that the item was read from a damaged part of the document and
	// may lack some of its text or its id. It revises no known article.
	Partial bool

	// Published is in the feed's zone; zero when the document has no date that
	// can be read. ZoneAssumed says that the document names no zone and the
	// feed's was taken; OrderAssumed, that it could be another day, were day and
	// month written the other way round.
	Published    time.Time
	ZoneAssumed  bool
	OrderAssumed bool
}

// DocumentError says why a document is no feed.
type DocumentError struct {
	Outcome timeline.Outcome // OutcomeWebPage, OutcomeNotFeed or OutcomeParse
	Message string           // for a person
}

// Error implements error.
func (e *DocumentError) Error() string { return e.Message }

// MaxDepth is how deep the elements of a document may be nested. gofeed recurses
// over them, and a Go stack that overflows cannot be recovered from.
const MaxDepth = 10_000

// ParseDocument reads a feed (RSS 0.9 to 2.0, RDF, Atom, JSON Feed) out of the
// body of an answer. What publishers break is repaired as far as it can be told
// (see Document.Repairs): encodings, markup, ends that are missing. Of the
// answer's header it uses Content-Type and Content-Location. Links are resolved
// against xml:base and base, or else the address of the feed's site; dates without
// a zone are read in zone and all dates are given in it. It does no I/O, keeps
// nothing of body and leaves it as it is. The error is a *DocumentError.
func ParseDocument(body []byte, header http.Header, base *url.URL, zone *time.Location) (Document, error) {
	body, inflated, err := inflate(body)
	if err != nil {
		return Document{}, &DocumentError{timeline.OutcomeParse, err.Error()}
	}
	text, repairs := toUTF8(body, header.Get("Content-Type"))
	if inflated {
		repairs = append([]string{"the body was still compressed"}, repairs...)
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return Document{}, &DocumentError{timeline.OutcomeNotFeed, "an empty body came instead of a feed"}
	}
	text, unwrapped := unwrap(text)
	repairs = append(repairs, unwrapped...)
	base = documentBase(header, base)
	parsed, r, err := parseText(text)
	if err != nil {
		return Document{}, documentError(text, header, base, err)
	}
	if r.cut && len(parsed.Items) == 0 {
		return Document{}, &DocumentError{timeline.OutcomeParse, "feed is cut off before the end of its first item"}
	}
	doc := Document{
		Title:   plainTitle(parsed.Title),
		Lang:    primarySubtag(parsed.Language),
		Items:   make([]Item, 0, len(parsed.Items)),
		Repairs: append(repairs, r.notes...),
		Asked:   askedByDocument(parsed),
		Cut:     r.cut,
	}
	if base == nil {
		if site, err := url.Parse(strings.TrimSpace(parsed.Link)); err == nil && isWeb(site) {
			base = site
		}
	}
	order := documentOrder(parsed.Items, orElse(doc.Lang, langOfTitles(parsed.Items)))
	for _, it := range parsed.Items {
		doc.Items = append(doc.Items, readItem(it, base, zone, order))
	}
	for _, i := range r.partial {
		if i < len(doc.Items) {
			doc.Items[i].Partial = true
		}
	}
	return doc, nil
}

// documentBase gives the address that relative ones count from: that of the
// document, unless its server names another (RFC 9110 section 8.7).
func documentBase(header http.Header, base *url.URL) *url.URL {
	location, err := url.Parse(header.Get("Content-Location"))
	if err != nil || location.String() == "" {
		return base
	}
	if base != nil {
		location = base.ResolveReference(location)
	}
	if !isWeb(location) {
		return base
	}
	return location
}

var errTooDeep = fmt.Errorf("elements are nested more than %d deep", MaxDepth)

// parseText has gofeed read the text, repaired where that is needed. A document
// that is sound is read once.
func parseText(text []byte) (*gofeed.Feed, repaired, error) {
	if text[0] == '{' {
		return parseJSON(text)
	}
	state := checkMarkup(text)
	var cause error
	if state.sound && !state.rewrite {
		if state.depth > MaxDepth {
			return nil, repaired{}, errTooDeep
		}
		feed, err := parseFeed(hideDates(text, state.dates))
		if err == nil {
			return feed, repaired{}, nil
		}
		cause = err
	}
	if isWebPage(text) {
		return nil, repaired{}, gofeed.ErrFeedTypeNotDetected
	}
	r, found := repairMarkup(text)
	if !found {
		return nil, repaired{}, orErr(cause, gofeed.ErrFeedTypeNotDetected)
	}
	again := checkMarkup(r.text)
	if again.depth > MaxDepth {
		return nil, repaired{}, errTooDeep
	}
	feed, err := parseFeed(hideDates(r.text, again.dates))
	if err != nil {
		return nil, repaired{}, orErr(cause, err)
	}
	if state.sound && cause == nil {
		r.notes, r.partial = nil, nil // rewritten, not repaired
	} else if len(r.notes) == 0 {
		r.notes = []string{repairTags}
	}
	return feed, r, nil
}

// parseJSON has gofeed read a JSON Feed, repaired when it could not be read.
func parseJSON(text []byte) (*gofeed.Feed, repaired, error) {
	feed, cause := parseFeed(text)
	if cause == nil {
		return feed, repaired{}, nil
	}
	r, found := repairJSON(text)
	if !found {
		return nil, repaired{}, cause
	}
	feed, err := parseFeed(r.text)
	if err != nil {
		return nil, repaired{}, cause
	}
	if len(r.notes) == 0 {
		r.notes = []string{repairTypes} // of a member that is not read
	}
	return feed, r, nil
}

func orErr(err, fallback error) error {
	if err == nil {
		return fallback
	}
	return err
}

// documentOrder finds what the document's dates of numbers mean, if it has any.
func documentOrder(items []*gofeed.Item, lang string) orderHint {
	var numeric []string
	for _, it := range items {
		if p := published(it); len(p) >= len("1/1/25") && strings.ContainsAny(p[1:3], "/-") {
			numeric = append(numeric, p)
		}
	}
	return findOrder(numeric, lang)
}

// langOfTitles tells the language of a document that names none, as far as its
// dates depend on it: Arabic by its letters.
func langOfTitles(items []*gofeed.Item) string {
	arabic, letters := 0, 0
	for _, it := range items {
		for _, r := range it.Title {
			if unicode.IsLetter(r) {
				letters++
				if unicode.Is(unicode.Arabic, r) {
					arabic++
				}
			}
		}
	}
	if 2*arabic > letters {
		return "ar"
	}
	return ""
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
	parser.RSSTranslator = &rssTranslator{gofeed.DefaultRSSTranslator{DisableContentImageScan: true}}
	feed, err = parser.Parse(bytes.NewReader(text))
	if err == nil && (feed == nil || feed.FeedType == "json" && feed.FeedVersion == "" && len(feed.Items) == 0) {
		err = gofeed.ErrFeedTypeNotDetected // any object of JSON is a feed to gofeed
	}
	return feed, err
}

// documentError says what came instead of a feed.
func documentError(text []byte, header http.Header, base *url.URL, cause error) *DocumentError {
	media, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil || media == "" {
		media = "no content type"
	}
	switch {
	case isWebPage(text):
		message := fmt.Sprintf("a web page came instead of a feed (%s)", media)
		if feeds := feedsOfPage(text, base); len(feeds) > 0 {
			message += "; the page names the feed " + feeds[0]
		}
		return &DocumentError{timeline.OutcomeWebPage, message}
	case errors.Is(cause, errTooDeep):
		return &DocumentError{timeline.OutcomeParse, cause.Error()}
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
