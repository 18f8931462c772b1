package alerts

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"time"

	"marsad/timeline"
)

// Past is what was collected, in memory, so that topics and rules can be tried on
// it: add all articles, then call [Past.Backtest]. It takes some 500 bytes for
// each mention, and next to nothing for an article that mentions no topic.
//
// Articles of an archive are taken as if they had been collected when they were
// published: an archive is what one tries new topics on.
type Past struct {
	step     time.Duration
	storyCap int
	exposure map[time.Time]int
	topics   map[string]*pastTopic
	steps    []timeline.StepCount // of the exposure, ascending
	settled  bool                 // all is in the order of time
}

// pastTopic is what was collected on a topic.
type pastTopic struct {
	articles []pastArticle
	counts   []timeline.StepCount // without exposure, ascending
}

// pastArticle is what evidence needs of an article.
type pastArticle struct {
	id, story, title, url, publisher, lang string
	published                              time.Time
}

// NewPast returns a past without articles, to be counted in steps of the width.
func NewPast(step time.Duration, storyCap int) *Past {
	return &Past{step: step, storyCap: storyCap, exposure: make(map[time.Time]int), topics: make(map[string]*pastTopic)}
}

// Add takes in an article that may count, and the topics that it mentions.
func (p *Past) Add(a *timeline.RankedArticle, mentions []timeline.Mention) {
	if a.Rank >= p.storyCap {
		return
	}
	p.settled = false
	p.exposure[timeline.StepStart(a.Article.Published, p.step)]++
	for i := range mentions {
		t := p.topics[mentions[i].Topic]
		if t == nil {
			t = &pastTopic{}
			p.topics[mentions[i].Topic] = t
		}
		t.articles = append(t.articles, pastArticle{
			id: a.Article.ID, story: a.Article.Story, title: a.Article.Title, url: a.Article.URL,
			publisher: a.Article.Publisher, lang: a.Article.Lang, published: a.Article.Published.UTC(),
		})
	}
}

// Articles is how many articles of [from, to) count for a topic.
func (p *Past) Articles(topic string, from, to time.Time) int {
	p.settle()
	return len(p.between(topic, from, to))
}

// Backtest closes the steps of [from, to) one after the other, as a running
// Marsad would have done, and gives the incidents of the topics that open in
// them, in the order of their opening. What lies before is learnt from. An
// incident that is not over by the end stays open. progress, which may be nil, is
// told of each closed step.
func (p *Past) Backtest(ctx context.Context, config Config, topics []Topic, from, to time.Time, progress func(step time.Time)) ([]timeline.Incident, error) {
	p.settle()
	config.Step = p.step
	config.Horizon = p.step // nothing comes late any more
	results := &conclusions{incidents: make(map[string][]timeline.Incident)}
	e, err := NewEvaluator(Options{Config: config, Topics: topics, Series: p, Stories: p, Memory: p, Results: results, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	for step := timeline.StepStart(from, p.step); step.Before(to); step = step.Add(p.step) {
		if err := e.Close(ctx, step.Add(p.step)); err != nil {
			return nil, err
		}
		if progress != nil {
			progress(step)
		}
	}
	return results.all(), nil
}

// settle puts everything into the order of time.
func (p *Past) settle() {
	if p.settled {
		return
	}
	p.settled = true
	p.steps = p.steps[:0]
	for step, n := range p.exposure {
		p.steps = append(p.steps, timeline.StepCount{Step: step, Exposure: n})
	}
	slices.SortFunc(p.steps, byStep)
	for _, t := range p.topics {
		slices.SortFunc(t.articles, func(a, b pastArticle) int {
			return cmp.Or(a.published.Compare(b.published), cmp.Compare(a.id, b.id))
		})
		t.counts = t.counts[:0]
		for i := range t.articles {
			step := timeline.StepStart(t.articles[i].published, p.step)
			if n := len(t.counts); n > 0 && t.counts[n-1].Step.Equal(step) {
				t.counts[n-1].N++
				continue
			}
			t.counts = append(t.counts, timeline.StepCount{Step: step, N: 1})
		}
	}
}

func byStep(a, b timeline.StepCount) int { return a.Step.Compare(b.Step) }

// Counts implements Series.
func (p *Past) Counts(_ context.Context, topic string, from, to time.Time) ([]timeline.StepCount, error) {
	counts := slices.Clone(stepsBetween(p.steps, from, to))
	t := p.topics[topic]
	if t == nil {
		return counts, nil
	}
	i := 0
	for _, c := range stepsBetween(t.counts, from, to) {
		for !counts[i].Step.Equal(c.Step) { // every step with a mention has exposure
			i++
		}
		counts[i].N = c.N
	}
	return counts, nil
}

func stepsBetween(counts []timeline.StepCount, from, to time.Time) []timeline.StepCount {
	find := func(c timeline.StepCount, t time.Time) int { return c.Step.Compare(t) }
	lo, _ := slices.BinarySearchFunc(counts, from, find)
	hi, _ := slices.BinarySearchFunc(counts, to, find)
	return counts[lo:max(lo, hi)]
}

func (p *Past) between(topic string, from, to time.Time) []pastArticle {
	t := p.topics[topic]
	if t == nil {
		return nil
	}
	find := func(a pastArticle, at time.Time) int { return a.published.Compare(at) }
	lo, _ := slices.BinarySearchFunc(t.articles, from, find)
	hi, _ := slices.BinarySearchFunc(t.articles, to, find)
	return t.articles[lo:max(lo, hi)]
}

// Breadth implements Series.
func (p *Past) Breadth(_ context.Context, topic string, from, to time.Time) (timeline.Breadth, error) {
	articles := p.between(topic, from, to)
	stories, publishers := make(map[string]bool), make(map[string]bool)
	for _, a := range articles {
		stories[a.story], publishers[a.publisher] = true, true
	}
	return timeline.Breadth{Counted: len(articles), Stories: len(stories), Publishers: len(publishers)}, nil
}

// pastHeadlines is how many stories stand for an incident.
const pastHeadlines = 5

// Evidence implements Stories; figures are not read again.
func (p *Past) Evidence(ctx context.Context, topic string, from, to time.Time) (timeline.Evidence, error) {
	type story struct {
		first      pastArticle
		publishers map[string]bool
	}
	stories := make(map[string]*story)
	var order []*story // by their first article
	for _, a := range p.between(topic, from, to) {
		s := stories[a.story]
		if s == nil {
			s = &story{first: a, publishers: make(map[string]bool)}
			stories[a.story] = s
			order = append(order, s)
		}
		s.publishers[a.publisher] = true
	}
	slices.SortStableFunc(order, func(a, b *story) int { return cmp.Compare(len(b.publishers), len(a.publishers)) })
	breadth, err := p.Breadth(ctx, topic, from, to)
	e := timeline.Evidence{Breadth: breadth}
	for _, s := range order[:min(len(order), pastHeadlines)] {
		e.Headlines = append(e.Headlines, timeline.Headline{
			Story: s.first.story, Article: s.first.id, Title: s.first.title, URL: s.first.url, Publisher: s.first.publisher,
			Publishers: len(s.publishers), Lang: s.first.lang, Published: s.first.published,
		})
	}
	return e, err
}

// StoryIDs implements Stories.
func (p *Past) StoryIDs(_ context.Context, topic string, from, to time.Time) (names []string, err error) {
	for _, a := range p.between(topic, from, to) {
		names = append(names, a.story)
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// PublisherCounts implements Series.
func (p *Past) PublisherCounts(_ context.Context, topic string, from, to time.Time) (map[string]int, error) {
	counts := make(map[string]int)
	for _, a := range p.between(topic, from, to) {
		counts[a.publisher]++
	}
	return counts, nil
}

// Delays implements Series: all of the past is known.
func (p *Past) Delays(context.Context, string, time.Time, time.Time) ([]timeline.Delay, error) {
	return nil, nil
}

// History implements Memory: the past does not change.
func (p *Past) History(context.Context, string) (int64, error) { return 0, nil }

// DetectorState implements Memory: everything is learnt anew.
func (p *Past) DetectorState(context.Context, string) (timeline.DetectorState, error) {
	return timeline.DetectorState{}, timeline.ErrNotFound
}

// conclusions are Results in memory: the incidents of each topic, last opened
// last.
type conclusions struct {
	lastStep  time.Time
	incidents map[string][]timeline.Incident
}

// LastStep implements Results.
func (c *conclusions) LastStep(context.Context) (time.Time, error) { return c.lastStep, nil }

// OpenIncidents implements Results.
func (c *conclusions) OpenIncidents(context.Context) (open []timeline.Incident, err error) {
	for _, i := range c.all() {
		if i.State == timeline.IncidentOpen {
			open = append(open, i)
		}
	}
	return open, nil
}

// Incidents implements Results for what an evaluator asks: a topic's last ones.
func (c *conclusions) Incidents(_ context.Context, q timeline.Query) (page timeline.Page[timeline.Incident], err error) {
	of := c.incidents[q.Topic]
	for n := len(of) - 1; n >= 0 && len(page.Items) < q.Limit; n-- {
		page.Items = append(page.Items, of[n])
	}
	return page, nil
}

// CommitStep implements Results.
func (c *conclusions) CommitStep(_ context.Context, r timeline.StepResult) error {
	c.lastStep = r.Step
	for _, incident := range r.Incidents {
		of := c.incidents[incident.Topic]
		if n := slices.IndexFunc(of, func(i timeline.Incident) bool { return i.ID == incident.ID }); n >= 0 {
			of[n] = incident
			continue
		}
		c.incidents[incident.Topic] = append(of, incident)
	}
	return nil
}

// all gives the incidents in the order of their opening.
func (c *conclusions) all() []timeline.Incident {
	var all []timeline.Incident
	for _, of := range c.incidents {
		all = append(all, of...)
	}
	slices.SortFunc(all, func(a, b timeline.Incident) int {
		return cmp.Or(a.Opened.Compare(b.Opened), cmp.Compare(a.Topic, b.Topic))
	})
	return all
}
