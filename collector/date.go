package collector

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"marsad/timeline/text"
)

// readDate reads a date as feeds write it: RFC 822 and its many misspellings,
// RFC 3339, W3C-DTF, ANSI C, in English. A date that names no zone, or one that
// cannot be told ("IST" is three), is a local time of zone, and assumed is true.
// ok is false when it cannot be read, also when it could mean two days.
//
// gofeed reads the same strings but gives every unknown zone the offset 0.
func readDate(raw string, zone *time.Location) (t time.Time, assumed, ok bool) {
	if strings.ContainsFunc(raw, func(r rune) bool { return r >= utf8.RuneSelf }) {
		raw = text.Fold(raw) // other digits and spaces, marks of direction
	}
	s := strings.ToUpper(strings.Join(strings.FieldsFunc(raw, isSeparator), " "))
	s = weekday.ReplaceAllString(s, "")
	s = strings.Replace(s, "SEPT ", "SEP ", 1)
	wall, in := cutZone(s)
	if in == nil {
		in, assumed = zone, true
	}
	if numeric.MatchString(wall) {
		t, ok = readSlashes(wall, in)
	} else {
		t, ok = readWall(wall, in)
	}
	return t, assumed, ok && t.After(placeholders)
}

// isSeparator reports what stands between the parts of a date and says nothing;
// U+060C is the Arabic comma.
func isSeparator(r rune) bool { return unicode.IsSpace(r) || r == ',' || r == '\u060c' }

// placeholders ends the years that software writes when it knows no date: 1,
// 1899 and the Unix epoch.
var placeholders = time.Date(1970, time.January, 3, 0, 0, 0, 0, time.UTC)

var (
	weekday = regexp.MustCompile(`^(?:MON|TUE|WED|THU|FRI|SAT|SUN)[A-Z]*\.? *`)
	numeric = regexp.MustCompile(`^\d{1,2}/\d{1,2}/\d{4}\b`)

	// A sign after a time of day is an offset; after a date it is a hyphen.
	offset     = regexp.MustCompile(`^(.*(?::\d\d(?:\.\d+)?(?: ?[AP]M)?|T\d{4}|T\d{6})) ?(?:GMT|UTC|UT|Z)? ?([+-])(\d{1,2}):?(\d\d)?(?: \(.*\)| [A-Z]{2,5})?$`)
	zulu       = regexp.MustCompile(`^(.*\d) ?Z$`)
	zoneName   = regexp.MustCompile(`^(.*\d(?: [AP]M)?) ?\(?([A-Z]{1,5})\)?(?: (\d{4}))?$`)
	zoneRegion = regexp.MustCompile(`^(.*\d(?: [AP]M)?) \(?([A-Z]+/[A-Z_/]+)\)?$`)
)

// zones are the names of zones that mean one offset only, as far as news goes,
// in minutes east. CST and BST are read as gofeed reads them.
var zones = map[string]int{
	"UT": 0, "UTC": 0, "GMT": 0, "Z": 0, "WET": 0,
	"EST": -5 * 60, "EDT": -4 * 60, "CST": -6 * 60, "CDT": -5 * 60,
	"MST": -7 * 60, "MDT": -6 * 60, "PST": -8 * 60, "PDT": -7 * 60,
	"WEST": 60, "BST": 60, "CET": 60, "CEST": 2 * 60, "EET": 2 * 60, "EEST": 3 * 60,
	"MSK": 3 * 60, "TRT": 3 * 60, "IRST": 3*60 + 30, "PKT": 5 * 60, "JST": 9 * 60, "KST": 9 * 60,
}

// cutZone takes the zone off the end of a date in upper case. The zone is nil
// when there is none or its name says nothing certain.
func cutZone(s string) (wall string, zone *time.Location) {
	if m := offset.FindStringSubmatch(s); m != nil {
		hours, _ := strconv.Atoi(m[3])
		minutes, _ := strconv.Atoi(m[4]) // 0 when absent
		if hours > 14 || minutes > 59 {
			return m[1], nil
		}
		east := hours*60 + minutes
		if m[2] == "-" {
			east = -east
		}
		return m[1], fixed(east)
	}
	if m := zulu.FindStringSubmatch(s); m != nil {
		return m[1], time.UTC
	}
	if m := zoneRegion.FindStringSubmatch(s); m != nil {
		return m[1], region(m[2])
	}
	if m := zoneName.FindStringSubmatch(s); m != nil && !isMeridiem(m[2]) {
		wall = m[1]
		if m[3] != "" { // "Jan 2 15:04:05 MST 2006"
			wall += " " + m[3]
		}
		if east, known := zones[m[2]]; known {
			return wall, fixed(east)
		}
		if m[3] == "" {
			return wall, nil
		}
	}
	return s, nil
}

func isMeridiem(s string) bool { return s == "AM" || s == "PM" }

func fixed(minutesEast int) *time.Location {
	if minutesEast == 0 {
		return time.UTC
	}
	return time.FixedZone("", minutesEast*60)
}

// region finds a zone of the IANA database by its name in upper case.
func region(name string) *time.Location {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return r == '/' || r == '_' })
	at := 0
	var spelt strings.Builder
	for _, w := range words {
		spelt.WriteString(strings.ToUpper(w[:1]) + w[1:])
		at += len(w)
		if at < len(name) {
			spelt.WriteByte(name[at])
			at++
		}
	}
	zone, err := time.LoadLocation(spelt.String())
	if err != nil {
		return nil
	}
	return zone
}

// dateLayouts and clockLayouts are combined, the commonest first. time.Parse
// ignores case and accepts a fraction of a second unasked.
var (
	dateLayouts = []string{
		"2 Jan 2006", "2006-01-02T", "2006-01-02", "2 January 2006", "Jan 2 2006", "January 2 2006",
		"2 Jan 06", "2-Jan-06", "2-Jan-2006", "2006/1/2", "20060102T", "20060102",
	}
	clockLayouts = []string{" 15:04:05", " 15:04", " 3:04:05 PM", " 3:04 PM", " 3:04PM", ""}
	otherLayouts = []string{
		"Jan 2 15:04:05 2006", "Jan 2 15:04 2006", "2006-01", "2006", "20060102T150405", "20060102T1504",
	}
)

// readWall reads a date without its zone as a local time of zone.
func readWall(wall string, zone *time.Location) (time.Time, bool) {
	for _, date := range dateLayouts {
		for _, clock := range clockLayouts {
			layout := date + clock
			if strings.HasSuffix(date, "T") {
				layout = date + strings.TrimPrefix(clock, " ")
			}
			if t, err := time.ParseInLocation(layout, wall, zone); err == nil {
				return t, true
			}
		}
	}
	for _, layout := range otherLayouts {
		if t, err := time.ParseInLocation(layout, wall, zone); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// readSlashes reads 31/12/2006 and 12/31/2006, and refuses 1/2/2006, which is
// January in one country and February in the next.
func readSlashes(wall string, zone *time.Location) (time.Time, bool) {
	for _, clock := range clockLayouts {
		european, errE := time.ParseInLocation("2/1/2006"+clock, wall, zone)
		american, errA := time.ParseInLocation("1/2/2006"+clock, wall, zone)
		switch {
		case errE == nil && errA == nil:
			return european, european.Equal(american)
		case errE == nil:
			return european, true
		case errA == nil:
			return american, true
		}
	}
	return time.Time{}, false
}
