package collector

import (
	"strings"
	"testing"
	"time"
)

func TestReadDate(t *testing.T) {
	baghdad, err := time.LoadLocation("Asia/Baghdad")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		raw     string
		want    string // RFC 3339; empty = unreadable
		assumed bool
	}{
		// RFC 822 and its misspellings.
		{raw: "Sun, 12 Jan 2025 10:00:00 +0300", want: "2025-01-12T10:00:00+03:00"},
		{raw: "Sun, 12 Jan 2025 07:00:00 GMT", want: "2025-01-12T07:00:00Z"},
		{raw: "Sun, 12 Jan 2025 07:00 UT", want: "2025-01-12T07:00:00Z"},
		{raw: "12 Jan 25 07:00:00 Z", want: "2025-01-12T07:00:00Z"},
		{raw: "sun, 12 jan 2025 07:00:00 gmt", want: "2025-01-12T07:00:00Z"},
		{raw: "Sunday, 12 January 2025 7:00:00 EST", want: "2025-01-12T07:00:00-05:00"},
		{raw: "Sun,12 Jan 2025 07:00:00 -0330", want: "2025-01-12T07:00:00-03:30"},
		{raw: "Sun, 12 Jan 2025 10:00:00 +300", want: "2025-01-12T10:00:00+03:00"},
		{raw: "Sun, 12 Jan 2025 10:00:00 +3", want: "2025-01-12T10:00:00+03:00"},
		{raw: "Sun, 12 Jan 2025 10:00:00 GMT+3", want: "2025-01-12T10:00:00+03:00"},
		{raw: "Sun, 12 Jan 2025 10:00:00 GMT+0300 (Arabian Standard Time)", want: "2025-01-12T10:00:00+03:00"},
		{raw: "Sun Jan 12 2025 10:00:00 GMT+0300 (AST)", want: "2025-01-12T10:00:00+03:00"},
		{raw: "Sun, 12\u00a0Jan 2025 07:00:00 GMT", want: "2025-01-12T07:00:00Z"},
		{raw: "Mon, 12 Jan 2025 07:00:00 GMT", want: "2025-01-12T07:00:00Z"}, // it was a Sunday
		{raw: "Sun, 12 Sept 2021 07:00:00 GMT", want: "2021-09-12T07:00:00Z"},
		{raw: "Sunday, 12-Jan-25 07:00:00 GMT", want: "2025-01-12T07:00:00Z"},
		{raw: "Sun Jan 12 07:00:00 MST 2025", want: "2025-01-12T07:00:00-07:00"},
		{raw: "Sun Jan 12 07:00:00 2025", want: "2025-01-12T07:00:00+03:00", assumed: true},
		{raw: "Jan 12, 2025 3:04 PM +0300", want: "2025-01-12T15:04:00+03:00"},
		{raw: "January 12, 2025 3:04 pm", want: "2025-01-12T15:04:00+03:00", assumed: true},
		{raw: "12 Jan 2025 3:04:05 AM GMT", want: "2025-01-12T03:04:05Z"},

		// RFC 3339, W3C-DTF, ISO 8601 basic.
		{raw: "2025-01-12T07:00:00Z", want: "2025-01-12T07:00:00Z"},
		{raw: "2025-01-12t07:00:00.123z", want: "2025-01-12T07:00:00.123Z"},
		{raw: "2025-01-12T10:00:00+03:00", want: "2025-01-12T10:00:00+03:00"},
		{raw: "2025-01-12T10:00:00.5+0300", want: "2025-01-12T10:00:00.5+03:00"},
		{raw: "2025-01-12T10:00+03:00", want: "2025-01-12T10:00:00+03:00"},
		{raw: "2025-01-12 10:00:00", want: "2025-01-12T10:00:00+03:00", assumed: true},
		{raw: "2025-01-12", want: "2025-01-12T00:00:00+03:00", assumed: true},
		{raw: "2025-01", want: "2025-01-01T00:00:00+03:00", assumed: true},
		{raw: "20250112T070000Z", want: "2025-01-12T07:00:00Z"},
		{raw: "2025/1/12 10:00:00", want: "2025-01-12T10:00:00+03:00", assumed: true},
		{raw: "2025/01/12 10:00", want: "2025-01-12T10:00:00+03:00", assumed: true},

		// Signs of another script.
		{raw: "٢٠٢٥-٠١-١٢ ١٠:٠٠:٠٠ +0300", want: "2025-01-12T10:00:00+03:00"},
		{raw: "Sun\u060c 12 Jan 2025 10:00:00 +0300", want: "2025-01-12T10:00:00+03:00"},
		{raw: "\u200fSun, 12 Jan 2025 10:00:00 +0300\u200f", want: "2025-01-12T10:00:00+03:00"},

		{raw: "Sun, 12 Jan 2025 10:00:00 (GMT+3)", want: "2025-01-12T10:00:00+03:00"},
		{raw: "Sun, 12 Jan 2025 10:00:00 (Arabian Standard Time)", want: "2025-01-12T10:00:00+03:00", assumed: true},
		{raw: "12/Jan/2025:10:00:00 +0300", want: "2025-01-12T10:00:00+03:00"},
		{raw: "10:00 - 12 Jan 2025", want: "2025-01-12T10:00:00+03:00", assumed: true},

		// Other languages.
		{raw: "الأحد 12 كانون الثاني 2025 10:00:00 +0300", want: "2025-01-12T10:00:00+03:00"},
		{raw: "الأحد، 12 تشرين الأول 2025 - 10:00", want: "2025-10-12T10:00:00+03:00", assumed: true},
		{raw: "الثلاثاء 14 جانفي 2025 10:00:00 +0100", want: "2025-01-14T10:00:00+01:00"},
		{raw: "١٢ يناير ٢٠٢٥ ٣:٠٤ م", want: "2025-01-12T15:04:00+03:00", assumed: true},
		{raw: "12 أغسطس 2025 03:04 صباحاً", want: "2025-08-12T03:04:00+03:00", assumed: true},
		{raw: "12 كانون الثاني/يناير 2025", want: "2025-01-12T00:00:00+03:00", assumed: true},
		{raw: "12/يناير/2025 10:00", want: "2025-01-12T10:00:00+03:00", assumed: true},
		{raw: "12 يناير 2025 10:00 بتوقيت غرينتش", want: "2025-01-12T10:00:00Z"},
		{raw: "dim., 12 févr. 2025 10:00:00 +0100", want: "2025-02-12T10:00:00+01:00"},
		{raw: "mar, 04 mar 2025 10:00:00 +0100", want: "2025-03-04T10:00:00+01:00"},
		{raw: "mar. 14 janv. 2025 10:00:00 +0100", want: "2025-01-14T10:00:00+01:00"},
		{raw: "dom, 12 gen 2025 10:00:00 +0100", want: "2025-01-12T10:00:00+01:00"},
		{raw: "So, 12 Dez 2025 10:00:00 MEZ", want: "2025-12-12T10:00:00+01:00"},
		{raw: "12 de enero de 2025 10:00", want: "2025-01-12T10:00:00+03:00", assumed: true},
		{raw: "Вс, 12 янв 2025 10:00:00 +0300", want: "2025-01-12T10:00:00+03:00"},
		{raw: "Paz, 12 Şub 2025 10:00:00 +0300", want: "2025-02-12T10:00:00+03:00"},
		{raw: "2025年1月12日 10:00", want: "2025-01-12T10:00:00+03:00", assumed: true},

		// Twelve hours, the epoch, compact forms, the end of a day.
		{raw: "12 Jan 2025 12:30 AM GMT", want: "2025-01-12T00:30:00Z"},
		{raw: "12 Jan 2025 12:30 p.m. GMT", want: "2025-01-12T12:30:00Z"},
		{raw: "vendredi 12 décembre 2025 à 10h30", want: "2025-12-12T10:30:00+03:00", assumed: true},
		{raw: "2025-01-12T10Z", want: "2025-01-12T10:00:00Z"},
		{raw: "1736665200", want: "2025-01-12T07:00:00Z"},
		{raw: "1736665200000", want: "2025-01-12T07:00:00Z"},
		{raw: "20250112T100000+0300", want: "2025-01-12T10:00:00+03:00"},
		{raw: "20250112100000", want: "2025-01-12T10:00:00+03:00", assumed: true},
		{raw: "2025-01-12T24:00:00Z", want: "2025-01-13T00:00:00Z"},
		{raw: "2025-06-30T23:59:60Z", want: "2025-06-30T23:59:59Z"},
		{raw: "12.01.2025 10:00", want: "2025-01-12T10:00:00+03:00", assumed: true},
		{raw: "1/12/2025 10:00:00 AM", want: "2025-01-12T10:00:00+03:00", assumed: true},

		// Zones.
		{raw: "Sun, 12 Jan 2025 10:00:00", want: "2025-01-12T10:00:00+03:00", assumed: true},
		{raw: "Sun, 12 Jan 2025 10:00:00 IST", want: "2025-01-12T10:00:00+05:30", assumed: true},
		{raw: "Sun, 12 Jan 2025 10:00:00 KSA", want: "2025-01-12T10:00:00+03:00"},
		{raw: "Sun, 12 Jan 2025 10:00:00 XYZT", want: "2025-01-12T10:00:00+03:00", assumed: true},
		{raw: "Sun, 12 Jan 2025 10:00:00 CST", want: "2025-01-12T10:00:00-06:00", assumed: true},
		{raw: "2025-01-12T10:00:00-15:00", want: "2025-01-12T10:00:00+03:00", assumed: true},
		{raw: "Sun, 12 Jan 2025 10:00:00 America/Argentina/Buenos_Aires", want: "2025-01-12T10:00:00-03:00"},
		{raw: "Sun, 12 Jan 2025 10:00:00 Asia/Nowhere", want: "2025-01-12T10:00:00+03:00", assumed: true},
		{raw: "Sun, 12 Jan 2025 10:00:00 +9900", want: "2025-01-12T10:00:00+03:00", assumed: true},
		{raw: "Sun, 12 Jan 2025 10:00:00 Asia/Riyadh", want: "2025-01-12T10:00:00+03:00"},
		{raw: "Sun, 12 Jan 2025 10:00:00 America/New_York", want: "2025-01-12T10:00:00-05:00"},

		// One day or two.
		{raw: "31/12/2024 10:00", want: "2024-12-31T10:00:00+03:00", assumed: true},
		{raw: "12/31/2024 10:00", want: "2024-12-31T10:00:00+03:00", assumed: true},
		{raw: "01/01/2025 10:00:00 GMT", want: "2025-01-01T10:00:00Z"},
		{raw: "01/02/2025 10:00"},

		// No dates.
		{raw: ""},
		{raw: "yesterday"},
		{raw: "منذ 3 ساعات"},
		{raw: "3 hours ago"},
		{raw: "12 Jan 2025 25:00:00 GMT"},
		{raw: "12 Jan Feb 2025"},
		{raw: "Sun, 12 Jan 2025 10:00:00 11:00:00"},
		{raw: "30 Feb 2025"},
		{raw: "123456"},
		{raw: strings.Repeat("1 ", 80)},
		{raw: "Sun, 32 Jan 2025 07:00:00 GMT"},
		{raw: "0000-00-00 00:00:00"},
		{raw: "0001-01-01T00:00:00Z"},
		{raw: "1970-01-01"},
	}
	for _, tt := range tests {
		t.Run(tt.raw, func(t *testing.T) {
			r, ok := readDate(tt.raw, baghdad, orderHint{})
			got, assumed := r.at, r.zoneAssumed
			switch {
			case !ok && tt.want == "":
				return
			case !ok:
				t.Fatalf("not read: want %s", tt.want)
			case tt.want == "":
				t.Fatalf("read as %s: want none", got)
			}
			want, err := time.Parse(time.RFC3339Nano, tt.want)
			if err != nil {
				t.Fatal(err)
			}
			if !got.Equal(want) || assumed != tt.assumed {
				t.Errorf("got %s, zone assumed %t; want %s, %t", got, assumed, want, tt.assumed)
			}
		})
	}
}

// What "01/02/2025" means is told by the feed's other dates, or assumed and
// marked.
func TestFindOrder(t *testing.T) {
	tests := []struct {
		name  string
		dates []string
		lang  string
		want  orderHint
	}{
		{"none", nil, "en", orderHint{}},
		{"one that could be two days", []string{"01/02/2025"}, "", orderHint{}},
		{"in a language that says", []string{"01/02/2025"}, "ar", orderHint{dayFirst, true}},
		{"day first", []string{"01/02/2025", "31/01/2025 10:00"}, "en", orderHint{dayFirst, false}},
		{"month first", []string{"01/31/2025", "01/02/2025"}, "ar", orderHint{monthFirst, false}},
		{"both", []string{"01/31/2025", "31/01/2025"}, "ar", orderHint{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := findOrder(tt.dates, tt.lang); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestReadDateOrder(t *testing.T) {
	tests := []struct {
		raw     string
		hint    orderHint
		want    string // date; empty = unreadable
		assumed bool
	}{
		{"01/02/2025", orderHint{}, "", true},
		{"01/02/2025", orderHint{dayFirst, false}, "2025-02-01", false},
		{"01/02/2025", orderHint{dayFirst, true}, "2025-02-01", true},
		{"01/02/2025", orderHint{monthFirst, false}, "2025-01-02", false},
		{"01/02/2025 10:00 AM", orderHint{dayFirst, true}, "2025-01-02", true},
		{"01/02/2025 10:00 AM", orderHint{dayFirst, false}, "2025-02-01", false},
		{"01/02/2025 10:00 ص", orderHint{}, "2025-02-01", true},
		{"31/01/2025", orderHint{monthFirst, false}, "2025-01-31", false},
		{"02/02/2025", orderHint{}, "2025-02-02", false},
		{"01.02.2025", orderHint{}, "2025-02-01", false},
	}
	for _, tt := range tests {
		t.Run(tt.raw, func(t *testing.T) {
			r, ok := readDate(tt.raw, time.UTC, tt.hint)
			switch {
			case !ok && tt.want == "":
			case !ok || r.at.Format(time.DateOnly) != tt.want || r.orderAssumed != tt.assumed:
				t.Errorf("got %s, %t, order assumed %t; want %s, %t", r.at, ok, r.orderAssumed, tt.want, tt.assumed)
			}
		})
	}
}

// The feed's own zone decides what a name of several zones means.
func TestReadDateOwnZone(t *testing.T) {
	for name, want := range map[string]string{"Asia/Jerusalem": "+02:00", "Asia/Kolkata": "+05:30", "Europe/Dublin": "+05:30"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		r, ok := readDate("Sun, 12 Jan 2025 10:00:00 IST", zone, orderHint{})
		if got := r.at.Format("Z07:00"); !ok || got != want {
			t.Errorf("%s: read with offset %s, want %s", name, got, want)
		}
	}
}

func FuzzReadDate(f *testing.F) {
	for _, raw := range []string{
		"Sun, 12 Jan 2025 10:00:00 +0300", "2025-01-12T10:00:00.5+03:00", "12 Jan 2025 3:04 PM KSA", "Sun Jan 12 07:00:00 MST 2025", "31/12/2024", "X Asia/Riyadh",
		"12 Jan 2025 10:00 A//B_C",
	} {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		r, ok := readDate(raw, time.UTC, orderHint{})
		if ok && !r.at.After(placeholders) {
			t.Errorf("%q read as %s", raw, r.at)
		}
	})
}

// TestReadDateNotLocal reads dates with the offset that the machine itself has:
// what is read of them is not to depend on where that is.
func TestReadDateNotLocal(t *testing.T) {
	for _, at := range []time.Time{time.Date(2025, 1, 12, 10, 0, 0, 0, time.Local), time.Date(2025, 7, 12, 10, 0, 0, 0, time.Local)} {
		for _, layout := range []string{"2006-01-02T15:04:05-07:00", "2006-01-02T15:04:05.000-07:00", time.RFC1123Z, time.RFC1123} {
			raw := at.Format(layout)
			got, ok := readDate(raw, time.UTC, orderHint{})
			if !ok {
				continue // an abbreviation that says nothing
			}
			if got.at.Location() == time.Local || got.at.Location().String() == "Local" {
				t.Errorf("%q was read as %s in the machine's own zone", raw, got.at)
			}
			if !got.zoneAssumed && !got.at.Equal(at) {
				t.Errorf("%q was read as %s, want %s", raw, got.at, at)
			}
		}
	}
}
