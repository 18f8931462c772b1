package collector

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"marsad/timeline"
)

// Reasons for which an item is rejected, as the ledger names them.
const (
	ReasonEmpty     = "empty"     // neither title nor text
	ReasonDuplicate = "duplicate" // the same identity a second time in one document
	ReasonTooMany   = "too_many"  // beyond collector.max_items
	ReasonPartial   = "partial"   // of a damaged part of the document, which left nothing to know it by
)

// Poll looks at a feed once, for the tick scheduled, and records what it found:
// ledger row, articles and the feed's new state, all or nothing. It waits for a
// place among the polls at work. A feed that cannot be fetched or read is a row
// like any other and no error. The error is ErrUnknownFeed, or ctx has ended, or
// the record cannot be read or written; then nothing is changed, and the next
// poll is given the same items again.
func (c *Collector) Poll(ctx context.Context, feed string, scheduled time.Time) (timeline.Poll, error) {
	result, err := c.poll(ctx, ctx, feed, scheduled)
	if err != nil {
		return timeline.Poll{}, err
	}
	return result.Poll, nil
}

// Errors of Poll for feeds that are not polled.
var (
	ErrUnknownFeed = errors.New("feed not polled")
	ErrGone        = errors.New("feed is gone for good (410) and not polled until its entry in the configuration changes")
)

// poll waits for a place while begin lasts, and polls while ctx does. It waits on a small stack, before it has called
// the record or holds anything large: of ten thousand feeds that are due at once
// nearly all wait.
func (c *Collector) poll(begin, ctx context.Context, feed string, scheduled time.Time) (*timeline.PollResult, error) {
	s, known := c.sources[feed]
	if !known {
		return nil, fmt.Errorf("%w: %q", ErrUnknownFeed, feed)
	}
	for at := s.askedAt(); ; {
		release, err := c.place(begin, at)
		if err != nil {
			return nil, err
		}
		result, moved, err := c.pollFrom(ctx, s, at, scheduled)
		release()
		if moved == nil {
			return result, err
		}
		at = moved
		s.asked.Store(at)
	}
}

// pollFrom polls the feed from a place at the host of an address. When it is asked
// for at another host it is not polled, and moved is the address there.
func (c *Collector) pollFrom(ctx context.Context, s *source, from *url.URL, scheduled time.Time) (polled *timeline.PollResult, moved *url.URL, err error) {
	state, err := c.record.FeedState(ctx, s.name)
	if err != nil {
		return nil, nil, fmt.Errorf("state of feed %q: %w", s.name, err)
	}
	begin := s.begin(state, c.now())
	if begin.Pace.Gone {
		return nil, nil, fmt.Errorf("feed %q: %w", s.name, ErrGone)
	}
	if at := s.address(&begin.Pace); hostKey(at) != hostKey(from) {
		return nil, at, nil
	}
	c.running.Add(1)
	defer c.running.Add(-1)

	result, drop, err := c.look(ctx, s, begin, scheduled)
	defer drop()
	if err != nil {
		return nil, nil, err
	}
	if err := c.record.CommitPoll(ctx, result); err != nil {
		if ctx.Err() == nil {
			c.unrecorded.add(&result.Poll, err)
		}
		return nil, nil, fmt.Errorf("poll of feed %q not recorded: %w", s.name, err)
	}
	c.unrecorded.clear(s.name)
	c.logPoll(ctx, &result, &begin)
	if c.observe != nil {
		c.observe(result.Poll, result.Articles)
	}
	return &result, nil, nil
}

// place waits for a place among the polls at work and at the host of the address.
func (c *Collector) place(ctx context.Context, at *url.URL) (release func(), err error) {
	c.waiting.Add(1)
	defer c.waiting.Add(-1)
	return c.limits.acquire(ctx, at)
}

// look fetches, reads and compares. It changes nothing. The caller calls drop when
// it needs the result no more, also when there is an error.
func (c *Collector) look(ctx context.Context, s *source, old timeline.FeedState, scheduled time.Time) (result timeline.PollResult, drop func(), err error) {
	began := c.now()
	drop = func() {}
	result = timeline.PollResult{Poll: timeline.Poll{
		ID:        timeline.PollID(s.name, scheduled),
		Feed:      s.name,
		Scheduled: scheduled.UTC(),
		At:        began.UTC(),
	}}
	poll := &result.Poll

	seen := sighting{doubted: s.doubts(&old, began)}
	asked := old // what the server is told is known
	if !s.conditional || seen.doubted || !old.Pace.Stuck.IsZero() {
		asked.ETag, asked.LastModified = "", ""
	}
	a, err := c.fetcher.getFrom(ctx, s, s.address(&old.Pace), asked.ETag, asked.LastModified)
	if ctx.Err() != nil {
		return result, drop, fmt.Errorf("poll of feed %q broken off: %w", s.name, ctx.Err())
	}
	poll.Status, poll.Bytes = a.status, int64(len(a.body))
	if a.status == http.StatusOK {
		if err := take(ctx, c.holding); err != nil {
			return result, drop, fmt.Errorf("poll of feed %q broken off: %w", s.name, err)
		}
		drop = func() { <-c.holding }
	}
	if err := take(ctx, c.reading); err != nil {
		return result, drop, fmt.Errorf("poll of feed %q broken off: %w", s.name, err)
	}
	defer func() { <-c.reading }()
	doc, bodyHash, failed := c.read(s, &asked, a, err)
	c.fetcher.release(a)
	seen.doc, seen.full = doc, a.status == http.StatusOK
	habits := old.Habits
	switch {
	case failed != nil:
		poll.Outcome, poll.Error = failed.outcome, oneLine(failed.message)
	case doc == nil:
		poll.Outcome = timeline.OutcomeUnchanged
	default:
		poll.Outcome = timeline.OutcomeOK
		if seen.fresh, habits, err = c.sort(ctx, s, &old, doc, &result); err != nil {
			return result, drop, err
		}
	}
	result.State = s.nextState(old, poll, a, bodyHash)
	result.State.Habits = habits
	if poll.Outcome.Succeeded() {
		s.learn(&result.State.Pace, &old, &seen, a, poll.At)
	}
	result.State.NextPoll = c.next(s, &result.State, poll, a)
	poll.Took = c.now().Sub(began)
	return result, drop, nil
}

// read makes a document of what get returned; none when it is that of last time.
func (c *Collector) read(s *source, old *timeline.FeedState, a *answer, err error) (doc *Document, bodyHash string, failed *failure) {
	if err != nil {
		return nil, "", c.fetcher.fetchFailure(err, a.url)
	}
	if failed := statusFailure(a, old.ETag != "" || old.LastModified != ""); failed != nil {
		return nil, "", failed
	}
	if a.status == http.StatusNotModified {
		return nil, "", nil
	}
	sum := sha256.Sum256(a.body)
	bodyHash = hex.EncodeToString(sum[:])
	if bodyHash == old.BodyHash {
		return nil, bodyHash, nil
	}
	parsed, err := ParseDocument(a.body, a.header, a.url, s.zone)
	switch {
	case err != nil && a.cut:
		return nil, "", c.fetcher.fetchFailure(io.ErrUnexpectedEOF, a.url)
	case err != nil:
		return nil, "", documentFailure(err, a)
	case a.cut || parsed.Cut:
		bodyHash = "" // the next poll is to ask for all of it
	}
	if len(parsed.Repairs) > 0 {
		c.logger.Debug("document repaired", "feed", s.name, "repairs", parsed.Repairs)
	}
	return &parsed, bodyHash, nil
}

// maxError is how much of an error's text the ledger keeps: parts of it may come
// from the feed's server. In bytes.
const maxError = 300

// oneLine makes what may hold a server's own words fit for a log.
func oneLine(s string) string {
	s = strings.Join(strings.Fields(strings.Map(dropInvisible, strings.ToValidUTF8(s, "\ufffd"))), " ")
	if len(s) > maxError {
		s = strings.ToValidUTF8(s[:maxError], "") + "…"
	}
	return s
}

// documentFailure tells what came instead of a feed.
func documentFailure(err error, a *answer) *failure {
	failed := parseFailure(err)
	if failed.outcome == timeline.OutcomeWebPage {
		if wall := wallOf(a.header, a.body); wall != "" {
			return wallFailure(wall, "HTTP 200 OK")
		}
	}
	return failed
}

func parseFailure(err error) *failure {
	if wrong, ok := errors.AsType[*DocumentError](err); ok {
		return &failure{wrong.Outcome, wrong.Message}
	}
	return &failure{timeline.OutcomeParse, err.Error()}
}

// sort decides of each item whether it is new, known, revised or rejected. It
// gives the new ones.
func (c *Collector) sort(ctx context.Context, s *source, old *timeline.FeedState, doc *Document, result *timeline.PollResult) (fresh []*Item, habits timeline.Habits, err error) {
	poll := &result.Poll
	r, err := c.recognise(ctx, s, old, doc)
	if err != nil {
		return nil, habits, err
	}
	poll.Fetched, poll.Reasons, poll.Marks = len(doc.Items), r.rejected, r.marks
	for _, n := range r.rejected {
		poll.Rejected += n
	}
	if overflows(old, r.candidates) {
		poll.Marks = append(poll.Marks, timeline.MarkOverflow)
	}
	usual := usualKey(r.candidates)
	for i := range r.candidates {
		switch cand := &r.candidates[i]; {
		case cand.known.Article == "" && cand.item.Partial && usual != "" && cand.identity.Keys[0].Kind != usual:
			reject(poll, ReasonPartial) // whole, it would be another article
		case cand.known.Article == "":
			poll.New++
			fresh = append(fresh, cand.item)
			result.Articles = append(result.Articles, c.newArticle(s, old, doc, cand, poll))
		case revises(s, cand):
			revised, err := c.revision(ctx, s, doc, cand, poll)
			if err != nil {
				return nil, habits, err
			}
			poll.Revised++
			result.Articles = append(result.Articles, revised)
		default:
			poll.Known++
			result.Seen = append(result.Seen, timeline.Sighting{Article: cand.known.Article, Identity: cand.identity})
		}
	}
	// Documents list the newest first; the record wants the oldest first.
	slices.Reverse(result.Articles)
	slices.SortStableFunc(result.Articles, func(a, b timeline.ReadArticle) int {
		return a.Article.Published.Compare(b.Article.Published)
	})
	return fresh, r.habits, nil
}

// overflows reports whether nothing is left of a document that had items when the
// feed was last read.
func overflows(old *timeline.FeedState, candidates []candidate) bool {
	if old.FirstPoll.IsZero() || old.Items == 0 || len(candidates) == 0 {
		return false
	}
	return !slices.ContainsFunc(candidates, func(cand candidate) bool { return cand.known.Article != "" })
}

// usualKey gives the kind of key by which most of the sound items are told;
// empty when there are none.
func usualKey(candidates []candidate) timeline.KeyKind {
	var usual timeline.KeyKind
	counts := make(map[timeline.KeyKind]int, 3)
	for i := range candidates {
		if candidates[i].item.Partial {
			continue
		}
		kind := candidates[i].identity.Keys[0].Kind
		if counts[kind]++; counts[kind] > counts[usual] {
			usual = kind
		}
	}
	return usual
}

// reject counts an item that does not become an article, by its reason.
func reject(poll *timeline.Poll, reason string) {
	if poll.Reasons == nil {
		poll.Reasons = make(map[string]int)
	}
	poll.Reasons[reason]++
	poll.Rejected++
}
