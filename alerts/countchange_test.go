package alerts_test

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"marsad/alerts"
	"marsad/timeline"
)

// figureDesk is what articles say of counts, in memory.
type figureDesk struct{ told []timeline.ToldFigure }

func (d *figureDesk) FiguresTold(_ context.Context, _ string, from, to time.Time) (out []timeline.ToldFigure, err error) {
	for _, f := range d.told {
		if !f.Published.Before(from) && f.Published.Before(to) {
			out = append(out, f)
		}
	}
	return out, nil
}

func (d *figureDesk) FiguresKnown(ctx context.Context, topic, kind, of string, from, to time.Time) ([]timeline.ToldFigure, error) {
	told, err := d.FiguresTold(ctx, topic, from, to)
	return slices.DeleteFunc(told, func(f timeline.ToldFigure) bool { return f.Kind != kind || f.Of != of }), err
}

// say adds a figure; lo = hi is exact, else between.
func (d *figureDesk) say(at time.Time, publisher, kind, of string, lo, hi float64) {
	f := timeline.ToldFigure{Of: of, Published: at, Article: fmt.Sprint("a", len(d.told)), Story: fmt.Sprint("s", len(d.told))}
	f.Figure = timeline.Figure{Lo: &lo, Hi: &hi, Bound: timeline.Between, Text: fmt.Sprint(lo, " to ", hi), Kind: kind, Publisher: publisher}
	if lo == hi {
		f.Best, f.Bound = &lo, timeline.Exact
	}
	f.Headline = timeline.Headline{Story: f.Story, Article: f.Article, Title: "Title of " + f.Article, Publisher: publisher, Published: at}
	d.told = append(d.told, f)
}

// A figure that goes beyond its range in two topics is told once.
func TestCountOfTwoTopics(t *testing.T) {
	now := start.Add(40*day + 10*time.Hour)
	for name, c := range map[string]struct {
		channel string // of the second
		tellers int
	}{"one channel": {"", 1}, "two channels": {"#other", 2}} {
		t.Run(name, func(t *testing.T) {
			d := &figureDesk{}
			for n := range 3 {
				d.say(now.Add(-20*day), fmt.Sprint("p", n), "fighters", "isis", 12e3, 15e3)
			}
			for n := range 3 {
				d.say(now, fmt.Sprint("p", n), "fighters", "isis", 20e3, 20e3)
			}
			m := newMemory(time.Hour)
			m.fill(start.Add(38*day), start.Add(44*day), 20, 10, false)
			m.quietly("truce", start.Add(38*day), start.Add(44*day))
			second := topicNamed("truce")
			second.Rule.Channel = c.channel
			config := alerts.DefaultConfig()
			config.Step = m.step
			for at := now.Add(-2 * time.Hour); at.Before(now.Add(3 * day)); at = at.Add(time.Hour) {
				e, err := alerts.NewEvaluator(alerts.Options{
					Config: config, Topics: []alerts.Topic{merger, second}, Series: m, Stories: m, Figures: d, Memory: m, Results: m, Logger: slog.New(slog.DiscardHandler),
				})
				if err != nil {
					t.Fatal(err)
				}
				closeAt(t, e, at)
			}
			tellers := 0
			for _, i := range m.incidents {
				if i.Kind != timeline.CountChanged || i.State != timeline.IncidentResolved {
					t.Errorf("incident %+v", i)
				}
				opening := m.notices[timeline.NoticeID(i.ID, timeline.NoticeOpening)] != nil
				if opening != (i.Leader == "") || opening != (m.notices[timeline.NoticeID(i.ID, timeline.NoticeResolution)] != nil) {
					t.Errorf("%s, told with %q: opening %t", i.Topic, i.Leader, opening)
				}
				if opening {
					tellers++
				}
			}
			if len(m.incidents) != 2 || tellers != c.tellers {
				t.Errorf("%d incidents, %d told; want 2, %d", len(m.incidents), tellers, c.tellers)
			}
		})
	}
}

// TestCountChanges says figures and walks an hour at a time through a week, once
// with a restart before each step.
func TestCountChanges(t *testing.T) {
	now := start.Add(40*day + 10*time.Hour) // of the new figures
	old := now.Add(-20 * day)
	say := func(kind string, figures ...[2]float64) func(d *figureDesk, at time.Time) {
		return func(d *figureDesk, at time.Time) {
			for n, f := range figures {
				d.say(at.Add(time.Duration(n)*time.Minute), fmt.Sprint("p", n), kind, "isis", f[0], f[1])
			}
		}
	}
	known := say("fighters", [2]float64{12e3, 15e3}, [2]float64{12e3, 12e3}, [2]float64{13e3, 15e3})
	type both struct{ was, now [2]float64 }
	for name, c := range map[string]struct {
		old, new func(d *figureDesk, at time.Time)
		more     func(d *figureDesk) // whatever else is said
		rule     func(r *alerts.Rule)
		want     []both
	}{
		"three publishers go beyond": {
			old: known, new: say("fighters", [2]float64{20e3, 20e3}, [2]float64{20e3, 20e3}, [2]float64{21e3, 21e3}),
			want: []both{{[2]float64{12e3, 15e3}, [2]float64{20e3, 21e3}}},
		},
		"two do":           {old: known, new: say("fighters", [2]float64{20e3, 20e3}, [2]float64{20e3, 20e3})},
		"they stay within": {old: known, new: say("fighters", [2]float64{14e3, 14e3}, [2]float64{15e3, 15e3}, [2]float64{12e3, 15e3})},
		"by a hair":        {old: known, new: say("fighters", [2]float64{16e3, 16e3}, [2]float64{16e3, 16e3}, [2]float64{16e3, 16e3})},
		"nothing is known": {old: func(*figureDesk, time.Time) {}, new: say("fighters", [2]float64{20e3, 20e3}, [2]float64{20e3, 20e3}, [2]float64{20e3, 20e3})},
		"of a topic that is off": {
			old: known, new: say("fighters", [2]float64{20e3, 20e3}, [2]float64{20e3, 20e3}, [2]float64{21e3, 21e3}),
			rule: func(r *alerts.Rule) { r.Off = true },
		},
		"of a level, below": {
			old: known, new: say("fighters", [2]float64{5e3, 5e3}, [2]float64{4e3, 6e3}, [2]float64{5e3, 5e3}),
			want: []both{{[2]float64{12e3, 15e3}, [2]float64{4e3, 6e3}}},
		},
		"of what befell, below": {
			old: say("killed", [2]float64{12, 12}, [2]float64{30, 30}, [2]float64{14, 14}), new: say("killed", [2]float64{2, 2}, [2]float64{2, 2}, [2]float64{2, 2}),
		},
		"of what befell, more than ever": {
			old: say("killed", [2]float64{12, 12}, [2]float64{14, 30}, [2]float64{30, 30}), new: say("killed", [2]float64{90, 90}, [2]float64{92, 92}, [2]float64{90, 90}),
			want: []both{{[2]float64{14, 30}, [2]float64{90, 92}}},
		},
		"one alone had said as much": {
			old:  say("fighters", [2]float64{12e3, 15e3}, [2]float64{20e3, 20e3}, [2]float64{13e3, 15e3}),
			new:  say("fighters", [2]float64{20e3, 20e3}, [2]float64{20e3, 20e3}, [2]float64{20e3, 20e3}),
			want: []both{{[2]float64{13e3, 15e3}, [2]float64{20e3, 20e3}}},
		},
		"and further, the next day": {
			old: known, new: say("fighters", [2]float64{20e3, 20e3}, [2]float64{20e3, 20e3}, [2]float64{20e3, 20e3}),
			more: func(d *figureDesk) {
				say("fighters", [2]float64{30e3, 30e3}, [2]float64{30e3, 30e3}, [2]float64{30e3, 30e3})(d, now.Add(16*time.Hour))
			},
			want: []both{{[2]float64{12e3, 15e3}, [2]float64{20e3, 20e3}}, {[2]float64{12e3, 15e3}, [2]float64{30e3, 30e3}}},
		},
		"and again for days": {
			old: known, new: say("fighters", [2]float64{20e3, 20e3}, [2]float64{20e3, 20e3}, [2]float64{20e3, 20e3}),
			more: func(d *figureDesk) {
				for n := range 12 {
					d.say(now.Add(time.Duration(n)*10*time.Hour), fmt.Sprint("p", n%5), "fighters", "isis", 20e3, 20e3)
				}
			},
			want: []both{{[2]float64{12e3, 15e3}, [2]float64{20e3, 20e3}}},
		},
		"of another group": {
			old: known, new: func(d *figureDesk, at time.Time) {
				for n := range 3 {
					d.say(at, fmt.Sprint("p", n), "fighters", "other", 20e3, 20e3)
				}
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			walk := func(restart bool) *memory {
				d := &figureDesk{}
				c.old(d, old)
				c.new(d, now)
				if c.more != nil {
					c.more(d)
				}
				slices.SortStableFunc(d.told, func(a, b timeline.ToldFigure) int { return a.Published.Compare(b.Published) })
				m := newMemory(time.Hour)
				m.fill(start.Add(38*day), start.Add(46*day), 20, 10, false)
				topic := merger
				if c.rule != nil {
					c.rule(&topic.Rule)
				}
				config := alerts.DefaultConfig()
				config.Step = m.step
				begin := func() *alerts.Evaluator {
					e, err := alerts.NewEvaluator(alerts.Options{
						Config: config, Topics: []alerts.Topic{topic}, Series: m, Stories: m, Figures: d, Names: map[string]string{"isis": "ISIS"},
						Memory: m, Results: m, Logger: slog.New(slog.DiscardHandler),
					})
					if err != nil {
						t.Fatal(err)
					}
					return e
				}
				e := begin()
				for at := now.Add(-12 * time.Hour); at.Before(now.Add(5 * day)); at = at.Add(time.Hour) {
					if restart {
						e = begin()
					}
					closeAt(t, e, at)
				}
				return m
			}
			for _, restart := range []bool{false, true} {
				m := walk(restart)
				var got []timeline.Incident
				for _, i := range m.incidents {
					if i.Kind == timeline.CountChanged {
						got = append(got, i)
					}
				}
				slices.SortFunc(got, func(a, b timeline.Incident) int { return cmp.Or(a.Opened.Compare(b.Opened), cmp.Compare(a.ID, b.ID)) })
				if len(got) != len(c.want) {
					t.Fatalf("restart %t: %d incidents, want %d: %+v", restart, len(got), len(c.want), got)
				}
				for n, i := range got {
					was, now := i.Change.Was, i.Change.Now
					if w := c.want[n]; [2]float64{was.Lo, was.Hi} != w.was || [2]float64{now.Lo, now.Hi} != w.now {
						t.Errorf("restart %t: from %v–%v to %v–%v, want %v", restart, was.Lo, was.Hi, now.Lo, now.Hi, w)
					}
					if i.State != timeline.IncidentResolved || i.Resolved.Sub(i.Opened) > 2*day || i.Publishers < 3 || len(was.Figures) == 0 || i.Change.OfTitle != "ISIS" {
						t.Errorf("restart %t: %+v", restart, i)
					}
					for _, kind := range []timeline.NoticeKind{timeline.NoticeOpening, timeline.NoticeResolution} {
						if m.notices[timeline.NoticeID(i.ID, kind)] == nil {
							t.Errorf("restart %t: no %s", restart, kind)
						}
					}
				}
			}
		})
	}
}
