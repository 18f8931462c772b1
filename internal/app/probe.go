package app

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"marsad/alerts/slack"
	"marsad/collector"
	"marsad/internal/config"
	"marsad/timeline"
	"marsad/timeline/influx"
)

// reachTimeout is how long a webhook's host may take to answer a connection.
const reachTimeout = 10 * time.Second

// errProbe says that something beyond this machine is not as it has to be.
var errProbe = errors.New("not everything can be reached: see the lines with FAIL")

// Probe checks the configuration, and then asks once everybody that it names: every
// feed, within the limits of polls, InfluxDB, Slack and the hosts of webhooks. Nothing
// goes on record, and nobody is told anything. What is wrong is said in plain words,
// with the remedy; the error says that something is.
func Probe(ctx context.Context, env Env, common Common) error {
	cfg, err := common.configuration(env)
	if err != nil {
		return err
	}
	if err := printCheck(env, cfg); err != nil {
		return err
	}
	p := &prober{cfg: cfg, out: env.Stdout}
	for _, probe := range []func(context.Context) error{p.feeds, p.influx, p.slack, p.webhooks} {
		if err := probe(ctx); err != nil {
			return err
		}
	}
	if p.failed {
		return errProbe
	}
	return nil
}

// prober says what it finds, a line each.
type prober struct {
	cfg    *config.Config
	out    io.Writer
	failed bool
}

func (p *prober) ok(what, text string) { fmt.Fprintf(p.out, "ok    %s: %s\n", what, text) }

func (p *prober) fail(what, text, remedy string) {
	p.failed = true
	if remedy != "" {
		text += "; " + remedy
	}
	fmt.Fprintf(p.out, "FAIL  %s: %s\n", what, text)
}

// feeds polls every feed once, and forgets what it finds.
func (p *prober) feeds(ctx context.Context) error {
	var mu sync.Mutex
	polls := make(map[string]timeline.Poll, len(p.cfg.Feeds))
	c, err := collector.New(collector.Options{
		Config: p.cfg.Collector, Feeds: p.cfg.Feeds, Zone: p.cfg.Timezone, Record: noRecord{}, Reader: noReader{},
		Logger: slog.New(slog.DiscardHandler), Now: now, Observe: func(poll timeline.Poll, _ []timeline.ReadArticle) {
			mu.Lock()
			defer mu.Unlock()
			polls[poll.Feed] = poll
		},
	})
	if err != nil {
		return err
	}
	at := now()
	group, polling := errgroup.WithContext(ctx)
	for i := range p.cfg.Feeds {
		if f := &p.cfg.Feeds[i]; f.Enabled == nil || *f.Enabled {
			group.Go(func() error {
				_, err := c.Poll(polling, f.Name, at)
				return err
			})
		}
	}
	if err := group.Wait(); err != nil {
		return err
	}
	answered := 0
	for i := range p.cfg.Feeds {
		poll, polled := polls[p.cfg.Feeds[i].Name]
		switch what := "feed " + poll.Feed; {
		case !polled:
		case !poll.Outcome.Succeeded():
			p.fail(what, poll.Error, cmp.Or(poll.Outcome.Remedy(), "open its url in a browser; where that works, try again later"))
		case poll.Fetched == 0:
			p.fail(what, "it answers, but has no items", "look at it with: marsad feeds test "+poll.Feed)
		default:
			answered++
		}
	}
	if answered > 0 || len(polls) == 0 {
		p.ok("feeds", fmt.Sprintf("%d of %d answer", answered, len(polls)))
	}
	return nil
}

// influx looks whether both buckets are there and take what is written.
func (p *prober) influx(ctx context.Context) error {
	if !p.cfg.Influx.Enabled() {
		p.ok("influx", "not set up (influx.url is empty); series are kept in the record")
		return nil
	}
	projector, err := influx.New(p.cfg.Influx, influx.Options{Log: noLog{}, Now: now})
	if err != nil {
		return err
	}
	defer projector.Close()
	missing, err := projector.Check(ctx)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		p.fail("influx", err.Error(), "")
	case len(missing) > 0:
		p.ok("influx", fmt.Sprintf("it answers; %q is not there, and marsad makes it when it runs, if the token may", missing))
	default:
		p.ok("influx", fmt.Sprintf("buckets %s and %s take what is written", p.cfg.Influx.Bucket, p.cfg.Influx.EventsBucket))
	}
	return nil
}

// slack looks whether the token is good and the channels can be posted in.
func (p *prober) slack(ctx context.Context) error {
	if !p.cfg.Slack.Enabled() {
		p.ok("slack", "not set up (slack.token is empty); notices go to the log and the page")
		return nil
	}
	wanted := append([]string{p.cfg.Slack.Channel}, channels(p.cfg)...)
	for i := range p.cfg.Topics {
		wanted = append(wanted, p.cfg.Topics[i].Alert.Channel)
	}
	slices.Sort(wanted)
	wanted = slices.DeleteFunc(slices.Compact(wanted), func(channel string) bool { return channel == "" })
	n, err := slack.New(p.cfg.Slack, slack.Options{})
	if err != nil {
		return err
	}
	findings, err := n.Check(ctx, wanted)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		p.fail("slack", refusal(err), slack.Remedy(err))
		return nil
	}
	for _, f := range findings {
		if f.Err != nil {
			p.fail("slack "+f.What, refusal(f.Err), slack.Remedy(f.Err))
			continue
		}
		p.ok("slack "+f.What, f.Text)
	}
	return nil
}

// refusal is what Slack said, without what that means for a notice.
func refusal(err error) string {
	if failed, ok := errors.AsType[*timeline.DeliveryError](err); ok {
		return failed.Err.Error()
	}
	return err.Error()
}

// webhooks looks whether their hosts take connections: there is no request that a
// receiver is sure not to take for news.
func (p *prober) webhooks(ctx context.Context) error {
	for i := range p.cfg.Webhooks {
		w := &p.cfg.Webhooks[i]
		err := reach(ctx, w.URL.Reveal())
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			p.fail("webhook "+w.Name, err.Error(), "check the host and port of its url, and that it runs")
		default:
			p.ok("webhook "+w.Name, "its host takes connections; nothing was sent")
		}
	}
	return nil
}

// reach connects to the host of an address. The error names no more than the host.
func reach(ctx context.Context, address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return errors.New("its url is no address")
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"https": "443", "http": "80"}[u.Scheme]
	}
	ctx, cancel := context.WithTimeout(ctx, reachTimeout)
	defer cancel()
	host := net.JoinHostPort(u.Hostname(), port)
	var conn net.Conn
	if u.Scheme == "https" {
		var dialer tls.Dialer
		conn, err = dialer.DialContext(ctx, "tcp", host)
	} else {
		var dialer net.Dialer
		conn, err = dialer.DialContext(ctx, "tcp", host)
	}
	if err != nil {
		return err
	}
	return conn.Close()
}

// noRecord remembers nothing.
type noRecord struct{}

func (noRecord) FeedState(_ context.Context, feed string) (timeline.FeedState, error) {
	return timeline.FeedState{Feed: feed}, nil
}

func (noRecord) Known(_ context.Context, ids []timeline.Identity) ([]timeline.Known, error) {
	return make([]timeline.Known, len(ids)), nil
}

func (noRecord) CommitPoll(context.Context, timeline.PollResult) error { return nil }

// noReader reads nothing out of articles.
type noReader struct{}

func (noReader) Read(*timeline.Article) timeline.Facts { return timeline.Facts{} }

// noLog is a change log in which nothing has happened.
type noLog struct{}

func (noLog) Changes(context.Context, int64, int) ([]timeline.Change, error) { return nil, nil }
func (noLog) Position(context.Context, string) (int64, error)                { return 0, nil }
func (noLog) SetPosition(context.Context, string, int64) error               { return nil }
