// Package alerts asks, each time a step closes and for each topic, whether what
// came in is more than was to be expected, and gives what is rare a life: an
// incident opens, goes on and is resolved, and the team is told of its opening
// and its end.
//
// [Evaluator] reads counts and writes what it concludes, [Dispatcher] delivers
// the notices that this leaves in the record's outbox. All state is in the
// record: a restart neither repeats nor forgets. What is rare is decided by
// marsad/alerts/detect.
package alerts

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"marsad/alerts/detect"
	"marsad/timeline"
)

// LongestWindow is the longest that a topic may have.
const LongestWindow = 7 * 24 * time.Hour

// Limits of one look back.
const (
	// history is what a detector learns from that knows nothing yet: as much as the
	// record keeps by default.
	history = 400 * 24 * time.Hour
	// remembered is how often what a detector has learnt goes on record.
	remembered = 24 * time.Hour
	// longest is the longest window of a topic that names none.
	longest = 72 * time.Hour
	// catchUp is how far back steps are evaluated that nobody evaluated when they
	// closed. What lies further back has no evaluations.
	catchUp = 7 * 24 * time.Hour
)

// Topic is what an evaluator needs to know of a topic.
type Topic struct {
	Name  string
	Title string // in the team's language
	Rule  Rule   // without a budget, the section's holds
}

// longest is the topic's longest window. An article that falls in no window of a
// step within the horizon waits for the next step to close to be learnt from.
func (t Topic) longest() time.Duration {
	if n := len(t.Rule.Windows); n > 0 {
		return t.Rule.Windows[n-1]
	}
	return longest
}

// Series is where counts come from.
type Series interface {
	// Counts gives the steps in [from, to) that have any exposure, ascending.
	Counts(ctx context.Context, topic string, from, to time.Time) ([]timeline.StepCount, error)
	// Breadth gives how many stand behind the counts of the steps in [from, to),
	// without what came from an archive. It is asked for every alarm.
	Breadth(ctx context.Context, topic string, from, to time.Time) (timeline.Breadth, error)
	// PublisherCounts gives how many articles of [from, to) count for the topic, by
	// publisher, archives included.
	PublisherCounts(ctx context.Context, topic string, from, to time.Time) (map[string]int, error)
	// Delays gives how long after the end of their step the articles of [from, to)
	// were first seen that count for the topic, the shortest delay first, without
	// archives. An empty topic is all articles.
	Delays(ctx context.Context, topic string, from, to time.Time) ([]timeline.Delay, error)
}

// Stories is where it is seen what topics rest on.
type Stories interface {
	// StoryIDs names the stories of the articles of [from, to) that count for the
	// topic and did not come from an archive, each once.
	StoryIDs(ctx context.Context, topic string, from, to time.Time) ([]string, error)
	// Evidence gives what stands behind the counts of the steps in [from, to),
	// without what came from an archive. It is asked for incidents alone.
	Evidence(ctx context.Context, topic string, from, to time.Time) (timeline.Evidence, error)
}

// Memory is where what was learnt is kept.
type Memory interface {
	// History names the counts of the steps that are final. It changes when these
	// are counted anew: an archive was loaded, the topic was read again.
	History(ctx context.Context, topic string) (int64, error)
	// DetectorState gives what was recorded last; timeline.ErrNotFound when nothing was.
	DetectorState(ctx context.Context, topic string) (timeline.DetectorState, error)
}

// Results is where conclusions are kept.
type Results interface {
	// LastStep is the newest step evaluated, zero if none was.
	LastStep(ctx context.Context) (time.Time, error)
	// OpenIncidents gives the incidents of all topics that are open.
	OpenIncidents(ctx context.Context) ([]timeline.Incident, error)
	// Incidents gives incidents, last opened first.
	Incidents(ctx context.Context, q timeline.Query) (timeline.Page[timeline.Incident], error)
	// CommitStep records the result whole or not at all. A step before LastStep
	// does not move it back.
	CommitStep(ctx context.Context, r timeline.StepResult) error
}

// Options are what an evaluator is made of. All but Topics, Figures, Names and
// Routing is needed.
type Options struct {
	Config  Config
	Topics  []Topic
	Series  Series
	Stories Stories
	Figures Figures           // may be nil: nothing is said of counts then
	Names   map[string]string // of entities, in the team's language, by their names in the lexicon
	Memory  Memory
	Results Results
	Routing Routing
	Logger  *slog.Logger
}

// Evaluator evaluates steps when they close.
type Evaluator struct {
	config  Config
	topics  []Topic
	series  Series
	stories Stories
	figures Figures
	names   map[string]string
	memory  Memory
	results Results
	routing Routing
	log     *slog.Logger

	// learners are the detectors, each up to the last step that is final. Losing
	// them costs reading the steps since they were last recorded.
	learners map[string]*learner
	// delays are those of each topic, and of all articles by the empty name. Losing
	// them costs reading them once more.
	delays map[string]*delays
	// committed are the evaluations of the steps within the horizon, so that only
	// what late articles changed is written again. Losing them costs one writing.
	committed map[lookKey]timeline.Evaluation
	// settled are the newest counts of each topic that the last call settled. While
	// they and the newest step stay the same there is nothing to say, and the long
	// history need not be read.
	settled map[string][]timeline.StepCount
	newest  time.Time // step that settled is of
	// knownCounts are the ranges of counts before knownBefore. Losing them costs
	// reading.
	knownCounts map[countKey]timeline.Range
	knownBefore time.Time

	warming warming // topics
}

// lookKey names one look at one window.
type lookKey struct {
	topic  string
	step   time.Time
	window time.Duration
}

// NewEvaluator returns an evaluator. The error names the topic whose budget, or
// the step, the detector cannot use.
func NewEvaluator(o Options) (*Evaluator, error) {
	e := &Evaluator{
		config:    o.Config,
		series:    o.Series,
		stories:   o.Stories,
		figures:   o.Figures,
		names:     o.Names,
		memory:    o.Memory,
		results:   o.Results,
		routing:   o.Routing,
		log:       o.Logger,
		learners:  make(map[string]*learner),
		delays:    make(map[string]*delays),
		committed: make(map[lookKey]timeline.Evaluation),
		settled:   make(map[string][]timeline.StepCount),
	}
	for _, t := range o.Topics {
		if t.Rule.FalseAlarms.IsZero() {
			t.Rule.FalseAlarms = o.Config.FalseAlarms
		}
		if _, err := e.detector(t); err != nil {
			return nil, fmt.Errorf("alert of topic %s: %w", t.Name, err)
		}
		e.topics = append(e.topics, t)
	}
	return e, nil
}

func (e *Evaluator) detector(t Topic) (*detect.Detector, error) {
	return detect.New(detect.Options{
		Step:        e.config.Step,
		Windows:     t.Rule.Windows,
		FalseAlarms: t.Rule.FalseAlarms.N,
		Per:         t.Rule.FalseAlarms.Per,
	})
}

// Close evaluates the steps that are closed by now: those since the last call,
// also of another process, and once more those younger than the horizon, for
// articles that came late. Of the steps missed in a long stop those older than
// the horizon go on record, but open no incident, and those older than a week
// are left out. In an empty record it begins with the horizon.
//
// Calling it again with the same record and instant changes nothing. An error
// may leave some of the steps recorded; the next call does the rest. Not to be
// called twice at once.
func (e *Evaluator) Close(ctx context.Context, now time.Time) error {
	lastStep, err := e.results.LastStep(ctx)
	if err != nil {
		return fmt.Errorf("last step evaluated: %w", err)
	}
	c := e.closingAt(now, lastStep)
	w, err := e.walk(ctx, c)
	if err != nil {
		return fmt.Errorf("open incidents: %w", err)
	}
	w.resolveChanges()
	present := make(map[string][]timeline.StepCount, len(e.topics))
	for _, t := range e.topics {
		counts, err := e.series.Counts(ctx, t.Name, c.horizon.Add(-t.longest()), c.newest.Add(c.step))
		if err != nil {
			return fmt.Errorf("evaluate topic %s: %w", t.Name, err)
		}
		present[t.Name] = counts
		if before, found := e.settled[t.Name]; found && e.newest.Equal(c.newest) && slices.EqualFunc(before, counts, sameCount) {
			continue
		}
		verdicts, err := e.evaluate(ctx, t, c)
		if err != nil {
			return fmt.Errorf("evaluate topic %s: %w", t.Name, err)
		}
		for i := range verdicts {
			c.results[i].Evaluations = append(c.results[i].Evaluations, e.changed(verdicts[i].looks)...)
		}
		w.watch(t, verdicts)
		if err := w.countChanges(ctx, t, counts); err != nil {
			return fmt.Errorf("counts of topic %s: %w", t.Name, err)
		}
	}
	if err := w.run(ctx); err != nil {
		return fmt.Errorf("incidents: %w", err)
	}
	if err := e.commit(ctx, c, lastStep); err != nil {
		return err
	}
	e.settled, e.newest = present, c.newest
	return nil
}

func sameCount(a, b timeline.StepCount) bool {
	return a.Step.Equal(b.Step) && a.N == b.N && a.Loaded == b.Loaded && a.Exposure == b.Exposure
}

// closing is what one call of Close works on.
type closing struct {
	now      time.Time
	step     time.Duration
	first    time.Time             // first step to evaluate
	horizon  time.Time             // first step that may open an incident
	newest   time.Time             // last step closed
	results  []timeline.StepResult // one for each step from first to newest
	settling *timeline.StepResult  // the newest: what happens to incidents goes in there
}

func (e *Evaluator) closingAt(now, lastStep time.Time) *closing {
	c := &closing{now: now, step: e.config.Step}
	c.newest = timeline.StepStart(now, c.step).Add(-c.step)
	c.horizon = timeline.StepStart(c.newest.Add(-e.config.Horizon), c.step).Add(c.step)
	if c.horizon.After(c.newest) {
		c.horizon = c.newest
	}
	c.first = c.horizon
	if next := timeline.StepStart(lastStep, c.step).Add(c.step); !lastStep.IsZero() && next.Before(c.first) {
		c.first = next
		if oldest := timeline.StepStart(c.newest.Add(-catchUp), c.step); next.Before(oldest) && oldest.Before(c.horizon) {
			c.first = oldest
			e.log.Warn("steps not evaluated", "from", next, "to", oldest, "limit", catchUp)
		}
	}
	for s := c.first; !s.After(c.newest); s = s.Add(c.step) {
		c.results = append(c.results, timeline.StepResult{Step: s})
	}
	c.settling = &c.results[len(c.results)-1]
	return c
}

// commit records the results in order, the incidents with the last. Steps that
// were recorded before and did not change are left alone.
func (e *Evaluator) commit(ctx context.Context, c *closing, lastStep time.Time) error {
	for _, r := range c.results {
		if !r.Step.After(lastStep) && len(r.Evaluations)+len(r.Incidents)+len(r.Notices)+len(r.Detectors) == 0 {
			continue
		}
		if err := e.results.CommitStep(ctx, r); err != nil {
			return fmt.Errorf("record step %s: %w", r.Step.Format(time.RFC3339), err)
		}
		for _, ev := range r.Evaluations {
			e.committed[keyOf(&ev)] = ev
		}
		for i := range r.Notices {
			e.logTurn(&r.Notices[i])
		}
	}
	for key := range e.committed {
		if key.step.Before(c.horizon) {
			delete(e.committed, key)
		}
	}
	return nil
}

func keyOf(ev *timeline.Evaluation) lookKey { return lookKey{ev.Topic, ev.Step, ev.Window} }

// changed leaves out what was committed and says the same. The expectation alone
// moves by a hair with every late article of the past weeks; that is no change.
func (e *Evaluator) changed(looks []timeline.Evaluation) []timeline.Evaluation {
	var changed []timeline.Evaluation
	for i := range looks {
		now := &looks[i]
		before, found := e.committed[keyOf(now)]
		if !found || before.State != now.State || before.Observed != now.Observed ||
			before.Exposure != now.Exposure || before.Upper != now.Upper {
			changed = append(changed, *now)
		}
	}
	return changed
}
