package alerts_test

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"marsad/alerts"
	"marsad/timeline"
)

// channel is a receiver that keeps when it got what.
type channel struct {
	at   []time.Time
	told map[string]int // by incident and kind
}

func (c *channel) Notify(_ context.Context, n timeline.Notice) (timeline.Receipt, error) {
	c.at = append(c.at, time.Now())
	c.told[n.Incident.ID+" "+string(n.Kind)]++
	return timeline.Receipt{Channel: "C1", TS: fmt.Sprint(len(c.at))}, nil
}

// heap is what is held after everything else was freed, in bytes.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// storm is two weeks of steady news in which no topic is spoken of, and one step in
// which each of many is in six stories, by six publishers.
type storm struct {
	step    time.Time         // in which all rise
	stories map[string]string // of each topic; topics with the same ones share all
}

func (s *storm) Counts(_ context.Context, _ string, from, to time.Time) (counts []timeline.StepCount, err error) {
	for at := from; at.Before(to); at = at.Add(10 * time.Minute) {
		c := timeline.StepCount{Step: at, Exposure: 600}
		if at.Equal(s.step) {
			c.N = 6
		}
		if !at.Before(start) {
			counts = append(counts, c)
		}
	}
	return counts, nil
}

func (s *storm) StoryIDs(_ context.Context, topic string, _, _ time.Time) ([]string, error) {
	return named(s.stories[topic], 6), nil
}

var six = timeline.Breadth{Counted: 6, Stories: 6, Publishers: 6}

func (s *storm) Breadth(context.Context, string, time.Time, time.Time) (timeline.Breadth, error) {
	return six, nil
}

func (s *storm) Evidence(_ context.Context, topic string, _, _ time.Time) (timeline.Evidence, error) {
	e := timeline.Evidence{Breadth: six, Langs: []string{"ar", "en"}}
	for n, story := range named(s.stories[topic], 5) {
		e.Headlines = append(e.Headlines, timeline.Headline{Story: story, Title: "A headline of some sixty letters, as they are, about " + story, Publisher: fmt.Sprint("p", n), Publishers: 2})
	}
	return e, nil
}

func (s *storm) PublisherCounts(_ context.Context, _ string, from, to time.Time) (map[string]int, error) {
	if s.step.Before(from) || !s.step.Before(to) {
		return map[string]int{}, nil
	}
	return map[string]int{"p0": 1, "p1": 1, "p2": 1, "p3": 1, "p4": 1, "p5": 1}, nil
}

func (s *storm) Delays(context.Context, string, time.Time, time.Time) ([]timeline.Delay, error) {
	return nil, nil
}

// TestStorm opens 500 incidents in one step, 400 of them four by four on the same
// stories, and delivers what is to be told to one channel out of the real record:
// grouped, at the channel's pace, nothing lost or doubled, and the memory that is
// held does not grow while they wait.
func TestStorm(t *testing.T) {
	const alone, groups, each = 100, 100, 4
	var topics []alerts.Topic
	now := start.Add(15 * day)
	s := &storm{step: now.Add(-10 * time.Minute), stories: make(map[string]string)}
	rise := func(n int, stories string) {
		topics = append(topics, topicNamed(fmt.Sprintf("topic-%03d", n)))
		s.stories[topics[n].Name] = stories
	}
	for n := range alone {
		rise(n, fmt.Sprint("alone", n, "-"))
	}
	for n := range groups * each {
		rise(alone+n, fmt.Sprint("group", n%groups, "-"))
	}
	record := openRecord(t, filepath.Join(t.TempDir(), "marsad.db"))
	defer func() {
		if err := record.Close(); err != nil {
			t.Error(err)
		}
	}()
	config := alerts.DefaultConfig()
	e, err := alerts.NewEvaluator(alerts.Options{
		Config: config, Topics: topics, Series: s, Stories: s, Memory: newMemory(10 * time.Minute), Results: record, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	closeAt(t, e, now)
	open, err := record.OpenIncidents(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	tellers := make(map[string]int) // those that have a message, and how many they tell of
	for _, i := range open {
		if i.Leader == "" {
			tellers[i.ID] = 1 + len(i.Joined)
		}
	}
	if len(open) != alone+groups*each || len(tellers) != alone+groups {
		t.Fatalf("%d incidents in %d messages, want %d in %d", len(open), len(tellers), alone+groups*each, alone+groups)
	}

	// The dispatcher is called when it asks to be, as the daemon does. Time is
	// virtual: what takes three minutes in the channel takes none here.
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(now)) //nolint:forbidigo // virtual time
		c := &channel{told: make(map[string]int)}
		d := alerts.NewDispatcher(alerts.DispatcherOptions{Outbox: record, Notifier: c, Pace: time.Second, Logger: slog.New(slog.DiscardHandler)})
		before, most := heap(), int64(0)
		began := time.Now()
		for {
			next, err := d.Deliver(t.Context(), time.Now())
			if err != nil {
				t.Fatal(err)
			}
			if len(c.at)%50 == 0 {
				most = max(most, heap()-before)
			}
			if next.IsZero() {
				break
			}
			time.Sleep(time.Until(next)) //nolint:forbidigo // virtual time
		}
		for n := 1; n < len(c.at); n++ {
			if gap := c.at[n].Sub(c.at[n-1]); gap < time.Second {
				t.Fatalf("message %d comes %s after the one before", n, gap)
			}
		}
		for id := range tellers {
			if c.told[id+" opening"] != 1 {
				t.Errorf("incident %s was opened %d times", id, c.told[id+" opening"])
			}
		}
		if len(c.told) != len(tellers) || len(c.at) != len(tellers) {
			t.Errorf("%d messages, want %d openings and nothing else", len(c.at), len(tellers))
		}
		took := time.Since(began)
		if want := time.Duration(len(tellers)) * time.Second; took > want {
			t.Errorf("it took %s, want %s at a message a second", took, want)
		}
		if most > 4<<20 {
			t.Errorf("%d bytes more are held in the course of it", most)
		}
		t.Logf("%d incidents, %d messages in %s; held in the course of it: %d kB more", len(open), len(c.at), took, most>>10)
	})
	if stats, err := record.Stats(t.Context()); err != nil || stats.Pending+stats.Failed > 0 {
		t.Errorf("%d notices pending, %d given up, %v", stats.Pending, stats.Failed, err)
	}
}
