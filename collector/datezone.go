package collector

import (
	"strings"
	"time"
	"unicode/utf8"
)

// zoneNote is what a date says of its zone. The zero note says nothing.
type zoneNote struct {
	known  bool
	east   int            // minutes east, when known
	region *time.Location // instead of east
	name   string         // a name that is to be looked up, in lower case
}

// location gives the zone that the note means at the wall time (in UTC). assumed
// is true where the note does not say, or says it in a name of several zones.
func (z zoneNote) location(wall time.Time, feed *time.Location) (in *time.Location, assumed bool) {
	switch {
	case z.region != nil:
		return z.region, false
	case z.known:
		return fixed(z.east), false
	case z.name == "":
		return feed, true
	}
	// The feed's own zone knows best what its people call it.
	local := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), wall.Second(), 0, feed)
	if name, _ := local.Zone(); strings.EqualFold(name, z.name) {
		return feed, false
	}
	if named, found := zones[z.name]; found {
		return fixed(named.east), named.several
	}
	return feed, true
}

func fixed(minutesEast int) *time.Location {
	if minutesEast == 0 {
		return time.UTC
	}
	return time.FixedZone("", minutesEast*60)
}

// namedZone is the offset of a zone's name in minutes east. several says that
// others use the name too: it is the one most used in news, and marked.
type namedZone struct {
	east    int
	several bool
}

var zones = map[string]namedZone{
	"z": {}, "ut": {}, "utc": {}, "gmt": {}, "wet": {}, "est": {-5 * 60, false}, "edt": {-4 * 60, false},
	"cst": {-6 * 60, true}, "cdt": {-5 * 60, false}, "mst": {-7 * 60, false}, "mdt": {-6 * 60, false},
	"pst": {-8 * 60, false}, "pdt": {-7 * 60, false}, "akst": {-9 * 60, false}, "akdt": {-8 * 60, false}, "hst": {-10 * 60, false},
	"et": {-5 * 60, true}, "pt": {-8 * 60, true}, "adt": {-3 * 60, true}, "brt": {-3 * 60, false}, "clt": {-4 * 60, true},
	"west": {60, false}, "bst": {60, true}, "wat": {60, false}, "cet": {60, false}, "met": {60, false}, "mez": {60, false},
	"cest": {2 * 60, false}, "mesz": {2 * 60, false}, "cat": {2 * 60, false}, "sast": {2 * 60, false}, "eet": {2 * 60, false},
	"eest": {3 * 60, false}, "msk": {3 * 60, false}, "trt": {3 * 60, false}, "eat": {3 * 60, false}, "ksa": {3 * 60, false},
	"irst": {3*60 + 30, false}, "irdt": {4*60 + 30, false}, "uae": {4 * 60, false}, "gst": {4 * 60, true}, "aft": {4*60 + 30, false},
	"pkt": {5 * 60, false}, "ist": {5*60 + 30, true}, "npt": {5*60 + 45, false}, "wib": {7 * 60, false}, "ict": {7 * 60, false},
	"hkt": {8 * 60, false}, "sgt": {8 * 60, false}, "pht": {8 * 60, false}, "awst": {8 * 60, false}, "jst": {9 * 60, false}, "kst": {9 * 60, false},
	"acst": {9*60 + 30, false}, "aest": {10 * 60, false}, "aedt": {11 * 60, false}, "nzst": {12 * 60, false}, "nzdt": {13 * 60, false},
	"idt": {3 * 60, false}, "nst": {-3*60 - 30, false}, "ndt": {-2*60 - 30, false},
}

// readOffset reads +0300, +03:00, +300, +03 and +3.
func (d *dateReader) readOffset() {
	west := d.sign(0, "-")
	n := d.peek(1)
	hours, minutes := n.value, 0
	if len(n.text) > 2 {
		hours, minutes = n.value/100, n.value%100
	}
	d.at += 2
	if len(n.text) <= 2 && d.sign(0, ":") && d.number(1, 2, 2) {
		minutes = d.peek(1).value
		d.at += 2
	}
	east := hours*60 + minutes
	if west {
		east = -east
	}
	d.zone = zoneNote{known: minutes < 60 && east <= maxEast && east >= -maxWest, east: east}
	if !d.zone.known {
		d.zone.name = "?"
	}
}

// readComment passes over what stands in brackets when the zone is known
// already; else the zone may stand there.
func (d *dateReader) readComment() {
	d.at++
	if !d.zone.known && d.zone.name == "" && d.zone.region == nil {
		return
	}
	for d.peek(0).kind != endToken && !d.sign(0, ")") {
		d.at++
	}
}

// readZoneName reads a zone's name, or what stands in its place. A word before
// the clock that is neither makes the whole no date.
func (d *dateReader) readZoneName() {
	word := d.peek(0).text
	if d.sign(1, "/") && d.peek(2).kind == wordToken {
		d.readRegion()
		return
	}
	_, named := zones[word]
	if !named && !d.clock {
		d.bad = true
		return
	}
	if !d.zone.known && d.zone.name == "" && d.zone.region == nil {
		d.zone.name = word
	}
	d.at++
}

// readRegion reads a zone of the IANA database: America/Argentina/Buenos_Aires.
func (d *dateReader) readRegion() {
	var name strings.Builder
	for {
		t := d.peek(0)
		switch {
		case t.kind == wordToken:
			_, size := utf8.DecodeRuneInString(t.text)
			name.WriteString(strings.ToUpper(t.text[:size]) + t.text[size:])
		case t.kind == signToken && (t.text == "/" || t.text == "_") && d.peek(1).kind == wordToken:
			name.WriteString(t.text)
		default:
			if region, err := time.LoadLocation(name.String()); err == nil {
				d.zone = zoneNote{region: region}
			} else {
				d.zone = zoneNote{name: "?"}
			}
			return
		}
		d.at++
	}
}
