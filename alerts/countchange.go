package alerts

import (
	"cmp"
	"context"
	"slices"
	"time"

	"marsad/timeline"
)

// Counts is the section alerts.counts of config.yaml.
type Counts struct {
	// Publishers is how many have to tell a figure beyond what is known of a count
	// before the team is told; 0: it is never.
	Publishers int           `yaml:"publishers"`
	Remember   time.Duration `yaml:"remember"` // for how long a figure is known
}

// Figures is where the counts are found that are said of somebody.
type Figures interface {
	// FiguresTold gives what articles of [from, to) say that count for the topic and
	// did not come from an archive.
	FiguresTold(ctx context.Context, topic string, from, to time.Time) ([]timeline.ToldFigure, error)
	// FiguresKnown gives what all articles of [from, to) that mention the topic say
	// of one kind of count and one entity.
	FiguresKnown(ctx context.Context, topic, kind, of string, from, to time.Time) ([]timeline.ToldFigure, error)
}

const (
	// fresh is how far back the midnight (UTC) lies at least from which on a figure is
	// new and not known: between one and two days.
	fresh = 24 * time.Hour
	// beyond is by how much a figure must go beyond the known range, as a share of
	// its end: 15,100 after 15,000 is no news.
	beyond = 0.1
	// sources is how many figures of a range are kept with who said them.
	sources = 5
)

// isLevel reports whether a kind of count tells how many there are, which may
// fall as well as rise. The others tell how many something befell, and each time
// anew: of these only more than ever is a change, and what is known must be known
// as well as what is new.
func isLevel(kind string) bool {
	return kind == "fighters" || kind == "displaced" || kind == "migrants"
}

// freshFrom is from when on a figure is new at a step.
func freshFrom(step time.Time) time.Time { return step.Add(-fresh).Truncate(24 * time.Hour) }

// countKey names one count that is known of a topic.
type countKey struct{ topic, kind, of string }

// countChanges tells of the counts of a topic that have changed beyond their range,
// once for each change, and keeps what it told up to date while the figures are
// new.
func (w *walk) countChanges(ctx context.Context, t Topic, counts []timeline.StepCount) error {
	limits, from := w.config.Counts, freshFrom(w.c.newest)
	if w.figures == nil || limits.Publishers == 0 || t.Rule.Off {
		return nil
	}
	if !slices.ContainsFunc(counts, func(c timeline.StepCount) bool { return c.N > c.Loaded && !c.Step.Before(from) }) {
		return nil
	}
	told, err := w.figures.FiguresTold(ctx, t.Name, from, w.c.newest.Add(w.c.step))
	if err != nil {
		return err
	}
	byKey := make(map[countKey][]timeline.ToldFigure)
	var keys []countKey
	for _, f := range told {
		key := countKey{t.Name, f.Kind, f.Of}
		if byKey[key] == nil {
			keys = append(keys, key)
		}
		byKey[key] = append(byKey[key], f)
	}
	for _, key := range keys {
		w.keepUp(key, byKey[key])
		if publishersOf(byKey[key]) < limits.Publishers {
			continue
		}
		known, err := w.known(ctx, key, from)
		if err != nil {
			return err
		}
		if known.Publishers == 0 || !isLevel(key.kind) && known.Publishers < limits.Publishers {
			continue
		}
		for _, up := range []bool{true, false} {
			if up || isLevel(key.kind) {
				w.change(t, key, known, byKey[key], up)
			}
		}
	}
	return nil
}

// change opens an incident when enough publishers tell a figure beyond what is
// known and what was told of already.
func (w *walk) change(t Topic, key countKey, known timeline.Range, told []timeline.ToldFigure, up bool) {
	lo, hi := known.Lo, known.Hi
	for _, i := range w.changes {
		if i.Topic == key.topic && i.Change.Kind == key.kind && i.Change.Of == key.of {
			lo, hi = min(lo, i.Change.Now.Lo), max(hi, i.Change.Now.Hi)
		}
	}
	var news []timeline.ToldFigure
	for _, f := range told {
		if outside(&f.Figure, lo, hi, up) {
			news = append(news, f)
		}
	}
	if publishersOf(news) < w.config.Counts.Publishers {
		return
	}
	i := timeline.Incident{
		ID: timeline.CountID(key.topic, key.kind, key.of, up, w.c.newest), Kind: timeline.CountChanged, Topic: t.Name, Title: t.Title,
		State: timeline.IncidentOpen, Severity: SeverityNotice, Opened: w.c.newest, Updated: w.c.newest, Window: fresh,
		Change: &timeline.CountChange{Kind: key.kind, Of: key.of, OfTitle: cmp.Or(w.names[key.of], key.of), Was: known, Now: rangeOf(news, 1)},
	}
	standBehind(&i, news)
	if leader := w.toldAlready(t, key, &i, up); leader != nil {
		i.Leader = leader.ID
		leader.Joined = append(others(leader, i.Topic), i.AsJoined())
		w.tellChange(timeline.NoticeUpdate, *leader)
	}
	w.changes = append(w.changes, i)
	w.tellChange(timeline.NoticeOpening, i)
}

// toldAlready gives the open change by which the same figure is told of another
// topic in the same channel; nil when there is none.
func (w *walk) toldAlready(t Topic, key countKey, i *timeline.Incident, up bool) *timeline.Incident {
	for n := range w.changes {
		o := &w.changes[n]
		c := o.Change
		same := o.Topic != key.topic && o.Leader == "" && c.Kind == key.kind && c.Of == key.of && up == (c.Now.Hi > c.Was.Hi) &&
			c.Now.Lo <= i.Change.Now.Hi && i.Change.Now.Lo <= c.Now.Hi && len(o.Joined) < timeline.MaxJoined
		if same && slices.ContainsFunc(w.topics, func(of Topic) bool { return of.Name == o.Topic && of.Rule.Channel == t.Rule.Channel }) {
			return o
		}
	}
	return nil
}

// tellChange records a change, with its notices unless another topic's tells it.
func (w *walk) tellChange(kind timeline.NoticeKind, i timeline.Incident) {
	if i.Leader == "" {
		w.c.notify(w.routing.receivers(&i), kind, i, timeline.News{})
	}
	w.c.settling.Incidents = append(w.c.settling.Incidents, i)
}

// keepUp brings the open changes of a count up to who tells the new figure now.
func (w *walk) keepUp(key countKey, told []timeline.ToldFigure) {
	for n := range w.changes {
		i := w.changes[n]
		if i.Topic != key.topic || i.Change.Kind != key.kind || i.Change.Of != key.of {
			continue
		}
		up := i.Change.Now.Hi > i.Change.Was.Hi
		recorded := i
		standBehind(&i, slices.DeleteFunc(slices.Clone(told), func(f timeline.ToldFigure) bool {
			return !outside(&f.Figure, i.Change.Was.Lo, i.Change.Was.Hi, up) || outside(&f.Figure, i.Change.Now.Lo, i.Change.Now.Hi, up)
		}))
		if i.Total == 0 || !shows(&i, &recorded) {
			continue
		}
		i.Updated = w.c.newest
		w.changes[n] = i
		w.tellChange(timeline.NoticeUpdate, i)
	}
}

// resolveChanges ends the changes whose figures are known by now.
func (w *walk) resolveChanges() {
	for _, i := range w.changes {
		if freshFrom(w.c.newest).After(i.Opened) {
			resolve(&i, w.c.newest)
			i.Joined = slices.Clone(i.Joined)
			for k := range i.Joined { // with which it is told for the last time
				i.Joined[k].State, i.Joined[k].Resolved = i.State, i.Resolved
			}
			w.tellChange(timeline.NoticeResolution, i)
		}
	}
	w.changes = slices.DeleteFunc(w.changes, func(i timeline.Incident) bool { return freshFrom(w.c.newest).After(i.Opened) })
}

// known gives the range of a count before the fresh figures. It stays the same for
// a day and is read once.
func (w *walk) known(ctx context.Context, key countKey, before time.Time) (timeline.Range, error) {
	if !w.knownBefore.Equal(before) {
		w.knownBefore, w.knownCounts = before, make(map[countKey]timeline.Range)
	}
	if known, found := w.knownCounts[key]; found {
		return known, nil
	}
	told, err := w.figures.FiguresKnown(ctx, key.topic, key.kind, key.of, before.Add(-w.config.Counts.Remember), before)
	if err != nil {
		return timeline.Range{}, err
	}
	known := rangeOf(told, min(2, w.config.Counts.Publishers))
	w.knownCounts[key] = known
	return known, nil
}

// rangeOf is the range of figures: from the least to the most that so many
// publishers support, so that one that is alone with a figure does not stretch it.
func rangeOf(told []timeline.ToldFigure, support int) timeline.Range {
	least, most := make(map[string]float64), make(map[string]float64)
	for i := range told {
		f := &told[i]
		lo, hi := low(&f.Figure), high(&f.Figure)
		if known, found := least[f.Publisher]; !found || lo < known {
			least[f.Publisher] = lo
		}
		most[f.Publisher] = max(most[f.Publisher], hi)
	}
	r := timeline.Range{Publishers: len(most)}
	if r.Publishers == 0 {
		return r
	}
	var los, his []float64
	for publisher := range most {
		los, his = append(los, least[publisher]), append(his, most[publisher])
	}
	slices.Sort(los)
	slices.Sort(his)
	support = min(support, r.Publishers)
	r.Lo, r.Hi = los[support-1], his[len(his)-support]
	if r.Lo > r.Hi { // two that do not meet: both stand
		r.Lo, r.Hi = los[0], his[len(his)-1]
	}
	seen := make(map[string]bool)
	for i := range slices.Backward(told) { // the latest of each publisher
		f := &told[i]
		if !seen[f.Publisher] && len(r.Figures) < sources && low(&f.Figure) <= r.Hi && high(&f.Figure) >= r.Lo {
			seen[f.Publisher] = true
			r.Figures = append(r.Figures, f.Figure)
		}
	}
	return r
}

// outside reports whether a figure lies above the range, or below it. What is said
// to be less than a number is not above any.
func outside(f *timeline.Figure, lo, hi float64, up bool) bool {
	if up {
		return f.Bound != timeline.AtMost && f.Bound != timeline.LessThan && low(f) > hi*(1+beyond)
	}
	return f.Bound != timeline.AtLeast && f.Bound != timeline.MoreThan && high(f) < lo*(1-beyond)
}

// low and high are the ends of a figure that has a value.
func low(f *timeline.Figure) float64  { return *cmp.Or(f.Lo, f.Best, f.Hi) }
func high(f *timeline.Figure) float64 { return *cmp.Or(f.Hi, f.Best, f.Lo) }

func publishersOf(told []timeline.ToldFigure) int {
	publishers := make(map[string]bool)
	for i := range told {
		publishers[told[i].Publisher] = true
	}
	return len(publishers)
}

// standBehind puts into the incident who tells its figure: each distinct figure and
// each story once.
func standBehind(i *timeline.Incident, told []timeline.ToldFigure) {
	i.Publishers = publishersOf(told)
	i.Figures, i.Headlines, i.Langs = nil, nil, nil
	articles, tellers := make(map[string]bool), make(map[string]map[string]bool)
	for k := range told {
		f := &told[k]
		articles[f.Article] = true
		if tellers[f.Story] == nil {
			tellers[f.Story] = make(map[string]bool)
			i.Headlines = append(i.Headlines, f.Headline)
		}
		tellers[f.Story][f.Publisher] = true
		if !slices.ContainsFunc(i.Figures, func(o timeline.Figure) bool { return o.Key() == f.Key() && o.Publisher == f.Publisher }) {
			i.Figures = append(i.Figures, f.Figure)
		}
		if !slices.Contains(i.Langs, f.Lang) && f.Lang != "" {
			i.Langs = append(i.Langs, f.Lang)
		}
	}
	i.Total = len(articles)
	for k := range i.Headlines {
		i.Headlines[k].Publishers = len(tellers[i.Headlines[k].Story])
	}
	slices.SortStableFunc(i.Headlines, func(a, b timeline.Headline) int { return cmp.Compare(b.Publishers, a.Publishers) })
	i.Headlines = i.Headlines[:min(len(i.Headlines), shownHeadlines)]
	i.Figures = i.Figures[:min(len(i.Figures), shownFigures)]
}
