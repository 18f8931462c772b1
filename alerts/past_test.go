package alerts_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"marsad/alerts"
	"marsad/timeline"
)

// past is what the memory holds, for a backtest.
func past(m *memory) *alerts.Past {
	p := alerts.NewPast(m.step, 5)
	rank := make(map[string]int)
	for i, a := range m.articles {
		var mentions []timeline.Mention
		if a.topic != "" {
			mentions = []timeline.Mention{{Topic: a.topic}}
		}
		p.Add(&timeline.RankedArticle{
			Article: timeline.Article{ID: timeline.Hash("a", string(rune(i))), Story: a.story, Publisher: a.publisher, Published: a.published, Title: "About " + a.story},
			Rank:    rank[a.story],
		}, mentions)
		rank[a.story]++
	}
	return p
}

// A backtest finds what a running evaluator found.
func TestBacktestFindsWhatFired(t *testing.T) {
	for _, step := range []time.Duration{30 * time.Minute, time.Hour} {
		m := newMemory(step)
		from, to := start.Add(32*day), start.Add(40*day)
		m.fill(start, to, 40, 20, false)
		m.burst(start.Add(20*day), 12, 6, false) // is learnt from, and opens nothing
		m.burst(start.Add(33*day+10*time.Hour), 12, 6, false)
		m.burst(start.Add(33*day+11*time.Hour), 12, 6, false)
		m.burst(start.Add(36*day+20*time.Hour), 30, 1, false) // of one publisher
		m.burst(start.Add(39*day+22*time.Hour), 15, 9, false) // is not over by the end
		e := newEvaluator(t, m, merger)
		for now := from.Add(step); !now.After(to); now = now.Add(step) {
			closeAt(t, e, now)
		}
		var want []timeline.Incident
		for _, i := range m.incidents {
			want = append(want, i)
		}
		got, err := past(m).Backtest(t.Context(), alerts.DefaultConfig(), []alerts.Topic{merger}, from, to, nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != 2 || got[1].State != timeline.IncidentOpen {
			t.Errorf("step %s: backtest gave %+v, want two incidents, the second open", step, got)
		}
		byOpening := cmpopts.SortSlices(func(a, b timeline.Incident) bool { return a.Opened.Before(b.Opened) })
		if diff := cmp.Diff(want, got, byOpening, cmpopts.IgnoreFields(timeline.Incident{}, "Headlines", "Figures", "Told", "Series")); diff != "" {
			t.Errorf("step %s (-live +backtest):\n%s", step, diff)
		}
	}
}

func TestBacktestCountsAsTheRecordDoes(t *testing.T) {
	m := newMemory(time.Hour)
	from, to := start.Add(30*day), start.Add(40*day)
	m.fill(start, to, 40, 20, false)
	at := from.Add(3 * day)
	for range 40 { // one story by forty articles
		m.articles = append(m.articles, article{published: at, topic: "merger", story: "wire", publisher: "p"})
	}
	p := past(m)
	background := p.Articles("merger", at.Add(time.Second), to)
	if got := p.Articles("merger", at, to) - background; got != 5 {
		t.Errorf("a story of 40 articles counts %d, want the story cap", got)
	}
	incidents, err := p.Backtest(t.Context(), alerts.DefaultConfig(), []alerts.Topic{merger, {Name: "nothing"}}, from, to, nil)
	if err != nil || len(incidents) != 0 {
		t.Errorf("one story by one publisher: incidents %+v, %v", incidents, err)
	}
	bad := merger
	bad.Rule.FalseAlarms = alerts.Budget{N: -1, Per: time.Hour}
	if _, err := p.Backtest(t.Context(), alerts.DefaultConfig(), []alerts.Topic{bad}, from, to, nil); err == nil {
		t.Error("a bad budget was taken")
	}
}

// BenchmarkBacktest closes the steps of a year for a topic.
func BenchmarkBacktest(b *testing.B) {
	m := newMemory(10 * time.Minute)
	m.fill(start, start.Add(365*day), 40, 20, false)
	p := past(m)
	b.ResetTimer()
	for b.Loop() {
		if _, err := p.Backtest(b.Context(), alerts.DefaultConfig(), []alerts.Topic{merger}, start, start.Add(365*day), nil); err != nil {
			b.Fatal(err)
		}
	}
}
