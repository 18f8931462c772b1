package collector

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// fetcher makes the requests of polls.
type fetcher struct {
	transport    http.RoundTripper // no http.Client: get decides what goes along on a redirect
	private      AllowPrivate
	userAgent    string
	timeout      time.Duration
	maxBytes     int64
	maxRedirects int

	rooms *sync.Pool // of *bytes.Buffer, which bodies were read into
}

// newFetcher builds a transport of its own for the section's limits, unless it
// is given one.
func newFetcher(cfg *Config, transport http.RoundTripper) (*fetcher, error) {
	if transport == nil {
		own, err := newTransport(cfg)
		if err != nil {
			return nil, err
		}
		transport = own
	}
	return &fetcher{
		transport:    transport,
		private:      cfg.AllowPrivate,
		userAgent:    cfg.UserAgent,
		timeout:      cfg.Timeout,
		maxBytes:     int64(cfg.MaxBytes),
		maxRedirects: cfg.MaxRedirects,
		rooms:        &sync.Pool{New: func() any { return new(bytes.Buffer) }},
	}, nil
}

// closeIdle ends the connections that wait for another request.
func (f *fetcher) closeIdle() {
	if t, ok := f.transport.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}

// readBuffer is what is read of a connection at once: a document is ten times Go's
// own 4 KB.
const readBuffer = 16 << 10

// maxHeaderBytes is what a server may send before the body.
const maxHeaderBytes = 256 << 10

func newTransport(cfg *Config) (*http.Transport, error) {
	t := &http.Transport{
		ForceAttemptHTTP2:      true,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    connectTimeout,
		MaxIdleConns:           2 * cfg.Concurrency,
		MaxIdleConnsPerHost:    cfg.PerHost,
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: maxHeaderBytes,
		ReadBufferSize:         readBuffer,
	}
	proxyAddress := ""
	if !cfg.Proxy.IsZero() {
		proxy, err := url.Parse(cfg.Proxy.Reveal())
		if err != nil || proxy.Hostname() == "" {
			return nil, errors.New("collector.proxy: not an address: write it as in http://proxy.example.org:3128")
		}
		port := map[string]string{"http": "80", "https": "443", "socks5": "1080", "socks5h": "1080"}[proxy.Scheme]
		if port == "" {
			return nil, fmt.Errorf("collector.proxy: %q is no scheme of a proxy: write http, https or socks5", proxy.Scheme)
		}
		proxyAddress = net.JoinHostPort(proxy.Hostname(), orElse(proxy.Port(), port))
		t.Proxy = http.ProxyURL(proxy)
	}
	t.DialContext = cfg.AllowPrivate.dialer(proxyAddress)
	return t, nil
}

// answer is what a server said in the end, or how far it got.
type answer struct {
	url    *url.URL // that was asked, after redirects
	status int      // 0 when there was no answer
	header http.Header
	body   []byte        // decoded; nil unless status is 200
	cut    bool          // the connection broke off in the body
	room   *bytes.Buffer // what body lies in

	// moved is where permanent redirects alone led to, before any other; nil when
	// there was none.
	moved *url.URL
	// page is the begin of what came with another status than 200.
	page []byte
}

// Errors of get that are not the network's.
var (
	errTooLarge         = errors.New("body is larger than allowed")
	errTooManyRedirects = errors.New("too many redirects")
	errNowhere          = errors.New("redirect leads nowhere")
)

// accept names the types of feeds, and takes anything rather than a 406.
const accept = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1"

// get asks for all of the source's document at its configured address.
func (f *fetcher) get(ctx context.Context, s *source) (*answer, error) {
	return f.getFrom(ctx, s, s.url, "", "")
}

// getFrom asks for the source's document, conditionally when there are validators.
// They are sent back as the server spelt them (RFC 9110 section 13.1). The whole
// of it, redirects and body included, takes no longer than the timeout. The
// answer is never nil.
func (f *fetcher) getFrom(ctx context.Context, s *source, at *url.URL, etag, lastModified string) (*answer, error) {
	ctx, cancel := context.WithTimeout(ctx, f.timeout)
	defer cancel()
	a, next, err := f.request(ctx, s, at, etag, lastModified)
	var moved *url.URL
	permanent := true
	for range f.maxRedirects {
		if err != nil || next == nil {
			break
		}
		if permanent = permanent && isPermanent(a.status); permanent {
			moved = next
		}
		a, next, err = f.request(ctx, s, next, etag, lastModified)
	}
	if err == nil && next != nil {
		err = errTooManyRedirects
	}
	a.moved = moved
	return a, err
}

// request makes one request. next is where a redirect leads.
func (f *fetcher) request(ctx context.Context, s *source, at *url.URL, etag, lastModified string) (a *answer, next *url.URL, err error) {
	a = &answer{url: at}
	if err := f.private.checkURL(at); err != nil {
		return a, nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), http.NoBody)
	if err != nil {
		return a, nil, err
	}
	req.Header.Set("User-Agent", f.userAgent)
	req.Header.Set("Accept", orElse(s.accept, accept))
	if etag != "" {
		req.Header.Set("If-None-Match", etag)
	}
	if lastModified != "" {
		req.Header.Set("If-Modified-Since", lastModified)
	}
	if sameHost(s.url, at) {
		maps.Copy(req.Header, s.headers)
	}
	if at.User != nil {
		password, _ := at.User.Password()
		req.SetBasicAuth(at.User.Username(), password)
	}
	resp, err := f.transport.RoundTrip(req)
	if err != nil {
		return a, nil, err
	}
	defer resp.Body.Close() // read to its end, the connection serves the next request
	a.status, a.header = resp.StatusCode, resp.Header
	switch {
	case isRedirect(resp.StatusCode):
		readPageHead(resp.Body)
		next, err = at.Parse(resp.Header.Get("Location"))
		if err != nil || resp.Header.Get("Location") == "" {
			return a, nil, errNowhere
		}
		return a, next, nil
	case resp.StatusCode == http.StatusOK:
		err = f.readBody(a, resp)
		if err == nil && int64(len(a.body)) > f.maxBytes {
			err = errTooLarge
		}
		if errors.Is(err, io.ErrUnexpectedEOF) && len(a.body) > 0 {
			a.cut, err = true, nil // what came may hold complete items
		}
	default:
		a.page = readPageHead(resp.Body)
	}
	return a, nil, err
}

// readBody reads the answer's body where another has been read before: documents
// are most of what a poll would leave to be collected.
func (f *fetcher) readBody(a *answer, resp *http.Response) error {
	room := f.rooms.Get().(*bytes.Buffer)
	room.Reset()
	if n := min(resp.ContentLength, maxRoom-bytes.MinRead); n > 0 {
		room.Grow(int(n) + bytes.MinRead)
	}
	_, err := room.ReadFrom(io.LimitReader(resp.Body, f.maxBytes+1))
	a.room, a.body = room, room.Bytes()
	return err
}

// maxRoom is the largest room that is kept for another body.
const maxRoom = 1 << 20

// release gives back what the body was read into. The answer has none any more.
func (f *fetcher) release(a *answer) {
	if a.room != nil && a.room.Cap() <= maxRoom {
		f.rooms.Put(a.room)
	}
	a.room, a.body = nil, nil
}

// maxPageHead is how much is read of a body that is not asked for. One that is
// longer costs its connection.
const maxPageHead = 64 << 10

// readPageHead reads what comes with a status that says it all: an error here
// says nothing more.
func readPageHead(body io.Reader) []byte {
	head, _ := io.ReadAll(io.LimitReader(body, maxPageHead))
	return head
}

// sameHost reports whether what is meant for one address may go to the other: to
// the same host and port, and from http to https but never back.
func sameHost(own, to *url.URL) bool {
	if own.Scheme == to.Scheme {
		return own.Host == to.Host
	}
	return to.Scheme == "https" && own.Hostname() == to.Hostname() && own.Port() == "" && to.Port() == ""
}

// isPermanent reports whether a redirect is to be remembered (RFC 9110 section
// 15.4).
func isPermanent(status int) bool {
	return status == http.StatusMovedPermanently || status == http.StatusPermanentRedirect
}

func isRedirect(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	default:
		return false
	}
}
