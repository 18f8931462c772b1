package collector

import (
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

		// Zones.
		{raw: "Sun, 12 Jan 2025 10:00:00", want: "2025-01-12T10:00:00+03:00", assumed: true},
		{raw: "Sun, 12 Jan 2025 10:00:00 IST", want: "2025-01-12T10:00:00+03:00", assumed: true},
		{raw: "Sun, 12 Jan 2025 10:00:00 KSA", want: "2025-01-12T10:00:00+03:00", assumed: true},
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
		{raw: "Sun, 32 Jan 2025 07:00:00 GMT"},
		{raw: "0000-00-00 00:00:00"},
		{raw: "0001-01-01T00:00:00Z"},
		{raw: "1970-01-01"},
	}
	for _, tt := range tests {
		t.Run(tt.raw, func(t *testing.T) {
			got, assumed, ok := readDate(tt.raw, baghdad)
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

func FuzzReadDate(f *testing.F) {
	for _, raw := range []string{
		"Sun, 12 Jan 2025 10:00:00 +0300", "2025-01-12T10:00:00.5+03:00", "12 Jan 2025 3:04 PM KSA", "Sun Jan 12 07:00:00 MST 2025", "31/12/2024", "X Asia/Riyadh",
		"12 Jan 2025 10:00 A//B_C",
	} {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		at, _, ok := readDate(raw, time.UTC)
		if ok && !at.After(placeholders) {
			t.Errorf("%q read as %s", raw, at)
		}
	})
}
