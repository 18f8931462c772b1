package alerts_test

import (
	"testing"
	"time"
)

// What was learnt is on record: a restart reads a day, not the history.
func TestRestartReadsADay(t *testing.T) {
	m := newMemory(time.Hour)
	now := start.Add(60 * day)
	m.fill(start, now.Add(3*day), 40, 20, false)
	e := newEvaluator(t, m, merger)
	for at := now.Add(-2 * day); !at.After(now); at = at.Add(time.Hour) {
		closeAt(t, e, at)
	}
	m.oldest = time.Time{}
	closeAt(t, newEvaluator(t, m, merger), now.Add(time.Hour))
	if read := now.Sub(m.oldest); read > 4*day { // the horizon, the longest window, and at most a day
		t.Errorf("a restart read %s of history", read)
	}

	// Nor is all of it written each time.
	states := 0
	for _, c := range m.commits {
		states += len(c.Detectors)
	}
	if states < 2 || states > 4 {
		t.Errorf("in two days what was learnt was recorded %d times, want once a day", states)
	}
}

// The detector learns anew when its history changed or when it is another one.
func TestLearnsAnew(t *testing.T) {
	now := start.Add(60 * day)
	for name, change := range map[string]func(m *memory) (step time.Duration){
		"an archive was loaded": func(m *memory) time.Duration { m.history++; return m.step },
		"the step is another":   func(m *memory) time.Duration { m.step = 30 * time.Minute; return m.step },
		"the state is damaged": func(m *memory) time.Duration {
			d := m.detectors["merger"]
			d.Data = d.Data[1:]
			m.detectors["merger"] = d
			return m.step
		},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMemory(time.Hour)
			m.fill(start, now.Add(day), 40, 20, false)
			closeAt(t, newEvaluator(t, m, merger), now)
			change(m)
			m.counted, m.oldest = 0, time.Time{}
			closeAt(t, newEvaluator(t, m, merger), now.Add(time.Hour))
			if !m.oldest.Before(start) {
				t.Errorf("it learnt from %s on, want the whole history", m.oldest)
			}
		})
	}
}

// A running evaluator says the same as one that begins anew: what was learnt step
// by step is what is learnt at once.
func TestRunningSaysWhatANewOneSays(t *testing.T) {
	m, fresh := newMemory(time.Hour), newMemory(time.Hour)
	for _, m := range []*memory{m, fresh} {
		m.fill(start, start.Add(40*day), 40, 20, false)
		m.burst(start.Add(35*day+10*time.Hour), 9, 9, false)
	}
	running := newEvaluator(t, m, merger)
	now := start.Add(30 * day)
	for ; now.Before(start.Add(36 * day)); now = now.Add(time.Hour) {
		closeAt(t, running, now)
	}
	closeAt(t, newEvaluator(t, fresh, merger), now.Add(-time.Hour))
	compared := 0
	for key, want := range fresh.evaluations {
		got, found := m.evaluations[key]
		if !found {
			continue
		}
		compared++
		if got.State != want.State || got.Upper != want.Upper || got.Observed != want.Observed || got.P != want.P {
			t.Errorf("running says %+v, a new one %+v", got, want)
		}
	}
	if compared == 0 {
		t.Error("nothing to compare")
	}
}
