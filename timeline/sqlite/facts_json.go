package sqlite

import (
	"encoding/json"
	"math"
	"strconv"
	"unicode/utf8"
)

// appender appends its JSON, as encoding/json would write it. Facts are many, and
// with reflection their encoding took as long as all that a first poll parses.
type appender interface {
	appendTo(b []byte) ([]byte, error)
}

func (d *dateData) appendTo(b []byte) ([]byte, error) {
	o := object{out: b}
	o.instant("lo", d.Lo)
	o.instant("hi", d.Hi)
	o.text("precision", string(d.Precision))
	o.text("relation", string(d.Relation))
	o.someText("timex", d.TIMEX3)
	o.instant("ref", d.Ref)
	o.text("rule", d.Rule)
	return o.end(), nil
}

func (d *countData) appendTo(b []byte) ([]byte, error) {
	o := object{out: b}
	if err := o.numbers(named{"lo", d.Lo}, named{"best", d.Best}, named{"hi", d.Hi}); err != nil {
		return nil, err
	}
	o.text("bound", string(d.Bound))
	o.ints("object", d.Object[:])
	o.text("kind", d.Kind)
	o.someText("of", d.Of)
	o.someText("by", d.By)
	o.texts("in", d.In)
	o.texts("countries", d.Countries)
	o.truth("negated", d.Negated)
	o.text("rule", d.Rule)
	return o.end(), nil
}

func (d *eventData) appendTo(b []byte) ([]byte, error) {
	o := object{out: b}
	o.instant("lo", &d.Lo)
	o.instant("hi", &d.Hi)
	o.text("precision", string(d.Precision))
	o.text("relation", string(d.Relation))
	o.someText("timex", d.TIMEX3)
	o.pairs("dates", d.Dates)
	o.pairs("counts", d.Counts)
	o.texts("actors", d.Actors)
	o.texts("places", d.Places)
	o.texts("countries", d.Countries)
	o.truth("planned", d.Planned)
	o.text("rule", d.Rule)
	return o.end(), nil
}

func (d *quantityData) appendTo(b []byte) ([]byte, error) {
	o := object{out: b}
	o.text("type", d.Type)
	if err := o.numbers(named{"value", d.Value}, named{"lo", d.Lo}, named{"hi", d.Hi}); err != nil {
		return nil, err
	}
	o.someText("unit", d.Unit)
	o.someText("text", d.Text)
	o.text("rule", d.Rule)
	return o.end(), nil
}

// object appends the fields of a JSON object to what was written before it. Names
// are plain letters.
type object struct {
	out   []byte
	begun bool
}

func (o *object) name(name string) {
	before := byte('{')
	if o.begun {
		before = ','
	}
	o.begun = true
	o.out = append(o.out, before)
	o.out = append(append(append(o.out, '"'), name...), '"', ':')
}

func (o *object) end() []byte { return append(o.out, '}') }

func (o *object) raw(name string, value []byte) {
	o.name(name)
	o.out = append(o.out, value...)
}

func (o *object) text(name, value string) {
	o.name(name)
	o.out = appendText(o.out, value)
}

func (o *object) someText(name, value string) {
	if value != "" {
		o.text(name, value)
	}
}

func (o *object) texts(name string, values []string) {
	if len(values) == 0 {
		return
	}
	o.name(name)
	o.out = append(o.out, '[')
	for i, v := range values {
		if i > 0 {
			o.out = append(o.out, ',')
		}
		o.out = appendText(o.out, v)
	}
	o.out = append(o.out, ']')
}

func (o *object) truth(name string, value bool) {
	if value {
		o.name(name)
		o.out = append(o.out, "true"...)
	}
}

func (o *object) ints(name string, values []int) {
	o.name(name)
	o.out = appendInts(o.out, values)
}

func (o *object) ints64(name string, values []int64) {
	o.name(name)
	o.out = appendInts(o.out, values)
}

func (o *object) pairs(name string, pairs [][2]int) {
	if len(pairs) == 0 {
		return
	}
	o.name(name)
	o.out = append(o.out, '[')
	for i := range pairs {
		if i > 0 {
			o.out = append(o.out, ',')
		}
		o.out = appendInts(o.out, pairs[i][:])
	}
	o.out = append(o.out, ']')
}

// named is a number that may be missing.
type named struct {
	name  string
	value *float64
}

func (o *object) numbers(numbers ...named) error {
	for _, n := range numbers {
		switch {
		case n.value == nil:
		case *n.value == math.Trunc(*n.value) && math.Abs(*n.value) < 1<<53:
			o.name(n.name)
			o.out = strconv.AppendInt(o.out, int64(*n.value), 10)
		default: // not a number is refused here
			data, err := json.Marshal(*n.value)
			if err != nil {
				return err
			}
			o.raw(n.name, data)
		}
	}
	return nil
}

func (o *object) instant(name string, t *instant) {
	if t == nil {
		return
	}
	o.name(name)
	o.out = t.appendTo(o.out)
}

// appendTo appends [seconds since 1970, nanoseconds, zone, offset].
func (t *instant) appendTo(b []byte) []byte {
	b = strconv.AppendInt(append(b, '['), t.Unix(), 10)
	b = strconv.AppendInt(append(b, ','), int64(t.Nanosecond()), 10)
	b = appendText(append(b, ','), t.Location().String())
	b = strconv.AppendInt(append(b, ','), int64(offsetOf(t.Time)), 10)
	return append(b, ']')
}

func appendInts[T int | int64](b []byte, values []T) []byte {
	b = append(b, '[')
	for i, v := range values {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, int64(v), 10)
	}
	return append(b, ']')
}

// appendText appends a text in quotes.
func appendText(b []byte, s string) []byte {
	if isPlain(s) {
		return append(append(append(b, '"'), s...), '"')
	}
	data, err := json.Marshal(s)
	if err != nil { // no text makes it fail
		return append(b, `""`...)
	}
	return append(b, data...)
}

// isPlain reports whether a text stands in JSON as it is.
func isPlain(s string) bool {
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			if c < ' ' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' || c == 0x7f {
				return false
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError || r == '\u2028' || r == '\u2029' {
			return false
		}
		i += n
	}
	return true
}
