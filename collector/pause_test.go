package collector

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"marsad/timeline"
)

func TestPauseAfter(t *testing.T) {
	const longest = 2 * time.Hour
	for _, tt := range []struct {
		outcome  timeline.Outcome
		rhythm   time.Duration
		failures int
		want     time.Duration // before it is spread
	}{
		{timeline.OutcomeTimeout, 10 * time.Minute, 1, 150 * time.Second},
		{timeline.OutcomeTimeout, 10 * time.Minute, 2, 5 * time.Minute},
		{timeline.OutcomeTimeout, 10 * time.Minute, 4, 20 * time.Minute},
		{timeline.OutcomeTimeout, 10 * time.Minute, 7, longest},
		{timeline.OutcomeTimeout, 10 * time.Minute, 1_000_000, longest},
		{timeline.OutcomeTimeout, 24 * time.Hour, 1, 5 * time.Minute},
		{timeline.OutcomeTimeout, time.Second, 1, 30 * time.Second},
		{timeline.OutcomeForbidden, 10 * time.Minute, 1, 10 * time.Minute},
		{timeline.OutcomeNotFound, 24 * time.Hour, 3, 24 * time.Hour},
	} {
		name := fmt.Sprintf("%s every %s, %d failures", tt.outcome, tt.rhythm, tt.failures)
		seen := make(map[time.Duration]bool)
		for i := range 100 {
			key := fmt.Sprint(i)
			got := pauseAfter(tt.outcome, tt.failures, tt.rhythm, longest, key)
			if got < tt.want*3/4 || got > tt.want*5/4 {
				t.Errorf("%s: %s, want %s within a quarter", name, got, tt.want)
			}
			if again := pauseAfter(tt.outcome, tt.failures, tt.rhythm, longest, key); again != got {
				t.Errorf("%s: %s, then %s", name, got, again)
			}
			seen[got] = true
		}
		if len(seen) < 90 {
			t.Errorf("%s: %d different pauses of 100 feeds", name, len(seen))
		}
	}
}

func TestRetryAfter(t *testing.T) {
	for _, tt := range []struct {
		status int
		value  string
		want   time.Duration
	}{
		{429, "120", 2 * time.Minute},
		{503, " 3600 ", time.Hour},
		{503, ready.Add(90 * time.Second).Format(http.TimeFormat), 90 * time.Second},
		{429, ready.Add(-time.Hour).Format(http.TimeFormat), 0},
		{429, "", 0},
		{429, "-5", 0},
		{429, "soon", 0},
		{429, "99999999999999999999", 0},
		{429, "4294967295", 4294967295 * time.Second},
		{500, "120", 0},
		{200, "120", 0},
	} {
		a := &answer{status: tt.status, header: http.Header{"Retry-After": {tt.value}}}
		if got := retryAfter(a, ready); got != tt.want {
			t.Errorf("%d with %q: %s, want %s", tt.status, tt.value, got, tt.want)
		}
	}
}

func TestAskedByServer(t *testing.T) {
	date := func(after time.Duration) string { return ready.Add(after).Format(http.TimeFormat) }
	for _, tt := range []struct {
		header map[string]string
		want   time.Duration
	}{
		{nil, 0},
		{map[string]string{"Cache-Control": "public, max-age=600"}, 10 * time.Minute},
		{map[string]string{"Cache-Control": `Max-Age="600"`, "Age": "200"}, 400 * time.Second},
		{map[string]string{"Cache-Control": "max-age=100", "Age": "200"}, 0},
		{map[string]string{"Cache-Control": "no-cache, max-age=600"}, 0},
		{map[string]string{"Cache-Control": "no-store", "Expires": date(time.Hour)}, 0},
		{map[string]string{"Cache-Control": "max-age=31536000"}, maxAsked},
		{map[string]string{"Cache-Control": "max-age=-1"}, 0},
		{map[string]string{"Expires": date(time.Hour)}, time.Hour},
		{map[string]string{"Expires": date(time.Hour), "Date": date(30 * time.Minute)}, 30 * time.Minute},
		{map[string]string{"Cache-Control": "max-age=60", "Expires": date(time.Hour)}, time.Minute},
		{map[string]string{"Expires": "0"}, 0},
		{map[string]string{"Expires": date(-time.Hour)}, 0},
	} {
		header := http.Header{}
		for name, value := range tt.header {
			header.Set(name, value)
		}
		if got := askedByServer(header, ready); got != tt.want {
			t.Errorf("%v: %s, want %s", tt.header, got, tt.want)
		}
	}
}

func TestAskedByDocument(t *testing.T) {
	const sy = `<rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel>`
	const end = `<item><title>a</title></item></channel></rss>`
	for document, want := range map[string]time.Duration{
		sy + end:                           0,
		sy + `<ttl> 15 </ttl>` + end:       15 * time.Minute,
		sy + `<ttl>soon</ttl>` + end:       0,
		sy + `<ttl>-1</ttl>` + end:         0,
		sy + `<ttl>2147483647</ttl>` + end: maxAsked,
		sy + `<sy:updatePeriod> hourly </sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>` + end:                                                                                  30 * time.Minute,
		sy + `<sy:updatePeriod>daily</sy:updatePeriod>` + end:                                                                                                                               24 * time.Hour,
		sy + `<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>` + end:                                                                                     24 * time.Hour,
		sy + `<sy:updatePeriod>yearly</sy:updatePeriod>` + end:                                                                                                                              maxAsked,
		sy + `<sy:updatePeriod>often</sy:updatePeriod>` + end:                                                                                                                               0,
		sy + `<ttl>60</ttl><sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>` + end:                                                                       time.Hour,
		`<feed xmlns="http://www.w3.org/2005/Atom" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><sy:updatePeriod>hourly</sy:updatePeriod><entry><title>a</title></entry></feed>`: time.Hour,
	} {
		doc, err := ParseDocument([]byte(document), nil, nil, time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		if doc.Asked != want {
			t.Errorf("%s: %s, want %s", document, doc.Asked, want)
		}
	}
}

func TestHoursOff(t *testing.T) {
	since := ready.Add(-10 * time.Minute)
	for said, want := range map[time.Duration]int{
		0: 0, -9 * time.Minute: 0, -19 * time.Minute: 0, time.Minute: 0,
		3*time.Hour - 5*time.Minute: 3, 3*time.Hour + time.Minute: 3, 3*time.Hour - 20*time.Minute: 3,
		3*time.Hour - 21*time.Minute:  0, // no whole hours bring it there
		-2*time.Hour - 5*time.Minute:  -2,
		-2*time.Hour - 30*time.Minute: 0,
		20 * time.Hour:                0,
		-24 * time.Hour:               0,
	} {
		if got := hoursOff(ready.Add(said), since, ready); got != want {
			t.Errorf("dated %s after the poll: %d hours, want %d", said, got, want)
		}
	}
}
