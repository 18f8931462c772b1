package app

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"marsad/timeline"
)

var (
	pollingFeeds   = flag.Int("polling.feeds", 12, "feeds of TestPolling; docs/BENCHMARKS.md has 1000 and 5000")
	pollingItems   = flag.Int("polling.items", windowSize, "items of each document")
	pollingProfile = flag.String("polling.cpuprofile", "", "where TestPolling writes the profiles of its first four passes: the number of each is added to the name")
)

// TestPolling runs the daemon against publishers of its own, kills it in the
// middle of a poll and spoils a tenth of the answers: nothing that was served may
// be missing, and nothing may be there twice. It says what that took, next to the
// floor. With -polling.feeds it is the benchmark of docs/BENCHMARKS.md.
func TestPolling(t *testing.T) {
	if os.Getenv(roleVariable) != "" {
		t.Skip("this is one of its processes")
	}
	publishers := startProcess(t, "publishers", "")
	tell := func(path string) string {
		t.Helper()
		return order(t, "http://"+publishers.ready.Address+path)
	}
	folder := t.TempDir()
	writePolling(t, folder, publishers.ready.Address, "@every 24h")
	advance := func() { tell(fmt.Sprintf("/advance?feeds=%d", *pollingFeeds)) }

	marsad, floor := startProcess(t, "marsad", folder), startProcess(t, "floor", folder)
	atMarsad, atFloor := marsad.ready, floor.ready
	for _, pass := range []struct {
		name    string
		before  func()
		outcome timeline.Outcome // of most polls
		items   int              // new
	}{
		{"first poll", func() {}, timeline.OutcomeOK, *pollingItems * *pollingFeeds},
		{"all answer 304", func() {}, timeline.OutcomeUnchanged, 0},
		{"a tenth changed", advance, timeline.OutcomeUnchanged, 2 * changed(1)},
		{"no validators, same bodies", func() { tell("/set?validators=off") }, timeline.OutcomeUnchanged, 0},
	} {
		pass.before()
		var ours, least usage
		ours, atMarsad = marsad.pass(atMarsad)
		least, atFloor = floor.pass(atFloor)
		if ours.New != pass.items || ours.Polls[string(pass.outcome)] < *pollingFeeds*8/10 {
			t.Errorf("%s: %d new items, want %d; polls %v", pass.name, ours.New, pass.items, ours.Polls)
		}
		t.Logf("%-27s CPU %7.3f s, floor %7.3f s, ratio %5.1f; peak %4d MB, floor %4d MB",
			pass.name, ours.CPU, least.CPU, ours.CPU/least.CPU, ours.Peak>>20, least.Peak>>20)
	}
	for _, p := range []*process{marsad, floor} {
		if err := p.stop(); err != nil {
			t.Error(err)
		}
	}

	tell("/set?errors=0.1")
	for range 3 {
		marsad = startProcess(t, "marsad", folder)
		t.Logf("started with %d feeds in %v; resident %d MB", *pollingFeeds, marsad.took, marsad.ready.Now>>20)
		advance()
		marsad.order("poll")
		marsad.hear("part")
		marsad.kill()
	}
	marsad = startProcess(t, "marsad", folder)
	tell("/set?validators=on")
	marsad.pass(marsad.ready)
	if err := marsad.stop(); err != nil {
		t.Error(err)
	}
	comparePolling(t, folder, strings.Fields(tell("/served")))
}

// changed gives how many feeds the advance of that number changes.
func changed(epoch int) (n int) {
	for feed := epoch % 10; feed < *pollingFeeds; feed += 10 {
		n++
	}
	return n
}

// order asks the publishers for something.
func order(t *testing.T, url string) string {
	t.Helper()
	resp, err := http.Get(url) //nolint:noctx // they are in the next process
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", url, resp.Status, err)
	}
	return string(body)
}

// writePolling writes config.yaml for Marsad and feeds.txt for the floor.
func writePolling(t *testing.T, folder, address, schedule string) {
	t.Helper()
	var list strings.Builder
	err := writeFile(filepath.Join(folder, "config.yaml"), func(w io.Writer) {
		fmt.Fprintf(w, "record: {path: %q}\nweb: {listen: \"127.0.0.1:0\"}\nseeds: {feeds: []}\n", filepath.Join(folder, "marsad.db"))
		fmt.Fprintf(w, "collector: {schedule: %q, per_host: 32, concurrency: 32, allow_private: true}\nfeeds:\n", schedule)
		for feed := range *pollingFeeds {
			url := fmt.Sprintf("http://%s/feed/%d", address, feed)
			fmt.Fprintf(w, "  - {name: feed-%d, url: %q, publisher: Publisher %d}\n", feed, url, feed/2)
			fmt.Fprintln(&list, url)
		}
	})
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, "feeds.txt"), []byte(list.String()), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func writeFile(path string, write func(io.Writer)) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	write(w)
	return w.Flush()
}

// comparePolling holds the record against what was served. Of a document that was
// cut off the complete items are taken, though it does not count as served: they
// may be there, once.
func comparePolling(t *testing.T, folder string, served []string) {
	t.Helper()
	env := Env{LookupEnv: func(string) (string, bool) { return "", false }, Stderr: t.Output()}
	cfg, logger, err := Common{Config: filepath.Join(folder, "config.yaml"), LogLevel: "error", LogFormat: "text"}.setup(env)
	if err != nil {
		t.Fatal(err)
	}
	record, err := openRecordBeside(t.Context(), cfg, logger)
	if err != nil {
		t.Fatal(err)
	}
	defer record.Close()
	times := make(map[string]int)
	for _, read := range allPages(t, record.Articles) {
		times[read.Article.GUID]++
	}
	lost, doubled := 0, 0
	for _, guid := range served {
		if times[guid] == 0 {
			lost++
		}
	}
	for _, n := range times {
		doubled += n - 1
	}
	t.Logf("%d items served, %d articles; %d lost, %d doubled", len(served), len(times), lost, doubled)
	if lost > 0 || doubled > 0 || len(served) < *pollingItems**pollingFeeds {
		t.Errorf("%d lost and %d doubled of %d, want none", lost, doubled, len(served))
	}
}
