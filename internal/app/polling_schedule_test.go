package app

import (
	"flag"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

var pollingMinutes = flag.Int("polling.minutes", 0, "how long TestPollingSchedule lets the daemon run; 0: not at all")

// TestPollingSchedule lets a whole daemon poll on its schedule, every ten minutes,
// and says each minute what that takes: memory, lateness, and how many requests
// the busiest second had. From the first time that all feeds have been polled on,
// no poll may be late by more than scheduleSlack, and no second may have more than
// ten times its share.
func TestPollingSchedule(t *testing.T) {
	if os.Getenv(roleVariable) != "" || *pollingMinutes == 0 {
		t.Skip("takes -polling.minutes")
	}
	publishers := startProcess(t, "publishers", "")
	folder := t.TempDir()
	writePolling(t, folder, publishers.ready.Address, "*/10 * * * *")
	tell := func(path string) string { return order(t, "http://"+publishers.ready.Address+path) }
	daemon := startProcess(t, "daemon", folder)
	const period = 600 // seconds
	before, items := daemon.ready, 0
	for minute := range *pollingMinutes {
		<-time.After(time.Minute)
		settled := items == *pollingItems**pollingFeeds
		daemon.order("usage")
		u := daemon.hear("done")
		busiest := tell("/busiest")
		requests, err := strconv.Atoi(busiest)
		if err != nil {
			t.Fatal(err)
		}
		items += u.New
		t.Logf("minute %2d: CPU %6.2f s; resident %d MB, peak %d MB; polls %v, %d new; latest %.1f s late; %s requests in the busiest second",
			minute+1, u.CPU-before.CPU, u.Now>>20, u.Peak>>20, u.Polls, u.New, u.Late, busiest)
		before = u
		if most := max(10, 10**pollingFeeds/period); settled && requests > most {
			t.Errorf("%s requests in a second, want at most %d", busiest, most)
		}
		if settled && u.Late > scheduleSlack.Seconds() {
			t.Errorf("a poll came %.1f s behind its schedule, want at most %v", u.Late, scheduleSlack)
		}
	}
	if err := daemon.stop(); err != nil {
		t.Error(err)
	}
	comparePolling(t, folder, strings.Fields(tell("/served")))
}

// scheduleSlack is how late a poll may be on a machine that does other work.
const scheduleSlack = 10 * time.Second
