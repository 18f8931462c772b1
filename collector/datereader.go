package collector

import (
	"slices"
	"time"
	"unicode/utf8"
)

// dateReader reads a date token by token. Whatever the order of its parts, each
// is known by its form: a clock has colons, a year four digits, a zone comes
// after the clock.
type dateReader struct {
	tokens []dateToken
	order  orderHint
	seen   dayOrder // order that this date can only have

	orderAssumed bool

	at     int
	year   int // 0 when there is none yet
	month  time.Month
	doubt  time.Month // of a word that may be a weekday as well
	day    int
	plain  []dateToken // numbers that stand alone
	hour   int
	minute int
	second int
	nanos  int
	clock  bool
	half   int // -1 am, +1 pm
	zone   zoneNote
	epoch  time.Time
	bad    bool
}

// peek gives the token n after the current one.
func (d *dateReader) peek(n int) dateToken {
	if d.at+n >= len(d.tokens) {
		return dateToken{}
	}
	return d.tokens[d.at+n]
}

func (d *dateReader) sign(n int, signs ...string) bool {
	t := d.peek(n)
	return t.kind == signToken && slices.Contains(signs, t.text)
}

func (d *dateReader) number(n, minDigits, maxDigits int) bool {
	t := d.peek(n)
	return t.kind == numberToken && len(t.text) >= minDigits && len(t.text) <= maxDigits
}

// read takes all tokens in and reports whether they make up a date.
func (d *dateReader) read() bool {
	for d.at < len(d.tokens) && !d.bad {
		switch t := d.peek(0); t.kind {
		case numberToken:
			d.readNumber(t)
		case wordToken:
			d.readWord()
		case signToken:
			d.readSign()
		case spaceToken, endToken:
			d.at++
		}
	}
	return !d.bad && d.settle()
}

// readNumber reads what begins with a number.
func (d *dateReader) readNumber(t dateToken) {
	switch {
	case d.number(0, 1, 2) && d.sign(1, ":") && d.number(2, 1, 2):
		d.readClock()
	case d.number(0, 1, 2) && !d.clock && d.month != 0 && (d.year != 0 || len(d.plain) > 1) && d.sign(1, ".") && d.number(2, 2, 2):
		d.readClock() // 10.30
	case d.number(0, 1, 2) && !d.clock && d.peek(1).text == "h" && d.number(2, 2, 2): // 10h30
		d.clock, d.hour, d.minute = true, t.value, d.peek(2).value
		d.at += 3
	case d.number(0, 4, 4) && d.sign(1, "-", "/", ".") && d.number(2, 1, 2):
		d.readYearFirst()
	case d.number(0, 1, 2) && d.sign(1, "-", "/", ".") && d.number(2, 1, 2) && d.sign(3, "-", "/", ".") && d.number(4, 2, 4):
		d.readYearLast()
	case d.number(0, 1, 4) && d.unit() != "":
		d.readWithUnit(t)
	case len(d.tokens) == 1 || d.at == 0 && d.onlySpaceAfter():
		d.readAlone(t)
	case len(t.text) == 8 && d.year == 0:
		d.compactDate(t.value)
		d.at++
	case d.at > 0 && d.peek(-1).text == "t" && len(t.text)%2 == 0 && len(t.text) <= 6:
		d.compactClock(t)
	case len(t.text) > 4:
		d.bad = true
	default:
		d.plain = append(d.plain, t)
		d.at++
	}
}

func (d *dateReader) onlySpaceAfter() bool {
	return d.peek(1).kind == endToken || d.peek(1).kind == spaceToken && d.peek(2).kind == endToken
}

// readClock reads 15:04, 15:04:05 and 15:04:05.000, and the first two with points.
func (d *dateReader) readClock() {
	if d.clock {
		d.bad = true
		return
	}
	d.clock = true
	d.hour, d.minute = d.peek(0).value, d.peek(2).value
	sign := d.peek(1).text
	d.at += 3
	if d.sign(0, sign) && d.number(1, 1, 2) {
		d.second = d.peek(1).value
		d.at += 2
		if d.sign(0, ".", ":") && d.peek(1).kind == numberToken {
			d.nanos = fraction(d.peek(1).text)
			d.at += 2
		}
	}
}

// fraction reads the digits after a decimal point as nanoseconds.
func fraction(digits string) int {
	nanos, unit := 0, 100_000_000
	for i := 0; i < len(digits) && unit > 0; i++ {
		nanos += int(digits[i]-'0') * unit
		unit /= 10
	}
	return nanos
}

// readYearFirst reads 2006-01-02, 2006/1/2 and 2006-01.
func (d *dateReader) readYearFirst() {
	if d.year != 0 {
		d.bad = true
		return
	}
	sign := d.peek(1).text
	d.year, d.month, d.day = d.peek(0).value, time.Month(d.peek(2).value), 1
	d.at += 3
	if d.sign(0, sign) && d.number(1, 1, 2) {
		d.day = d.peek(1).value
		d.at += 2
	}
}

// readYearLast reads 31/12/2006, and 1/2/2006 where it is known what comes
// first. With points the day comes first wherever points are written.
func (d *dateReader) readYearLast() {
	if d.year != 0 || d.peek(1).text != d.peek(3).text || len(d.peek(4).text) == 3 {
		d.bad = true
		return
	}
	a, b := d.peek(0).value, d.peek(2).value
	order := dayFirst
	switch {
	case a > 12:
		d.seen = dayFirst
	case b > 12:
		order, d.seen = monthFirst, monthFirst
	case a == b || d.sign(1, "."):
	default:
		order = d.assumeOrder()
	}
	switch order {
	case dayFirst:
		d.day, d.month = a, time.Month(b)
	case monthFirst:
		d.month, d.day = time.Month(a), b
	case orderUnknown:
		d.bad = true
	}
	d.year = fullYear(d.peek(4))
	d.at += 5
}

// assumeOrder decides what comes first in a date that could be two: what the
// feed's other dates say; else the month where "AM" or "PM" shows the date of an
// American program, and the day where half of the day or the weekday is said in another script;
// else what the language says.
func (d *dateReader) assumeOrder() dayOrder {
	if d.order.order != orderUnknown && !d.order.assumed {
		return d.order.order
	}
	d.orderAssumed = true
	for _, t := range d.tokens {
		switch {
		case t.kind == wordToken && dateWords[t.text].weekday && t.text[0] >= utf8.RuneSelf:
			return dayFirst // a weekday in another script
		case t.kind != wordToken || dateWords[t.text].meridiem == 0:
		case t.text == "am" || t.text == "pm":
			return monthFirst
		default:
			return dayFirst
		}
	}
	return d.order.order
}

// unit gives what the word after the number says that it is, as in Chinese,
// Japanese and Korean; empty elsewhere.
func (d *dateReader) unit() string {
	if d.peek(1).kind != wordToken {
		return ""
	}
	return dateWords[d.peek(1).text].unit
}

func (d *dateReader) readWithUnit(t dateToken) {
	switch d.unit() {
	case "year":
		d.year = fullYear(t)
	case "moon":
		d.month = time.Month(t.value)
	case "day":
		d.day = t.value
	case "hour":
		d.hour, d.clock = t.value, true
	case "minute":
		d.minute = t.value
	case "second":
		d.second = t.value
	}
	d.at += 2
}

// readAlone reads a date that is a single number.
func (d *dateReader) readAlone(t dateToken) {
	d.at++
	switch len(t.text) {
	case 4:
		d.year, d.month, d.day = t.value, time.January, 1
	case 8:
		d.compactDate(t.value)
	case 9, 10:
		d.epoch = time.Unix(int64(t.value), 0).UTC()
	case 12, 13:
		d.epoch = time.UnixMilli(int64(t.value)).UTC()
	case 14:
		d.compactDate(t.value / 1_000_000)
		d.clock = true
		d.hour, d.minute, d.second = t.value/10_000%100, t.value/100%100, t.value%100
	default:
		d.bad = true
	}
}

func (d *dateReader) compactDate(v int) {
	d.year, d.month, d.day = v/10_000, time.Month(v/100%100), v%100
}

// compactClock reads 150405, 1504 and 15.
func (d *dateReader) compactClock(t dateToken) {
	v := t.value
	if len(t.text) == 6 {
		d.second = v % 100
		v /= 100
	}
	if len(t.text) >= 4 {
		d.minute = v % 100
		v /= 100
	}
	d.clock, d.hour = true, v
	d.at++
	if d.sign(0, ".") && d.peek(1).kind == numberToken {
		d.nanos = fraction(d.peek(1).text)
		d.at += 2
	}
}

// readSign reads an offset or passes over the sign.
func (d *dateReader) readSign() {
	switch {
	case d.sign(0, "+", "-") && (d.clock || d.sign(0, "+") && d.year != 0) && d.number(1, 1, 4):
		d.readOffset()
	case d.sign(0, "("):
		d.readComment()
	default:
		d.at++
	}
}

// readWord reads a word: a month or weekday, half of a day, a zone.
func (d *dateReader) readWord() {
	word := d.peek(0).text
	w, known := dateWords[word]
	if d.peek(1).kind == spaceToken { // "كانون الثاني" is a month
		if two, found := dateWords[word+" "+d.peek(2).text]; found && d.peek(2).kind != endToken {
			w, known = two, true
			d.at += 2
		}
	}
	_, zone := zones[word]
	switch {
	case zone && d.clock:
		d.readZoneName()
		return
	case w.month != 0 && w.weekday:
		d.doubt = w.month
	case w.month != 0:
		d.bad = d.month != 0 && d.month != w.month
		d.month = w.month
	case w.meridiem != 0 && d.clock:
		d.half = w.meridiem
	case (word == "a" || word == "p") && d.clock && d.sign(1, ".") && d.peek(2).text == "m":
		d.half = map[string]int{"a": -1, "p": +1}[word]
		d.at += 2
	case w.utc:
		d.zone = zoneNote{known: true}
	case known: // a weekday or a filler
	case word == "t" && d.year != 0 && !d.clock:
	default:
		d.readZoneName()
		return
	}
	d.at++
}

// settle decides which of the numbers that stand alone is what.
func (d *dateReader) settle() bool {
	if !d.epoch.IsZero() {
		return true
	}
	if d.month == 0 {
		d.month = d.doubt
	}
	for _, n := range d.plain {
		switch {
		case len(n.text) == 4 && d.year == 0:
			d.year = n.value
		case len(n.text) <= 2 && d.day == 0:
			d.day = n.value
		case len(n.text) == 2 && d.year == 0:
			d.year = fullYear(n)
		default:
			return false
		}
	}
	return d.year != 0 && d.month != 0 && d.day != 0
}

// fullYear reads a year of two digits as RFC 2822 does (section 4.3).
func fullYear(t dateToken) int {
	switch {
	case len(t.text) > 2:
		return t.value
	case t.value < 50:
		return 2000 + t.value
	}
	return 1900 + t.value
}

// resolve gives the instant. Parts out of their range make no date.
func (d *dateReader) resolve(zone *time.Location) (t time.Time, assumed, ok bool) {
	if !d.epoch.IsZero() {
		return d.epoch, false, true
	}
	hour := d.hour
	if d.half != 0 {
		if hour > 12 {
			d.half = 0 // "15:04 PM": the clock has 24 hours whatever is said
		} else if hour %= 12; d.half > 0 {
			hour += 12
		}
	}
	second := min(d.second, 59) // a leap second
	if d.month < 1 || d.month > 12 || d.year > 9999 || hour > 24 || d.minute > 59 || d.second > 60 || hour == 24 && d.minute+d.second > 0 {
		return time.Time{}, false, false
	}
	wall := time.Date(d.year, d.month, d.day, hour, d.minute, second, d.nanos, time.UTC)
	if y, m, day := wall.AddDate(0, 0, -hour/24).Date(); y != d.year || m != d.month || day != d.day {
		return time.Time{}, false, false
	}
	in, assumed := d.zone.location(wall, zone)
	return time.Date(d.year, d.month, d.day, hour, d.minute, second, d.nanos, in), assumed, true
}
