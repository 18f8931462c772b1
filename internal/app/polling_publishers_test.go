package app

import (
	"bufio"
	"crypto/sha256"
	"embed"
	"encoding/binary"
	"fmt"
	"html"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

//go:embed testdata/polling/*.txt
var pollingTexts embed.FS

// publishers serves made-up feeds: RSS of -polling.items with title, link, GUID,
// date and some ninety words, even feeds in Arabic and odd ones in English. What
// an item says follows from its feed and number alone. It knows which GUIDs it has
// served in a complete answer.
type publishers struct {
	start     time.Time   // when item 0 of every feed was published
	sentences [2][]string // Arabic, English
	words     [2][]string // of all of them

	mu         sync.Mutex
	newest     map[int]int // number of the newest item by feed; that of the first document when missing
	epoch      int
	validators bool
	errors     float64 // share of answers that are spoilt
	requests   int
	seconds    map[int64]int // requests by second
	served     map[string]bool
}

func newPublishers(start time.Time) (*publishers, error) {
	p := &publishers{start: start, newest: map[int]int{}, validators: true, seconds: map[int64]int{}, served: map[string]bool{}}
	for i, lang := range []string{"ar", "en"} {
		data, err := pollingTexts.ReadFile("testdata/polling/" + lang + ".txt")
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(string(data)) {
			if !strings.HasPrefix(line, "#") {
				p.sentences[i] = append(p.sentences[i], strings.TrimSpace(line))
				p.words[i] = append(p.words[i], strings.Fields(strings.ReplaceAll(line, "%d", ""))...)
			}
		}
	}
	return p, nil
}

// drawn gives a number in [0, n) that follows from the values.
func drawn(n uint64, values ...int) int {
	var input []byte
	for _, v := range values {
		input = binary.BigEndian.AppendUint64(input, uint64(v)) //nolint:gosec // any bits will do
	}
	sum := sha256.Sum256(input)
	return int(binary.BigEndian.Uint64(sum[:8]) % n) //nolint:gosec // below n
}

// sentence gives a sentence of an item. Every second word is another's, so that
// articles are as unlike each other as they are, unless a number is near.
func (p *publishers) sentence(feed, number, place int) string {
	lang := feed % 2
	of := p.sentences[lang]
	words := strings.Fields(of[drawn(uint64(len(of)), feed, number, place)])
	at := slices.Index(words, "%d")
	for i := range words {
		switch {
		case i == at:
			words[i] = strconv.Itoa(3 + drawn(800, feed, number, place, i))
		case (at < 0 || i < at-2 || i > at+4) && drawn(2, feed, number, place, i) == 0:
			words[i] = p.words[lang][drawn(uint64(len(p.words[lang])), feed, number, place, i, 1)]
		}
	}
	return strings.Join(words, " ")
}

// document is a feed as it is now, with the GUIDs of its items.
func (p *publishers) document(feed, newest int) (body string, guids []string) {
	var b strings.Builder
	fmt.Fprintf(&b, `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Feed %d</title><link>http://%d.example.org/</link><description/>`, feed, feed)
	for number := newest; number > newest-*pollingItems; number-- {
		guid := fmt.Sprintf("made-up:%d:%d", feed, number)
		guids = append(guids, guid)
		title := p.sentence(feed, number, -1)
		fmt.Fprintf(&b, "\n<item><title>%s %d</title><link>http://%d.example.org/news/%d.html</link><guid isPermaLink=\"false\">%s</guid><pubDate>%s</pubDate><description>",
			html.EscapeString(title[:strings.LastIndexByte(title, ' ')]), drawn(1e6, feed, number), feed, number, guid,
			p.start.Add(time.Duration(number)*time.Minute).Format(time.RFC1123Z))
		for place := range 6 {
			fmt.Fprintf(&b, "&lt;p&gt;%s&lt;/p&gt;", html.EscapeString(p.sentence(feed, number, place)))
		}
		b.WriteString("</description></item>")
	}
	b.WriteString("\n</channel></rss>")
	return b.String(), guids
}

// ServeHTTP serves /feed/N, and to the test /advance, /set and /served.
func (p *publishers) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	switch {
	case strings.HasPrefix(r.URL.Path, "/feed/"):
		feed, err := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/feed/"))
		if err != nil {
			http.NotFound(rw, r)
			return
		}
		p.serveFeed(rw, r, feed)
	case r.URL.Path == "/advance": // every tenth feed gets two items
		feeds, _ := strconv.Atoi(r.FormValue("feeds"))
		p.advance(feeds)
	case r.URL.Path == "/set":
		p.mu.Lock()
		defer p.mu.Unlock()
		p.validators = r.FormValue("validators") != "off"
		p.errors, _ = strconv.ParseFloat(r.FormValue("errors"), 64)
	case r.URL.Path == "/served":
		p.mu.Lock()
		defer p.mu.Unlock()
		w := bufio.NewWriter(rw)
		defer w.Flush()
		for guid := range p.served {
			fmt.Fprintln(w, guid)
		}
	case r.URL.Path == "/busiest": // requests in the busiest second since it was asked
		p.mu.Lock()
		defer p.mu.Unlock()
		most := 0
		for _, n := range p.seconds {
			most = max(most, n)
		}
		clear(p.seconds)
		fmt.Fprint(rw, most)
	default:
		http.NotFound(rw, r)
	}
}

func (p *publishers) advance(feeds int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.epoch++
	for feed := p.epoch % 10; feed < feeds; feed += 10 {
		newest, ok := p.newest[feed]
		if !ok {
			newest = *pollingItems - 1
		}
		p.newest[feed] = newest + 2
	}
}

// serveFeed answers one request.
func (p *publishers) serveFeed(rw http.ResponseWriter, r *http.Request, feed int) {
	p.mu.Lock()
	p.requests++
	p.seconds[time.Now().Unix()]++
	newest, ok := p.newest[feed]
	if !ok {
		newest = *pollingItems - 1
	}
	validators, spoil := p.validators, float64(drawn(1000, p.requests)) < 1000*p.errors
	kind := drawn(5, p.requests, 1)
	p.mu.Unlock()

	etag := fmt.Sprintf(`"%d"`, newest)
	if validators && !spoil {
		rw.Header().Set("ETag", etag)
		if r.Header.Get("If-None-Match") == etag {
			rw.WriteHeader(http.StatusNotModified)
			return
		}
	}
	body, guids := p.document(feed, newest)
	rw.Header().Set("Content-Type", "application/rss+xml; charset=utf-8")
	if spoil {
		spoiled(rw, kind, body)
		return
	}
	if _, err := rw.Write([]byte(body)); err != nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, guid := range guids {
		p.served[guid] = true
	}
}

// spoiled is one of the ways in which a poll goes wrong.
func spoiled(rw http.ResponseWriter, kind int, body string) {
	switch kind {
	case 0:
		rw.WriteHeader(http.StatusServiceUnavailable)
	case 1:
		panic(http.ErrAbortHandler) // the connection drops
	case 2: // cut off within an item
		_, _ = rw.Write([]byte(body[:len(body)/2]))
	case 3:
		rw.Header().Set("Content-Type", "text/html")
		fmt.Fprint(rw, "<!DOCTYPE html><html><body><p>Please come back later.</p></body></html>")
	case 4: // cut off by the network
		rw.Header().Set("Content-Length", strconv.Itoa(len(body)))
		_, _ = rw.Write([]byte(body[:len(body)/3]))
		panic(http.ErrAbortHandler)
	}
}
