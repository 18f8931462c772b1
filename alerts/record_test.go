package alerts_test

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"marsad/alerts"
	"marsad/timeline"
)

// memory is a record in memory: articles that count, and what is concluded
// from them. It keeps the promises that the interfaces of package alerts make.
type memory struct {
	step        time.Duration
	articles    []article // only ever added to, or replaced by more or fewer
	lastStep    time.Time
	evaluations map[string]timeline.Evaluation
	incidents   map[string]timeline.Incident
	notices     map[string]*notice
	commits     []timeline.StepResult
	fail        error // what the next CommitStep or MarkSent returns

	counts  map[string][]timeline.StepCount // of each topic in the first counted articles
	counted int
	reads   int       // calls of Counts
	oldest  time.Time // that Counts was asked for; zero: nothing since it was last looked at

	detectors map[string]timeline.DetectorState
	history   int64
}

type article struct {
	published time.Time
	topic     string // empty: none
	story     string
	publisher string
	loaded    bool
	seen      time.Time // zero: at once
}

type notice struct {
	timeline.Notice
	state   string // pending, sent, given up
	receipt timeline.Receipt
}

var (
	_ alerts.Series  = (*memory)(nil)
	_ alerts.Memory  = (*memory)(nil)
	_ alerts.Results = (*memory)(nil)
	_ alerts.Outbox  = (*memory)(nil)
)

func newMemory(step time.Duration) *memory {
	return &memory{
		step:        step,
		evaluations: make(map[string]timeline.Evaluation),
		incidents:   make(map[string]timeline.Incident),
		notices:     make(map[string]*notice),
		detectors:   make(map[string]timeline.DetectorState),
	}
}

func (m *memory) History(context.Context, string) (int64, error) { return m.history, nil }

func (m *memory) DetectorState(_ context.Context, topic string) (timeline.DetectorState, error) {
	state, found := m.detectors[topic]
	if !found {
		return timeline.DetectorState{}, timeline.ErrNotFound
	}
	return state, nil
}

func (m *memory) Counts(_ context.Context, topic string, from, to time.Time) ([]timeline.StepCount, error) {
	m.reads++
	if m.oldest.IsZero() || from.Before(m.oldest) {
		m.oldest = from
	}
	if m.counted != len(m.articles) || m.counts == nil {
		m.counted, m.counts = len(m.articles), make(map[string][]timeline.StepCount)
	}
	if m.counts[topic] == nil {
		m.counts[topic] = m.count(topic)
	}
	counts := m.counts[topic]
	find := func(c timeline.StepCount, t time.Time) int { return c.Step.Compare(t) }
	lo, _ := slices.BinarySearchFunc(counts, from, find)
	hi, _ := slices.BinarySearchFunc(counts, to, find)
	return counts[lo:hi], nil
}

// count rolls the articles up.
func (m *memory) count(topic string) (counts []timeline.StepCount) {
	steps := make(map[time.Time]*timeline.StepCount)
	for _, a := range m.articles {
		step := timeline.StepStart(a.published, m.step)
		c := steps[step]
		if c == nil {
			c = &timeline.StepCount{Step: step}
			steps[step] = c
		}
		c.Exposure++
		if a.topic == topic {
			c.N++
			if a.loaded {
				c.Loaded++
			}
		}
	}
	for _, c := range steps {
		counts = append(counts, *c)
	}
	slices.SortFunc(counts, func(a, b timeline.StepCount) int { return a.Step.Compare(b.Step) })
	return counts
}

func (m *memory) Evidence(_ context.Context, topic string, from, to time.Time) (timeline.Evidence, error) {
	stories, publishers := make(map[string]bool), make(map[string]bool)
	var e timeline.Evidence
	for _, a := range m.articles {
		if a.topic != topic || a.loaded || a.published.Before(from) || !a.published.Before(to) {
			continue
		}
		e.Counted++
		if !stories[a.story] && len(e.Headlines) < 5 {
			e.Headlines = append(e.Headlines, timeline.Headline{Story: a.story, Title: "About " + a.story})
		}
		stories[a.story], publishers[a.publisher] = true, true
	}
	e.Stories, e.Publishers = len(stories), len(publishers)
	return e, nil
}

func (m *memory) Breadth(ctx context.Context, topic string, from, to time.Time) (timeline.Breadth, error) {
	e, err := m.Evidence(ctx, topic, from, to)
	return e.Breadth, err
}

func (m *memory) PublisherCounts(_ context.Context, topic string, from, to time.Time) (map[string]int, error) {
	counts := make(map[string]int)
	for _, a := range m.articles {
		if a.topic == topic && !a.published.Before(from) && a.published.Before(to) {
			counts[a.publisher]++
		}
	}
	return counts, nil
}

func (m *memory) Delays(_ context.Context, topic string, from, to time.Time) ([]timeline.Delay, error) {
	after := make(map[time.Duration]int)
	for _, a := range m.articles {
		if a.loaded || topic != "" && a.topic != topic || a.published.Before(from) || !a.published.Before(to) {
			continue
		}
		late := max(0, a.seen.Sub(timeline.StepStart(a.published, m.step).Add(m.step)))
		after[(late+time.Minute-1).Truncate(time.Minute)]++
	}
	var delays []timeline.Delay
	for _, d := range slices.Sorted(maps.Keys(after)) {
		delays = append(delays, timeline.Delay{After: d, N: after[d]})
	}
	return delays, nil
}

func (m *memory) StoryIDs(_ context.Context, topic string, from, to time.Time) (names []string, err error) {
	for _, a := range m.articles {
		if a.topic == topic && !a.loaded && !a.published.Before(from) && a.published.Before(to) && !slices.Contains(names, a.story) {
			names = append(names, a.story)
		}
	}
	return names, nil
}

func (m *memory) LastStep(context.Context) (time.Time, error) { return m.lastStep, nil }

func (m *memory) OpenIncidents(context.Context) ([]timeline.Incident, error) {
	var open []timeline.Incident
	for _, i := range m.incidents {
		if i.State == timeline.IncidentOpen {
			open = append(open, i)
		}
	}
	return open, nil
}

func (m *memory) Incidents(_ context.Context, q timeline.Query) (timeline.Page[timeline.Incident], error) {
	var page timeline.Page[timeline.Incident]
	for _, i := range m.incidents {
		if i.Topic == q.Topic {
			page.Items = append(page.Items, i)
		}
	}
	slices.SortFunc(page.Items, func(a, b timeline.Incident) int { return b.Opened.Compare(a.Opened) })
	page.Items = page.Items[:min(len(page.Items), q.Limit)]
	return page, nil
}

func (m *memory) CommitStep(_ context.Context, r timeline.StepResult) error {
	if err := m.fail; err != nil {
		m.fail = nil
		return err
	}
	m.commits = append(m.commits, r)
	if r.Step.After(m.lastStep) {
		m.lastStep = r.Step
	}
	for _, d := range r.Detectors {
		m.detectors[d.Topic] = d
	}
	for _, e := range r.Evaluations {
		m.evaluations[fmt.Sprint(e.Topic, e.Step, e.Window)] = e
	}
	for _, i := range r.Incidents {
		i.Announced = m.incidents[i.ID].Announced
		m.incidents[i.ID] = i
	}
	for _, n := range r.Notices {
		if before := m.notices[n.ID]; before == nil || n.Kind == timeline.NoticeUpdate {
			n.Revision = 1
			if before != nil {
				n.Revision = before.Revision + 1
			}
			m.notices[n.ID] = &notice{Notice: n, state: "pending"}
		}
	}
	return nil
}

func (m *memory) DueNotices(_ context.Context, receiver string, now time.Time, limit int) ([]timeline.Notice, error) {
	var due []timeline.Notice
	for _, n := range m.notices {
		if n.state == "pending" && n.Receiver == receiver && !n.NextTry.After(now) && !m.behind(n) {
			d := n.Notice
			if i, found := m.incidents[d.Incident.ID]; found {
				d.Incident = i
			}
			due = append(due, d)
		}
	}
	slices.SortFunc(due, inOrder)
	return due[:min(len(due), limit)], nil
}

func inOrder(a, b timeline.Notice) int {
	return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.Kind, b.Kind))
}

// behind reports whether another notice of the incident goes first.
func (m *memory) behind(n *notice) bool {
	for _, other := range m.notices {
		if other.Incident.ID == n.Incident.ID && other.Receiver == n.Receiver && other.state == "pending" &&
			other.Kind != timeline.NoticeUpdate && inOrder(other.Notice, n.Notice) < 0 {
			return true
		}
	}
	return false
}

func (m *memory) MarkTrying(_ context.Context, id string, at time.Time) error {
	n := m.notices[id]
	n.Unsure++
	if n.Since.IsZero() {
		n.Since = at
	}
	return nil
}

func (m *memory) MarkSent(_ context.Context, sent timeline.Notice, r timeline.Receipt, _ time.Time) error {
	if err := m.fail; err != nil {
		m.fail = nil
		return err
	}
	n := m.notices[sent.ID]
	n.state, n.receipt = "sent", r
	if n.Kind == timeline.NoticeOpening {
		i := m.incidents[n.Incident.ID]
		i.Announced = r
		m.incidents[i.ID] = i
	}
	return nil
}

func (m *memory) MarkFailed(_ context.Context, id string, f timeline.Failure) error {
	n := m.notices[id]
	n.Attempts++
	n.Error, n.NextTry, n.Unsure = f.Reason, f.Next, f.Unsure
	if f.Next.IsZero() {
		n.state = "given up"
	}
	return nil
}

// fill adds articles from from to to, so many an hour evenly, of which one in
// share is on the topic "merger".
func (m *memory) fill(from, to time.Time, hourly, share int, loaded bool) {
	for i, at := 0, from; at.Before(to); i, at = i+1, at.Add(time.Hour/time.Duration(hourly)) {
		a := article{published: at, story: fmt.Sprint("s", at.Unix(), i), publisher: fmt.Sprint("p", i%20), loaded: loaded}
		if i%share == share/2 {
			a.topic = "merger"
		}
		m.articles = append(m.articles, a)
	}
}

// burst adds so many articles on the topic at the instant, each a story of its own.
func (m *memory) burst(at time.Time, n, publishers int, loaded bool) {
	for i := range n {
		m.articles = append(m.articles, article{
			published: at, topic: "merger", loaded: loaded,
			story: fmt.Sprint("burst", at.Unix(), i), publisher: fmt.Sprint("p", i%publishers),
		})
	}
}
