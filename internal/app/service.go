package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"marsad/internal/config"
	"marsad/timeline"
	"marsad/timeline/sqlite"
)

// shutdownTimeout is what requests in flight get when the process ends.
const shutdownTimeout = 3 * time.Second

// service is a running Marsad: what stays while configurations, and the daemons that
// they make, take the place of one another.
type service struct {
	logger  *slog.Logger
	metrics *metrics
	record  *sqlite.Record
	world   edges
	now     func() time.Time

	load   func() (*config.Config, error) // reads the configuration as it is now
	hangup <-chan os.Signal               // asks for that; may be nil
	asked  chan chan<- reloaded           // likewise, and waits for what came of it

	current atomic.Pointer[daemon]
	refused atomic.Pointer[string] // why the configuration that was read last does not hold; nil when it does

	toldFull sync.Once // that stories.at_most is reached
}

// edges are where a daemon meets the machines of others. The zero value is the
// network.
type edges struct {
	feeds     http.RoundTripper // of the collector's requests
	receivers *http.Client      // of Slack and webhooks
	influx    http.RoundTripper // of the projection
	now       func() time.Time  // the clock
}

// Run collects, reads, keeps and tells until ctx ends, which is no error.
func Run(ctx context.Context, env Env, common Common) error {
	cfg, logger, err := common.setup(env)
	if err != nil {
		return err
	}
	boundMemory(env.LookupEnv)
	// Before the record is opened, so that one started by mistake beside another
	// does not give the other's record its own feeds.
	listener, err := listen(ctx, cfg.Web.Listen)
	if err != nil {
		return err
	}
	s, err := newService(ctx, cfg, logger, edges{})
	if err != nil {
		return errors.Join(unlessEnded(ctx, err), listener.Close())
	}
	s.load, s.hangup = func() (*config.Config, error) { return common.configuration(env) }, env.Hangup
	defer func() {
		if err := s.record.Close(); err != nil {
			logger.Error("record not closed", "error", err)
		}
	}()
	fmt.Fprintf(env.Stdout, "marsad: %s; the page is at http://%s (Ctrl-C ends)\n", cfg.Source, listener.Addr())
	for _, note := range s.current.Load().notes {
		logger.Info("setup", "note", note)
	}
	return s.run(ctx, listener)
}

func listen(ctx context.Context, address string) (net.Listener, error) {
	var lc net.ListenConfig
	listener, err := lc.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("web.listen %s: %w; end what listens there (another marsad?) or set another address", address, err)
	}
	return listener, nil
}

// newService opens the record and builds the first daemon. Whatever can fail fails
// here; nothing runs yet. The caller closes the record.
func newService(ctx context.Context, cfg *config.Config, logger *slog.Logger, world edges) (_ *service, err error) {
	s := &service{
		logger:  logger,
		metrics: newMetrics(Version()),
		world:   world,
		now:     now,
		asked:   make(chan chan<- reloaded),
	}
	if world.now != nil {
		s.now = world.now
	}
	if s.record, err = openRecord(ctx, cfg, logger, s); err != nil {
		return nil, err
	}
	s.metrics.watchRecord(s.record)
	s.metrics.watchFeeds(s.record)
	err = s.checkClock(ctx, cfg)
	var d *daemon
	if err == nil {
		d, err = s.newDaemon(cfg)
	}
	if err == nil {
		err = d.adopt(ctx)
	}
	if err != nil {
		_ = s.record.Close() // err is what the user has to know
		return nil, err
	}
	s.hold(d)
	return s, nil
}

// checkClock refuses a clock that is so far behind the record that what comes in now
// would be dropped for its age once the clock is right: one that was not set yet
// since the machine started.
func (s *service) checkClock(ctx context.Context, cfg *config.Config) error {
	newest, err := s.record.Polls(ctx, timeline.Query{Limit: 1})
	if err != nil || len(newest.Items) == 0 {
		return err
	}
	if at, last := s.now(), newest.Items[0].At; at.Before(last.Add(-cfg.Record.Keep)) {
		return fmt.Errorf("clock is at %s, and the last poll on record was at %s: set the clock, or restore a backup from before it was wrong",
			at.UTC().Format(time.RFC3339), last.UTC().Format(time.RFC3339))
	}
	return nil
}

// hold makes the daemon the one that holds.
func (s *service) hold(d *daemon) {
	s.current.Store(d)
	s.refused.Store(nil)
	s.metrics.reloaded.SetToCurrentTime()
	s.metrics.configRight.Set(1)
}

// run serves pages, and keeps a daemon running, until ctx ends or one of them cannot
// go on.
func (s *service) run(stop context.Context, listener net.Listener) error {
	group, ctx := errgroup.WithContext(stop)
	group.Go(func() error { return s.serve(ctx, listener) })
	group.Go(func() error { return s.supervise(ctx) })
	group.Go(func() error { return s.runDaemons(ctx) })
	err := unlessEnded(stop, group.Wait())
	s.logger.Info("stopped")
	return err
}

// ServeHTTP implements http.Handler: a request is answered by the daemon that held
// when it came.
func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.current.Load().pages.ServeHTTP(w, r)
}

// serve answers requests until ctx ends.
func (s *service) serve(ctx context.Context, listener net.Listener) error {
	server := &http.Server{
		Handler:           s.metrics.measured(s),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(s.logger.Handler(), slog.LevelWarn),
	}
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
		defer cancel()
		err := server.Shutdown(ctx)
		if err != nil {
			err = server.Close()
		}
		stopped <- err
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve pages: %w", err)
	}
	return <-stopped
}

// storiesFull counts what leaves the window of stories before its time, and says
// once that it does.
func (s *service) storiesFull() {
	s.metrics.storiesFull.Inc()
	s.toldFull.Do(func() {
		s.logger.Warn("stories.at_most is reached: copies of articles that left the window early are not recognised by their words; raise it, or lower stories.remember")
	})
}
