package collector

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"marsad/timeline"
)

// PageRecord is where articles wait for their pages.
type PageRecord interface {
	// PendingPages gives pages that are due, the longest due first.
	PendingPages(ctx context.Context, at time.Time, limit int) ([]timeline.PendingPage, error)
	// Article gives an article with its facts; timeline.ErrNotFound when it is gone.
	Article(ctx context.Context, id string) (timeline.ReadArticle, error)
	// CommitPage records what became of a try.
	CommitPage(ctx context.Context, result timeline.PageResult) error
}

// The bounds of one call of ReadPages.
const (
	pagesAtOnce  = 200 // taken from the record
	pagesOfHost  = 10  // of one host; the rest stays due
	pageHosts    = 4   // at work
	pageInterval = time.Second
	maxPageBytes = 4 << 20
)

// pageRetries is how long a page that could not be had waits for its next try;
// after the last it is given up. All lie within the six hours for which steps are
// counted anew.
var pageRetries = []time.Duration{5 * time.Minute, 30 * time.Minute, 2 * time.Hour}

// maxPageWait is the longest that a server may ask us to wait.
const maxPageWait = 2 * time.Hour

const acceptPages = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"

// pageReader fetches pages of articles and takes their text, as sites allow it.
type pageReader struct {
	fetcher *fetcher
	robots  *robots

	limits *limits // are told what sites ask for

	interval time.Duration // between two pages of a host
}

func newPageReader(f *fetcher, userAgent string, now func() time.Time, limits *limits) *pageReader {
	own := *f
	own.maxBytes = min(own.maxBytes, maxPageBytes)
	return &pageReader{fetcher: &own, robots: newRobots(f, userAgent, now), limits: limits, interval: pageInterval}
}

// pageAnswer is how a page was had, or not.
type pageAnswer struct {
	*answer
	text  string
	delay time.Duration // until the host's next page
}

// read fetches the article's page and takes its text. Requests go out under the
// rules of polls, each only when the robots.txt of its site allows it.
func (r *pageReader) read(ctx context.Context, s *source, a *timeline.Article) (pageAnswer, *failure) {
	got := pageAnswer{answer: &answer{}, delay: r.interval}
	u, err := url.Parse(a.URL)
	if err != nil || !isWeb(u) {
		return got, &failure{timeline.OutcomeRefused, "the article has no web address"}
	}
	ctx, cancel := context.WithTimeout(ctx, r.fetcher.timeout)
	defer cancel()
	of := *s
	of.accept = acceptPages
	for next, hops := u, 0; next != nil; hops++ {
		if hops > r.fetcher.maxRedirects {
			return got, r.fetcher.fetchFailure(errTooManyRedirects, next)
		}
		if err := r.fetcher.private.checkURL(next); err != nil {
			return got, r.fetcher.fetchFailure(err, next)
		}
		delay, failed := r.robots.check(ctx, next)
		if failed != nil {
			return got, failed
		}
		r.limits.ask(next, delay)
		got.delay = max(got.delay, delay)
		got.answer, next, err = r.fetcher.request(ctx, &of, next, "", "")
		if errors.Is(err, errTooLarge) {
			return got, &failure{timeline.OutcomeTooLarge, fmt.Sprintf("the page is larger than %d bytes", r.fetcher.maxBytes)}
		}
		if err != nil {
			return got, r.fetcher.fetchFailure(err, got.url)
		}
	}
	if failed := statusFailure(got.answer, false); failed != nil {
		return got, failed
	}
	known := a.Text
	if a.FromPage {
		known = "" // of the same page, when it was read before
	}
	text, failed := mainText(got.body, got.header.Get("Content-Type"), got.url, a.Title, known)
	got.text = text
	return got, failed
}

// ReadPages reads the pages of articles that are due, a few hosts at a time and
// one page of a host after the other, and records what became of each. It says how
// many it tried. The error is that of the record; what could not be recorded is
// tried again.
func (c *Collector) ReadPages(ctx context.Context) (tried int, err error) {
	due, err := c.pages.PendingPages(ctx, c.now(), pagesAtOnce)
	if err != nil {
		return 0, fmt.Errorf("pages to read: %w", err)
	}
	hosts := make(map[string][]timeline.PendingPage)
	for _, p := range due {
		host := ""
		if u, err := url.Parse(p.URL); err == nil {
			host = hostKey(u)
		}
		if len(hosts[host]) < pagesOfHost {
			hosts[host] = append(hosts[host], p)
			tried++
		}
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(pageHosts)
	for _, host := range slices.Sorted(maps.Keys(hosts)) {
		group.Go(func() error { return c.readHost(ctx, hosts[host]) })
	}
	return tried, group.Wait()
}

// readHost reads pages of one host.
func (c *Collector) readHost(ctx context.Context, pages []timeline.PendingPage) error {
	var busy *timeline.PageResult // of a host that asked for less
	for i := range pages {
		p := &pages[i]
		if busy != nil {
			put := *busy
			put.Article, put.Before, put.Tries = p.Article, p.Tries, p.Tries
			if err := c.commitPage(ctx, p, &put); err != nil {
				return err
			}
			continue
		}
		result, delay, err := c.readPage(ctx, p)
		if errors.Is(err, timeline.ErrNotFound) {
			continue // pruned, and with it what waited
		}
		if err != nil {
			return err
		}
		if err := c.commitPage(ctx, p, &result); err != nil {
			return err
		}
		if isBusy(result.Status) && !result.Next.IsZero() {
			busy = &result
		}
		if i < len(pages)-1 && busy == nil {
			if err := pause(ctx, delay); err != nil {
				return err
			}
		}
	}
	return nil
}

// readPage tries a page. The error is that of the record, or ctx has ended.
func (c *Collector) readPage(ctx context.Context, p *timeline.PendingPage) (result timeline.PageResult, delay time.Duration, err error) {
	result = timeline.PageResult{Article: p.Article, At: c.now(), Before: p.Tries, Tries: p.Tries}
	s := c.sources[p.Feed]
	if s == nil || !s.fullText {
		result.Outcome, result.Error = timeline.OutcomeOff, "full_text of the feed was turned off"
		return result, 0, nil
	}
	read, err := c.pages.Article(ctx, p.Article)
	if err != nil {
		return result, 0, fmt.Errorf("article %s: %w", p.Article, err)
	}
	u, err := url.Parse(p.URL)
	if err != nil {
		u = s.url // it will be refused
	}
	release, err := c.limits.acquire(ctx, u)
	if err != nil {
		return result, 0, err
	}
	got, failed := c.pageReader.read(ctx, s, &read.Article)
	release()
	if ctx.Err() != nil {
		return result, 0, fmt.Errorf("page of article %s broken off: %w", p.Article, ctx.Err())
	}
	result.At, result.Status = c.now(), got.status
	if failed != nil {
		result.Outcome, result.Error = failed.outcome, oneLine(failed.message)
		result.Tries++
		result.Next = nextTry(&result, p.Tries, got.answer)
		return result, got.delay, nil
	}
	read.Article.Text, read.Article.FromPage = got.text, true
	read.Facts = c.reader.Read(&read.Article)
	result.Outcome, result.Read = timeline.OutcomeOK, &read
	return result, got.delay, nil
}

// nextTry gives when to try a page again that failed; zero when it would not help,
// or there were tries enough.
func nextTry(result *timeline.PageResult, before int, a *answer) time.Time {
	if !mayPass(result) || before >= len(pageRetries) {
		return time.Time{}
	}
	wait := pageRetries[before]
	if isBusy(a.status) {
		if seconds, err := strconv.Atoi(a.header.Get("Retry-After")); err == nil {
			wait = min(max(wait, time.Duration(seconds)*time.Second), maxPageWait)
		}
	}
	return result.At.Add(wait)
}

// mayPass reports whether a failure may be over by itself.
func mayPass(result *timeline.PageResult) bool {
	switch result.Outcome {
	case timeline.OutcomeDNS, timeline.OutcomeConnect, timeline.OutcomeTimeout, timeline.OutcomeTLS,
		timeline.OutcomeServerError, timeline.OutcomeRateLimited, timeline.OutcomeForbidden, timeline.OutcomeBotWall:
		return true
	case timeline.OutcomeHTTP:
		return result.Status == 0 || result.Status == http.StatusRequestTimeout
	default:
		return false
	}
}

func isBusy(status int) bool {
	return status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable
}

func (c *Collector) commitPage(ctx context.Context, p *timeline.PendingPage, result *timeline.PageResult) error {
	if err := c.pages.CommitPage(ctx, *result); err != nil {
		return fmt.Errorf("page of article %s: %w", p.Article, err)
	}
	c.logger.Debug("page tried", "feed", p.Feed, "article", p.Article, "outcome", result.Outcome, "error", result.Error,
		"given_up", result.Read == nil && result.Next.IsZero())
	if c.observePage != nil {
		c.observePage(*result)
	}
	return nil
}

// pause waits for so long, or until ctx ends.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
