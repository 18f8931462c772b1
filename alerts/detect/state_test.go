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
