package story

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"marsad/timeline"
)

// on gives a reference to a day by a story of its own.
func on(day, published, sentence string, change ...func(*Reference)) Reference {
	parse := func(s string) time.Time {
		t, err := time.Parse(time.DateOnly, s)
		if err != nil {
			panic(err)
		}
		return t
	}
	lo := parse(day)
	r := Reference{
		Interval: timeline.Interval{Lo: lo, Hi: lo.AddDate(0, 0, 1)}, Precision: timeline.Day,
		Sentence: sentence, OnTopic: true, Publisher: "one", Published: parse(published).Add(10 * time.Hour),
	}
	r.Story = day + published + sentence
	r.Article = r.Story
	for _, f := range change {
		f(&r)
	}
	return r
}

func by(publisher string) func(*Reference) { return func(r *Reference) { r.Publisher = publisher } }
func of(story string) func(*Reference)     { return func(r *Reference) { r.Story = story } }
func beside(r *Reference)                  { r.OnTopic = false }

// days of the ranked dates, in order.
func lows(dates []RankedDate) (days []string) {
	for _, d := range dates {
		days = append(days, d.Interval.Lo.Format(time.DateOnly))
	}
	return days
}

func TestRankPrefers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		references []Reference
		want       string // the one date that is taken
	}{
		"what several stories report": {[]Reference{
			on("2026-05-01", "2026-05-01", "a"), on("2026-05-01", "2026-05-02", "b"), on("2026-05-09", "2026-05-09", "c"),
		}, "2026-05-01"},
		"stories to copies": {[]Reference{
			on("2026-05-01", "2026-05-01", "a", of("s")), on("2026-05-01", "2026-05-02", "b", of("s")), on("2026-05-01", "2026-05-02", "c", of("s")),
			on("2026-05-09", "2026-05-09", "d"), on("2026-05-09", "2026-05-09", "e"),
		}, "2026-05-09"},
		"what is told again in several weeks to what is told often in one": {[]Reference{
			on("2026-01-01", "2026-03-01", "a"), on("2026-01-01", "2026-04-01", "b"), on("2026-01-01", "2026-05-01", "c"),
			on("2026-02-01", "2026-05-11", "d"), on("2026-02-01", "2026-05-11", "e"), on("2026-02-01", "2026-05-12", "f"), on("2026-02-01", "2026-05-12", "g"),
		}, "2026-01-01"},
		"what several publishers tell again": {[]Reference{
			on("2026-01-01", "2026-03-01", "a"), on("2026-01-01", "2026-03-01", "b", by("two")),
			on("2026-02-01", "2026-05-01", "c"), on("2026-02-01", "2026-05-01", "d"),
		}, "2026-01-01"},
		"what is written": {[]Reference{
			on("2026-05-01", "2026-05-01", "a", func(r *Reference) { r.Implied = true }), on("2026-05-09", "2026-05-09", "b"),
		}, "2026-05-09"},
		"sentences on the topic": {[]Reference{
			on("2026-05-01", "2026-05-01", "a", beside), on("2026-05-09", "2026-05-09", "b"),
		}, "2026-05-09"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := lows(Rank(c.references, timeline.Interval{}, 1)); !slices.Equal(got, []string{c.want}) {
				t.Errorf("Rank took %v, want %s", got, c.want)
			}
		})
	}
}

// A report in a quiet month stands against a day of a loud one that was told by
// no more stories than its neighbours.
func TestRankWeighsAgainstVolume(t *testing.T) {
	t.Parallel()
	var references []Reference
	for day := 1; day <= 20; day++ {
		date := fmt.Sprintf("2026-05-%02d", day)
		for n := range 9 {
			references = append(references, on(date, date, fmt.Sprint("loud ", n)))
		}
	}
	for n := range 6 {
		references = append(references, on("2026-09-15", "2026-09-15", fmt.Sprint("quiet ", n)))
	}
	if got := lows(Rank(references, timeline.Interval{}, 5)); !slices.Contains(got, "2026-09-15") {
		t.Errorf("Rank took %v: the quiet date is missing", got)
	}
}

func TestRankPrefersDays(t *testing.T) {
	t.Parallel()
	month := func(r *Reference) {
		r.Precision, r.Interval.Hi = timeline.Month, r.Interval.Lo.AddDate(0, 1, 0)
	}
	references := []Reference{
		on("2026-05-01", "2026-05-02", "a", month), on("2026-05-01", "2026-05-03", "b", month), on("2026-05-01", "2026-05-04", "c", month),
		on("2026-05-03", "2026-05-03", "d"),
	}
	got := Rank(references, timeline.Interval{}, 1)
	if len(got) != 1 || got[0].Precision != timeline.Day {
		t.Errorf("Rank took %+v, want the day", got)
	}
	if got = Rank(references, timeline.Interval{}, 2); len(got) != 2 || got[0].Precision != timeline.Month {
		t.Errorf("Rank took %+v, want the month and the day, in the order of time", got)
	}
}

// A time of the day is told in the article's zone.
func TestRankPutsTimesInTheirDay(t *testing.T) {
	t.Parallel()
	evening := on("2026-05-01", "2026-05-01", "a", func(r *Reference) {
		baghdad := time.FixedZone("", 3*60*60)
		r.Published = r.Published.In(baghdad)
		r.Precision = timeline.Hour
		r.Interval = timeline.Interval{Lo: time.Date(2026, 5, 2, 0, 0, 0, 0, baghdad), Hi: time.Date(2026, 5, 2, 1, 0, 0, 0, baghdad)}
	})
	got := Rank([]Reference{evening, on("2026-05-02", "2026-05-02", "b")}, timeline.Interval{}, 5)
	if len(got) != 1 || got[0].Articles != 2 || got[0].Interval.Lo.Format(time.DateOnly) != "2026-05-02" {
		t.Errorf("Rank gave %+v, want 2026-05-02 alone, of two articles", got)
	}
}

func TestRankKeepsToThePeriod(t *testing.T) {
	t.Parallel()
	references := []Reference{on("2026-05-01", "2026-05-01", "a"), on("2026-05-02", "2026-05-02", "b"), on("2026-05-03", "2026-05-03", "c")}
	period := timeline.Interval{Lo: references[1].Interval.Lo, Hi: references[2].Interval.Lo}
	if got := lows(Rank(references, period, 5)); !slices.Equal(got, []string{"2026-05-02"}) {
		t.Errorf("Rank took %v, want 2026-05-02 alone", got)
	}
	if got := Rank(nil, timeline.Interval{}, 5); len(got) != 0 {
		t.Errorf("Rank of nothing gave %v", got)
	}
}

func TestRankChoosesSentences(t *testing.T) {
	t.Parallel()
	const (
		central = "The two groups signed the merger in the old town on 1 May."
		copied  = "The two groups signed their merger in the old town on 1 May."
		other   = "Markets in the capital closed early that Friday, 1 May, for fear of fighting."
		curt    = "On 1 May."
	)
	got := Rank([]Reference{
		on("2026-05-01", "2026-05-01", curt), on("2026-05-01", "2026-05-01", central), on("2026-05-01", "2026-05-02", copied),
		on("2026-05-01", "2026-05-02", other),
	}, timeline.Interval{}, 1)
	if len(got) != 1 || len(got[0].Sentences) != 2 {
		t.Fatalf("Rank gave %+v, want one date with two sentences", got)
	}
	if s := got[0].Sentences; s[0].Sentence != central || s[1].Sentence != other {
		t.Errorf("Rank chose %q and %q, want the central sentence and one that says something else", s[0].Sentence, s[1].Sentence)
	}
}

// Counts stand side by side, each once.
func TestRankKeepsCounts(t *testing.T) {
	t.Parallel()
	fighters := func(n float64) func(*Reference) {
		return func(r *Reference) {
			r.Counts = []timeline.CountJSON{{Kind: "fighters", Bound: "about", Best: &n, Text: fmt.Sprint(n)}}
		}
	}
	got := Rank([]Reference{
		on("2026-05-01", "2026-05-01", "a", fighters(12000)), on("2026-05-01", "2026-05-02", "b", fighters(31000)),
		on("2026-05-01", "2026-05-03", "c", fighters(12000)),
	}, timeline.Interval{}, 1)
	if len(got) != 1 || len(got[0].Counts) != 2 || *got[0].Counts[0].Counts[0].Best != 12000 || *got[0].Counts[1].Counts[0].Best != 31000 {
		t.Errorf("Rank gave the counts %+v, want 12,000 and 31,000, each once", got[0].Counts)
	}
}
