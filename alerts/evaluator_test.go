package alerts_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"marsad/alerts"
	"marsad/timeline"
)

const day = 24 * time.Hour

var start = time.Date(2026, time.March, 2, 0, 0, 0, 0, time.UTC)

var merger = alerts.Topic{Name: "merger", Title: "Group merger", Rule: alerts.DefaultRule()}

func newEvaluator(t *testing.T, m *memory, topics ...alerts.Topic) *alerts.Evaluator {
	t.Helper()
	config := alerts.DefaultConfig()
	config.Step = m.step
	e, err := alerts.NewEvaluator(alerts.Options{
		Config: config, Topics: topics, Series: m, Stories: m, Memory: m, Results: m, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func closeAt(t *testing.T, e *alerts.Evaluator, now time.Time) {
	t.Helper()
	if err := e.Close(t.Context(), now); err != nil {
		t.Fatal(err)
	}
}

func only(t *testing.T, m *memory) timeline.Incident {
	t.Helper()
	if len(m.incidents) != 1 {
		t.Fatalf("%d incidents, want one: %v", len(m.incidents), m.incidents)
	}
	for _, i := range m.incidents {
		return i
	}
	panic("unreachable")
}

// TestLifeOfAnIncident walks through 30 quiet days, a burst that comes in an
// hour late, its end and a week of quiet, once with one evaluator and once with
// a restart before each step.
func TestLifeOfAnIncident(t *testing.T) {
	burst := start.Add(30*day + 10*time.Hour)
	walk := func(t *testing.T, restart bool) *memory {
		t.Helper()
		m := newMemory(time.Hour)
		m.fill(start, start.Add(37*day), 20, 10, false)
		e := newEvaluator(t, m, merger)
		for now := start.Add(29 * day); !now.After(start.Add(37 * day)); now = now.Add(time.Hour) {
			if now.Equal(burst.Add(2 * time.Hour)) {
				m.burst(burst, 40, 10, false)
			}
			if restart {
				e = newEvaluator(t, m, merger)
			}
			closeAt(t, e, now)
			closeAt(t, e, now.Add(time.Minute))
		}
		return m
	}
	steady := walk(t, false)
	i := only(t, steady)
	if i.ID != timeline.IncidentID("merger", burst) || !i.Opened.Equal(burst) || i.Window != time.Hour {
		t.Errorf("opened at %s by a window of %s, want the hour of %s", i.Opened, i.Window, burst)
	}
	if i.Observed != 42 || i.Expected < 2 || i.Expected > 7 || i.P > 1e-6 || i.Severity != alerts.SeverityCritical || i.Title != "Group merger" {
		t.Errorf("opened as %+v", i)
	}
	if i.State != timeline.IncidentResolved || i.Resolved.Sub(burst) < alerts.Quiet || i.Resolved.Sub(burst) > 2*day {
		t.Errorf("%s at %s", i.State, i.Resolved)
	}
	if i.Total < 42 || i.Publishers < 10 || len(i.Headlines) != 5 {
		t.Errorf("evidence: %d articles of %d publishers, %d headlines", i.Total, i.Publishers, len(i.Headlines))
	}
	for _, kind := range []timeline.NoticeKind{timeline.NoticeOpening, timeline.NoticeUpdate, timeline.NoticeResolution} {
		if steady.notices[timeline.NoticeID(i.ID, kind)] == nil {
			t.Errorf("no notice of the %s", kind)
		}
	}
	told := make(map[string]bool)
	for _, n := range steady.notices {
		for _, h := range n.News.Headlines {
			if told[h.Story] || n.Kind != timeline.NoticeThread {
				t.Errorf("%s is told twice, or by a notice of %s", h.Story, n.Kind)
			}
			told[h.Story] = true
		}
	}
	if len(told) == 0 || len(steady.notices) > 3+len(told) {
		t.Errorf("%d notices, %d headlines told after the opening", len(steady.notices), len(told))
	}

	restarted := walk(t, true)
	if diff := cmp.Diff(steady.incidents, restarted.incidents); diff != "" {
		t.Errorf("restarts make a difference:\n%s", diff)
	}
	if diff := cmp.Diff(steady.evaluations, restarted.evaluations); diff != "" {
		t.Errorf("restarts make a difference:\n%s", diff)
	}
}

func TestWhatFires(t *testing.T) {
	now := start.Add(30 * day)
	for name, test := range map[string]struct {
		fill  func(m *memory)
		rule  func(r *alerts.Rule)
		fires bool
		state timeline.EvaluationState // of the newest hour
	}{
		"a burst": {
			fill:  func(m *memory) { m.burst(now.Add(-time.Minute), 12, 6, false) },
			fires: true, state: timeline.Alarming,
		},
		"nothing": {state: timeline.Normal},
		"a burst out of an archive": {
			fill:  func(m *memory) { m.burst(now.Add(-time.Minute), 40, 10, true) },
			state: timeline.Normal,
		},
		"a burst of one publisher": {
			fill:  func(m *memory) { m.burst(now.Add(-time.Minute), 12, 1, false) },
			rule:  func(r *alerts.Rule) { r.MinPublishers = 3 },
			state: timeline.Gated,
		},
		"a burst of one story": {
			fill: func(m *memory) {
				m.burst(now.Add(-time.Minute), 12, 6, false)
				for i := range m.articles {
					if m.articles[i].topic != "" {
						m.articles[i].story = "one"
					}
				}
			},
			state: timeline.Gated,
		},
		"a burst on a topic that is off": {
			fill:  func(m *memory) { m.burst(now.Add(-time.Minute), 12, 6, false) },
			rule:  func(r *alerts.Rule) { r.Off = true },
			state: timeline.Gated,
		},
		"a burst without history": {
			fill: func(m *memory) {
				m.articles = nil
				m.fill(now.Add(-2*day), now, 40, 20, false)
				m.burst(now.Add(-time.Minute), 40, 10, false)
			},
			state: timeline.WarmingUp,
		},
		"a small burst": {
			fill:  func(m *memory) { m.burst(now.Add(-time.Minute), 6, 6, false) },
			state: timeline.Normal,
		},
		"a small burst within a larger budget": {
			fill:  func(m *memory) { m.burst(now.Add(-time.Minute), 6, 6, false) },
			rule:  func(r *alerts.Rule) { r.FalseAlarms = alerts.Budget{N: 1, Per: 2 * day} },
			fires: true, state: timeline.Alarming,
		},
		"silence of the collector": {
			fill: func(m *memory) {
				m.articles = nil
				m.fill(start, now.Add(-time.Hour), 40, 20, false)
			},
			state: timeline.Uncovered,
		},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMemory(10 * time.Minute)
			m.fill(start, now, 40, 20, false)
			if test.fill != nil {
				test.fill(m)
			}
			topic := merger
			if test.rule != nil {
				test.rule(&topic.Rule)
			}
			closeAt(t, newEvaluator(t, m, topic), now)
			if fired := len(m.incidents) == 1 && len(m.notices) == 1; fired != test.fires {
				t.Errorf("%d incidents, %d notices", len(m.incidents), len(m.notices))
			}
			for _, e := range m.evaluations {
				if e.Step.Equal(now.Add(-m.step)) && e.Window == time.Hour && e.State != test.state {
					t.Errorf("newest hour: %+v, want %s", e, test.state)
				}
			}
		})
	}
}

// TestArchiveThenBurst is a first day: an archive of forty days is loaded that
// reaches up to now, and then a poll brings forty articles in one step.
func TestArchiveThenBurst(t *testing.T) {
	m := newMemory(10 * time.Minute)
	now := start.Add(40 * day)
	m.fill(start, now, 200, 100, true)
	e := newEvaluator(t, m, merger)
	closeAt(t, e, now)
	if len(m.incidents) != 0 {
		t.Fatalf("the archive fired: %v", m.incidents)
	}
	m.burst(now.Add(4*time.Minute), 40, 40, false)
	m.fill(now.Add(4*time.Minute), now.Add(5*time.Minute), 60*180, 1e9, false)
	for range 30 {
		now = now.Add(m.step)
		closeAt(t, e, now)
	}
	i := only(t, m)
	if len(m.notices) != 1 || i.Total != 40 || i.Publishers != 40 {
		t.Errorf("%d notices, incident %+v", len(m.notices), i)
	}
}

func TestClosingTwiceChangesNothing(t *testing.T) {
	m := newMemory(10 * time.Minute)
	now := start.Add(30 * day)
	m.fill(start, now, 40, 20, false)
	m.burst(now.Add(-time.Hour), 12, 6, false)
	e := newEvaluator(t, m, merger)
	closeAt(t, e, now)
	if want := 36; len(m.commits) != want {
		t.Errorf("an empty record begins with %d steps, want the %d of the horizon", len(m.commits), want)
	}
	recorded := len(m.commits)
	reads := m.reads
	closeAt(t, e, now)
	closeAt(t, e, now.Add(9*time.Minute))
	if read := m.reads - reads; read != 2 {
		t.Errorf("two calls without news read counts %d times", read)
	}
	if len(m.commits) != recorded {
		t.Errorf("written again: %+v", m.commits[recorded:])
	}
	closeAt(t, e, now.Add(m.step))
	if len(m.commits) != recorded+1 {
		t.Errorf("the next step wrote %d results", len(m.commits)-recorded)
	}
}

func TestLateArticleIsCountedWhereItBelongs(t *testing.T) {
	m := newMemory(time.Hour)
	now := start.Add(30 * day)
	m.fill(start, now, 40, 20, false)
	e := newEvaluator(t, m, merger)
	closeAt(t, e, now)
	recorded := len(m.commits)
	m.burst(now.Add(-90*time.Minute), 1, 1, false)
	m.burst(now.Add(-10*time.Hour), 1, 1, false) // its own hour is final
	closeAt(t, e, now.Add(time.Minute))
	touched := make(map[time.Time]int)
	for _, c := range m.commits[recorded:] {
		for _, ev := range c.Evaluations {
			if ev.Window == time.Hour {
				touched[ev.Step]++
			}
		}
	}
	if diff := cmp.Diff(map[time.Time]int{now.Add(-2 * time.Hour): 1}, touched); diff != "" {
		t.Error(diff)
	}
}

func TestLongStop(t *testing.T) {
	for name, test := range map[string]struct {
		stop, burst time.Duration // before now
		steps       int
		opens       bool
	}{
		"a day, burst at noon":     {day, 12 * time.Hour, 24, false},
		"a day, burst just now":    {day, time.Hour, 24, true},
		"beyond what is caught up": {20 * day, 10 * day, 7*24 + 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMemory(time.Hour)
			now := start.Add(40 * day)
			m.fill(start, now, 40, 20, false)
			closeAt(t, newEvaluator(t, m, merger), now.Add(-test.stop))
			m.burst(now.Add(-test.burst), 9, 9, false)
			recorded := len(m.commits)
			closeAt(t, newEvaluator(t, m, merger), now)
			if got := len(m.commits) - recorded; got != test.steps {
				t.Errorf("caught up with %d steps, want %d", got, test.steps)
			}
			if opens := len(m.incidents) > 0; opens != test.opens {
				t.Errorf("incidents: %v", m.incidents)
			}
		})
	}
}

func TestSkippedStepsAreLogged(t *testing.T) {
	var log bytes.Buffer
	m := newMemory(time.Hour)
	m.lastStep = start
	e, err := alerts.NewEvaluator(alerts.Options{
		Config: alerts.DefaultConfig(), Topics: nil, Series: m, Stories: m, Memory: m, Results: m, Logger: slog.New(slog.NewTextHandler(&log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	closeAt(t, e, start.Add(30*day))
	if !strings.Contains(log.String(), "steps not evaluated") {
		t.Errorf("log: %q", &log)
	}
}

func TestBlindCollectorResolvesNothing(t *testing.T) {
	m := newMemory(time.Hour)
	now := start.Add(30 * day)
	m.fill(start, now, 40, 20, false)
	m.burst(now.Add(-time.Minute), 12, 6, false)
	e := newEvaluator(t, m, merger)
	for range 5 * 24 { // nothing comes in for five days
		closeAt(t, e, now)
		now = now.Add(time.Hour)
	}
	if i := only(t, m); i.State != timeline.IncidentOpen {
		t.Fatalf("resolved at %s without a look", i.Resolved)
	}
	m.fill(now.Add(-time.Hour), now.Add(2*time.Hour), 40, 20, false)
	closeAt(t, e, now.Add(time.Hour))
	if i := only(t, m); i.State != timeline.IncidentResolved {
		t.Errorf("still %s with the collector back", i.State)
	}
}

func TestIncidentOfAFormerTopicIsResolved(t *testing.T) {
	m := newMemory(time.Hour)
	now := start.Add(30 * day)
	m.fill(start, now, 40, 20, false)
	m.burst(now.Add(-time.Minute), 12, 6, false)
	closeAt(t, newEvaluator(t, m, merger), now)
	closeAt(t, newEvaluator(t, m), now)
	i := only(t, m)
	if i.State != timeline.IncidentResolved || m.notices[timeline.NoticeID(i.ID, timeline.NoticeResolution)] == nil {
		t.Errorf("%s, %d notices", i.State, len(m.notices))
	}
}

func TestFailureIsMadeGoodByTheNextCall(t *testing.T) {
	m := newMemory(time.Hour)
	now := start.Add(30 * day)
	m.fill(start, now, 40, 20, false)
	m.burst(now.Add(-time.Minute), 12, 6, false)
	e := newEvaluator(t, m, merger)
	m.fail = errors.New("disk full")
	if err := e.Close(t.Context(), now); err == nil || !strings.Contains(err.Error(), "disk full") {
		t.Fatalf("error %v", err)
	}
	closeAt(t, e, now)
	only(t, m)
	if len(m.evaluations) != 3*6 {
		t.Errorf("%d evaluations, want three of each of six steps", len(m.evaluations))
	}
}

func TestBadBudgetNamesTheTopic(t *testing.T) {
	topic := merger
	topic.Rule.FalseAlarms = alerts.Budget{N: -1, Per: day}
	_, err := alerts.NewEvaluator(alerts.Options{Config: alerts.DefaultConfig(), Topics: []alerts.Topic{topic}})
	if err == nil || !strings.Contains(err.Error(), "topic merger: budget") {
		t.Errorf("error %v", err)
	}
}

func TestStoppedEvaluatorSaysSo(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	m := newMemory(time.Hour)
	m.fail = ctx.Err()
	if err := newEvaluator(t, m, merger).Close(ctx, start); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func BenchmarkClose(b *testing.B) {
	m := newMemory(10 * time.Minute)
	now := start.Add(60 * day)
	m.fill(start, now, 40, 20, false)
	config := alerts.DefaultConfig()
	e, err := alerts.NewEvaluator(alerts.Options{
		Config: config, Topics: []alerts.Topic{merger}, Series: m, Stories: m, Memory: m, Results: m, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		b.Fatal(err)
	}
	for i := 0; b.Loop(); i++ {
		m.burst(now.Add(-time.Hour), i%2, 1, false)
		if err := e.Close(b.Context(), now); err != nil {
			b.Fatal(err)
		}
	}
}
