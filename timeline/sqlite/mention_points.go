package sqlite

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"time"

	"marsad/timeline"
)

// The points of an article's counts and events on a topic are kept beside the
// mention, without their texts: the article's language and publisher, then for each
// point
//
//	what it has     a byte of the bits below
//	second, nanos   the first from the article's publication on
//	two tags        bound and kind of a count, precision and relation of an event
//	values          those of lo, best and hi that it has
//
// Numbers are varints, those of values with the bytes of the float reversed, which
// makes few of whole numbers; texts have their length before them.
const (
	packedEvent = 1 << iota
	packedLo
	packedBest
	packedHi
	packedTrue // negated, planned
)

// packable reports whether what is asked for of a measurement is beside mentions.
func packable(q *timeline.PointQuery) bool {
	kept := map[string][]string{"counts": {"lo", "best", "hi", "negated"}, "events": {"best", "planned"}}[q.Measurement]
	topics := q.Tags["topic"]
	return q.Fields != nil && len(topics) == 1 && topics[0] != timeline.NoTopic &&
		!slices.ContainsFunc(q.Fields, func(name string) bool { return !slices.Contains(kept, name) })
}

// packPoints gives what is kept beside each mention, by topic.
func packPoints(a *timeline.Article, facts timeline.Facts) map[string][]byte {
	packs := make(map[string][]byte, len(facts.Mentions))
	head := appendSized(appendSized(nil, a.Lang), a.Publisher)
	for i := range facts.Mentions {
		packs[facts.Mentions[i].Topic] = slices.Clip(head)
	}
	points := timeline.ArticlePoints(a, facts)
	for i := range points {
		p := &points[i]
		topic := p.Tags[len(p.Tags)-1].Value
		pack, mentioned := packs[topic]
		switch {
		case !mentioned:
		case p.Measurement == "counts":
			packs[topic] = appendPoint(pack, p, a.Published, 0, p.Tags[0].Value, p.Tags[1].Value)
		case p.Measurement == "events":
			packs[topic] = appendPoint(pack, p, a.Published, packedEvent, p.Tags[1].Value, p.Tags[2].Value)
		}
	}
	return packs
}

func appendPoint(b []byte, p *timeline.Point, published time.Time, has byte, tags ...string) []byte {
	var values []float64
	for _, f := range p.Fields {
		switch v := f.Value.(type) {
		case float64: // in this order
			has |= map[string]byte{"lo": packedLo, "best": packedBest, "hi": packedHi}[f.Key]
			values = append(values, v)
		case bool:
			if v {
				has |= packedTrue
			}
		}
	}
	b = binary.AppendVarint(append(b, has), p.Time.Unix()-published.Unix())
	b = binary.AppendUvarint(b, uint64(p.Time.Nanosecond()))
	for _, tag := range tags {
		b = appendSized(b, tag)
	}
	for _, v := range values {
		b = binary.AppendUvarint(b, bits.ReverseBytes64(math.Float64bits(v)))
	}
	return b
}

func appendSized(b []byte, text string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(text))), text...)
}

// repackPoints makes anew what is kept beside the mentions of an article, once its
// row, facts and mentions are what is given.
func repackPoints(ctx context.Context, s *session, row int64, a *timeline.Article, facts timeline.Facts) error {
	for topic, pack := range packPoints(a, facts) {
		if _, err := s.exec(ctx, `UPDATE mentions SET points = ? WHERE article = ? AND topic = ? AND points IS NOT ?1`, pack, row, topic); err != nil {
			return err
		}
	}
	return nil
}

// packed walks through what is kept beside the mentions of the one topic, and
// through the articles of those beside which nothing is.
func (w *pointWalk) packed() error {
	b := walkQuery{text: `SELECT m.article, m.published, m.points FROM mentions m`}
	b.oneOf(`m.topic`, w.q.Tags["topic"], true)
	if w.q.Measurement == "counts" {
		b.between(`m.published`, &w.q)
	}
	query, args := b.ordered(`m.published`, &w.q)
	u := unpacking{measurement: w.q.Measurement, topic: w.q.Tags["topic"][0], tags: make(map[string]map[string][]timeline.Tag), visit: w.visit}
	return each(w.ctx, w.s, query, args, func(row scanner) error {
		var (
			article   int64
			published stamp
			pack      sql.RawBytes
		)
		if err := row.Scan(&article, &published, &pack); err != nil {
			return err
		}
		if pack == nil {
			return w.article(article)
		}
		if err := u.points(published.Unix(), pack); err != nil {
			return fmt.Errorf("article %d: %w", article, err)
		}
		return nil
	})
}

// unpacking visits the points of one measurement and topic that are kept beside
// mentions. Points with the same tags share them.
type unpacking struct {
	measurement, topic string
	tags               map[string]map[string][]timeline.Tag // by what stands of them in the head, and in the point
	visit              func(*timeline.Point) error
}

var errPacked = errors.New("points beside a mention are cut off")

func (u *unpacking) points(published int64, pack []byte) error {
	r := packReader{rest: pack}
	lang, publisher := r.text(), r.text()
	head := pack[:len(pack)-len(r.rest)]
	tags := u.tags[string(head)]
	if tags == nil {
		tags = make(map[string][]timeline.Tag)
		u.tags[string(head)] = tags
	}
	for len(r.rest) > 0 && !r.short {
		has := r.rest[0]
		r.rest = r.rest[1:]
		second, nanos := published+r.signed(), r.number()
		names := r.rest
		first, other := r.text(), r.text()
		names = names[:len(names)-len(r.rest)]
		var values [3]float64
		for i, bit := range []byte{packedLo, packedBest, packedHi} {
			if has&bit != 0 {
				values[i] = math.Float64frombits(bits.ReverseBytes64(r.number()))
			}
		}
		if r.short || has&packedEvent != 0 != (u.measurement == "events") {
			continue
		}
		shared, known := tags[string(names)]
		if !known {
			shared = u.named(string(lang), string(publisher), string(first), string(other))
			tags[string(names)] = shared
		}
		p := timeline.Point{Measurement: u.measurement, Time: time.Unix(second, int64(nanos)).UTC(), Tags: shared, Fields: u.fields(has, values)}
		if has&packedEvent != 0 {
			p.Bucket = timeline.BucketEvents
		}
		if err := u.visit(&p); err != nil {
			return err
		}
	}
	if r.short {
		return errPacked
	}
	return nil
}

func (u *unpacking) named(lang, publisher, first, other string) []timeline.Tag {
	if u.measurement == "events" {
		return []timeline.Tag{{Key: "lang", Value: lang}, {Key: "precision", Value: first}, {Key: "relation", Value: other}, {Key: "topic", Value: u.topic}}
	}
	return []timeline.Tag{
		{Key: "bound", Value: first}, {Key: "kind", Value: other}, {Key: "lang", Value: lang}, {Key: "publisher", Value: publisher}, {Key: "topic", Value: u.topic},
	}
}

// fields gives the values; of other fields it says that they are there.
func (u *unpacking) fields(has byte, values [3]float64) []timeline.Field {
	fields := make([]timeline.Field, 0, 9)
	for i, name := range [...]string{"lo", "best", "hi"} {
		if has&(packedLo<<i) != 0 {
			fields = append(fields, timeline.Field{Key: name, Value: values[i]})
		}
	}
	if u.measurement == "events" {
		return append(fields, timeline.Field{Key: "planned", Value: has&packedTrue != 0}, timeline.Field{Key: "publishers", Value: int64(0)},
			timeline.Field{Key: "title", Value: ""}, timeline.Field{Key: "sentence", Value: ""}, timeline.Field{Key: "url", Value: ""},
			timeline.Field{Key: "hi", Value: ""}, timeline.Field{Key: "actors", Value: ""}, timeline.Field{Key: "places", Value: ""})
	}
	return append(fields, timeline.Field{Key: "negated", Value: has&packedTrue != 0}, timeline.Field{Key: "object", Value: ""},
		timeline.Field{Key: "by", Value: ""}, timeline.Field{Key: "sentence", Value: ""}, timeline.Field{Key: "url", Value: ""})
}

// packReader reads a pack from its beginning on.
type packReader struct {
	rest  []byte
	short bool // it ended within something, or a number is none
}

func (r *packReader) text() []byte {
	n := r.number()
	if n > uint64(len(r.rest)) {
		r.short, n = true, 0
	}
	text := r.rest[:n]
	r.rest = r.rest[n:]
	return text
}

func (r *packReader) number() uint64 {
	v, n := binary.Uvarint(r.rest)
	r.skip(n)
	return v
}

func (r *packReader) signed() int64 {
	v, n := binary.Varint(r.rest)
	r.skip(n)
	return v
}

func (r *packReader) skip(n int) {
	if n <= 0 {
		r.short, n = true, 0
	}
	r.rest = r.rest[n:]
}
