package story

import (
	"cmp"
	"math"
	"slices"
	"time"

	"marsad/timeline"
)

// Reference is one article's mention of a date.
type Reference struct {
	Interval  timeline.Interval // Lo is not zero; calendar dates at midnight UTC
	Precision timeline.Precision
	Sentence  string
	OnTopic   bool // the sentence is on the topic, not just the article
	Implied   bool // no date is written: the tense tells of the day of publication

	Article   string // id
	Story     string
	Publisher string
	URL       string
	Published time.Time // in the article's zone
	Counts    []timeline.CountJSON
	Happening string // that the sentence tells of at the date, or empty
}

// RankedDate is a date with those who mention it.
type RankedDate struct {
	Interval   timeline.Interval
	Precision  timeline.Precision // day, or coarser
	Score      float64
	Articles   int
	Stories    int
	Publishers int
	Sentences  []Reference // one or two: central, specific, and different
	Counts     []Reference // references whose counts say something different, earliest first
}

// The weights of ranking. A date that papers come back to after weeks matters
// more than one that is told and dropped (Tran, Herder, Markert: Joint Graphical
// Models for Date Selection in Timeline Summarization, ACL 2015), but ten
// retellings by one paper in one week tell no more than one.
const (
	fresh     = 7 * 24 * time.Hour // a mention so near to its date is a report
	retelling = 7 * 24 * time.Hour // later mentions count once a publisher in so long
	aside     = 0.5                // a date in a sentence that is not on the topic
	implied   = 0.5                // a day that is not written
	// settled is how many stories are added to a period's own, so that in a quiet
	// one a single mention does not look like a consensus.
	settled = 20
	crowd   = 2 * 24 * time.Hour // dates so near to a chosen one are dimmed,
	dimming = 0.9                // each time by this
)

// Rank chooses the n dates of the period that tell a topic best and gives them in
// the order of time. The period is half open; a zero side of it is open. A date is
// worth the stories that report it when it happens and the weeks
// in which it is told again, each against how much was told at all at that time,
// so that a loud month does not drown a quiet one. What is known to the day goes
// before what is known to the month or the year: a longer interval is worth its
// share of a day.
func Rank(references []Reference, period timeline.Interval, n int) []RankedDate {
	volume := newVolume(references)
	candidates := gather(references, period)
	for _, c := range candidates {
		c.score = c.worth(volume)
	}
	chosen := choose(candidates, n)
	terms := newTerms(references)
	ranked := make([]RankedDate, len(chosen))
	for i, c := range chosen {
		ranked[i] = c.ranked(terms)
	}
	slices.SortFunc(ranked, func(a, b RankedDate) int {
		return cmp.Or(a.Interval.Lo.Compare(b.Interval.Lo), a.Interval.Hi.Compare(b.Interval.Hi))
	})
	return ranked
}

// candidate is a date and its references.
type candidate struct {
	interval   timeline.Interval
	precision  timeline.Precision
	references []*Reference
	score      float64
}

// gather puts the references of one date together, in the order of time. Times
// of the day belong to their day, in the zone that they were told in.
func gather(references []Reference, period timeline.Interval) []*candidate {
	byDate := make(map[timeline.Interval]*candidate)
	var all []*candidate
	for i := range references {
		r := &references[i]
		interval, precision := calendar(r)
		if interval.Lo.Before(period.Lo) || !period.Hi.IsZero() && !interval.Lo.Before(period.Hi) {
			continue
		}
		c := byDate[interval]
		if c == nil {
			c = &candidate{interval: interval, precision: precision}
			byDate[interval] = c
			all = append(all, c)
		}
		c.references = append(c.references, r)
	}
	for _, c := range all {
		slices.SortStableFunc(c.references, func(a, b *Reference) int {
			return cmp.Or(a.Published.Compare(b.Published), cmp.Compare(a.Article, b.Article))
		})
	}
	return all
}

// calendar gives the calendar days of a reference's date.
func calendar(r *Reference) (timeline.Interval, timeline.Precision) {
	if r.Precision.IsCalendar() {
		return r.Interval, r.Precision
	}
	y, m, d := r.Interval.Lo.In(r.Published.Location()).Date()
	day := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	return timeline.Interval{Lo: day, Hi: day.AddDate(0, 0, 1)}, timeline.Day
}

// days is how many days an interval has; an open one has a year more than it
// can tell.
func days(i timeline.Interval) float64 {
	if i.Hi.IsZero() {
		return 366
	}
	return max(1, i.Hi.Sub(i.Lo).Hours()/24)
}

// telling is a publisher's week: what counts once.
type telling struct {
	who  string
	week int64
}

func (c *candidate) worth(v *volume) float64 {
	reports := make(map[string]float64)
	retold := make(map[telling]float64)
	for _, r := range c.references {
		weight := r.weight()
		if r.reports() {
			reports[r.Story] = max(reports[r.Story], weight)
			continue
		}
		t := telling{r.Publisher, weekOf(r.Published)}
		retold[t] = max(retold[t], weight)
	}
	worth := total(reports)/math.Sqrt(v.stories(c.interval)+settled) +
		total(retold)/math.Sqrt(float64(v.weeks)+settled)
	return worth / days(c.interval)
}

func (r *Reference) weight() float64 {
	weight := 1.0
	if !r.OnTopic {
		weight *= aside
	}
	if r.Implied {
		weight *= implied
	}
	return weight
}

// reports says that the mention is news of the date rather than a look back or
// far ahead.
func (r *Reference) reports() bool {
	return !r.Published.Before(r.Interval.Lo.Add(-fresh)) && !r.Published.After(r.Interval.Lo.Add(24*time.Hour+fresh))
}

func weekOf(t time.Time) int64 { return t.Unix() / int64(retelling/time.Second) }

// total sums in an order that is always the same for the same weights, which are
// few different ones and exact.
func total[K comparable](weights map[K]float64) (sum float64) {
	for _, w := range weights {
		sum += w
	}
	return sum
}

// volume is how much was told, by the time of publication.
type volume struct {
	published []time.Time // first of each story, in order
	weeks     int         // publishers' weeks with anything in them
}

func newVolume(references []Reference) *volume {
	first := make(map[string]time.Time)
	weeks := make(map[telling]bool)
	for i := range references {
		r := &references[i]
		if at, ok := first[r.Story]; !ok || r.Published.Before(at) {
			first[r.Story] = r.Published
		}
		weeks[telling{r.Publisher, weekOf(r.Published)}] = true
	}
	v := &volume{weeks: len(weeks), published: make([]time.Time, 0, len(first))}
	for _, at := range first {
		v.published = append(v.published, at)
	}
	slices.SortFunc(v.published, time.Time.Compare)
	return v
}

// stories is how many stories began when the date was news.
func (v *volume) stories(i timeline.Interval) float64 {
	at := func(t time.Time) int {
		n, _ := slices.BinarySearchFunc(v.published, t, time.Time.Compare)
		return n
	}
	return float64(at(i.Lo.Add(24*time.Hour+fresh)) - at(i.Lo.Add(-fresh)))
}

// choose takes the best candidate n times, dimming those near to it each time.
// Of two that are worth the same the earlier goes first.
func choose(candidates []*candidate, n int) []*candidate {
	left := slices.Clone(candidates)
	slices.SortFunc(left, func(a, b *candidate) int {
		return cmp.Or(a.interval.Lo.Compare(b.interval.Lo), a.interval.Hi.Compare(b.interval.Hi))
	})
	var chosen []*candidate
	for len(chosen) < n && len(left) > 0 {
		best := 0
		for i, c := range left {
			if c.score > left[best].score {
				best = i
			}
		}
		c := left[best]
		chosen = append(chosen, c)
		left = slices.Delete(left, best, best+1)
		for _, other := range left {
			if gap := other.interval.Lo.Sub(c.interval.Lo).Abs(); gap <= crowd {
				other.score *= dimming
			}
		}
	}
	return chosen
}

func (c *candidate) ranked(terms *terms) RankedDate {
	articles, stories, publishers := make(map[string]bool), make(map[string]bool), make(map[string]bool)
	for _, r := range c.references {
		articles[r.Article], stories[r.Story], publishers[r.Publisher] = true, true, true
	}
	return RankedDate{
		Interval: c.interval, Precision: c.precision, Score: c.score,
		Articles: len(articles), Stories: len(stories), Publishers: len(publishers),
		Sentences: c.sentences(terms), Counts: c.counts(),
	}
}

// counts gives the references whose counts say what no earlier one said.
func (c *candidate) counts() (telling []Reference) {
	type said struct {
		kind, bound, by string
		lo, best, hi    float64
	}
	value := func(p *float64) float64 {
		if p == nil {
			return math.Inf(-1)
		}
		return *p
	}
	seen := make(map[said]bool)
	for _, r := range c.references {
		kept := *r
		kept.Counts = nil
		for _, n := range r.Counts {
			key := said{n.Kind, n.Bound, n.By, value(n.Lo), value(n.Best), value(n.Hi)}
			if !seen[key] {
				seen[key] = true
				kept.Counts = append(kept.Counts, n)
			}
		}
		if len(kept.Counts) > 0 {
			telling = append(telling, kept)
		}
	}
	return telling
}
