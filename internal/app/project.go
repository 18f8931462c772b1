package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"marsad/timeline/influx"
)

// ProjectOptions are the flags of `marsad project`.
type ProjectOptions struct {
	From   string // of recording: RFC 3339, a date, or -30d; empty: from the beginning
	To     string // likewise; a date is meant whole; empty: to the end
	DryRun bool
}

// Project writes the record to InfluxDB again and says what that came to.
func Project(ctx context.Context, env Env, common Common, o ProjectOptions) error {
	cfg, logger, err := common.setup(env)
	if err != nil {
		return err
	}
	if !cfg.Influx.Enabled() {
		return errors.New("influx.url is not set: there is nowhere to project to; set it in config.yaml")
	}
	period, err := parsePeriod(o.From, o.To, cfg.Timezone, now())
	if err != nil {
		return err
	}
	record, err := openRecordToRead(ctx, cfg, logger)
	if err != nil {
		return err
	}
	defer record.Close()
	stats, err := record.Stats(ctx)
	if err != nil {
		return err
	}
	projector, err := influx.New(cfg.Influx, influx.Options{Log: record, Logger: logger, Now: now})
	if err != nil {
		return err
	}
	defer projector.Close()
	replayed, err := projector.Replay(ctx, influx.ReplayOptions{
		From: period.Lo, To: period.Hi, DryRun: o.DryRun,
		Progress: func(r influx.Replayed) {
			logger.Info("record being projected", "change", r.Seq, "of", stats.LastSeq, "points", r.Written)
		},
	})
	if err != nil {
		return fmt.Errorf("projected up to change %d of %d: %w", replayed.Seq, stats.LastSeq, err)
	}
	return printReplayed(env.Stdout, &replayed, o.DryRun)
}

func printReplayed(out io.Writer, r *influx.Replayed, dry bool) error {
	var b bytes.Buffer
	verb := ""
	if dry {
		verb = "to be "
	}
	fmt.Fprintf(&b, "%d changes: %d points %swritten, %d %sdeleted\n", r.Changes, r.Written, verb, r.Deleted, verb)
	for _, measurement := range slices.Sorted(maps.Keys(r.Sent)) {
		fmt.Fprintf(&b, "  %-10s %d\n", measurement, r.Sent[measurement])
	}
	for _, odd := range []struct {
		n    int64
		what string
	}{
		{r.Poisoned, "points cannot be projected; the log names them"},
		{r.Dropped, "points are older than the bucket's retention"},
		{r.Beyond, "events lie outside 1677-2262 and have no point"},
		{r.Shortened, "points had a text that was cut to fit"},
		{r.Kept, "points are gone from the record and stay in InfluxDB 3 Core, which deletes none"},
	} {
		if odd.n > 0 {
			fmt.Fprintf(&b, "%d %s\n", odd.n, odd.what)
		}
	}
	_, err := b.WriteTo(out)
	return err
}
