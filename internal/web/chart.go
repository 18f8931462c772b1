package web

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"marsad/timeline"
)

// chart is a bar chart of buckets in terms of a canvas of 100 by 100, which the
// template stretches. Labels are placed in percent of the width, so that they
// are not stretched along.
type chart struct {
	Height   int // of the canvas, in pixels
	Bars     []bar
	Gaps     []bar    // where nothing was collected
	Expected []string // points of polylines, one for each run without a gap
	Upper    []string
	Top      string // what the upper edge stands for
	Ticks    []tick
	Marks    []incidentMark
	Label    string // the whole in a sentence, for those who do not see it
	Total    int
}

// incidentMark is where an incident opened.
type incidentMark struct {
	timeline.Incident

	X string
}

type bar struct {
	X, Y, Width, Height string
	Class               string
	Title               string
}

type tick struct{ X, Label string }

// wording is how a chart says things in the language of the page.
type wording struct {
	Articles, Expected, Alarm, NothingCollected string
}

// newChart draws buckets of the given width, and marks the incidents. Times are
// labelled in the zone.
func newChart(buckets []bucket, incidents []timeline.Incident, width time.Duration, height int, zone *time.Location, words wording) chart {
	c := chart{Height: height}
	top := 1.0
	for _, b := range buckets {
		c.Total += b.N
		top = max(top, float64(b.N))
		if b.Upper != nil {
			top = max(top, *b.Upper)
		}
	}
	c.Top = formatNumber(top)
	c.Label = fmt.Sprintf("%s: %d", words.Articles, c.Total)
	if len(buckets) == 0 {
		return c
	}
	unit := 100 / float64(len(buckets))
	y := func(v float64) float64 { return 100 - 100*min(v/top, 1) }
	for i, b := range buckets {
		c.drawBar(i, b, unit, y, width, zone, words)
	}
	c.Expected = polylines(buckets, unit, y, func(b bucket) *float64 { return b.Expected })
	c.Upper = polylines(buckets, unit, y, func(b bucket) *float64 { return b.Upper })
	c.Ticks = ticks(buckets, width, unit, zone)
	for i := range incidents {
		// An incident opens at the step that shows it, in the middle of a bar or not.
		x := unit * float64(incidents[i].Opened.Sub(buckets[0].Start)) / float64(width)
		if x >= 0 && x <= 100 {
			c.Marks = append(c.Marks, incidentMark{incidents[i], percent(x)})
		}
	}
	return c
}

func (c *chart) drawBar(i int, b bucket, unit float64, y func(float64) float64, width time.Duration, zone *time.Location, words wording) {
	end := "15:04"
	if width >= day {
		end = "2006-01-02 15:04"
	}
	when := fmt.Sprintf("%s–%s", b.Start.In(zone).Format("2006-01-02 15:04"), b.Start.Add(width).In(zone).Format(end))
	if b.Exposure == 0 {
		c.Gaps = append(c.Gaps, bar{
			X: percent(float64(i) * unit), Y: "0", Width: percent(unit), Height: "100",
			Title: when + ": " + words.NothingCollected,
		})
		return
	}
	title := fmt.Sprintf("%s: %d", when, b.N)
	class := ""
	if b.Expected != nil {
		title += fmt.Sprintf(", %s %.3g", words.Expected, *b.Expected)
	}
	if b.Upper != nil {
		title += fmt.Sprintf(", %s %s", words.Alarm, formatNumber(*b.Upper))
		if b.State == timeline.Alarming {
			class = "alarm"
		}
	}
	top := y(float64(b.N))
	c.Bars = append(c.Bars, bar{
		X: percent((float64(i) + 0.1) * unit), Y: percent(top), Width: percent(0.8 * unit), Height: percent(100 - top),
		Class: class, Title: title,
	})
}

// polylines draws a step line over each run of buckets that have the value.
func polylines(buckets []bucket, unit float64, y func(float64) float64, value func(bucket) *float64) (lines []string) {
	var run strings.Builder
	for i, b := range buckets {
		v := value(b)
		if v == nil {
			if run.Len() > 0 {
				lines = append(lines, run.String())
				run.Reset()
			}
			continue
		}
		if run.Len() > 0 {
			run.WriteByte(' ')
		}
		fmt.Fprintf(&run, "%s,%s %s,%s", percent(float64(i)*unit), percent(y(*v)), percent(float64(i+1)*unit), percent(y(*v)))
	}
	if run.Len() > 0 {
		lines = append(lines, run.String())
	}
	return lines
}

// ticks labels every sixth hour of a day or two, every day of up to two weeks,
// every seventh day of up to two months, all as clocks and calendars in the zone have
// it, and six dates of more.
func ticks(buckets []bucket, width time.Duration, unit float64, zone *time.Location) (out []tick) {
	whole := time.Duration(len(buckets)) * width
	if whole > 60*day {
		return dateTicks(buckets[0].Start, buckets[0].Start.Add(whole), zone)
	}
	days := 0
	previous := buckets[0].Start.Add(-width).In(zone)
	for i, b := range buckets {
		at := b.Start.In(zone)
		newDay := at.YearDay() != previous.YearDay()
		label := ""
		switch {
		case whole <= 2*day:
			if at.Hour() != previous.Hour() && at.Hour()%6 == 0 {
				label = at.Format("15:04")
			}
		case newDay && (whole <= 14*day || days%7 == 0):
			label = at.Format("01-02")
		}
		if newDay {
			days++
		}
		// At the edges a label would be cut off.
		if x := float64(i) * unit; label != "" && x > 3 && x < 96 {
			out = append(out, tick{percent(x), label})
		}
		previous = at
	}
	return out
}

func percent(v float64) string { return strconv.FormatFloat(v, 'f', 2, 64) }
