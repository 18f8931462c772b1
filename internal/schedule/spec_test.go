package schedule

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestParseNext(t *testing.T) {
	tests := []struct {
		name, spec, zone, after string
		want                    []string // in UTC
	}{
		{
			name: "five fields", spec: "*/10 * * * *", zone: "UTC", after: "2024-05-01T00:03:00Z",
			want: []string{"2024-05-01T00:10:00Z", "2024-05-01T00:20:00Z"},
		},
		{
			name: "six fields begin with seconds", spec: "30 */10 * * * *", zone: "UTC", after: "2024-05-01T00:03:00Z",
			want: []string{"2024-05-01T00:10:30Z", "2024-05-01T00:20:30Z"},
		},
		{
			name: "fields are read in the zone", spec: "0 8 * * *", zone: "Asia/Baghdad", after: "2024-05-01T00:00:00Z",
			want: []string{"2024-05-01T05:00:00Z", "2024-05-02T05:00:00Z"},
		},
		{
			name: "a zone of its own", spec: "CRON_TZ=Asia/Tokyo 0 8 * * *", zone: "Asia/Baghdad", after: "2024-05-01T00:00:00Z",
			want: []string{"2024-05-01T23:00:00Z"},
		},
		{
			name: "descriptor in the zone", spec: "@daily", zone: "Asia/Baghdad", after: "2024-05-01T00:00:00Z",
			want: []string{"2024-05-01T21:00:00Z"},
		},
		{
			name: "intervals lie on a grid, whenever one asks", spec: "@every 15m", zone: "Asia/Kathmandu", after: "2024-05-01T00:07:31Z",
			want: []string{"2024-05-01T00:15:00Z", "2024-05-01T00:30:00Z"},
		},
		{
			name: "intervals in days", spec: "@every 1d", zone: "UTC", after: "2024-05-01T00:00:00Z",
			want: []string{"2024-05-02T00:00:00Z"},
		},
		{
			name: "intervals before the epoch", spec: "@every 1h", zone: "UTC", after: "1969-12-31T22:30:00Z",
			want: []string{"1969-12-31T23:00:00Z", "1970-01-01T00:00:00Z"},
		},
		{
			name: "a local time that is skipped has no tick", spec: "30 2 * * *", zone: "America/New_York", after: "2024-03-09T12:00:00Z",
			want: []string{"2024-03-11T06:30:00Z"}, // none on the 10th, when 2:00 became 3:00
		},
		{
			name: "a local time that comes twice has two", spec: "30 1 * * *", zone: "America/New_York", after: "2024-11-03T00:00:00Z",
			want: []string{"2024-11-03T05:30:00Z", "2024-11-03T06:30:00Z", "2024-11-04T06:30:00Z"},
		},
		{
			name: "minutes go on through both changes of the clock", spec: "*/30 * * * *", zone: "America/New_York", after: "2024-03-10T06:15:00Z",
			want: []string{"2024-03-10T06:30:00Z", "2024-03-10T07:00:00Z", "2024-03-10T07:30:00Z"},
		},
		{
			name: "a day without midnight", spec: "0 1 * * *", zone: "Africa/Cairo", after: "2024-04-25T12:00:00Z",
			want: []string{"2024-04-25T22:00:00Z", "2024-04-26T22:00:00Z"}, // on the 26th 0:00 became 1:00
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			spec, err := Parse(tt.spec, zone(t, tt.zone))
			if err != nil {
				t.Fatal(err)
			}
			at := instant(t, tt.after)
			var got []string
			for range tt.want {
				at = spec.Next(at)
				got = append(got, at.UTC().Format(time.RFC3339))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("ticks (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseErrors(t *testing.T) {
	tests := []struct{ spec, want string }{
		{"", "not a cron spec"},
		{"*/10", "expected 5 to 6 fields"},
		{"61 * * * *", "above maximum"},
		{"*/61 * * * *", "step of 61 leaves the minutes"},
		{"0 0/24 * * *", "step of 24 leaves the hours"},
		{"CRON_TZ=UTC 0 */60 * * * *", "step of 60 leaves the minutes"},
		{"@often", "unrecognized descriptor"},
		{"@every", "no interval"},
		{"@every soon", "no interval"},
		{"@every 0s", "one or more"},
		{"@every -1h", "one or more"},
		{"@every 1500ms", "whole seconds"},
		{"CRON_TZ=Asia/Baghdad", "only a zone"},
		{"TZ=", "only a zone"},
		{"CRON_TZ=Asia/Nowhere * * * * *", "bad location"},
		{"0 0 30 2 *", "never comes"},
		{"automatic", "not how a learnt rhythm is written"},
		{"auto 5m", "not how a learnt rhythm is written"},
		{"auto {min: 5m, most: 6h}", "not how a learnt rhythm is written"},
		{"auto {min: soon}", "not a duration"},
		{"auto {min: 2h, max: 1h}", "min 2h0m0s is longer than max 1h0m0s"},
		{"auto {min: 7h}", "longer than max 6h"},
		{"auto {min: 0s}", "min is 1s or more"},
		{"auto {max: 32d}", "max 31d or less"},
	}
	for _, tt := range tests {
		t.Run(tt.spec, func(t *testing.T) {
			_, err := Parse(tt.spec, time.UTC)
			if err == nil {
				t.Fatal("no error")
			}
			if !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "write ") {
				t.Errorf("error %q: want %q and a remedy", err, tt.want)
			}
		})
	}
}

func TestRhythm(t *testing.T) {
	tests := []struct {
		spec string
		want time.Duration
	}{
		{"*/10 * * * *", 10 * time.Minute},
		{"*/10 8-18 * * *", 10 * time.Minute},
		{"@every 90s", 90 * time.Second},
		{"@hourly", time.Hour},
		{"0 9 * * 1-5", 24 * time.Hour},
		{"0 0 1 1 *", 365 * 24 * time.Hour},
	}
	for _, tt := range tests {
		t.Run(tt.spec, func(t *testing.T) {
			for _, at := range []string{"2024-05-01T07:55:00Z", "2024-05-01T18:55:00Z"} {
				if got := parse(t, tt.spec).Rhythm(instant(t, at)); got != tt.want {
					t.Errorf("rhythm at %s: got %s, want %s", at, got, tt.want)
				}
			}
		})
	}
	if got := (Spec{}).Rhythm(referenceDay); got != 0 {
		t.Errorf("rhythm of the zero spec: got %s, want 0", got)
	}
}

func TestSpread(t *testing.T) {
	const feeds = 10_000
	spec := parse(t, "*/10 * * * *")
	perSecond := make(map[time.Time]int)
	for i := range feeds {
		name := "feed-" + time.Duration(i).String()
		spread := spec.Spread(name)
		first := spread.Next(referenceDay.Add(-time.Second))
		if wait := first.Sub(referenceDay); wait < 0 || wait >= 10*time.Minute {
			t.Fatalf("first tick of %s after %s: want within the period", name, wait)
		}
		if gap := spread.Next(first).Sub(first); gap != 10*time.Minute {
			t.Fatalf("second tick of %s after %s: want the period", name, gap)
		}
		if again := spec.Spread(name); again != spread {
			t.Fatalf("%s is spread differently each time", name)
		}
		perSecond[first]++
	}
	// 16.7 are expected in a second; 50 have a chance of about 1e-10.
	for at, n := range perSecond {
		if n > 50 {
			t.Errorf("%d of %d feeds start at %s", n, feeds, at)
		}
	}
	if len(perSecond) < 550 {
		t.Errorf("%d different seconds: want nearly all 600", len(perSecond))
	}
}

func TestSpreadIsCapped(t *testing.T) {
	for _, spec := range []string{"0 8 * * *", "@every 4w", "0 0 1 1 *"} {
		for _, key := range []string{"a", "b", "c", "d", "e", "f"} {
			if s := parse(t, spec).Spread(key); s.offset >= MaxSpread {
				t.Errorf("%q of %q is held back by %s: want less than %s", spec, key, s.offset, MaxSpread)
			}
		}
	}
	if s := (Spec{}).Spread("a"); !s.IsZero() {
		t.Error("the zero spec gained ticks")
	}
}

func FuzzParse(f *testing.F) {
	for _, spec := range []string{
		"*/10 * * * *", "0 */10 * * * *", "@every 90s", "@daily", "CRON_TZ=Asia/Baghdad 0 8 * * *", "TZ=", "0 0 30 2 *", "* * * * 1-5/2",
	} {
		f.Add(spec)
	}
	f.Fuzz(func(t *testing.T, text string) {
		spec, err := Parse(text, time.UTC)
		if err != nil {
			return
		}
		spec = spec.Spread("feed")
		if next := spec.Next(referenceDay); !next.After(referenceDay) {
			t.Errorf("%q: tick at %s is not after %s", text, next, referenceDay)
		}
	})
}

func parse(t *testing.T, spec string) Spec {
	t.Helper()
	s, err := Parse(spec, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func instant(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}
