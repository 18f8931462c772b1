package web

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"time"

	"marsad/timeline"
)

const (
	maxKinds    = 6 // of counts that have a chart
	maxSpeakers = 5 // that have a colour of their own in it
	rangeHeight = 110
)

// rangeChart is what was said of one kind of count over time: a bar from the least to
// the most of each, with a dot where one number is said, in the colour of its speaker.
type rangeChart struct {
	Kind     string
	Height   int
	Bars     []rangeBar
	Speakers []speaker
	Top, Low string // what the edges stand for
	Ticks    []tick
}

// rangeBar is one count. Percent, but for what is in pixels by itself.
type rangeBar struct {
	Article   string // id
	X         string
	Y, Height string // of the range; empty: one number
	Dot       string // of the number
	Class     string // the speaker's, and open where one side is not said
	Title     string
}

// speaker is who said some of the counts, as the chart names him.
type speaker struct {
	Name   string // empty: the others
	Class  string
	Counts int
}

// newRangeCharts draws the counts by kind, those of which most was said first.
// Numbers that lie further apart than a hundredfold are drawn by their logarithm; what
// is denied is not drawn.
func newRangeCharts(found []timeline.FoundCount, of period, zone *time.Location) (charts []rangeChart) {
	kinds := map[string][]*timeline.FoundCount{}
	for i := range found {
		if c := &found[i].Count; !c.Negated && (c.Lo != nil || c.Best != nil || c.Hi != nil) {
			kinds[c.Kind] = append(kinds[c.Kind], &found[i])
		}
	}
	names := make([]string, 0, len(kinds))
	for name := range kinds {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(len(kinds[b])-len(kinds[a]), cmp.Compare(a, b)) })
	for _, name := range names[:min(len(names), maxKinds)] {
		charts = append(charts, newRangeChart(name, kinds[name], of, zone))
	}
	return charts
}

func newRangeChart(kind string, counts []*timeline.FoundCount, of period, zone *time.Location) rangeChart {
	chart := rangeChart{Kind: kind, Height: rangeHeight, Ticks: dateTicks(of.From, of.To, zone)}
	scale := newScale(counts)
	chart.Low, chart.Top = formatNumber(scale.low), formatNumber(scale.high)
	speakers := speakersOf(counts)
	for _, c := range counts {
		x := 100 * float64(c.Article.Published.Sub(of.From)) / float64(of.length())
		bar := rangeBar{Article: c.Article.ID, X: percent(min(max(x, 0), 100)), Class: "s0", Title: countTitle(c, zone)}
		for i := range speakers {
			if s := &speakers[i]; s.Name == speakerOf(c) || s.Name == "" {
				s.Counts++
				bar.Class = s.Class
				break
			}
		}
		bar.place(&c.Count, scale)
		chart.Bars = append(chart.Bars, bar)
	}
	chart.Speakers = slices.DeleteFunc(speakers, func(s speaker) bool { return s.Counts == 0 })
	return chart
}

// place puts the count on the scale.
func (b *rangeBar) place(c *timeline.Count, on scale) {
	switch {
	case c.Lo != nil && c.Hi != nil && *c.Lo == *c.Hi:
		b.Dot = percent(on.y(*c.Lo))
	case c.Lo == nil && c.Hi == nil:
		b.Dot = percent(on.y(*c.Best))
		b.Class += " open"
	default:
		top, bottom := 0.0, 100.0
		if c.Hi != nil {
			top = on.y(*c.Hi)
		}
		if c.Lo != nil {
			bottom = on.y(*c.Lo)
		}
		if c.Lo == nil || c.Hi == nil {
			b.Class += " open"
		}
		b.Y, b.Height = percent(top), percent(max(bottom-top, 1))
		if c.Best != nil {
			b.Dot = percent(on.y(*c.Best))
		}
	}
}

// speakerOf is who says a count: whom the article names, else its publisher.
func speakerOf(c *timeline.FoundCount) string { return cmp.Or(c.Count.By, c.Article.Publisher) }

// speakersOf gives those who said most, and a last one for all others.
func speakersOf(counts []*timeline.FoundCount) []speaker {
	said := map[string]int{}
	for _, c := range counts {
		said[speakerOf(c)]++
	}
	names := make([]string, 0, len(said))
	for name := range said {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(said[b]-said[a], cmp.Compare(a, b)) })
	var out []speaker
	for i, name := range names[:min(len(names), maxSpeakers)] {
		out = append(out, speaker{Name: name, Class: "s" + strconv.Itoa(i+1)})
	}
	return append(out, speaker{Class: "s0"})
}

// countTitle says a count in a line.
func countTitle(c *timeline.FoundCount, zone *time.Location) string {
	return formatRange(c.Count.Lo, c.Count.Best, c.Count.Hi) + " · " + inline(80, speakerOf(c)) + " · " + c.Article.Published.In(zone).Format("2006-01-02 15:04")
}

// scale is the values that a chart's edges stand for.
type scale struct {
	low, high float64
	log       bool
}

func newScale(counts []*timeline.FoundCount) scale {
	least, most := math.Inf(1), 1.0
	for _, c := range counts {
		for _, v := range []*float64{c.Count.Lo, c.Count.Best, c.Count.Hi} {
			if v != nil {
				most = max(most, *v)
				if *v > 0 {
					least = min(least, *v)
				}
			}
		}
	}
	if least < most/100 {
		return scale{least, most, true}
	}
	return scale{0, most, false}
}

// y gives where a value lies, in percent from the top, a little inside the edges.
func (s scale) y(v float64) float64 {
	share := 0.0
	switch {
	case v <= s.low:
	case s.log:
		share = math.Log(v/s.low) / math.Log(s.high/s.low)
	default:
		share = v / s.high
	}
	return 95 - 90*min(share, 1)
}
