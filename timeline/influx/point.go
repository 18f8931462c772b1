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
	time        time.Time
	tags        []timeline.Tag // of a point to be deleted
	key         string         // measurement and tags in line protocol: the series
	line        string         // the whole line; empty for a point to be deleted
	reason      string         // why it cannot be written, or empty
	shortened   bool           // a string field was cut
}

// identity tells points of a bucket apart: two with the same are one point.
type identity struct {
	bucket timeline.Bucket
	key    string
	at     int64 // nanoseconds since 1970
}

func (p *point) identity() identity { return identity{p.bucket, p.key, p.time.UnixNano()} }

// speller spells points, one after the other. It keeps what it has spelt of tags,
// which are few and in every line, and its room.
type speller struct {
	tags   map[timeline.Tag]string
	line   []byte
	places map[identity]places // empty between folds
}

// maxSpelt is how many tags a speller keeps.
const maxSpelt = 10_000

// series spells the series of a point that is to be deleted. Tombstones and
// writes go through the same, so that they meet.
func (s *speller) series(p *timeline.Point) point {
	out := s.begin(p)
	out.key = string(s.line)
	for _, tag := range p.Tags {
		if fit := fitTag(tag); fit != (timeline.Tag{}) {
			out.tags = append(out.tags, fit)
		}
	}
	return out
}

// whole writes the point in line protocol, the time in nanoseconds.
// Source: docs.influxdata.com, Line protocol.
func (s *speller) whole(p *timeline.Point) point {
	out := s.begin(p)
	end := len(s.line)
	if out.reason == "" && !s.fields(p.Fields, &out) {
		out.reason = "no field with a value"
	}
	if out.reason != "" {
		out.key = string(s.line[:end])
		return out
	}
	s.line = strconv.AppendInt(append(s.line, ' '), p.Time.UnixNano(), 10)
	out.line = string(s.line)
	out.key = out.line[:end]
	return out
}

// begin makes the tags fit and starts the line with measurement and tags.
func (s *speller) begin(p *timeline.Point) point {
	out := point{bucket: p.Bucket, measurement: timeline.TagText(p.Measurement), time: p.Time}
	s.line = appendEscaped(s.line[:0], out.measurement, specialInMeasurement)
	for _, tag := range p.Tags {
		s.line = append(s.line, s.tag(tag)...)
	}
	switch {
	case out.measurement == "":
		out.reason = "no measurement"
	case p.Time.Before(earliest) || p.Time.After(latest):
		out.reason = "time outside 1677-2262"
	}
	return out
}

// tag spells a tag with the comma before it, or nothing where there is none.
func (s *speller) tag(tag timeline.Tag) string {
	spelt, known := s.tags[tag]
	if known {
		return spelt
	}
	if fit := fitTag(tag); fit != (timeline.Tag{}) {
		b := appendEscaped([]byte{','}, fit.Key, specialInKey)
		spelt = string(appendEscaped(append(b, '='), fit.Value, specialInKey))
	}
	if s.tags == nil || len(s.tags) == maxSpelt {
		s.tags = map[timeline.Tag]string{}
	}
	s.tags[tag] = spelt
	return spelt
}

// fitTag makes a tag fit. InfluxDB has no empty tags; of those there is none.
func fitTag(tag timeline.Tag) timeline.Tag {
	fit := timeline.Tag{Key: cleanKey(tag.Key), Value: timeline.TagText(tag.Value)}
	if fit.Key == "" || fit.Value == "" {
		return timeline.Tag{}
	}
	return fit
}

// fields adds the fields to the line and reports whether there are any.
func (s *speller) fields(fields []timeline.Field, out *point) bool {
	b, separator := s.line, byte(' ')
	for i := range fields {
		name, value := cleanKey(fields[i].Key), fields[i].Value
		if name == "" || !isWritable(value) {
			continue
		}
		b = append(appendEscaped(append(b, separator), name, specialInKey), '=')
		switch v := value.(type) {
		case int64:
			b = append(strconv.AppendInt(b, v, 10), 'i')
		case float64:
			b = strconv.AppendFloat(b, v, 'g', -1, 64)
		case bool:
			b = strconv.AppendBool(b, v)
		case string:
			text, cut := timeline.FieldText(v)
			out.shortened = out.shortened || cut
			b = append(appendEscaped(append(b, '"'), text, specialInString), '"')
		}
		separator = ','
	}
	s.line = b
	return separator == ','
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

// The characters that line protocol wants a backslash before.
const (
	specialInMeasurement = ", "
	specialInKey         = ", ="
	specialInString      = `"\`
)

// appendEscaped appends s with a backslash before each special character.
func appendEscaped(b []byte, s, special string) []byte {
	for {
		i := strings.IndexAny(s, special)
		if i < 0 {
			return append(b, s...)
		}
		b = append(append(b, s[:i]...), '\\', s[i])
		s = s[i+1:]
	}
}

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
func quote(s string) string {
	return string(append(appendEscaped([]byte{'"'}, s, specialInString), '"'))
}

// describe names the point's series for the log.
func (p *point) describe() string {
	if _, tags, found := strings.Cut(p.key, ","); found {
		return tags
	}
	return ""
}
