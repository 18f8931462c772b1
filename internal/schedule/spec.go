package schedule

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"marsad/internal/config/scalar"
	"marsad/timeline"
)

// MaxSpread is the longest time by which Spread holds a tick back: a feed polled
// once a day at eight is still polled before nine.
const MaxSpread = time.Hour

// rhythmTicks is how many ticks Rhythm looks at.
const rhythmTicks = 25

// remedy ends every error of Parse.
const remedy = `write five fields as in "*/10 * * * *", an interval as in "@every 15m", or auto`

// Spec is a schedule: an endless, ascending sequence of instants, all whole
// seconds. The zero Spec has no ticks, nor has that of a learnt rhythm (see
// [Spec.Auto]); Parse makes both. A Spec is immutable and safe for concurrent
// use.
type Spec struct {
	ticks  cron.Schedule
	offset time.Duration
	auto   Auto
}

// Parse reads a cron spec: five fields (minute, hour, day of month, month, day
// of week), six with seconds before them, a descriptor (@hourly, @daily, ...) or
// @every with an interval of a second or more, or "auto", with or without bounds
// as in "auto {min: 5m, max: 6h}". Fields are read in zone unless
// the spec begins with CRON_TZ=Area/City. Intervals are counted from the Unix
// epoch, so that every process that runs the spec has the same ticks.
//
// A local time that daylight saving skips has no tick that day. One that comes
// twice has two, so that no gap is longer than the spec says.
//
// The error says what is wrong and what to write instead.
func Parse(spec string, zone *time.Location) (Spec, error) {
	spec = strings.TrimSpace(spec)
	if interval, found := strings.CutPrefix(spec, "@every"); found {
		return parseInterval(spec, interval)
	}
	if strings.HasPrefix(spec, "auto") {
		return parseAuto(spec)
	}
	if zoned := strings.HasPrefix(spec, "CRON_TZ=") || strings.HasPrefix(spec, "TZ="); zoned && !strings.Contains(spec, " ") {
		// cron itself panics on these.
		return Spec{}, fmt.Errorf("%q is only a zone; %s after it", spec, remedy)
	}
	parser := cron.NewParser(cron.SecondOptional | cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow | cron.Descriptor)
	ticks, err := parser.Parse(spec)
	if err != nil {
		return Spec{}, fmt.Errorf("%q is not a cron spec: %w; %s", spec, err, remedy)
	}
	if fields, ok := ticks.(*cron.SpecSchedule); ok && fields.Location == time.Local {
		fields.Location = zone
	}
	if err := checkSteps(spec); err != nil {
		return Spec{}, fmt.Errorf("%q is not a cron spec: %w; %s", spec, err, remedy)
	}
	s := Spec{ticks: ticks}
	if s.Next(referenceDay).IsZero() {
		return Spec{}, fmt.Errorf("%q names a day that never comes; %s", spec, remedy)
	}
	return s, nil
}

// checkSteps refuses what cron takes: a step that leaves its field at once, as
// in */90 for minutes, which would tick at minute 0 alone. spec parses.
func checkSteps(spec string) error {
	widths := []struct {
		name  string
		width int
	}{{"seconds", 60}, {"minutes", 60}, {"hours", 24}, {"days of the month", 31}, {"months", 12}, {"days of the week", 7}}
	fields := strings.Fields(spec)
	if strings.Contains(fields[0], "=") {
		fields = fields[1:]
	}
	if strings.HasPrefix(fields[0], "@") {
		return nil
	}
	for i, field := range fields {
		at := widths[i+len(widths)-len(fields)]
		for item := range strings.SplitSeq(field, ",") {
			if _, step, found := strings.Cut(item, "/"); found {
				if n, err := strconv.Atoi(step); err == nil && n >= at.width {
					return fmt.Errorf("a step of %d leaves the %s, of which there are %d", n, at.name, at.width)
				}
			}
		}
	}
	return nil
}

func parseInterval(spec, interval string) (Spec, error) {
	width, err := scalar.ParseDuration(strings.TrimSpace(interval))
	if err != nil {
		return Spec{}, fmt.Errorf("%q has no interval: %w", spec, err)
	}
	if width < time.Second || width%time.Second != 0 {
		return Spec{}, fmt.Errorf("%q: %w; %s", spec, errInterval, remedy)
	}
	return Spec{ticks: every(width)}, nil
}

var errInterval = errors.New("an interval is a number of whole seconds, one or more")

// every ticks at the multiples of a width since the Unix epoch.
type every time.Duration

// Next implements cron.Schedule.
func (e every) Next(t time.Time) time.Time {
	width := int64(time.Duration(e) / time.Second)
	n := t.Unix() / width
	if t.Unix()%width < 0 {
		n--
	}
	return time.Unix((n+1)*width, 0).In(t.Location())
}

// referenceDay is where questions about a spec that must not depend on the day
// are asked: a Monday in a leap year.
var referenceDay = time.Date(2024, time.January, 1, 0, 0, 0, 0, time.UTC)

// IsZero reports whether the spec has no ticks.
func (s Spec) IsZero() bool { return s.ticks == nil }

// Auto gives the bounds of a rhythm that is learnt; false when the spec has ticks
// or is zero.
func (s Spec) Auto() (Auto, bool) { return s.auto, s.auto != Auto{} }

// Next gives the first tick after t, in t's location; the zero time if there is
// none within about five years.
func (s Spec) Next(t time.Time) time.Time {
	if s.ticks == nil {
		return time.Time{}
	}
	next := s.ticks.Next(t.Add(-s.offset))
	if next.IsZero() {
		return next
	}
	return next.Add(s.offset)
}

// Rhythm gives the typical time between two ticks after t: the median over the
// next two dozen. A spec with pauses ("*/10 8-18 * * *") has the rhythm of its
// working hours. It is 0 for a spec without two ticks; for a learnt rhythm, its
// shortest.
func (s Spec) Rhythm(t time.Time) time.Duration {
	if auto, ok := s.Auto(); ok {
		return auto.Min
	}
	gaps := s.gaps(t)
	if len(gaps) == 0 {
		return 0
	}
	return gaps[len(gaps)/2]
}

// gaps gives the times between the ticks after t, ascending.
func (s Spec) gaps(t time.Time) []time.Duration {
	gaps := make([]time.Duration, 0, rhythmTicks)
	last := s.Next(t)
	for range rhythmTicks - 1 {
		next := s.Next(last)
		if last.IsZero() || next.IsZero() {
			break
		}
		gaps = append(gaps, next.Sub(last))
		last = next
	}
	slices.Sort(gaps)
	return gaps
}

// Spread holds every tick back by the same time, whole seconds less than the
// shortest gap and at most MaxSpread, drawn from the key by hash: ten thousand
// feeds with one spec start evenly over its period and not in the same second.
func (s Spec) Spread(key string) Spec {
	gaps := s.gaps(referenceDay)
	if len(gaps) == 0 {
		return s
	}
	width := min(gaps[0], MaxSpread) / time.Second
	s.offset = time.Duration(timeline.Spread(int64(width), "schedule", key)) * time.Second
	return s
}
