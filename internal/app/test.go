package app

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"marsad/alerts/detect"
	"marsad/internal/config"
	"marsad/timeline"
	"marsad/timeline/extract"
	"marsad/timeline/text"
)

// Test runs the unit tests of the files. Tests that fail are written out, each
// with its line, and are an error at the end.
func Test(env Env, common Common, files []string) error {
	failed := 0
	for _, name := range files {
		tests, err := config.LoadTests(common.source(), name, env.LookupEnv, os.ReadFile)
		if err != nil {
			return err
		}
		r := testRun{source: name, out: env.Stdout}
		if err := r.run(tests); err != nil {
			return err
		}
		verdict := "right"
		if r.failed > 0 {
			verdict = fmt.Sprintf("%d failed", r.failed)
		}
		if _, err := fmt.Fprintf(env.Stdout, "%s: %s: %d texts, %d series\n", name, verdict, r.texts, r.series); err != nil {
			return err
		}
		failed += r.failed
	}
	if failed > 0 {
		return fmt.Errorf("tests of topics: %d failed", failed)
	}
	return nil
}

// testRun counts what a file of tests comes to.
type testRun struct {
	source                string
	out                   io.Writer
	err                   error // of writing
	texts, series, failed int
}

func (r *testRun) run(tests *config.Tests) error {
	var topics []timeline.Topic
	seen := map[string]bool{}
	for _, c := range tests.Cases {
		if !seen[c.Topic.Name] {
			seen[c.Topic.Name] = true
			topics = append(topics, c.Topic.Topic)
		}
	}
	matcher, err := extract.NewMatcher(topics, tests.Entities)
	if err != nil {
		return err
	}
	for i := range tests.Cases {
		c := &tests.Cases[i]
		for _, t := range c.Match {
			r.text(matcher, c.Topic.Name, t, true)
		}
		for _, t := range c.NoMatch {
			r.text(matcher, c.Topic.Name, t, false)
		}
		if c.Series != nil {
			if err := r.judge(c); err != nil {
				return fmt.Errorf("%s:%d: %w", r.source, c.Line, err)
			}
		}
	}
	return r.err
}

func (r *testRun) fail(line int, format string, args ...any) {
	r.failed++
	if _, err := fmt.Fprintf(r.out, "%s:%d: %s\n", r.source, line, fmt.Sprintf(format, args...)); err != nil && r.err == nil {
		r.err = err
	}
}

// text checks whether a text is on the topic, as it should be or not.
func (r *testRun) text(m *extract.Matcher, topic string, t config.TestText, want bool) {
	r.texts++
	why, err := m.Why(topic, text.Read(t.Text))
	switch {
	case err != nil:
		r.fail(t.Line, "%v", err)
	case why.Matched == want:
	case want:
		r.fail(t.Line, "%s does not match: %s\n    %s", topic, t.Text, strings.Join(why.Missing(), "\n    "))
	default:
		var found []string
		for _, s := range why.Root.Spans {
			found = append(found, fmt.Sprintf("%q", s.Of(t.Text)))
		}
		r.fail(t.Line, "%s matches, and must not: %s\n    by %s", topic, t.Text, strings.Join(found, ", "))
	}
}

// testStart is when series begin: a Monday, so that the week is the same in every run.
var testStart = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)

// judge runs the detector over a series as it runs live. Each count is taken for
// so many stories, by as many publishers as the topic asks for.
func (r *testRun) judge(c *config.TestCase) error {
	r.series++
	rule := c.Topic.Alert
	d, err := detect.New(detect.Options{Step: c.Step, FalseAlarms: rule.FalseAlarms.N, Per: rule.FalseAlarms.Per})
	if err != nil {
		return err
	}
	var warm time.Duration
	for i, n := range c.Series {
		if n == config.NotCovered {
			continue
		}
		at := time.Duration(i) * c.Step
		if err := d.Observe(detect.Sample{Step: testStart.Add(at), Count: n, Exposure: 1}); err != nil {
			return err
		}
		rarest, _ := d.Rarest()
		if rarest.State == timeline.WarmingUp {
			warm = at + c.Step
		}
		if rarest.State != timeline.Alarming || rule.Off {
			continue
		}
		for _, j := range d.Judge() {
			if j.State == timeline.Alarming && j.Observed >= rule.MinStories {
				r.alarm(c, at, j)
				return nil
			}
		}
	}
	switch {
	case !c.Fires:
	case rule.Off:
		r.fail(c.Line, "%s does not fire: its alarm is off", c.Topic.Name)
	case warm == time.Duration(len(c.Series))*c.Step:
		r.fail(c.Line, "%s does not fire: in %s it is still warming up; begin the series with more history", c.Topic.Name, timeline.FormatWindow(warm))
	default:
		r.fail(c.Line, "%s does not fire", c.Topic.Name)
	}
	return nil
}

// alarm checks the first alarm of a series.
func (r *testRun) alarm(c *config.TestCase, at time.Duration, j detect.Judgement) {
	what := fmt.Sprintf("%s fires after %s (%d in %s, %.1f expected)", c.Topic.Name, timeline.FormatWindow(at), j.Observed, timeline.FormatWindow(j.Window), j.Expected)
	switch {
	case !c.Fires:
		r.fail(c.Line, "%s, and must not", what)
	case at < c.After:
		r.fail(c.Line, "%s, which is before %s", what, timeline.FormatWindow(c.After))
	case c.Before > 0 && at >= c.Before:
		r.fail(c.Line, "%s, which is not before %s", what, timeline.FormatWindow(c.Before))
	}
}
