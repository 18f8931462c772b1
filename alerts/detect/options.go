package detect

import (
	"fmt"
	"math"
	"time"
)

// Options say what is judged and how often it may be wrong.
type Options struct {
	Step time.Duration // width of a sample; positive
	// Windows are what is judged, ascending multiples of Step. Default: a quarter of
	// an hour and 1, 2, 3, 5, 8, 12, 24 and 72 hours as far as they are and the longest
	// has at most 600 steps; for steps of a day and more, one, two and three steps.
	Windows []time.Duration
	// The budget: on average so many false alarms in so much time, all windows
	// together. Alarms less than half a day apart are one alarm.
	FalseAlarms float64
	Per         time.Duration
	// HalfLife of what is known of a busy topic's rate; for a sparse topic it is up
	// to seven times as long. Default: eight days; 52 steps of a day or more.
	HalfLife time.Duration
	// MinHistory is how much covered time must have been seen before anything is
	// judged. Default: a week, at least 28 steps. A gap of up to six hours counts as
	// covered.
	MinHistory time.Duration
	// MinCount is the smallest count that can alarm. Default: 3; for a topic of a
	// mention a month the second would otherwise be an alarm.
	MinCount int
}

func (o Options) withDefaults() Options {
	if len(o.Windows) == 0 && o.Step > 0 {
		o.Windows = defaultWindows(o.Step)
	}
	if o.HalfLife == 0 {
		o.HalfLife = 8 * day
		if o.Step >= day {
			o.HalfLife = 52 * o.Step
		}
	}
	if o.MinHistory == 0 {
		o.MinHistory = max(7*day, 28*o.Step)
	}
	if o.MinCount == 0 {
		o.MinCount = 3
	}
	return o
}

func (o Options) check() error {
	if o.Step <= 0 {
		return fmt.Errorf("step %s: must be positive", o.Step)
	}
	for i, w := range o.Windows {
		if w <= 0 || w%o.Step != 0 {
			return fmt.Errorf("window %s: must be a multiple of the step, %s", w, o.Step)
		}
		if i > 0 && w <= o.Windows[i-1] {
			return fmt.Errorf("window %s: the windows must ascend", w)
		}
	}
	switch {
	case !(o.FalseAlarms > 0) || math.IsInf(o.FalseAlarms, 0) || o.Per <= 0:
		return fmt.Errorf("budget of %v false alarms in %s: both must be positive", o.FalseAlarms, o.Per)
	case o.HalfLife < o.Step:
		return fmt.Errorf("half-life %s: must be at least the step, %s", o.HalfLife, o.Step)
	case o.MinHistory < 0 || o.MinCount < 0:
		return fmt.Errorf("least history %s and count %d: must not be negative", o.MinHistory, o.MinCount)
	}
	return nil
}

// yearly reports whether the year is to the steps what the week is to hours.
func (o Options) yearly() bool { return o.Step >= 7*day }

// leastMemory is how many steps variances and excursions are remembered at least.
const leastMemory = 200

func (o Options) longest() time.Duration { return o.Windows[len(o.Windows)-1] }

func defaultWindows(step time.Duration) []time.Duration {
	if step >= 24*time.Hour {
		return []time.Duration{step, 2 * step, 3 * step}
	}
	var windows []time.Duration
	for _, minutes := range []int{15, 60, 120, 180, 300, 480, 720, 1440, 4320} {
		if w := time.Duration(minutes) * time.Minute; w%step == 0 && w/step <= maxSlots {
			windows = append(windows, w)
		}
	}
	if len(windows) == 0 {
		windows = []time.Duration{step, 2 * step, 4 * step}
	}
	return windows
}

// maxSlots bounds the state: it is how many steps the longest of the default
// windows has.
const maxSlots = 600
