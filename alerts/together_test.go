package alerts_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"marsad/alerts"
	"marsad/timeline"
)

func topicNamed(name string) alerts.Topic {
	return alerts.Topic{Name: name, Title: "Title of " + name, Rule: alerts.DefaultRule()}
}

// quietly gives a topic a mention every two hours, each a story of its own.
func (m *memory) quietly(topic string, from, to time.Time) {
	for n, at := 0, from; at.Before(to); n, at = n+1, at.Add(2*time.Hour) {
		m.articles = append(m.articles, article{published: at, topic: topic, story: fmt.Sprint(topic, n), publisher: fmt.Sprint("p", n%20)})
	}
}

// stories adds articles on a topic at an instant, one for each story.
func (m *memory) stories(topic string, at time.Time, names ...string) {
	for n, name := range names {
		m.articles = append(m.articles, article{published: at, topic: topic, story: name, publisher: fmt.Sprint("p", n)})
	}
}

func named(prefix string, n int) (names []string) {
	for k := range n {
		names = append(names, fmt.Sprint(prefix, k))
	}
	return names
}

// walkTopics closes every hour of the days, with a restart before each if asked.
func walkTopics(t *testing.T, m *memory, from, to time.Time, restart bool, topics ...alerts.Topic) {
	t.Helper()
	e := newEvaluator(t, m, topics...)
	for now := from; !now.After(to); now = now.Add(time.Hour) {
		if restart {
			e = newEvaluator(t, m, topics...)
		}
		closeAt(t, e, now)
		closeAt(t, e, now.Add(time.Minute))
	}
}

// Topics that rise on the same stories are told together; those that do not, or
// go to another channel, by themselves.
func TestTopicsThatRiseTogether(t *testing.T) {
	burst := start.Add(30*day + 10*time.Hour)
	shared := named("shared", 14)
	for name, c := range map[string]struct {
		second  []string      // stories of the second topic
		after   time.Duration // that it rises after the first
		channel string        // of the second
		joins   bool
	}{
		"the same stories":            {second: shared, joins: true},
		"most of them, and later":     {second: append(named("own", 4), shared[:10]...), after: 3 * time.Hour, joins: true},
		"few of many":                 {second: append(named("own", 10), shared[:4]...)},
		"other stories":               {second: named("own", 14)},
		"the same in another channel": {second: shared, channel: "#other"},
		"the same, days later":        {second: shared, after: 60 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			first, second := topicNamed("merger"), topicNamed("toll")
			second.Rule.Channel = c.channel
			fresh := func() *memory {
				m := newMemory(time.Hour)
				m.fill(start, start.Add(36*day), 20, 10, false)
				m.quietly("toll", start, start.Add(36*day))
				m.stories("merger", burst, shared...)
				m.stories("toll", burst.Add(c.after), c.second...)
				return m
			}
			m := fresh()
			walkTopics(t, m, start.Add(29*day), start.Add(36*day), false, first, second)
			a, b := m.incidents[timeline.IncidentID("merger", burst)], m.incidents[timeline.IncidentID("toll", burst.Add(c.after))]
			if len(m.incidents) != 2 || a.ID == "" || b.ID == "" {
				t.Fatalf("incidents %v, want one of each topic", m.incidents)
			}
			openings := 0
			for _, n := range m.notices {
				if n.Kind == timeline.NoticeOpening {
					openings++
				}
				if c.joins && n.Incident.ID != a.ID {
					t.Errorf("a notice of %s for the incident that joined", n.Kind)
				}
			}
			if joined := b.Leader == a.ID && len(a.Joined) == 1; joined != c.joins || (openings == 1) != c.joins {
				t.Fatalf("second is told with %q, the first has %d joined, %d openings; want joining %t", b.Leader, len(a.Joined), openings, c.joins)
			}
			if !c.joins {
				return
			}
			if a.State != timeline.IncidentResolved || b.State != timeline.IncidentResolved || a.Resolved.Before(b.Resolved) {
				t.Errorf("resolved %s and %s: the first is over before the second", a.Resolved, b.Resolved)
			}
			if diff := cmp.Diff(b.AsJoined(), a.Joined[0]); diff != "" {
				t.Errorf("the first shows other figures than the second has:\n%s", diff)
			}
			restarted := fresh()
			walkTopics(t, restarted, start.Add(29*day), start.Add(36*day), true, first, second)
			if diff := cmp.Diff(m.incidents, restarted.incidents); diff != "" {
				t.Errorf("restarts make a difference:\n%s", diff)
			}
			got, err := past(fresh()).Backtest(t.Context(), alerts.DefaultConfig(), []alerts.Topic{first, second}, start.Add(29*day), start.Add(36*day), nil)
			if err != nil {
				t.Fatal(err)
			}
			ignored := cmpopts.IgnoreFields(timeline.Incident{}, "Headlines", "Figures", "Told", "Series")
			if diff := cmp.Diff([]timeline.Incident{a, b}, got, ignored); diff != "" {
				t.Errorf("backtest (-live +backtest):\n%s", diff)
			}
		})
	}
}

// The first topic falls back while the second goes on: the incident stays open,
// says so, and does not open anew when the first rises again.
func TestLeaderStaysOpen(t *testing.T) {
	burst := start.Add(30*day + 10*time.Hour)
	m := newMemory(time.Hour)
	m.fill(start, start.Add(36*day), 20, 10, false)
	m.quietly("toll", start, start.Add(36*day))
	m.stories("merger", burst, named("shared", 10)...)
	for n := range 6 { // six half days of more on the second
		m.stories("toll", burst.Add(time.Duration(n)*10*time.Hour), named(fmt.Sprint("shared", map[bool]string{false: fmt.Sprint("-", n)}[n == 0]), 10)...)
	}
	m.stories("merger", burst.Add(40*time.Hour), named("again", 10)...)
	walkTopics(t, m, start.Add(29*day), start.Add(36*day), false, topicNamed("merger"), topicNamed("toll"))
	a := m.incidents[timeline.IncidentID("merger", burst)]
	if len(m.incidents) != 2 || len(a.Joined) != 1 || a.State != timeline.IncidentResolved {
		t.Fatalf("incidents %+v", m.incidents)
	}
	if a.Resolved.Sub(burst) < 50*time.Hour+alerts.Quiet || !a.Resolved.Equal(a.Joined[0].Resolved) {
		t.Errorf("resolved after %s, the second after %s", a.Resolved.Sub(burst), a.Joined[0].Resolved.Sub(burst))
	}
	resolutions := 0
	for _, n := range m.notices {
		if n.Kind == timeline.NoticeResolution {
			resolutions++
		}
	}
	if resolutions != 1 {
		t.Errorf("%d resolutions, want one", resolutions)
	}
}

// A hundred topics rise on the same stories: no message grows beyond bounds, and
// each topic is told in one of a few.
func TestManyTopicsRiseTogether(t *testing.T) {
	now := start.Add(30 * day)
	m := newMemory(time.Hour)
	m.fill(start, now, 20, 1000, false)
	var topics []alerts.Topic
	for n := range 100 {
		topic := topicNamed(fmt.Sprintf("topic-%03d", n))
		topics = append(topics, topic)
		m.stories(topic.Name, now.Add(-time.Minute), named("shared", 8)...)
	}
	closeAt(t, newEvaluator(t, m, topics...), now)
	leaders, followers := 0, 0
	for _, i := range m.incidents {
		switch {
		case i.Leader != "":
			followers++
		default:
			leaders++
			if len(i.Joined) > timeline.MaxJoined {
				t.Errorf("%d have joined one", len(i.Joined))
			}
		}
	}
	if want := (100 + timeline.MaxJoined) / (timeline.MaxJoined + 1); leaders != want || leaders+followers != 100 || len(m.notices) != want {
		t.Errorf("%d incidents told, %d with others, %d notices; want %d openings", leaders, followers, len(m.notices), want)
	}
}

// A former topic's incident goes on as long as those that joined it.
func TestLeaderOfAFormerTopic(t *testing.T) {
	burst := start.Add(30*day + 10*time.Hour)
	m := newMemory(time.Hour)
	m.fill(start, start.Add(33*day), 20, 10, false)
	m.quietly("toll", start, start.Add(33*day))
	for _, topic := range []string{"merger", "toll"} {
		m.stories(topic, burst, named("shared", 10)...)
	}
	walkTopics(t, m, start.Add(30*day), burst.Add(2*time.Hour), false, topicNamed("merger"), topicNamed("toll"))
	walkTopics(t, m, burst.Add(3*time.Hour), start.Add(33*day), false, topicNamed("toll"))
	a, b := m.incidents[timeline.IncidentID("merger", burst)], m.incidents[timeline.IncidentID("toll", burst)]
	if b.Leader != a.ID || !slices.Equal(a.Topics(), []string{"merger"}) || a.State != timeline.IncidentResolved || !a.Resolved.Equal(b.Resolved) {
		t.Errorf("first %+v\nsecond %+v", a, b)
	}
}
