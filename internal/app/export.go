package app

import (
	"context"
	"fmt"

	"marsad/timeline"
	"marsad/timeline/export"
	"marsad/timeline/sqlite"
)

// ExportOptions are the flags of `marsad export`.
type ExportOptions struct {
	Kind   string // one of export.Kinds
	From   string // RFC 3339, a date, or -30d; empty: from the beginning
	To     string // likewise; a date is meant whole; empty: to the end
	Topic  string
	Format string // csv or jsonl
}

// Export writes a table of the record on standard output, row by row. A record
// that is not there yet is an error, and is not made.
func Export(ctx context.Context, env Env, common Common, o ExportOptions) error {
	table := export.Options{Kind: o.Kind, Format: o.Format, Query: timeline.Query{Topic: o.Topic}}
	if err := table.Check(); err != nil {
		return err
	}
	cfg, logger, err := common.setup(env)
	if err != nil {
		return err
	}
	at := now()
	period, err := parsePeriod(o.From, o.To, cfg.Timezone, at)
	if err != nil {
		return err
	}
	if o.Topic != "" {
		if _, err := namedTopic(cfg, o.Topic); err != nil {
			return err
		}
	}
	for _, t := range pageTopics(cfg) {
		table.Topics = append(table.Topics, t.Name)
	}
	table.Step, table.Query.From, table.Query.To = cfg.Alerts.Step, period.Lo, period.Hi
	if o.Kind == "series" && period.Hi.IsZero() {
		table.Query.To = at
	}
	record, err := openRecordToRead(ctx, cfg, logger)
	if err != nil {
		return err
	}
	defer record.Close()
	rows, err := export.Write(ctx, env.Stdout, exportRecord(record), table)
	if err != nil {
		return fmt.Errorf("export of %s, after %d rows: %w", o.Kind, rows, err)
	}
	logger.Debug("table exported", "table", o.Kind, "rows", rows)
	return nil
}

func exportRecord(r *sqlite.Record) export.Record {
	return export.Record{Articles: r, Facts: r, Polls: r, Incidents: r, Series: r}
}
