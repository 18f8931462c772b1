// Package influxql answers InfluxQL from the record, as InfluxDB 1.8 answers it
// from the points that are projected there: the same databases, measurements,
// tags and fields (docs/SERIES.md), the same values, the same errors. So charts
// need no InfluxDB, and the same dashboards run with one or without.
//
// Statements are parsed and evaluated by InfluxDB's own packages; what is ours is
// where the points come from. It answers SELECT in all its forms but INTO, and
// SHOW DATABASES, RETENTION POLICIES, MEASUREMENTS, TAG KEYS, TAG VALUES and FIELD
// KEYS. Nothing can be written.
//
// Sums and counts of n, grouped by whole hours or not by time, are read from the
// record's hourly sums; everything else is read point by point, and limited.
package influxql
