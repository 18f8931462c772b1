package alerts_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"marsad/alerts"
)

// collection are articles as feeds of two kinds bring them: one is polled every
// five minutes, the other once in an hour. Each has a topic of its own and as many
// articles besides. burst is how many times as many there are in its hours.
func collection(from, to time.Time, hourly float64, burst func(topic string, at time.Time) float64) []article {
	random := rand.New(rand.NewPCG(6, 1))
	var articles []article
	for _, kind := range []struct {
		topic  string
		period time.Duration
		offset time.Duration
	}{{"fast", 5 * time.Minute, 0}, {"slow", time.Hour, 25 * time.Minute}} {
		for i, topic := range []string{kind.topic, ""} {
			for at := from; at.Before(to); {
				at = at.Add(time.Duration(random.ExpFloat64() / (hourly * burst(topic, at)) * float64(time.Hour)))
				articles = append(articles, article{
					published: at, topic: topic, story: fmt.Sprint(kind.topic, i, at.UnixNano()), publisher: fmt.Sprint(kind.topic, random.IntN(10)),
					seen: at.Add(-kind.offset).Truncate(kind.period).Add(kind.period + kind.offset),
				})
			}
		}
	}
	slices.SortFunc(articles, func(a, b article) int { return a.seen.Compare(b.seen) })
	return articles
}

// TestLiveAgreesWithFinal lets feeds of two kinds come in as they are polled. What
// is said of the newest hours at once is what is said when all of them is known.
func TestLiveAgreesWithFinal(t *testing.T) {
	from, to := start.Add(10*day), start.Add(12*day)
	burst := from.Add(30 * time.Hour)
	articles := collection(start, to, 80, func(topic string, at time.Time) float64 {
		if topic == "slow" && !at.Before(burst) && at.Before(burst.Add(3*time.Hour)) {
			return 2.5
		}
		return 1
	})
	fast, slow := merger, merger
	fast.Name, slow.Name = "fast", "slow"
	topics := []alerts.Topic{fast, slow}

	live := newMemory(time.Hour)
	e := newEvaluator(t, live, topics...)
	rest := articles
	quotient := make(map[string][]float64)
	for now := from; !now.After(to); now = now.Add(30 * time.Minute) {
		seen, _ := slices.BinarySearchFunc(rest, now.Add(1), func(a article, at time.Time) int { return a.seen.Compare(at) })
		live.articles, rest = append(live.articles, rest[:seen]...), rest[seen:]
		closeAt(t, e, now)
		step := now.Add(-time.Hour).Truncate(time.Hour)
		for _, topic := range topics {
			ev := live.evaluations[fmt.Sprint(topic.Name, step, time.Hour)]
			if ev.Observed > 0 && (now.Before(burst) || now.After(burst.Add(day))) {
				quotient[topic.Name] = append(quotient[topic.Name], math.Log(float64(ev.Observed)/ev.Expected))
			}
		}
	}
	for name, q := range quotient {
		if mean := mean(q); math.Abs(mean) > 0.15 || len(q) < 40 {
			t.Errorf("%s: %d hours had %.2f times as many as expected", name, len(q), math.Exp(mean))
		}
	}

	final := newMemory(time.Hour)
	final.articles = articles
	want, err := past(final).Backtest(t.Context(), alerts.DefaultConfig(), topics, from, to, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(want) != 1 || want[0].Topic != "slow" || want[0].Opened.Sub(burst) > 3*time.Hour {
		t.Fatalf("backtest: %+v, want the burst", want)
	}
	got := only(t, live)
	if got.ID != want[0].ID {
		t.Errorf("live: %+v\nbacktest: %+v", got, want[0])
	}
}

func mean(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}
