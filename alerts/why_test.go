package alerts_test

import (
	"testing"
	"time"

	"marsad/alerts"
)

// Why says of each window why it is an alarm or is none, and changes nothing.
func TestWhy(t *testing.T) {
	now := start.Add(40 * day)
	off, alone := merger, merger
	off.Rule.Off = true
	alone.Rule.MinPublishers = 1
	for name, c := range map[string]struct {
		topic alerts.Topic
		news  func(m *memory)
		at    time.Time
		want  alerts.Reason
	}{
		"nothing special":         {merger, func(*memory) {}, now, alerts.ReasonBelow},
		"a burst":                 {merger, func(m *memory) { m.burst(now.Add(-30*time.Minute), 12, 6, false) }, now, alerts.ReasonAlarm},
		"of one publisher":        {merger, func(m *memory) { m.burst(now.Add(-30*time.Minute), 12, 1, false) }, now, alerts.ReasonOneAlone},
		"of one, who is enough":   {alone, func(m *memory) { m.burst(now.Add(-30*time.Minute), 12, 1, false) }, now, alerts.ReasonAlarm},
		"the topic never alarms":  {off, func(m *memory) { m.burst(now.Add(-30*time.Minute), 12, 6, false) }, now, alerts.ReasonOff},
		"at the beginning":        {merger, func(*memory) {}, start.Add(2 * day), alerts.ReasonWarmingUp},
		"after the last articles": {merger, func(*memory) {}, now.Add(2 * day), alerts.ReasonUncovered},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMemory(time.Hour)
			m.fill(start, now, 40, 20, false)
			c.news(m)
			looks, err := newEvaluator(t, m, c.topic).Why(t.Context(), "merger", c.at.Add(-time.Hour), c.at)
			if err != nil {
				t.Fatal(err)
			}
			if got := looks[0]; got.Reason != c.want || got.Window != time.Hour {
				t.Errorf("the shortest window: %+v, want %s", got, c.want)
			}
			if c.want == alerts.ReasonAlarm && (looks[0].Weeks < 4 || looks[0].Stories < 12 || looks[0].Dispersion <= 0) {
				t.Errorf("an alarm at 1/4w: %+v", looks[0])
			}
			if len(m.commits)+len(m.incidents) > 0 {
				t.Error("something was recorded")
			}
		})
	}
	if _, err := newEvaluator(t, newMemory(time.Hour)).Why(t.Context(), "merger", now, now); err == nil {
		t.Error("a topic that is not watched was explained")
	}
}

func TestWindowsOfATopic(t *testing.T) {
	m := newMemory(time.Hour)
	now := start.Add(40 * day)
	m.fill(start, now, 40, 20, false)
	slow := merger
	slow.Rule.Windows = []time.Duration{6 * time.Hour, 48 * time.Hour}
	looks, err := newEvaluator(t, m, slow).Why(t.Context(), "merger", now.Add(-time.Hour), now)
	if err != nil || len(looks) != 2 || looks[0].Window != 6*time.Hour || looks[1].Window != 48*time.Hour {
		t.Errorf("looks %+v, %v; want the rule's windows", looks, err)
	}
}
