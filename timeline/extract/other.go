package extract

import "marsad/timeline"

// The types of quantities that are no counts; see timeline.Quantity.
const (
	typeMoney      = "money"
	typePercent    = "percent"
	typeMeasure    = "measure"
	typeAge        = "age"
	typeOrdinal    = "ordinal"
	typeDuration   = "duration"
	typeTime       = "time"
	typeScore      = "score"
	typePhone      = "phone"
	typeFrequency  = "frequency"
	typeFraction   = "fraction"
	typeRatio      = "ratio"
	typeIdentifier = "identifier"
	typeVagueTime  = "vague-time"
	typeName       = "name"
	typeNumber     = "number"
)

// ending is what a quantity turns out to be by the words beside it.
type ending struct {
	kind  string // one of the types
	unit  string
	first int // tokens [first, last) of the whole
	last  int
}

// ending tells a quantity that counts nothing by what stands beside it, and
// gives false for one that may count.
func (s *scan) ending(q quantity) (ending, bool) {
	e := ending{first: q.first, last: q.last}
	at := q.last
	if s.mark(at, "%") && (!s.touches(at+1) || !s.word(at+1) && !s.number(at+1)) {
		return s.ended(e, typePercent, "%", at+1)
	}
	if s.any(at, classPercent) {
		return s.ended(e, typePercent, "%", s.after(at))
	}
	if code, first, ok := s.currencyBefore(q); ok {
		e.first = first
		return s.ended(e, typeMoney, code, at)
	}
	if c, ok := s.is(at, classCurrencies); ok {
		return s.ended(e, typeMoney, c.text, s.after(at))
	}
	if code := s.currencySign(at); code != "" {
		return s.ended(e, typeMoney, code, at+1)
	}
	if q.bound == timeline.Vague && s.any(at, classOf) || s.clitics(at) && s.definite(at) && q.bound == timeline.Vague {
		if e, ok := s.sizeOf(e, at); ok {
			return e, true
		}
	}
	if s.any(q.first-1, classOr) && s.any(q.first-2, classTimeUnits) && !s.nounAt(at, q) {
		u, _ := s.is(q.first-2, classTimeUnits)
		return s.ended(e, typeDuration, u.text, at) // "a year or two"
	}
	kind, unit, last, timed := s.timeEnding(q)
	if s.identifies(q) && (!timed || !s.touches(last-1)) {
		return s.ended(e, typeIdentifier, "", at)
	}
	if timed {
		return s.ended(e, kind, unit, last)
	}
	if u, ok := s.is(q.first-1, classTimeUnits); ok && q.n.definite && s.definite(q.first-1) {
		e.first = q.first - 1
		return s.ended(e, typeDuration, u.text, at) // "الأشهر الثلاثة"
	}
	if m, ok := s.is(at, classMeasures); ok && !s.joined(at) && !s.definite(at) {
		return s.ended(e, typeMeasure, m.text, s.after(at))
	}
	if x, ok := s.is(at, classRatios); ok && !s.joined(at) {
		return s.ended(e, typeRatio, x.text, s.after(at))
	}
	if s.any(at, classTimes) && s.glosses[at].prefix == "" {
		return s.ended(e, typeFrequency, "", s.after(at))
	}
	if s.any(s.before(q.first), classAgeBefore) || s.apposed(q) || s.secondOf(q, typeAge) {
		return s.ended(e, typeAge, "year", at)
	}
	if s.any(at, classAgeAfter) {
		return s.ended(e, typeAge, "year", s.after(at))
	}
	if q.n.digits && s.clockTime(q) || s.any(s.before(q.n.first), classClock) && s.clitics(q.n.first-1) {
		return s.ended(e, typeTime, "", s.clockEnd(at))
	}
	if q.n.part {
		return s.ended(e, typeFraction, "", at)
	}
	return e, false
}

// sizeOf tells what a vague quantity measures, of which token at tells the unit:
// "hundreds of millions of dollars", "thousands of years", "ملايين الدولارات".
func (s *scan) sizeOf(e ending, at int) (ending, bool) {
	if s.any(at, classOf) {
		at = s.after(at)
	}
	for _, size := range []struct {
		class class
		kind  string
	}{{classCurrencies, typeMoney}, {classTimeUnits, typeDuration}, {classMeasures, typeMeasure}} {
		if x, ok := s.is(at, size.class); ok {
			return s.ended(e, size.kind, x.text, s.after(at))
		}
	}
	return e, false
}

// apposed reports whether the number stands by itself behind a name, as ages do:
// "Mohammed Ali, 34, said", "Sara Khan (27)".
func (s *scan) apposed(q quantity) bool {
	const oldest = 115 // years
	i := q.first
	if !q.n.bare || q.bounded || q.n.value < 1 || q.n.value > oldest || !s.word(i-2) || !s.spaced(i-2) || !s.capital(i-2) {
		return false
	}
	return s.mark(i-1, ",") && s.mark(q.last, ",") || s.mark(i-1, "(") && s.mark(q.last, ")")
}

// secondOf reports whether "and" ties the number to one of the given type right
// before it, and nothing that can be counted stands behind it: "aged 24 and 31",
// "Resolutions 242 and 338".
func (s *scan) secondOf(q quantity, kind string) bool {
	n := len(s.facts.Other)
	if n == 0 || s.facts.Other[n-1].Type != kind || q.bounded || !q.n.digits {
		return false
	}
	end := q.first - 1
	switch {
	case s.any(end, classAnd) || s.mark(end, ","):
	case s.joined(q.first) || s.mark(end, "و"):
	default:
		return false
	}
	return s.Tokens[end-1].End == s.facts.Other[n-1].Span.End || s.joined(q.first) && s.Tokens[end].End == s.facts.Other[n-1].Span.End
}

// clockEnd gives the token behind a time of day whose hour ends before token i:
// behind its minutes, seconds and the half of the day.
func (s *scan) clockEnd(i int) int {
	for s.mark(i, ":") && s.touches(i) && s.touches(i+1) && s.number(i+1) {
		i += 2
	}
	if s.any(i, classMeridiem) {
		i = s.after(i)
	}
	return i
}

func (s *scan) ended(e ending, kind, unit string, last int) (ending, bool) {
	e.kind, e.unit, e.last = kind, unit, last
	return e, true
}

// timeEnding tells durations and ages: a number and a unit of time.
func (s *scan) timeEnding(q quantity) (kind, unit string, last int, ok bool) {
	unit, last, ok = s.unitAfter(q)
	if !ok {
		return "", "", 0, false
	}
	switch {
	case s.mark(last, "-") && s.any(last+1, classAgeAfter):
		return typeAge, unit, last + 2, true
	case s.any(last, classAgeAfter), s.any(s.before(q.first), classAgeBefore):
		return typeAge, unit, last, true
	case unit == unitYear && s.mark(last, ")") && (s.mark(q.first-1, "(") || s.mark(q.first-1, "،")):
		return typeAge, unit, last, true
	}
	return typeDuration, unit, last, true
}

// currencyBefore tells "$5", "US$ 16 million", "USD 5", "£3m".
func (s *scan) currencyBefore(q quantity) (code string, first int, ok bool) {
	if code := s.currencySign(q.n.first - 1); code != "" && q.n.digits {
		first = q.n.first - 1
		if s.mark(first-1, "us") && s.touches(first) {
			first--
		}
		return code, first, true
	}
	if c, ok := s.is(q.n.first-1, classCurrencies); ok && q.n.digits && len(s.Tokens[q.n.first-1].Folded) == 3 {
		return c.text, q.n.first - 1, true
	}
	return "", 0, false
}

// currencySign gives the code of the sign at token i, or "".
func (s *scan) currencySign(i int) string {
	x, _ := s.is(i, classCurrencySigns)
	return x.text
}

// clockTime reports whether the number is a time of day: "10:30", "5 pm".
func (s *scan) clockTime(q quantity) bool {
	if s.any(q.last, classZones) && s.spaced(q.last) && q.n.bare {
		return true
	}
	if !q.n.bare || q.n.value > 24 {
		return false
	}
	if s.any(q.last, classMeridiem) {
		return true
	}
	return s.mark(q.last, ":") && s.touches(q.last) && s.touches(q.last+1) && s.number(q.last+1)
}

// addOther records a quantity that counts nothing.
func (s *scan) addOther(q quantity, e ending) {
	o := timeline.Quantity{
		Span: s.span(e.first, e.last-1), Sentence: s.sentence,
		Type: e.kind, Unit: e.unit, Rule: "other." + e.kind,
	}
	o.Value = s.side(q.best)
	if q.bound != timeline.Exact || q.bounded {
		o.Lo, o.Hi = s.side(q.lo), s.side(q.hi)
	}
	if seconds, ok := unitSeconds(e.unit); ok && e.kind == typeDuration {
		o.Text = isoDuration(q.best, e.unit)
		for _, v := range []**float64{&o.Value, &o.Lo, &o.Hi} {
			if *v != nil {
				scaled := **v * seconds
				*v = &scaled
			}
		}
	}
	s.facts.Other = append(s.facts.Other, o)
}
