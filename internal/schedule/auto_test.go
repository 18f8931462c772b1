package schedule

import (
	"testing"
	"time"
)

func TestParseAuto(t *testing.T) {
	for _, tt := range []struct {
		spec string
		want Auto
	}{
		{"auto", Auto{5 * time.Minute, 6 * time.Hour}},
		{" auto {} ", Auto{5 * time.Minute, 6 * time.Hour}},
		{"auto {min: 2m, max: 1d}", Auto{2 * time.Minute, 24 * time.Hour}},
		{"auto{min:2m}", Auto{2 * time.Minute, 6 * time.Hour}},
		{"auto { max: 30m }", Auto{5 * time.Minute, 30 * time.Minute}},
		{"*/10 * * * *", Auto{}},
	} {
		spec, err := Parse(tt.spec, time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		got, ok := spec.Auto()
		if got != tt.want || ok != (tt.want != Auto{}) {
			t.Errorf("%q: %v, %t: want %v", tt.spec, got, ok, tt.want)
		}
		if ok && (!spec.IsZero() || !spec.Next(referenceDay).IsZero() || spec.Rhythm(referenceDay) != tt.want.Min) {
			t.Errorf("%q has ticks", tt.spec)
		}
	}
}

func TestAutoInterval(t *testing.T) {
	const minute, hour = time.Minute, time.Hour
	auto := Auto{5 * minute, 6 * hour}
	for _, tt := range []struct {
		name  string
		signs Signs
		want  time.Duration
	}{
		{"nothing known", Signs{}, 5 * minute},
		{"nothing known but a wish", Signs{Asked: hour}, hour},
		{"half the time between arrivals", Signs{NewEvery: 40 * minute}, 20 * minute},
		{"never below min", Signs{NewEvery: minute}, 5 * minute},
		{"never above max", Signs{NewEvery: 9 * 24 * hour}, 6 * hour},
		{"a wish stretches", Signs{NewEvery: 40 * minute, Asked: hour}, hour},
		{"a wish does not shorten", Signs{NewEvery: 4 * hour, Asked: 15 * minute}, 2 * hour},
		{"a wish not above max", Signs{NewEvery: hour, Asked: 24 * hour}, 6 * hour},
		{"half the document at most", Signs{NewEvery: 10 * hour, Holds: 3 * hour}, 90 * minute},
		{"a document that overflows goes before a wish", Signs{NewEvery: 6 * minute, Asked: 24 * hour, Holds: 3 * hour}, 90 * minute},
		{"though not below min", Signs{Holds: minute}, 5 * minute},
	} {
		if got := auto.Interval(tt.signs); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// The next poll is near its interval, within the bounds, other for each key and
// always alike.
func TestAutoNext(t *testing.T) {
	auto := Auto{5 * time.Minute, 6 * time.Hour}
	for _, interval := range []time.Duration{5 * time.Minute, time.Hour, 6 * time.Hour} {
		seen := make(map[time.Duration]bool)
		for i := range 200 {
			at := referenceDay.Add(time.Duration(i) * time.Second)
			next := auto.Next(at, interval, "feed")
			got := next.Sub(at)
			if got < auto.Min || got > auto.Max || (got-interval).Abs() > interval/10 {
				t.Errorf("%s after %s", got, interval)
			}
			if again := auto.Next(at, interval, "feed"); !again.Equal(next) {
				t.Errorf("%s, then %s", next, again)
			}
			seen[got] = true
		}
		if len(seen) < 190 {
			t.Errorf("%d different waits of 200", len(seen))
		}
	}
	fixed := Auto{time.Hour, time.Hour}
	if got := fixed.Next(referenceDay, time.Hour, "feed").Sub(referenceDay); got != time.Hour {
		t.Errorf("%s between bounds that are alike", got)
	}
}
