package app

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"marsad/timeline/sqlite"
)

// killing is a row of the table of processes that are killed, or that the record
// fails.
type killing struct {
	name  string
	quick bool
	what  string                                    // at which boundary in the process, as hookKill and troubleStore know it
	ask   func(r *http.Request, answered bool) bool // at which request, there or back
	after func(*testing.T, string)                  // what happens to the record then, before the next start
	alive bool                                      // it is not killed
	gaps  bool                                      // articles were lost and fetched again, of which the ledger knows nothing
}

// request tells a request to a host, there or back, of which the first n are let by.
func request(host, path string, back bool, n int) func(*http.Request, bool) bool {
	return func(r *http.Request, answered bool) bool {
		if answered != back || !strings.HasSuffix(r.URL.Host, host) || !strings.HasSuffix(r.URL.Path, path) {
			return false
		}
		n--
		return n == -1
	}
}

func killings() []killing {
	rows := []killing{
		{name: "killed while a feed is asked", ask: request("th.test", "/rss", false, 2)},
		{name: "killed when a feed has answered", ask: request("th.test", "/rss", true, 2)},
		{name: "killed while Slack is asked", ask: request("slack.test", "chat.postMessage", false, 0)},
		{name: "killed when Slack took it and has not answered", quick: true, ask: request("slack.test", "chat.postMessage", true, 0)},
		{name: "killed when Slack took an edit", ask: request("slack.test", "chat.update", true, 0)},
		{name: "killed while InfluxDB is asked", ask: request("influx.test", "write", false, 5)},
		{name: "killed when InfluxDB took it and has not answered", ask: request("influx.test", "write", true, 5)},
		{name: "the last commit is torn", what: "after INSERT polls 9", after: tearLog},
		{name: "a page is overwritten while Marsad is down", gaps: true, ask: request("influx.test", "write", true, 9), after: repairDamaged},
		{name: "the disk is full for half an hour", quick: true, what: "full", alive: true},
		{name: "another program keeps the record locked", what: "busy", alive: true},
		{name: "backups are made all the while", what: "backup", alive: true},
	}
	for _, table := range []struct{ operation, table, what string }{
		{"INSERT", "polls", "a poll is recorded"},
		{"INSERT", "articles", "an article is recorded"},
		{"INSERT", "mentions", "a mention is recorded"},
		{"INSERT", "changes", "the change log goes on"},
		{"INSERT", "evaluations", "a step is closed"},
		{"INSERT", "incidents", "an incident opens"},
		{"INSERT", "notices", "a notice is put into the outbox"},
		{"UPDATE", "notices", "an attempt at a notice is noted"},
		{"UPDATE", "followers", "the projection notes its position"},
		{"INSERT", "article_words_docsize", "words are indexed"},
	} {
		for _, when := range []string{"during", "at", "after"} {
			said := map[string]string{"during": "killed while ", "at": "killed at the commit when ", "after": "killed after the commit when "}[when]
			rows = append(rows, killing{name: said + table.what, what: strings.Join([]string{when, table.operation, table.table, "1"}, " ")})
		}
	}
	return append(rows,
		killing{name: "killed when the receipt of a notice is recorded", quick: true, what: "at UPDATE notices 2"},
		killing{name: "killed at the tenth poll", what: "during INSERT polls 10"},
	)
}

// TestKilled kills a process at one boundary after the other, with signal 9, around
// the hour in which a topic takes off, and starts another; or has its record fail.
// What is checked then is what TestFaults checks.
func TestKilled(t *testing.T) {
	t.Parallel()
	before := prepareLife(t)
	for _, k := range killings() {
		t.Run(k.name, func(t *testing.T) {
			beginRow(t, k.quick)
			k.live(t, before)
		})
	}
}

func (k *killing) live(t *testing.T, before *prepared) {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(before.dir)); err != nil {
		t.Fatal(err)
	}
	began := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	p := &parent{T: t, w: before.w.copy(), dir: dir, began: began, burst: began.Add(before.at), now: began.Add(before.at)}
	p.w.now = func() time.Time { return p.now }
	killed := p.life(k.what, k.ask)
	if killed == k.alive {
		t.Fatalf("killed: %v", killed)
	}
	if k.after != nil {
		k.after(t, filepath.Join(dir, "marsad.db"))
	}
	if killed && p.life("", nil) {
		t.Fatal("killed again")
	}
	k.check(p)
}

func (k *killing) check(p *parent) {
	p.Helper()
	s := newSiteIn(p.T, p.dir, projectedJob)
	record, err := openRecordToRead(p.Context(), s.cfg, s.log)
	if err != nil {
		p.Fatal(err)
	}
	defer record.Close()
	if news, _ := p.w.news(); len(news) != 1 {
		p.Errorf("the team heard %d times, want once", len(news))
	}
	if !k.gaps {
		checkLedger(p.T, record)
		checkProjected(p.T, record, *s.cfg, p.w)
	}
	checkServed(p.T, record, p.w)
	checkTold(p.T, record, p.w)
	if err := sqlite.Check(p.Context(), s.cfg.Record.Path); err != nil {
		p.Error(err)
	}
}

// parent keeps the world of processes that live one after the other.
type parent struct {
	*testing.T
	w          *world
	dir        string
	began      time.Time // of the time of every bubble
	burst, now time.Time
	told       int // how many times the feeds told of the topic
}

// life runs a process until it ends, and says whether it was killed.
func (p *parent) life(what string, kill func(*http.Request, bool) bool) (killed bool) {
	p.Helper()
	questions, out, err := os.Pipe()
	if err != nil {
		p.Fatal(err)
	}
	in, answers, err := os.Pipe()
	if err != nil {
		p.Fatal(err)
	}
	cmd := exec.CommandContext(p.Context(), os.Args[0], "-test.run=^TestLifeProcess$", "-test.timeout=2m")
	cmd.Env = append(os.Environ(), lifeVariable+"="+p.dir, killVariable+"="+what)
	cmd.ExtraFiles = []*os.File{out, in}
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		p.Fatal(err)
	}
	_, _ = out.Close(), in.Close()
	defer func() { _, _ = questions.Close(), answers.Close() }()
	p.answer(json.NewDecoder(questions), json.NewEncoder(answers), kill, cmd)
	err = cmd.Wait()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL {
		return true
	}
	if err != nil {
		p.Fatalf("process ended with %v:\n%s", err, said.String())
	}
	return false
}

// answer answers the process until it asks no more.
func (p *parent) answer(questions *json.Decoder, answers *json.Encoder, kill func(*http.Request, bool) bool, cmd *exec.Cmd) {
	p.Helper()
	first := true
	for {
		var q asking
		if err := questions.Decode(&q); err != nil {
			return // it has ended
		}
		r := httptest.NewRequestWithContext(p.Context(), q.Method, q.URL, strings.NewReader(string(q.Body)))
		r.Header = q.Header
		rec := httptest.NewRecorder()
		if r.URL.Host == "pace.test" {
			if _, err := rec.WriteString(p.pace(q.Now, first).String()); err != nil {
				p.Error(err)
			}
			first = false
		} else {
			p.now = q.Now
			if kill != nil && kill(r, false) {
				_ = cmd.Process.Kill() // Wait tells
				return
			}
			p.w.ServeHTTP(rec, r)
			if kill != nil && kill(r, true) {
				_ = cmd.Process.Kill()
				return
			}
		}
		if err := answers.Encode(answering{Status: rec.Code, Header: rec.Header(), Body: rec.Body.Bytes()}); err != nil {
			return // likewise
		}
	}
}

// pace lets the feeds tell of the topic six times, ten minutes apart, and says how
// long the process is to wait: at first for as long as it would have lived.
func (p *parent) pace(now time.Time, first bool) time.Duration {
	if first {
		p.now = p.now.Add(time.Minute) // it takes a while to start again
		return p.now.Sub(p.began)
	}
	p.now = now
	for p.told < 6 && !now.Before(p.burst.Add(time.Duration(p.told)*10*time.Minute)) {
		publishBurst(p.w, p.now.Add(time.Duration(p.told)*time.Second))
		p.told++
	}
	if now.After(p.burst.Add(4 * time.Hour)) {
		return 0
	}
	return 10*time.Minute + time.Second
}

// tearLog takes away the end of the last commit in a record's log, as a power cut
// may that comes before it was on the disk.
func tearLog(t *testing.T, path string) {
	t.Helper()
	info, err := os.Stat(path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path+"-wal", info.Size()-100); err != nil {
		t.Fatal(err)
	}
}

// repairDamaged overwrites pages of a record, and repairs it.
func repairDamaged(t *testing.T, path string) {
	t.Helper()
	damage(t, path)
	if err := sqlite.Check(t.Context(), path); err == nil {
		t.Error("nothing was damaged")
	}
	if _, err := sqlite.Salvage(t.Context(), path, path+".new", nil); err != nil {
		t.Fatal(err)
	}
	if err := sqlite.Restore(t.Context(), path+".new", path, path+".old", nil); err != nil {
		t.Fatal(err)
	}
}
