// Package influx projects the record onto InfluxDB: 2.x, and through the same
// way of writing 1.8 and 3 Core.
//
// It follows the record's change log from a position that the record keeps: it
// reads a stretch of the log, deletes the points that are gone, writes those that
// are there, and moves on once the server has all of it; meanwhile the next
// stretch is read. Points are idempotent, so that being cut off anywhere and doing
// a stretch again changes nothing. The server being down loses nothing and holds
// up nothing else.
//
// Deletes and writes never overlap: some releases break when a delete runs
// beside a write. Two processes must not project to the same buckets.
package influx

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"

	influxdb2 "github.com/influxdata/influxdb-client-go/v2"

	"marsad/timeline"
)

// Log is the change log and the place where a follower notes how far it is.
type Log interface {
	// Changes gives up to limit changes with a sequence number above after, in
	// ascending order.
	Changes(ctx context.Context, after int64, limit int) ([]timeline.Change, error)
	// Position gives what SetPosition set last, or 0.
	Position(ctx context.Context, follower string) (int64, error)
	SetPosition(ctx context.Context, follower string, seq int64) error
}

// Options are what a Projector needs besides its section of config.yaml.
type Options struct {
	Log    Log
	Logger *slog.Logger // discards when nil
	Now    func() time.Time
	// Wake says that there may be new changes. Without it, and besides, Run looks
	// every Interval, 10 s when zero.
	Wake     <-chan struct{}
	Interval time.Duration
	// Backoff is the pause after a first failure, 1 s when zero. It doubles with
	// each further one up to MaxBackoff, 2 min when zero. A server that says how
	// long to wait is obeyed instead.
	Backoff, MaxBackoff time.Duration
	// Transport is the way to the server: the network when nil.
	Transport http.RoundTripper
}

// Defaults of Options.
const (
	defaultInterval   = 10 * time.Second
	defaultBackoff    = time.Second
	defaultMaxBackoff = 2 * time.Minute
)

// Projector brings the change log to InfluxDB. Its methods are safe for
// concurrent use; those that talk to the server take turns.
type Projector struct {
	cfg      Config
	client   influxdb2.Client
	http     *http.Client
	source   Log
	follower string
	log      *slog.Logger
	now      func() time.Time
	wake     <-chan struct{}

	interval, backoff, maxBackoff time.Duration

	turn       chan struct{} // holds one token; guards what follows
	ensured    bool
	generation generation
	retention  map[timeline.Bucket]time.Duration // 0: unknown or infinite

	mu     sync.Mutex // guards status
	status Status
}

// Status says how the projection is doing, since the process started.
type Status struct {
	Position  int64 // sequence number of the last change that is projected
	CaughtUp  bool  // there was nothing more at the last look
	LastWrite time.Time
	LastError string // of the last try; empty when it succeeded
	Failures  int    // in a row

	Totals
}

// Totals say what became of points.
type Totals struct {
	Written   int64 // points, again included
	Deleted   int64
	Kept      int64 // points that are gone from the record, and that the server cannot delete
	Poisoned  int64 // points that the server will not have
	Dropped   int64 // points older than the bucket's retention
	Beyond    int64 // events outside 1677-2262, which have no point
	Shortened int64 // points of which a text was cut to fit
}

func (t *Totals) add(more Totals) {
	t.Written += more.Written
	t.Deleted += more.Deleted
	t.Kept += more.Kept
	t.Poisoned += more.Poisoned
	t.Dropped += more.Dropped
	t.Beyond += more.Beyond
	t.Shortened += more.Shortened
}

// New prepares a Projector and connects to nothing. The error names the key of
// the section influx that is wrong.
func New(cfg Config, o Options) (*Projector, error) {
	u, err := url.Parse(cfg.URL)
	switch {
	case err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "":
		return nil, errors.New("influx.url: not an http or https address; write it as in http://localhost:8086")
	case cfg.Org == "":
		return nil, errors.New("influx.org: not set; write the name of the organisation that has the buckets")
	case cfg.Bucket == "" || cfg.EventsBucket == "":
		return nil, errors.New("influx.bucket and influx.events_bucket: both must be set")
	case cfg.Bucket == cfg.EventsBucket:
		return nil, errors.New("influx.events_bucket: the same as influx.bucket; events lie decades apart and need a bucket of their own")
	case cfg.Batch <= 0:
		return nil, fmt.Errorf("influx.batch: %d points make no write; write 5000, say", cfg.Batch)
	case o.Log == nil || o.Now == nil:
		return nil, errors.New("influx: Options.Log and Options.Now must be set")
	}
	transport := o.Transport
	if transport == nil {
		transport = &http.Transport{Proxy: http.ProxyFromEnvironment, MaxIdleConnsPerHost: 2, IdleConnTimeout: time.Minute}
	}
	p := &Projector{
		cfg:    cfg,
		http:   &http.Client{Transport: plainErrors{newCompressed(transport)}, Timeout: cfg.Timeout},
		source: o.Log,
		// Another server or another bucket starts from the beginning.
		follower:   "influx " + timeline.Hash(cfg.URL, cfg.Org, cfg.Bucket, cfg.EventsBucket),
		log:        o.Logger,
		now:        o.Now,
		wake:       o.Wake,
		interval:   positive(o.Interval, defaultInterval),
		backoff:    positive(o.Backoff, defaultBackoff),
		maxBackoff: positive(o.MaxBackoff, defaultMaxBackoff),
		turn:       make(chan struct{}, 1),
		retention:  map[timeline.Bucket]time.Duration{},
	}
	if p.log == nil {
		p.log = slog.New(slog.DiscardHandler)
	}
	p.client = influxdb2.NewClientWithOptions(cfg.URL, cfg.Token.Reveal(), influxdb2.DefaultOptions().
		SetHTTPClient(p.http).SetPrecision(time.Nanosecond).SetApplicationName("marsad"))
	return p, nil
}

func positive(d, otherwise time.Duration) time.Duration {
	if d > 0 {
		return d
	}
	return otherwise
}

// Close gives the connections back. The projector may be used again after.
func (p *Projector) Close() { p.http.CloseIdleConnections() }

// Status reports how the projection is doing. It never waits for the server.
func (p *Projector) Status() Status {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.status
}

// Follower is the name by which the change log knows how far the projection is.
func (p *Projector) Follower() string { return p.follower }

// Step projects the next stretches of the log, some ten thousand changes at most,
// and reports whether there may be more. When it fails the position stays at what
// the server has, and the next call goes on from there.
func (p *Projector) Step(ctx context.Context) (more bool, err error) {
	if err := p.acquire(ctx); err != nil {
		return false, err
	}
	defer p.release()
	more, err = p.step(ctx)
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil {
		p.status.Failures++
		p.status.LastError = err.Error()
	}
	return more, err
}

// step does the work of Step.
func (p *Projector) step(ctx context.Context) (more bool, err error) {
	if !p.ensured {
		if err := p.ensure(ctx); err != nil {
			return false, err
		}
	}
	at, err := p.source.Position(ctx, p.follower)
	if err != nil {
		return false, fmt.Errorf("position in the change log: %w", err)
	}
	for s, err := range p.stretches(ctx, at, func(*timeline.Change) bool { return true }) {
		if err != nil {
			return false, err
		}
		done, err := p.sendOrLook(ctx, s.batch)
		if err != nil {
			return false, err
		}
		if s.changes > 0 {
			if err := p.source.SetPosition(ctx, p.follower, s.last); err != nil {
				return false, fmt.Errorf("position in the change log: %w", err)
			}
		}
		p.advanced(&s, done)
		more = s.more
	}
	return more, nil
}

// advanced notes that the server has a stretch.
func (p *Projector) advanced(s *stretch, done Totals) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.status.Failures, p.status.LastError = 0, ""
	p.status.Position, p.status.CaughtUp = s.last, !s.more
	p.status.add(done)
	if s.changes > 0 {
		p.status.LastWrite = p.now()
	}
}

// sendOrLook sends the batch. When a bucket has gone missing meanwhile, the
// next try looks for it first.
func (p *Projector) sendOrLook(ctx context.Context, b batch) (Totals, error) {
	t, err := p.send(ctx, b)
	var f *failure
	if errors.As(err, &f) && f.fault == faultMissing {
		p.ensured = false
	}
	return t.Totals, err
}

func (p *Projector) bucketName(b timeline.Bucket) string {
	if b == timeline.BucketEvents {
		return p.cfg.EventsBucket
	}
	return p.cfg.Bucket
}

// acquire waits for the turn to talk to the server.
func (p *Projector) acquire(ctx context.Context) error {
	select {
	case p.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (p *Projector) release() { <-p.turn }
