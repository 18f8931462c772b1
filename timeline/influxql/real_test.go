package influxql_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"marsad/timeline/influx/influxtest"
	"marsad/timeline/influxql"
)

// inRange is most of the time that the filled record has news of.
const inRange = `time >= '2026-05-08T03:17:00Z' AND time < '2026-05-19T21:44:00Z'`

// golden are statements as Grafana and the dashboards send them.
func golden() []string {
	return []string{
		`SHOW DATABASES`,
		`SHOW MEASUREMENTS`,
		`SHOW MEASUREMENTS LIMIT 2 OFFSET 1`,
		`SHOW MEASUREMENTS WITH MEASUREMENT =~ /^m/ LIMIT 100`,
		`SHOW MEASUREMENTS WITH MEASUREMENT = "counts"`,
		`SHOW MEASUREMENTS WHERE "feed" = 'wire'`,
		`SHOW TAG KEYS`,
		`SHOW TAG KEYS FROM "mentions"`,
		`SHOW TAG KEYS FROM "mentions" LIMIT 2`,
		`SHOW TAG KEYS FROM "nothing"`,
		`SHOW TAG KEYS FROM "articles" WHERE "feed" = 'nowhere'`,
		`SHOW FIELD KEYS`,
		`SHOW FIELD KEYS FROM "counts"`,
		`SHOW FIELD KEYS FROM /^[mp]/`,
		`SHOW FIELD KEYS FROM "nothing"`,
		`SHOW TAG VALUES FROM "mentions" WITH KEY = "topic"`,
		`SHOW TAG VALUES WITH KEY = "topic"`,
		`SHOW TAG VALUES FROM "mentions" WITH KEY IN ("topic", "lang")`,
		`SHOW TAG VALUES FROM "mentions" WITH KEY =~ /^(topic|feed)$/ LIMIT 3`,
		`SHOW TAG VALUES FROM "mentions" WITH KEY != "topic"`,
		`SHOW TAG VALUES FROM "mentions" WITH KEY = "publisher" WHERE "topic" = 'floods'`,
		`SHOW TAG VALUES FROM "mentions" WITH KEY = "feed" WHERE "lang" =~ /^(ar|fr)$/`,
		`SHOW TAG VALUES FROM "articles" WITH KEY = "country"`,
		`SHOW TAG VALUES FROM "counts" WITH KEY = "kind" WHERE "topic" = 'group-merger'`,
		`SHOW TAG VALUES FROM "expected" WITH KEY = "window"`,
		`SHOW TAG VALUES FROM "polls" WITH KEY = "outcome"`,
		`SHOW TAG VALUES FROM "incidents" WITH KEY = "severity"`,
		`SELECT sum("n") FROM "mentions" WHERE "topic" = 'floods' AND ` + inRange + ` GROUP BY time(1h) fill(null)`,
		`SELECT sum("n") FROM "mentions" WHERE "topic" = 'floods' AND ` + inRange + ` GROUP BY time(1d), "lang" fill(0)`,
		`SELECT sum("n") FROM "mentions" WHERE "topic" = 'floods' AND ` + inRange + ` GROUP BY time(1d, 3h), "feed" fill(none) tz('Asia/Baghdad')`,
		`SELECT sum("n") FROM "mentions" WHERE "topic" = 'floods' AND ` + inRange + ` GROUP BY time(1d) fill(none) tz('Asia/Kolkata')`,
		`SELECT sum("n") FROM "mentions" WHERE "topic" = 'floods' AND ` + inRange + ` GROUP BY time(6h) fill(previous) tz('America/New_York')`,
		`SELECT count("n") FROM "mentions" WHERE "topic" =~ /^group-/ AND ` + inRange + ` GROUP BY "topic", "publisher"`,
		`SELECT sum("n") FROM "mentions" WHERE ` + inRange + ` GROUP BY *`,
		`SELECT sum("n") FROM "mentions"`,
		`SELECT sum("n") AS "x" FROM "articles" WHERE "country" != '' AND ` + inRange + ` GROUP BY "country"`,
		`SELECT sum("n") FROM "articles" WHERE "country" = '' AND ` + inRange,
		`SELECT sum("n") FROM "mentions" WHERE ("feed" = 'wire' OR "feed" = 'example') AND "lang" !~ /^e/ AND ` + inRange + ` GROUP BY time(12h) fill(linear)`,
		`SELECT sum("n") FROM "mentions" WHERE "publisher" = 'The "Wire", it\'s' AND ` + inRange + ` GROUP BY "publisher"`,
		`SELECT sum("n") FROM "mentions" WHERE "topic" = 'floods' AND ` + inRange + ` GROUP BY time(1d) ORDER BY time DESC LIMIT 3`,
		`SELECT sum("n") FROM "mentions" WHERE ` + inRange + ` GROUP BY time(1d), "topic" fill(0) LIMIT 2 OFFSET 1 SLIMIT 1 SOFFSET 1`,
		`SELECT sum("n") FROM "mentions" WHERE "topic" = 'floods' AND ` + inRange + ` GROUP BY time(30m) fill(none)`,
		`SELECT sum("n"), count("matches"), max("matches") FROM "mentions" WHERE "topic" = 'floods' AND ` + inRange + ` GROUP BY time(1d)`,
		`SELECT sum("n") / 2, sum("n") * 100 + 1 FROM "mentions" WHERE ` + inRange + ` GROUP BY "topic"`,
		`SELECT count("story") FROM "mentions" WHERE ` + inRange + ` GROUP BY "topic"`,
		`SELECT count(distinct("story")) FROM "mentions" WHERE ` + inRange + ` GROUP BY "topic"`,
		`SELECT "title", "url", "publisher" FROM "mentions" WHERE "topic" = 'group-merger' AND ` + inRange + ` ORDER BY time DESC LIMIT 20`,
		`SELECT "title" FROM "mentions" WHERE "topic" = 'group-merger' AND ` + inRange + ` LIMIT 5 OFFSET 3`,
		`SELECT "title", "url" FROM "mentions" WHERE "lang" = 'ar' AND ` + inRange + ` GROUP BY "topic" LIMIT 2`,
		`SELECT * FROM "mentions" WHERE "topic" = 'floods' AND ` + inRange + ` LIMIT 7`,
		`SELECT max("observed"), max("expected"), max("upper") FROM "expected" WHERE "topic" = 'floods' AND "window" = '1h' AND ` + inRange + ` GROUP BY time(1h) fill(none)`,
		`SELECT sum("observed") / sum("exposure") FROM "expected" WHERE "window" = '1h' AND ` + inRange + ` GROUP BY time(1d), "topic" fill(none)`,
		`SELECT last("observed") AS "now", last("expected") AS "of", last("upper") FROM "expected" WHERE "window" = '24h' AND ` + inRange + ` GROUP BY "topic"`,
		`SELECT mean("p"), median("p"), percentile("p", 95), min("p"), first("p"), spread("p"), stddev("p") FROM "expected" WHERE "window" = '1h' AND ` + inRange + ` GROUP BY "topic"`,
		`SELECT percentile("ms", 95) FROM "polls" WHERE ` + inRange + ` GROUP BY time(1d), "feed"`,
		`SELECT count("status"), sum("new"), mean("ms") FROM "polls" WHERE ` + inRange + ` GROUP BY "feed", "outcome"`,
		`SELECT sum("new") + sum("known") + sum("revised") + sum("rejected") - sum("fetched") FROM "polls" WHERE ` + inRange + ` GROUP BY "feed"`,
		`SELECT * FROM "polls" WHERE "outcome" != 'ok' AND ` + inRange + ` ORDER BY time DESC LIMIT 10`,
		`SELECT "status" FROM "polls" WHERE "status" >= 500 AND "feed" = 'wire' AND ` + inRange,
		`SELECT "lo", "best", "hi", "object", "by", "sentence", "url" FROM "counts" WHERE "topic" = 'group-merger' AND "kind" = 'fighters' AND ` + inRange + ` ORDER BY time DESC LIMIT 100`,
		`SELECT "best" FROM "counts" WHERE "topic" = 'group-merger' AND ` + inRange,
		`SELECT min("lo"), max("hi") FROM "counts" WHERE "kind" = 'fighters' AND ` + inRange + ` GROUP BY time(1d), "topic" fill(none)`,
		`SELECT min("lo") AS "least", max("hi") AS "most" FROM "counts" WHERE "topic" = 'group-merger' AND "kind" =~ /^(killed|fighters)$/ AND "lang" =~ /^.*$/ AND "publisher" =~ /^.*$/ AND ` + inRange + ` GROUP BY time(6h) fill(none)`,
		`SELECT mean("best"), count("sentence") FROM "counts" WHERE "topic" = 'floods' AND "negated" = false AND ` + inRange + ` GROUP BY "kind", "bound", "publisher", "lang"`,
		`SELECT "best", "kind" FROM "counts" WHERE "topic" = 'floods' AND ` + inRange + ` ORDER BY time DESC LIMIT 9`,
		`SELECT "sentence", "negated" FROM "counts" WHERE "negated" = false AND "best" > 20 AND "topic" = 'none' AND ` + inRange,
		`SELECT max("hi"), "sentence" FROM "counts" WHERE ` + inRange + ` GROUP BY "kind"`,
		`SELECT top("hi", 3), "kind" FROM "counts" WHERE ` + inRange,
		`SELECT "title", "text", "url" FROM "incidents" WHERE "state" = 'open' AND "topic" = 'group-merger' AND ` + inRange,
		`SELECT "title" FROM "incidents" WHERE "topic" =~ /^(floods|group-split)$/`,
		`SELECT max("sum") FROM (SELECT sum("n") FROM "mentions" WHERE ` + inRange + ` GROUP BY time(1d), "topic") WHERE ` + inRange + ` GROUP BY "topic"`,
		`SELECT cumulative_sum(sum("n")) FROM "mentions" WHERE "topic" = 'floods' AND ` + inRange + ` GROUP BY time(1d)`,
		`SELECT derivative(sum("n"), 1d), moving_average(sum("n"), 3) FROM "mentions" WHERE "topic" = 'floods' AND ` + inRange + ` GROUP BY time(1d)`,
		`SELECT sum("n") FROM "mentions", "articles" WHERE ` + inRange + ` GROUP BY time(1d)`,
		`SELECT sum("n") FROM /^(mentions|articles)$/ WHERE ` + inRange + ` GROUP BY "feed"`,
		`SELECT sum("n") FROM "marsad"."autogen"."mentions" WHERE ` + inRange,
		`SELECT count("title") FROM "marsad_events".."events" WHERE time > 0 GROUP BY "precision"`,
		`SELECT sum("n") FROM "mentions" WHERE time >= 1778209020000ms AND time <= 1779227040000ms AND "topic" = 'floods' GROUP BY time(1h) fill(null)`,
		`SELECT sum("n") FROM "nothing"`,
		`SELECT "nothing" FROM "mentions" WHERE ` + inRange,
		`SELECT sum("nothing") FROM "mentions" WHERE ` + inRange,
		`SELECT sum("title") FROM "mentions"`,
		`SELECT mean("topic") FROM "mentions"`,
		`SELECT sum("n"), "title" FROM "mentions"`,
		`SELECT "title" FROM "mentions" GROUP BY time(1h)`,
		`SELECT sum("n") FROM "elsewhere".."mentions"`,
		`SELECT sum("n") FROM "mentions" GROUP BY time(1h), time(2h)`,
		`SELECT nonsense("n") FROM "mentions"`,
		`SHOW TAG VALUES ON "elsewhere" WITH KEY = "topic"`,
		`SELECT sum("n") FROM "articles" WHERE ` + inRange + `; SELECT count("n") FROM "mentions"; SHOW TAG KEYS FROM "polls"`,
	}
}

// TestAnswersAreInfluxDBs compares golden and random statements with a real
// InfluxDB 1.8 that has the record's points.
func TestAnswersAreInfluxDBs(t *testing.T) {
	s := influxtest.StartV1(t)
	record := filled(t, 14, 60)
	project(t, record, s)
	e := engine(record, influxql.Limits{})
	compare := func(t *testing.T, database, statement string) (rows int) {
		t.Helper()
		want, got := decode(t, s.InfluxQL(t, database, statement)), decode(t, ask(t.Context(), t, e, database, statement))
		if diff := cmp.Diff(want, got, cmpopts.EquateApprox(1e-9, 0)); diff != "" {
			t.Errorf("%s\n(-InfluxDB +record):\n%s", statement, diff)
		}
		return strings.Count(fmt.Sprint(want), "values:")
	}
	for _, statement := range golden() {
		compare(t, "marsad", statement)
	}
	for _, statement := range []string{
		`SHOW MEASUREMENTS`, `SHOW TAG KEYS`, `SHOW FIELD KEYS`, `SHOW TAG VALUES WITH KEY IN ("topic", "precision")`,
		`SELECT "sentence", "hi", "best", "url", "planned" FROM "events" WHERE "topic" = 'group-merger' AND time >= '2011-01-01T00:00:00Z' AND time < '2027-01-01T00:00:00Z' ORDER BY time`,
		`SELECT count("sentence") AS "events" FROM "events" WHERE "topic" = 'group-merger' AND time >= '1976-01-01T00:00:00Z' AND time < '2036-01-01T00:00:00Z' GROUP BY time(365d) fill(none)`,
		`SELECT count("title"), max("best") FROM "events" WHERE "topic" = 'floods' AND time < '2036-01-01T00:00:00Z' GROUP BY "precision", "relation", "lang"`,
		`SELECT count("title"), max("publishers") FROM "events" WHERE "topic" = 'floods' AND time < '2036-01-01T00:00:00Z' GROUP BY "precision"`,
		`SELECT last("best") FROM "events" WHERE "topic" = 'group-merger' AND time < '2036-01-01T00:00:00Z'`,
		`SELECT max("publishers") FROM "events" WHERE time >= '2001-01-01T00:00:00Z' AND time < '2031-01-01T00:00:00Z' GROUP BY time(52w), "topic" fill(none)`,
		`SELECT "title" FROM "events" WHERE "topic" =~ /./ AND time < '2005-01-01T00:00:00Z' ORDER BY time DESC LIMIT 4`,
	} {
		compare(t, "marsad_events", statement)
	}
	r := rand.New(rand.NewPCG(8, 8))
	rows := 0
	for range 300 {
		rows += compare(t, "marsad", randomStatement(r))
	}
	if rows < 200 {
		t.Errorf("%d random statements of 300 had rows, want most of them to say something", rows)
	}
}

// decode reads an answer with all its numbers as fractions.
func decode(t *testing.T, data []byte) (v any) {
	t.Helper()
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatalf("%v in %s", err, data)
	}
	return v
}

// randomStatement makes a statement of the shape that dashboards send.
func randomStatement(r *rand.Rand) string {
	one := func(of ...string) string { return of[r.IntN(len(of))] }
	m := one("mentions", "mentions", "mentions", "articles", "expected", "polls", "counts")
	tags := map[string][]string{
		"mentions": {"topic", "feed", "publisher", "country", "lang"}, "articles": {"feed", "publisher", "country", "lang"},
		"expected": {"topic", "window"}, "polls": {"feed", "outcome"}, "counts": {"topic", "kind", "bound", "publisher", "lang"},
	}[m]
	numbers := map[string][]string{
		"mentions": {"n", "n", "matches"}, "articles": {"n"}, "expected": {"observed", "expected", "upper", "p", "exposure"},
		"polls": {"fetched", "new", "known", "status", "bytes", "ms"}, "counts": {"lo", "best", "hi"},
	}[m]
	values := map[string][]string{
		"topic": {"floods", "group-merger", "none"}, "feed": {"wire", "example", "gazette"}, "publisher": {"Example News", "Nowhere Post"},
		"country": {"IQ", "SY", ""}, "lang": {"ar", "en"}, "window": {"1h", "24h"}, "outcome": {"ok", "http"}, "kind": {"killed", "fighters"}, "bound": {"exact", "between"},
	}
	condition := func() string {
		tag := tags[r.IntN(len(tags))]
		value := one(values[tag]...)
		switch op := one("=", "=", "!=", "=~", "!~"); op {
		case "=~", "!~":
			return fmt.Sprintf(`"%s" %s /%s/`, tag, op, one("^("+value+"|wire)$", "^"+value, "e.*"))
		default:
			return fmt.Sprintf(`"%s" %s '%s'`, tag, op, value)
		}
	}
	var wheres []string
	for range r.IntN(3) {
		if c := condition(); r.IntN(3) == 0 {
			wheres = append(wheres, "("+c+" OR "+condition()+")")
		} else {
			wheres = append(wheres, c)
		}
	}
	wheres = append(wheres, fmt.Sprintf(`time >= %dms`, end().UnixMilli()-r.Int64N(12*86_400_000)-3_600_000), fmt.Sprintf(`time <= %dms`, end().UnixMilli()-r.Int64N(3_600_000)))
	var columns []string
	for range 1 + r.IntN(3) {
		column := fmt.Sprintf(`%s("%s")`, one("sum", "sum", "count", "mean", "max", "min", "first", "last", "median"), one(numbers...))
		columns = append(columns, column+one("", "", " / 3", " * 2 + 1"))
	}
	statement := fmt.Sprintf(`SELECT %s FROM "%s" WHERE %s`, strings.Join(columns, ", "), m, strings.Join(wheres, " AND "))
	var groups []string
	fill, zone := "", ""
	if r.IntN(4) > 0 {
		groups = append(groups, one("time(1h)", "time(3h)", "time(1d)", "time(1d, 3h)", "time(20m)", "time(7d)"))
		fill = " fill(" + one("null", "none", "previous", "linear", "0") + ")"
		zone = one("", "", " tz('Asia/Baghdad')", " tz('Asia/Tehran')")
	}
	for _, tag := range tags {
		if r.IntN(3) == 0 {
			groups = append(groups, `"`+tag+`"`)
		}
	}
	if len(groups) > 0 {
		statement += " GROUP BY " + strings.Join(groups, ", ")
	}
	statement += fill + one("", "", " ORDER BY time DESC")
	if r.IntN(4) == 0 {
		statement += fmt.Sprintf(" LIMIT %d OFFSET %d", 1+r.IntN(5), r.IntN(3))
	}
	return statement + zone
}
