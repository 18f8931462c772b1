package detect_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"gonum.org/v1/gonum/stat/distuv"

	"marsad/alerts/detect"
	"marsad/timeline"
)

const (
	day  = 24 * time.Hour
	week = 7 * day
)

// quiet is a series in which nothing happens: a gamma-Poisson count a step, its
// mean redrawn every span, scaled by the exposure of a rhythm of day and night.
type quiet struct {
	rate       float64 // mentions an hour
	dispersion float64
	span       time.Duration
}

func (q quiet) samples(step time.Duration, length time.Duration, seed uint64) []detect.Sample {
	source := rand.NewPCG(seed, 1)
	factor := 1.0
	samples := make([]detect.Sample, 0, length/step)
	for at := time.Duration(0); at < length; at += step {
		if q.dispersion > 0 && at%q.span == 0 {
			factor = distuv.Gamma{Alpha: 1 / q.dispersion, Beta: 1 / q.dispersion, Src: source}.Rand()
		}
		rhythm := 1 + 0.8*math.Sin(2*math.Pi*at.Hours()/24)
		mean := q.rate * step.Hours() * rhythm * factor
		samples = append(samples, detect.Sample{
			Step:     epoch.Add(at),
			Count:    int(distuv.Poisson{Lambda: mean, Src: source}.Rand()),
			Exposure: 200 * step.Hours() * rhythm,
		})
	}
	return samples
}

var epoch = time.Date(2026, time.January, 5, 0, 0, 0, 0, time.UTC)

// episodes counts alarms; those within half a day of the one before belong to it.
func episodes(t *testing.T, o detect.Options, samples []detect.Sample) (alarms int, judged time.Duration) {
	t.Helper()
	d, err := detect.New(o)
	if err != nil {
		t.Fatal(err)
	}
	var last time.Time
	for _, s := range samples {
		if err := d.Observe(s); err != nil {
			t.Fatal(err)
		}
		j, _ := d.Rarest()
		if j.State != timeline.WarmingUp {
			judged += o.Step
		}
		if j.State == timeline.Alarming {
			if s.Step.Sub(last) > day/2 {
				alarms++
			}
			last = s.Step
		}
	}
	return alarms, judged
}

// TestFalseAlarmsStayInBudget holds the promise on series in which nothing
// happens: at most 1.3 times the budget and, so that nothing is bought by never
// alarming, over all classes at least half of it.
func TestFalseAlarmsStayInBudget(t *testing.T) {
	total, promised := 0, 0.0
	for _, grid := range []struct {
		step   time.Duration
		rates  []float64
		series uint64
	}{
		{10 * time.Minute, []float64{0.5, 50}, 1},
		{time.Hour, []float64{0.02, 0.1, 0.5, 5, 150}, 4},
	} {
		for _, rate := range grid.rates {
			for _, q := range []quiet{{rate, 0, 0}, {rate, 0.3, time.Hour}, {rate, 0.1, day}} {
				alarms, judged := 0, time.Duration(0)
				for seed := range grid.series {
					o := detect.Options{Step: grid.step, FalseAlarms: 1, Per: week}
					a, j := episodes(t, o, q.samples(grid.step, 16*week, seed))
					alarms, judged = alarms+a, judged+j
				}
				budget := judged.Hours() / week.Hours()
				// Three standard deviations of a Poisson count for chance.
				if float64(alarms) > 1.3*budget+3*math.Sqrt(budget) {
					t.Errorf("step %s, %+v: %d false alarms, promised %.0f", grid.step, q, alarms, budget)
				}
				total, promised = total+alarms, promised+budget
			}
		}
	}
	t.Logf("%d false alarms, promised %.0f", total, promised)
	if float64(total) < promised/2 {
		t.Errorf("%d false alarms, promised %.0f: the detector hardly ever alarms", total, promised)
	}
}

func TestBurstsAreFound(t *testing.T) {
	for _, test := range []struct {
		rate  float64
		burst int
		hours int
		found bool
	}{
		{rate: 0, burst: 3, hours: 1, found: true},
		{rate: 0.05, burst: 4, hours: 1, found: true},
		{rate: 0.05, burst: 8, hours: 12, found: true},
		{rate: 0.5, burst: 10, hours: 1, found: true},
		{rate: 2, burst: 40, hours: 1, found: true},
		{rate: 50, burst: 400, hours: 6, found: true},
		{rate: 0, burst: 2, hours: 1, found: false},
		{rate: 5, burst: 3, hours: 1, found: false},
	} {
		t.Run(fmt.Sprintf("%d in %d h at %v", test.burst, test.hours, test.rate), func(t *testing.T) {
			samples := quiet{rate: test.rate}.samples(time.Hour, 5*week, 7)
			from := len(samples) - 30
			for i := range samples[from:] {
				samples[from+i].Count = int(test.rate * samples[from+i].Exposure / 200) // as usual
			}
			for i := range test.burst {
				samples[from+i%test.hours].Count++
			}
			found := false
			for _, j := range judgeFrom(t, detect.Options{Step: time.Hour, FalseAlarms: 1, Per: 4 * week}, samples, samples[from].Step) {
				found = found || j.State == timeline.Alarming
			}
			if found != test.found {
				t.Errorf("found: %v, want %v", found, test.found)
			}
		})
	}
}

// judgeFrom gives all judgements of steps at or after the instant.
func judgeFrom(t *testing.T, o detect.Options, samples []detect.Sample, from time.Time) []detect.Judgement {
	t.Helper()
	d, err := detect.New(o)
	if err != nil {
		t.Fatal(err)
	}
	var judgements []detect.Judgement
	for _, s := range samples {
		if err := d.Observe(s); err != nil {
			t.Fatal(err)
		}
		if !s.Step.Before(from) {
			judgements = append(judgements, d.Judge()...)
		}
	}
	return judgements
}
