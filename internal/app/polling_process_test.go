package app

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"marsad/internal/config"
	"marsad/timeline"
)

// Each part of the polling test is a process of its own, so that the processor
// time of one is not that of another: this test binary with a role.
const (
	roleVariable = "MARSAD_POLLING_ROLE" // publishers, marsad, daemon or floor
	argVariable  = "MARSAD_POLLING_ARG"  // a list of feeds, or a folder
)

// usage is what a process has used until it says so, and what its last work came to.
type usage struct {
	Said    string         // ready, part or done
	CPU     float64        // seconds of user and system time since the process began
	Peak    int64          // most memory that was resident, in bytes
	Now     int64          // resident now
	Address string         // of the publishers
	Polls   map[string]int // by outcome
	New     int            // items
	Late    float64        // seconds by which the latest poll came behind its schedule
}

// used measures this process.
func used(said string) usage {
	u := usage{Said: said, Peak: resident("VmHWM"), Now: resident("VmRSS")}
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err == nil {
		u.CPU = time.Duration(r.Utime.Nano() + r.Stime.Nano()).Seconds()
	}
	return u
}

// resident reads a line of /proc/self/status; 0 where there is none.
func resident(name string) int64 {
	data, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(data)) {
		if value, ok := strings.CutPrefix(line, name+":"); ok {
			kilobytes, _ := strconv.ParseInt(strings.Fields(value)[0], 10, 64)
			return kilobytes << 10
		}
	}
	return 0
}

func say(u usage) { _ = json.NewEncoder(os.Stdout).Encode(u) }

// TestPollingProcess is no test: it is what the processes of the polling test do.
// They take orders from standard input, a line each, and end with it.
func TestPollingProcess(t *testing.T) {
	var err error
	switch role, arg := os.Getenv(roleVariable), os.Getenv(argVariable); role {
	case "":
		t.Skip("runs as a part of TestPolling")
	case "publishers":
		err = servePublishers(t.Context())
	case "marsad":
		err = obeyAsMarsad(t.Context(), arg)
	case "daemon":
		err = obeyAsDaemon(t.Context(), arg)
	case "floor":
		err = obeyAsFloor(t.Context(), arg)
	default:
		t.Fatalf("no role %q", role)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func servePublishers(ctx context.Context) error {
	p, err := newPublishers(time.Now().Add(-2 * time.Hour))
	if err != nil {
		return err
	}
	var lc net.ListenConfig
	listener, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: p, ReadHeaderTimeout: 10 * time.Second, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)}
	var group errgroup.Group
	group.Go(func() error {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	u := used("ready")
	u.Address = listener.Addr().String()
	say(u)
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
	}
	return errors.Join(server.Close(), group.Wait())
}

// pollingDaemon makes a daemon of the folder's config.yaml.
func pollingDaemon(ctx context.Context, folder string) (*daemon, *config.Config, error) {
	boundMemory(os.LookupEnv)
	cfg, err := config.Load(filepath.Join(folder, "config.yaml"), os.LookupEnv, os.ReadFile)
	if err != nil {
		return nil, nil, err
	}
	s, err := newService(ctx, cfg, slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})), edges{})
	if err != nil {
		return nil, nil, err
	}
	return s.current.Load(), cfg, nil
}

// obeyAsMarsad polls on order, and not on schedule.
func obeyAsMarsad(ctx context.Context, folder string) error {
	d, cfg, err := pollingDaemon(ctx, folder)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	var group errgroup.Group
	defer func() {
		cancel()
		_ = group.Wait() // ctx has ended
		_ = d.record.Close()
	}()
	group.Go(func() error { return d.watch(ctx) })
	say(used("ready"))
	names := make([]string, 0, len(cfg.Feeds))
	for i := range cfg.Feeds {
		names = append(names, cfg.Feeds[i].Name)
	}
	pass := 0
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		pass++
		if err := profiled(pass, func() error { return pollAll(ctx, d, names) }); err != nil {
			return err
		}
	}
	return nil
}

// profiled does the work and keeps its profile, if that is wanted. What is there
// stays: it is that of the first process.
func profiled(pass int, work func() error) (err error) {
	if *pollingProfile == "" {
		return work()
	}
	f, err := os.OpenFile(fmt.Sprintf("%s.%d", *pollingProfile, pass), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return work()
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := pprof.StartCPUProfile(f); err != nil {
		return err
	}
	defer pprof.StopCPUProfile()
	return work()
}

// obeyAsDaemon runs all of a daemon, and says what it has used when asked.
func obeyAsDaemon(ctx context.Context, folder string) error {
	d, _, err := pollingDaemon(ctx, folder)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	var group errgroup.Group
	defer func() {
		cancel()
		_ = group.Wait() // ctx has ended
		_ = d.record.Close()
	}()
	group.Go(func() error { return d.service.run(ctx, newSilentListener()) })
	say(used("ready"))
	asked := time.Now()
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		u := used("done")
		if err := addLedger(ctx, d, asked, &u); err != nil {
			return err
		}
		asked = time.Now()
		say(u)
	}
	return nil
}

// pollAll polls every feed once. Half way it says so.
func pollAll(ctx context.Context, d *daemon, names []string) error {
	var mu sync.Mutex
	u := usage{Polls: map[string]int{}}
	polled := 0
	err := eachOf(names, func(name string) error {
		p, err := d.collector.Poll(ctx, name, now())
		mu.Lock()
		defer mu.Unlock()
		u.Polls[string(p.Outcome)]++
		u.New += p.New
		if polled++; polled == len(names)/2 {
			say(used("part"))
		}
		return err
	})
	after := used("done")
	after.Polls, after.New = u.Polls, u.New
	say(after)
	return err
}

// addLedger adds the polls since an instant, and by how much the latest of them
// came behind its schedule.
func addLedger(ctx context.Context, d *daemon, since time.Time, u *usage) error {
	u.Polls = map[string]int{}
	q := timeline.Query{From: since, Limit: 1000}
	for {
		page, err := d.record.Polls(ctx, q)
		if err != nil {
			return err
		}
		for i := range page.Items {
			p := &page.Items[i]
			u.Polls[string(p.Outcome)]++
			u.New += p.New
			u.Late = max(u.Late, p.At.Sub(p.Scheduled).Seconds())
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			return nil
		}
	}
}

func obeyAsFloor(ctx context.Context, folder string) error {
	list, err := os.ReadFile(filepath.Join(folder, "feeds.txt"))
	if err != nil {
		return err
	}
	f, err := newFloor(ctx, filepath.Join(folder, "floor.db"))
	if err != nil {
		return err
	}
	defer f.db.Close()
	say(used("ready"))
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		if err := f.poll(ctx, strings.Fields(string(list))); err != nil {
			return err
		}
		say(used("done"))
	}
	return nil
}

// eachOf does the work for each, as many at a time as Marsad polls.
func eachOf(all []string, work func(string) error) error {
	var group errgroup.Group
	group.SetLimit(32)
	for _, one := range all {
		group.Go(func() error { return work(one) })
	}
	return group.Wait()
}

// process is one of the processes as the test holds it.
type process struct {
	t     *testing.T
	cmd   *exec.Cmd
	in    *json.Decoder
	order func(string)
	ready usage
	took  time.Duration // from its start until it was ready
	stop  func() error  // ends it, and waits until it has
}

func startProcess(t *testing.T, role, arg string) *process {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestPollingProcess$", "-test.timeout=0", "-polling.items="+strconv.Itoa(*pollingItems))
	if *pollingProfile != "" {
		cmd.Args = append(cmd.Args, "-polling.cpuprofile="+*pollingProfile)
	}
	cmd.Env = append(os.Environ(), roleVariable+"="+role, argVariable+"="+arg)
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{t: t, cmd: cmd, in: json.NewDecoder(stdout)}
	p.stop = sync.OnceValue(func() error {
		_ = stdin.Close() // it may have ended by itself
		return cmd.Wait()
	})
	t.Cleanup(func() { _ = p.stop() })
	p.order = func(line string) {
		if _, err := fmt.Fprintln(stdin, line); err != nil {
			t.Errorf("%s: %v", role, err)
		}
	}
	p.ready = p.hear("ready")
	p.took = time.Since(began)
	return p
}

// hear waits until the process says that it is so far.
func (p *process) hear(said string) usage {
	p.t.Helper()
	for {
		var u usage
		if err := p.in.Decode(&u); err != nil {
			p.t.Fatalf("process broke off: %v", err)
		}
		if u.Said == said {
			return u
		}
	}
}

// kill ends the process as the system does that has no memory left.
func (p *process) kill() {
	p.t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		p.t.Fatal(err)
	}
	_ = p.stop() // it says that it was killed
}

// pass polls all feeds once and gives what that took.
func (p *process) pass(before usage) (cost, after usage) {
	p.t.Helper()
	runtime.GC() // of the test, not to take the processor meanwhile
	p.order("poll")
	after = p.hear("done")
	cost = after
	cost.CPU -= before.CPU
	return cost, after
}
