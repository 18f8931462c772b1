package app

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestNightAndDigest has a topic take off by night: nothing is announced before
// the quiet hours are over, then their report comes, and after it the message of
// what is still open, which is said again as long as nobody takes it; and each day
// has its digest, across restarts.
func TestNightAndDigest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		// The world begins at 03:00 in Baghdad, in the quiet hours.
		w, s := newWorld(), newSite(t, strings.Replace(mainJob, "false_alarms: 1/1w",
			`false_alarms: 1/1w, quiet_hours: "00:00-12:00", repeat: 3h, digests: {daily: "0 13 * * *"}, routes: [{to: "#all"}]`, 1))
		s.load(t, history(time.Now(), 9))
		d, stop := s.start(t, w)
		quietDays(w, 0.25)
		for range 3 { // not so much that it is critical
			for _, feed := range feedNames[:2] {
				w.publish(feed, "Merger of two groups, said at "+time.Now().Format(time.TimeOnly)+" in the "+feed, "At least 12 were there.", time.Now().Add(-time.Minute))
			}
			pass(10 * time.Minute)
		}
		pass(time.Until(time.Date(2000, 1, 1, 8, 59, 0, 0, time.UTC)))
		if posts := w.sent("chat.postMessage"); len(posts) != 0 {
			t.Fatalf("told in the quiet hours: %+v", posts)
		}
		for range 5 { // five hours, each with a restart
			pass(time.Hour)
			stop()
			d, stop = s.start(t, w)
		}
		var got []string
		for _, p := range w.sent("chat.postMessage") {
			what, _, _ := strings.Cut(p.text, "\n")
			got = append(got, p.at.UTC().Format("15:04 ")+p.channel+" "+what)
		}
		t.Logf("told:\n%s", strings.Join(got, "\n"))
		if len(got) < 3 || !strings.Contains(got[0], "What came") || !strings.Contains(got[1]+got[2], "suddenly in the news") {
			t.Error("the report is to come before what is still open")
		}
		count := func(part string) (n int) {
			for _, g := range got {
				if strings.Contains(g, part) {
					n++
				}
			}
			return n
		}
		for part, want := range map[string]int{
			"#watch What came in the quiet hours": 1, "#all What came in the quiet hours": 1,
			"#watch \u2068Group merger\u2069: suddenly in the news": 1, "#all \u2068Group merger\u2069: suddenly in the news": 1,
			"#watch Daily digest": 1, "#all Daily digest": 0,
		} {
			if n := count(part); n != want {
				t.Errorf("%q was said %d times, want %d", part, n, want)
			}
		}
		if n := len(w.sent("reply")); n < 2 {
			t.Errorf("%d replies, want that it was said again in both channels", n)
		}
		checkInvariants(t, d, w)
		stop()
	})
}
