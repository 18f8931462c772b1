package influx_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"marsad/timeline"
	"marsad/timeline/influx"
)

// readLog is a change log that notes how far it has been read.
type readLog struct {
	*memoryLog
	read []int64 // from where, each time
	fail int64   // reading on from there fails
}

func (l *readLog) Changes(ctx context.Context, after int64, limit int) ([]timeline.Change, error) {
	l.mu.Lock()
	l.read = append(l.read, after)
	l.mu.Unlock()
	if l.fail > 0 && after >= l.fail {
		return nil, context.DeadlineExceeded
	}
	return l.memoryLog.Changes(ctx, after, limit)
}

func (l *readLog) state() (read []int64, position int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, at := range l.positions {
		position = at
	}
	return slices.Clone(l.read), position
}

// TestNextStretchIsReadMeanwhile holds the server up in each write, and looks at
// how far the log is read then, and where the position stands.
func TestNextStretchIsReadMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeInflux{lines: map[string]bool{}}
		answered := make(chan struct{})
		f.set(nil, func(path string, _ []string) (int, string) {
			if path == "/api/v2/write" {
				<-answered
			}
			return 0, ""
		})
		log := &readLog{memoryLog: logOf(1700)}
		p := newProjector(t, config("http://influx.test", "t", "b"), influx.Options{Log: log})
		p.SetTransport(handlerTransport{f})
		stepped := make(chan error, 1)
		go func() {
			_, err := p.Step(t.Context())
			stepped <- err
		}()
		for _, want := range []struct {
			read     []int64
			position int64
		}{
			{[]int64{0, 500}, 0},
			{[]int64{0, 500, 1000}, 500},
			{[]int64{0, 500, 1000, 1500}, 1000},
			{[]int64{0, 500, 1000, 1500}, 1500},
		} {
			synctest.Wait()
			if read, position := log.state(); !slices.Equal(read, want.read) || position != want.position {
				t.Errorf("read from %v, position %d; want %v, %d", read, position, want.read, want.position)
			}
			answered <- struct{}{}
		}
		if err := <-stepped; err != nil {
			t.Error(err)
		}
		if _, position := log.state(); position != 1700 || !p.Status().CaughtUp {
			t.Errorf("position %d, status %+v; want 1700, caught up", position, p.Status())
		}
	})
}

// TestPositionStaysAtWhatTheServerHas lets the third stretch fail, at the server
// and in the log, when that is read ahead: the two before it count, no point is
// sent twice or out of order, and nothing runs on.
func TestPositionStaysAtWhatTheServerHas(t *testing.T) {
	for _, at := range []string{"server", "log"} {
		synctest.Test(t, func(t *testing.T) {
			f := &fakeInflux{lines: map[string]bool{}}
			var first []string // line of each write
			refuse := at == "server"
			f.set(nil, func(path string, lines []string) (int, string) {
				if path != "/api/v2/write" {
					return 0, ""
				}
				first = append(first, lines[0])
				if refuse && len(first) == 3 {
					return 503, ""
				}
				return 0, ""
			})
			log := &readLog{memoryLog: logOf(1700)}
			if at == "log" {
				log.fail = 1000
			}
			p := newProjector(t, config("http://influx.test", "t", "b"), influx.Options{Log: log})
			p.SetTransport(handlerTransport{f})
			if more, err := p.Step(t.Context()); err == nil || more {
				t.Errorf("%s: a step ends with %t, %v, want an error", at, more, err)
			}
			if s := p.Status(); s.Position != 1000 || s.Written != 1000 || s.Failures != 1 || s.LastError == "" {
				t.Errorf("%s: status %+v, want 1000 written and a failure", at, s)
			}
			refuse, log.fail = false, 0
			drain(t, p)
			if s := p.Status(); s.Position != 1700 || s.Written != 1700 || s.Failures != 0 || f.written() != 1700 {
				t.Errorf("%s: status %+v, want all written", at, s)
			}
			times := make([]string, len(first))
			for i, line := range first {
				times[i] = line[strings.LastIndexByte(line, ' ')+1:]
			}
			if !slices.IsSorted(times) {
				t.Errorf("%s: writes that begin at %v, want them in order", at, times)
			}
		})
	}
}

// TestCancelledStep ends a step while a write hangs and another stretch waits.
func TestCancelledStep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		f := &fakeInflux{lines: map[string]bool{}}
		f.set(nil, func(path string, _ []string) (int, string) {
			if path == "/api/v2/write" {
				<-ctx.Done()
				return 503, ""
			}
			return 0, ""
		})
		p := newProjector(t, config("http://influx.test", "t", "b"), influx.Options{Log: logOf(1700)})
		p.SetTransport(handlerTransport{f})
		time.AfterFunc(time.Second, cancel)
		if _, err := p.Step(ctx); err == nil || p.Status().Position != 0 {
			t.Errorf("a cancelled step gives %v and stands at %d", err, p.Status().Position)
		}
	})
}
