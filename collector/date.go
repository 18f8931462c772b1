package collector

import (
	"strings"
	"time"
	"unicode/utf8"

	"marsad/timeline/text"
)

// dateReading is a date as it was read.
type dateReading struct {
	at           time.Time
	zoneAssumed  bool // it names no zone, or one that cannot be told
	orderAssumed bool // it could be another day, were day and month the other way round
}

// readDate reads a date as feeds write it: RFC 822 and its many misspellings,
// RFC 3339, W3C-DTF, ISO 8601 basic, ANSI C, seconds since the epoch, with a
// twelve-hour clock or with the names of months in the languages of
// datewords.txt. A date that names no zone, or one that cannot be told ("IST" is
// three), is a local time of zone. order says what 1/2/2025 means. ok is false
// when the date cannot be read, also when it could mean two days and nothing says
// which.
//
// gofeed reads the same strings but gives every unknown zone the offset 0.
func readDate(raw string, zone *time.Location, order orderHint) (r dateReading, ok bool) {
	if t, ok := readRFC(raw); ok {
		return dateReading{at: t}, t.After(placeholders)
	}
	for i := range len(raw) {
		if raw[i] >= utf8.RuneSelf {
			raw = text.Fold(raw) // other digits and spaces, marks of direction
			break
		}
	}
	d := dateReader{tokens: dateTokens(strings.ToLower(raw)), order: order}
	if !d.read() {
		return dateReading{}, false
	}
	at, assumed, ok := d.resolve(zone)
	return dateReading{at, assumed, d.orderAssumed}, ok && at.After(placeholders)
}

// readRFC reads the two forms in which nearly all feeds write their dates,
// without looking at each word. time.Parse would give a date the machine's own zone,
// with its summers, where the offset is the same.
func readRFC(raw string) (time.Time, bool) {
	if len(raw) < len("2006-01-02T15:04:05Z") {
		return time.Time{}, false
	}
	if raw[4] == '-' {
		t, err := time.ParseInLocation(time.RFC3339, raw, time.UTC)
		return t, err == nil && sane(t)
	}
	if raw[3] != ',' {
		return time.Time{}, false
	}
	if strings.HasSuffix(raw, " GMT") {
		t, err := time.ParseInLocation(time.RFC1123, raw, time.UTC)
		return t, err == nil
	}
	t, err := time.ParseInLocation(time.RFC1123Z, raw, time.UTC)
	return t, err == nil && sane(t)
}

// sane reports whether the time's offset is one that some country has or had.
func sane(t time.Time) bool {
	_, east := t.Zone()
	return east >= -maxWest*60 && east <= maxEast*60
}

// The zones of the world, in minutes east and west of Greenwich.
const (
	maxEast = 14 * 60
	maxWest = 12 * 60
)

// placeholders ends the years that software writes when it knows no date: 1,
// 1899 and the Unix epoch.
var placeholders = time.Date(1970, time.January, 3, 0, 0, 0, 0, time.UTC)

// dayOrder is what a feed writes first in a date of numbers.
type dayOrder int

const (
	orderUnknown dayOrder = iota
	dayFirst
	monthFirst
)

// orderHint is the order that a feed is known or assumed to write.
type orderHint struct {
	order   dayOrder
	assumed bool // it is what others write who write its language
}

// findOrder finds the order of day and month in which a feed writes its dates:
// one that can be read in one order only tells for the others. Two that disagree
// tell nothing. Where the dates do not tell, the language may.
func findOrder(dates []string, lang string) orderHint {
	order := orderUnknown
	for _, raw := range dates {
		d := dateReader{tokens: dateTokens(strings.ToLower(text.Fold(raw)))}
		d.read()
		switch {
		case d.seen == orderUnknown:
		case order == orderUnknown:
			order = d.seen
		case order != d.seen:
			return orderHint{}
		}
	}
	if order == orderUnknown && writesDayFirst(lang) {
		return orderHint{dayFirst, true}
	}
	return orderHint{order, false}
}

// writesDayFirst reports whether those who write the language put the day before
// the month wherever they use slashes (CLDR, short dates). English is written
// both ways.
func writesDayFirst(lang string) bool {
	switch lang {
	case "ar", "bg", "bn", "ca", "cs", "da", "de", "el", "es", "fr", "he", "hi", "hr", "id", "it", "ms", "nl", "pl", "pt", "ro",
		"ru", "sr", "th", "tr", "uk", "ur", "vi":
		return true
	default:
		return false
	}
}
