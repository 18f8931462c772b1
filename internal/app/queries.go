package app

import (
	"log/slog"
	"strings"

	"marsad/internal/config"
	"marsad/timeline/influxql"
	"marsad/timeline/sqlite"
)

// newQueries answers InfluxQL from the record, under the names that the databases
// of a projection have or would have.
func newQueries(cfg *config.Config, record *sqlite.Record, logger *slog.Logger, onLimit func()) *influxql.Engine {
	series, _, _ := strings.Cut(cfg.Influx.Bucket, "/") // a bucket may name a retention policy of InfluxDB 1.8
	events, _, _ := strings.Cut(cfg.Influx.EventsBucket, "/")
	return influxql.New(influxql.Options{
		Source: record, Database: series, EventsName: events, Keep: cfg.Record.Keep,
		Limits: cfg.Web.Query.Limits, Logger: logger, OnLimit: onLimit,
	})
}
