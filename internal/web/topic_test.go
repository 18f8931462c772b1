package web

import (
	"strings"
	"testing"
	"time"

	"marsad/timeline"
	"marsad/timeline/story"
)

func TestBarWidth(t *testing.T) {
	windows := []timeline.Evaluation{{Window: time.Hour}, {Window: 5 * time.Hour}, {Window: day}}
	for _, tt := range []struct {
		length, step time.Duration
		windows      []timeline.Evaluation
		want         time.Duration
	}{
		{day, 10 * time.Minute, windows, time.Hour},
		{7 * day, 10 * time.Minute, windows, time.Hour},
		{30 * day, 10 * time.Minute, windows, day}, // bars of five hours begin at another hour every day
		{30 * day, 10 * time.Minute, append(windows, timeline.Evaluation{Window: 8 * time.Hour}), 8 * time.Hour},
		{365 * day, 10 * time.Minute, nil, day},
		{3 * 365 * day, 10 * time.Minute, windows, 7 * day},
		{maxPeriod, 10 * time.Minute, windows, 28 * day},
		{day, 6 * time.Hour, nil, 6 * time.Hour},
	} {
		if got := barWidth(tt.length, tt.step, tt.windows); got != tt.want || int(tt.length/got) > maxBars {
			t.Errorf("bars of %s in steps of %s: %s wide, want %s", tt.length, tt.step, got, tt.want)
		}
	}
}

// TestEventAxis draws a day as a mark, what is less certain as a span, and nothing
// over anything else.
func TestEventAxis(t *testing.T) {
	event := func(id, lo, hi string, precision timeline.Precision, planned bool) story.Account {
		a := story.Account{ID: id, Precision: precision, Planned: planned, Publishers: 1}
		if lo != "" {
			a.Interval.Lo = dateOnly(lo)
		}
		if hi != "" {
			a.Interval.Hi = dateOnly(hi)
		}
		return a
	}
	events := []story.Account{
		event("day", "2017-05-11", "2017-05-12", timeline.Day, false),
		event("same day", "2017-05-11", "2017-05-12", timeline.Day, false),
		event("month", "2017-05-01", "2017-06-01", timeline.Month, false),
		event("planned", "2017-05-24", "2017-05-25", timeline.Day, true),
		event("since", "2017-05-18", "", timeline.Day, false),
		event("before", "2017-05-01", "2017-05-02", timeline.Day, false),
		event("after", "2018-05-01", "2018-05-02", timeline.Day, false),
	}
	of := axisOf{from: dateOnly("2017-05-10"), to: dateOnly("2017-05-30"), now: dateOnly("2017-05-20"), zone: time.UTC}
	axis := newEventAxis(of, events, func(a *story.Account) string { return a.ID })
	classes := map[string]string{}
	for _, m := range axis.Marks {
		classes[m.Title] = m.Class
	}
	wantEqual(t, "classes", map[string]string{
		"day": "certain", "same day": "certain", "month": "span open", "planned": "certain planned", "since": "span open",
	}, classes)
	wantEqual(t, "first mark", axisMark{ID: "day", X: "5.00", Width: "5.00", Y: 0, Class: "certain", Title: "day"}, axis.Marks[0])
	wantEqual(t, "now", "50.00", axis.Now)
	if axis.Marks[1].Y == axis.Marks[0].Y || axis.Marks[2].Y == axis.Marks[0].Y || axis.Marks[2].Y == axis.Marks[1].Y {
		t.Errorf("events of one day lie over each other: %v", axis.Marks[:3])
	}

	crowd := make([]story.Account, axisLanes+3)
	for i := range crowd {
		crowd[i] = events[2]
	}
	crowd[len(crowd)-1] = event("told by many", "2017-05-11", "2017-05-12", timeline.Day, false)
	crowd[len(crowd)-1].Publishers = 5
	axis = newEventAxis(of, crowd, func(a *story.Account) string { return a.ID })
	if axis.Beyond != 3 || len(axis.Marks) != axisLanes || axis.Marks[0].Title != "told by many" {
		t.Errorf("%d marks and %d beyond, the first %q; want %d, 3 and what most tell", len(axis.Marks), axis.Beyond, axis.Marks[0].Title, axisLanes)
	}
}

func TestRangeCharts(t *testing.T) {
	of := period{From: dateOnly("2017-05-10"), To: dateOnly("2017-05-20")}
	count := func(kind, by, publisher, at string, lo, best, hi *float64) timeline.FoundCount {
		return timeline.FoundCount{
			Article: timeline.Article{ID: at, Publisher: publisher, Published: dateOnly(at)},
			Count:   timeline.Count{Kind: kind, By: by, Lo: lo, Best: best, Hi: hi},
		}
	}
	charts := newRangeCharts([]timeline.FoundCount{
		count("killed", "", "Paper", "2017-05-11", new(10.0), new(10.0), new(10.0)),
		count("killed", "the army", "Paper", "2017-05-15", new(5.0), nil, new(20.0)),
		count("killed", "the army", "Wire", "2017-05-16", new(7.0), new(7.0), nil),
		count("killed", "the UN", "Wire", "2017-05-17", nil, new(20.0), nil),
		count("killed", "", "Wire", "2017-05-17", nil, nil, nil), // several
		count("fighters", "", "Wire", "2017-05-17", new(1.0), nil, new(30_000.0)),
	}, of, time.UTC)
	if len(charts) != 2 || charts[0].Kind != "killed" || charts[1].Kind != "fighters" {
		t.Fatalf("charts %v, want killed, then fighters", charts)
	}
	wantEqual(t, "speakers", []speaker{{"the army", "s1", 2}, {"Paper", "s2", 1}, {"the UN", "s3", 1}}, charts[0].Speakers)
	titles := func(bars []rangeBar) []rangeBar {
		for i := range bars {
			bars[i].Title, bars[i].Article = "", ""
		}
		return bars
	}
	wantEqual(t, "bars", []rangeBar{
		{X: "10.00", Dot: "50.00", Class: "s2"},
		{X: "50.00", Y: "5.00", Height: "67.50", Class: "s1"},
		{X: "60.00", Y: "0.00", Height: "63.50", Dot: "63.50", Class: "s1 open"},
		{X: "70.00", Dot: "5.00", Class: "s3 open"},
	}, titles(charts[0].Bars))
	wantEqual(t, "wide range", []rangeBar{{X: "70.00", Y: "5.00", Height: "90.00", Class: "s1"}}, titles(charts[1].Bars))
	wantEqual(t, "edges", []string{"1", "30\u202f000"}, []string{charts[1].Low, charts[1].Top})
}

func TestStoryLines(t *testing.T) {
	article := func(id, story, publisher string) timeline.ReadArticle {
		return timeline.ReadArticle{Article: timeline.Article{ID: id, Story: story, Publisher: publisher}}
	}
	lines := storyLines([]timeline.ReadArticle{
		article("5", "s", "Wire"), article("4", "t", "Paper"), article("3", "s", "Paper"), article("2", "s", "Wire"), article("1", "u", "Wire"),
	}, 2)
	if len(lines) != 2 || lines[0].Lead.Article.ID != "5" || lines[0].Articles != 3 || strings.Join(lines[0].Publishers, " ") != "Wire Paper" || lines[1].Articles != 1 {
		t.Errorf("stories %+v", lines)
	}
}

// TestEventsToCome has the events that are planned on the page of a period that ends
// now, by a clock that goes on while the page is made.
func TestEventsToCome(t *testing.T) {
	m := fill()
	e := &m.articles[0].Facts.Events[0]
	e.Interval, e.Precision, e.Planned = timeline.Interval{Lo: dateOnly("2017-05-22"), Hi: dateOnly("2017-05-23")}, timeline.Day, true
	clock := now
	s := newServer(t, m, func(_ *Config, o *Options) {
		o.Now = func() time.Time {
			clock = clock.Add(time.Millisecond)
			return clock
		}
	})
	if body := ask(s, "GET", "/topics/group-merger").Body.String(); !strings.Contains(body, `class="certain planned"`) || !strings.Contains(body, `class="now"`) {
		t.Errorf("no event to come: %s", body)
	}
}

// TestTopicPage has what the topic's articles tell, each part leading on.
func TestTopicPage(t *testing.T) {
	m := fill()
	s := newServer(t, m, func(_ *Config, o *Options) {
		o.Warming = func(string) time.Time { return now.Add(5 * day) }
	})
	for path, wants := range map[string][]string{
		"/topics/group-merger?span=30d": {
			`aria-current="true">30 days<`, `href="?span=1y"`, `class="incident `, `href="/incidents/` + m.incidents[0].ID, `data-live="topics:group-merger steps incidents"`,
			`<mark class="count" title="fighters: 12` + "\u202f" + `000–15` + "\u202f" + `000`, `Newsweek</bdi> (1)`, `class="chart ranges"`,
		},
		"/topics/group-merger?from=2012-01-01&to=2013-01-01": {`class="chart events"`, `class="span"`, `value="2012-01-01"`, `value="2013-01-01"`},
	} {
		body := ask(s, "GET", path).Body.String()
		for _, want := range wants {
			if !strings.Contains(body, want) {
				t.Errorf("GET %s: no %s in %s", path, want, body)
			}
		}
	}
	if body := ask(s, "GET", "/topics/group-merger?from=2012-01-01&to=2013-01-01").Body.String(); strings.Contains(body, "data-live") {
		t.Error("a page of what is over listens for changes")
	}
}
