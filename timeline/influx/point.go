package influx

import (
	"math"
	"strconv"
	"strings"
	"time"

	"marsad/timeline"
)

// The instants that fit in int64 nanoseconds, as InfluxDB narrows them.
var (
	earliest = time.Unix(0, math.MinInt64+2)
	latest   = time.Unix(0, math.MaxInt64-1)
)

// point is a timeline.Point made fit for InfluxDB.
type point struct {
	bucket      timeline.Bucket
	measurement string
	tags        []timeline.Tag
	time        time.Time
	key         string // measurement and tags in line protocol: the series
	line        string // the whole line; empty for a point to be deleted
	reason      string // why it cannot be written, or empty
	shortened   bool   // a string field was cut
}

// id tells points of a bucket apart: two with the same id are one point.
func (p *point) id() string {
	return strconv.Itoa(int(p.bucket)) + p.key + " " + strconv.FormatInt(p.time.UnixNano(), 10)
}

// seriesOf makes the tags fit and spells the series. Tombstones and writes go
// through it alike, so that they meet.
func seriesOf(p *timeline.Point) point {
	out := point{bucket: p.Bucket, measurement: timeline.TagText(p.Measurement), time: p.Time}
	var key strings.Builder
	key.WriteString(measurementEscaper.Replace(out.measurement))
	for _, tag := range p.Tags {
		name, value := cleanKey(tag.Key), timeline.TagText(tag.Value)
		if name == "" || value == "" {
			continue // InfluxDB has no empty tags
		}
		out.tags = append(out.tags, timeline.Tag{Key: name, Value: value})
		key.WriteByte(',')
		key.WriteString(keyEscaper.Replace(name))
		key.WriteByte('=')
		key.WriteString(keyEscaper.Replace(value))
	}
	out.key = key.String()
	switch {
	case out.measurement == "":
		out.reason = "no measurement"
	case p.Time.Before(earliest) || p.Time.After(latest):
		out.reason = "time outside 1677-2262"
	}
	return out
}

// encode writes the point in line protocol, the time in nanoseconds.
// Source: docs.influxdata.com, Line protocol.
func encode(p *timeline.Point) point {
	out := seriesOf(p)
	if out.reason != "" {
		return out
	}
	b := make([]byte, 0, 256)
	b = append(b, out.key...)
	separator := byte(' ')
	for _, f := range p.Fields {
		name := cleanKey(f.Key)
		if name == "" || !isWritable(f.Value) {
			continue
		}
		b = append(b, separator)
		b = append(b, keyEscaper.Replace(name)...)
		b = append(b, '=')
		switch v := f.Value.(type) {
		case int64:
			b = append(strconv.AppendInt(b, v, 10), 'i')
		case float64:
			b = strconv.AppendFloat(b, v, 'g', -1, 64)
		case bool:
			b = strconv.AppendBool(b, v)
		case string:
			text, cut := timeline.FieldText(v)
			out.shortened = out.shortened || cut
			b = append(b, '"')
			b = append(b, stringEscaper.Replace(text)...)
			b = append(b, '"')
		}
		separator = ','
	}
	if separator == ' ' {
		out.reason = "no field with a value"
		return out
	}
	b = append(b, ' ')
	out.line = string(strconv.AppendInt(b, p.Time.UnixNano(), 10))
	return out
}

// isWritable reports whether line protocol has a form for the value: it has none
// for NaN and the infinities.
func isWritable(value any) bool {
	switch v := value.(type) {
	case int64, bool, string:
		return true
	case float64:
		return !math.IsNaN(v) && !math.IsInf(v, 0)
	}
	return false
}

var (
	measurementEscaper = strings.NewReplacer(",", `\,`, " ", `\ `)
	keyEscaper         = strings.NewReplacer(",", `\,`, " ", `\ `, "=", `\=`)
	stringEscaper      = strings.NewReplacer(`\`, `\\`, `"`, `\"`)
)

// cleanKey is timeline.TagText for the keys of tags and fields, of which InfluxDB
// reserves some.
func cleanKey(s string) string {
	switch s = timeline.TagText(s); s {
	case "time", "_measurement", "_field", "_time", "_value":
		return s + "_"
	}
	return s
}

// predicate selects the series of a point for /api/v2/delete. A tag that the
// point does not have is not mentioned, and matches any value: the record gives
// no two points of a measurement the same instant, unless they are of one fact
// and differ in a tag that both have.
func (p *point) predicate() string {
	var b strings.Builder
	b.WriteString(`_measurement=` + quote(p.measurement))
	for _, tag := range p.tags {
		b.WriteString(` AND ` + quote(tag.Key) + `=` + quote(tag.Value))
	}
	return b.String()
}

// quote writes a string as the language of predicates reads it.
func quote(s string) string { return `"` + stringEscaper.Replace(s) + `"` }

// describe names the point's series for the log.
func (p *point) describe() string {
	if _, tags, found := strings.Cut(p.key, ","); found {
		return tags
	}
	return ""
}
