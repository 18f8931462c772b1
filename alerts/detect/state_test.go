package detect

import (
	"errors"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"
)

// A detector that goes on from a stored state says what it would have said.
func TestStateGoesOn(t *testing.T) {
	t.Parallel()
	for name, step := range map[string]time.Duration{"ten minutes": 10 * time.Minute, "an hour": time.Hour, "a week": 7 * day} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := Options{Step: step, FalseAlarms: 1, Per: 4 * 7 * day}
			d, err := New(o)
			if err != nil {
				t.Fatal(err)
			}
			random := rand.New(rand.NewPCG(1, 2))
			at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
			observe := func(detectors ...*Detector) {
				s := Sample{Step: at, Count: random.IntN(4), Exposure: float64(random.IntN(3) * 50)}
				if s.Exposure == 0 {
					s.Count = 0
				}
				for _, d := range detectors {
					if err := d.Observe(s); err != nil {
						t.Fatal(err)
					}
				}
				at = at.Add(step)
			}
			for range 3000 {
				observe(d)
			}
			state, err := d.AppendBinary(nil)
			if err != nil {
				t.Fatal(err)
			}
			o.FalseAlarms = 2 // the budget is free to change
			restored, err := New(o)
			if err != nil {
				t.Fatal(err)
			}
			if err := restored.UnmarshalBinary(state); err != nil {
				t.Fatal(err)
			}
			restored.options.FalseAlarms = 1
			cloned := d.Clone()
			for range 100 {
				observe(d, restored)
				if want, got := d.Judge(), restored.Judge(); !reflect.DeepEqual(want, got) {
					t.Fatalf("step %s: the restored detector judges\n%+v, the one that went on\n%+v", at, got, want)
				}
			}
			if reflect.DeepEqual(cloned.Judge(), d.Judge()) {
				t.Error("the clone went on with its original")
			}
		})
	}
}

// A thousand topics are learnt and recorded: each takes a few kilobytes.
func TestStateIsSmall(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		step time.Duration
		mean int
		most int
	}{
		"ten minutes":                 {10 * time.Minute, 2, 8000},
		"ten minutes of a busy topic": {10 * time.Minute, 3000, 8000},
		"an hour":                     {time.Hour, 10, 4000},
		"a week":                      {7 * day, 100, 1500},
	} {
		d, err := New(Options{Step: c.step, FalseAlarms: 1, Per: 4 * 7 * day})
		if err != nil {
			t.Fatal(err)
		}
		random := rand.New(rand.NewPCG(1, 2))
		at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		for range 5000 {
			if err := d.Observe(Sample{Step: at, Count: random.IntN(2 * c.mean), Exposure: 1 + float64(random.IntN(5000))}); err != nil {
				t.Fatal(err)
			}
			at = at.Add(c.step)
		}
		state, err := d.AppendBinary(nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(state) > c.most {
			t.Errorf("%s: %d bytes, want at most %d", name, len(state), c.most)
		}
		t.Logf("%s: %d bytes", name, len(state))
	}
}

func TestStateOfAnother(t *testing.T) {
	t.Parallel()
	hourly := Options{Step: time.Hour, FalseAlarms: 1, Per: 4 * 7 * day}
	d, err := New(hourly)
	if err != nil {
		t.Fatal(err)
	}
	state, err := d.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	longer := hourly
	longer.HalfLife = 30 * day
	other, err := New(longer)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		d     *Detector
		state []byte
	}{
		"nothing":       {d, nil},
		"other options": {other, state},
		"cut off":       {d, state[:len(state)-1]},
		"too long":      {d, append(append([]byte{}, state...), 0)},
	} {
		if err := c.d.UnmarshalBinary(c.state); !errors.Is(err, ErrState) {
			t.Errorf("%s: error %v, want %v", name, err, ErrState)
		}
	}
}
