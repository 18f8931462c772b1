package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"

	"marsad/internal/config"
	"marsad/timeline"
	"marsad/timeline/influx"
	"marsad/timeline/sqlite"
)

const (
	// statusPatience is how long a running Marsad may take to answer.
	statusPatience = 3 * time.Second
	// noticesPatience is how long a notice may wait before something is wrong: longer
	// than the pause between two tries at a receiver.
	noticesPatience = 20 * time.Minute
	// lagPatience is how far the projection may be behind in time.
	lagPatience = 30 * time.Minute
	// leastFree is the room below which a disk is said to be nearly full, in bytes.
	leastFree = 512 << 20
)

// wellbeing is how Marsad is, as a program reads it.
type wellbeing struct {
	Running  bool                           `json:"running"`
	Ready    bool                           `json:"ready"`
	Feeds    map[timeline.FeedCondition]int `json:"feeds"`
	Stages   stages                         `json:"stages"`
	Articles int                            `json:"articles"`
	Open     int                            `json:"incidents_open"`
	Pending  int                            `json:"notices_pending"`
	Oldest   *time.Time                     `json:"notices_oldest"` // null when none waits
	Failed   int                            `json:"notices_failed"`
	Bytes    int64                          `json:"record_bytes"`
	Free     int64                          `json:"disk_free_bytes"` // negative where the system does not say
	Wrong    []string                       `json:"wrong"`           // what is wrong, in plain words; never null
}

// stages are what waits before each stage.
type stages struct {
	LastPoll  *time.Time `json:"last_poll"`
	Pages     int        `json:"pages_waiting"`
	Unindexed int        `json:"articles_unindexed"`
	Influx    int64      `json:"influx_lag_entries"` // 0 without InfluxDB
	Since     *time.Time `json:"influx_lag_since"`
}

// Status shows how Marsad is, from the record and from the Marsad that runs on it;
// format is text or json. The error says that something is wrong, which has been
// shown.
func Status(ctx context.Context, env Env, common Common, format string) error {
	write, ok := map[string]func(io.Writer, *wellbeing) error{
		"text": statusTable, "json": func(out io.Writer, s *wellbeing) error { return writeJSON(out, s) },
	}[format]
	if !ok {
		return fmt.Errorf("--format %q is none: write text or json", format)
	}
	cfg, logger, err := common.setup(env)
	if err != nil {
		return err
	}
	record, err := openRecordToRead(ctx, cfg, logger)
	if err != nil {
		return err
	}
	defer record.Close()
	s, err := readStatus(ctx, cfg, record, now())
	if err != nil {
		return err
	}
	s.askDaemon(ctx, cfg)
	if err := write(env.Stdout, s); err != nil {
		return err
	}
	if len(s.Wrong) > 0 {
		return errors.New("something is wrong: " + strings.Join(s.Wrong, "; "))
	}
	return nil
}

// readStatus reads what the record knows.
func readStatus(ctx context.Context, cfg *config.Config, record *sqlite.Record, at time.Time) (*wellbeing, error) {
	s := &wellbeing{Feeds: map[timeline.FeedCondition]int{}, Wrong: []string{}, Free: record.Free()}
	feeds, err := record.Feeds(ctx)
	if err != nil {
		return nil, err
	}
	for i := range feeds {
		f := &feeds[i]
		s.Feeds[f.Condition()]++
		if last := f.LastPoll; !last.IsZero() && (s.Stages.LastPoll == nil || last.After(*s.Stages.LastPoll)) {
			s.Stages.LastPoll = &last
		}
	}
	st, err := record.Stats(ctx)
	if err != nil {
		return nil, err
	}
	s.Articles, s.Open, s.Pending, s.Failed, s.Bytes = st.Articles, st.Open, st.Pending, st.Failed, st.Bytes
	s.Oldest, s.Stages.Pages, s.Stages.Unindexed = timeline.EncodeTime(st.Oldest), st.Pages, st.Unindexed
	if cfg.Influx.Enabled() {
		p, err := influx.New(cfg.Influx, influx.Options{Log: record, Now: now})
		if err != nil {
			return nil, err
		}
		defer p.Close()
		lag, err := record.Lag(ctx, p.Follower())
		if err != nil {
			return nil, err
		}
		s.Stages.Influx, s.Stages.Since = lag.Entries, timeline.EncodeTime(lag.Since)
		if lag.Entries > 0 && at.Sub(lag.Since) > lagPatience {
			s.wrong("InfluxDB lacks %d changes, the first of %s ago", lag.Entries, roughly(at.Sub(lag.Since)))
		}
	}
	answering := s.Feeds[timeline.FeedOK] + s.Feeds[timeline.FeedSilent] + s.Feeds[timeline.FeedWaiting]
	failing := s.Feeds[timeline.FeedFailing] + s.Feeds[timeline.FeedGone]
	if failing > answering {
		s.wrong("%d feeds fail, more than answer: see marsad feeds", failing)
	}
	if s.Failed > 0 {
		s.wrong("%d notices were refused for good: the page says why", s.Failed)
	}
	if s.Oldest != nil && at.Sub(*s.Oldest) > noticesPatience {
		s.wrong("a notice has been waiting for %s: the page says why", roughly(at.Sub(*s.Oldest)))
	}
	if s.Free >= 0 && s.Free < leastFree {
		s.wrong("the record's disk has %s left", size(s.Free))
	}
	return s, nil
}

func (s *wellbeing) wrong(form string, args ...any) {
	s.Wrong = append(s.Wrong, fmt.Sprintf(form, args...))
}

// askDaemon asks the Marsad that the configuration names whether it is ready.
func (s *wellbeing) askDaemon(ctx context.Context, cfg *config.Config) {
	ctx, cancel := context.WithTimeout(ctx, statusPatience)
	defer cancel()
	response, err := askRunning(ctx, cfg.Web.Listen, "/readyz")
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		s.wrong("marsad is not running: nothing listens at %s", cfg.Web.Listen)
		return
	case err != nil:
		s.wrong("marsad does not answer at %s: %v", cfg.Web.Listen, err)
		return
	}
	defer response.Body.Close()
	s.Running, s.Ready = true, response.StatusCode == http.StatusOK
	var answer struct {
		Reasons []string `json:"reasons"`
	}
	if err := json.NewDecoder(io.LimitReader(response.Body, 1<<20)).Decode(&answer); err != nil {
		s.Running, s.Ready = false, false
		s.wrong("what listens at %s is not marsad", cfg.Web.Listen)
		return
	}
	if !s.Ready {
		s.wrong("marsad is not ready: %s", printable(strings.Join(answer.Reasons, "; ")))
	}
}

// statusTable writes a line for each thing that there is to know.
func statusTable(out io.Writer, s *wellbeing) error {
	at := now()
	ago := func(t *time.Time) string {
		if t == nil {
			return "never"
		}
		return roughly(at.Sub(*t)) + " ago"
	}
	total := 0
	for _, n := range s.Feeds {
		total += n
	}
	state := "not running"
	switch {
	case s.Ready:
		state = "running"
	case s.Running:
		state = "running, not ready"
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "marsad\t%s\n", state)
	fmt.Fprintf(table, "feeds\t%s\n", summary(total, s.Feeds))
	fmt.Fprintf(table, "last poll\t%s\n", ago(s.Stages.LastPoll))
	fmt.Fprintf(table, "articles\t%d; %d wait for their page, %d to be searched\n", s.Articles, s.Stages.Pages, s.Stages.Unindexed)
	if s.Stages.Influx > 0 {
		fmt.Fprintf(table, "influxdb\t%d changes behind, the first of %s\n", s.Stages.Influx, ago(s.Stages.Since))
	}
	fmt.Fprintf(table, "incidents\t%d open\n", s.Open)
	fmt.Fprintf(table, "notices\t%d wait, %d failed\n", s.Pending, s.Failed)
	room := ""
	if s.Free >= 0 {
		room = ", " + size(s.Free) + " left on its disk"
	}
	fmt.Fprintf(table, "record\t%s%s\n", size(s.Bytes), room)
	for _, wrong := range s.Wrong {
		fmt.Fprintf(table, "wrong\t%s\n", wrong)
	}
	return table.Flush()
}

// size spells a number of bytes in its greatest unit.
func size(bytes int64) string {
	switch {
	case bytes >= 1<<30:
		return fmt.Sprintf("%.1f GiB", float64(bytes)/(1<<30))
	case bytes >= 1<<20:
		return fmt.Sprintf("%.1f MiB", float64(bytes)/(1<<20))
	}
	return fmt.Sprintf("%.1f KiB", float64(bytes)/(1<<10))
}
