package detect_test

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"marsad/alerts/detect"
	"marsad/timeline"
)

var hourly = detect.Options{Step: time.Hour, FalseAlarms: 1, Per: 4 * week}

// steady gives so many hours of one mention in a hundred articles.
func steady(hours int) []detect.Sample {
	samples := make([]detect.Sample, hours)
	for i := range samples {
		samples[i] = detect.Sample{Step: epoch.Add(time.Duration(i) * time.Hour), Count: 1, Exposure: 100}
	}
	return samples
}

func last(t *testing.T, samples []detect.Sample) []detect.Judgement {
	t.Helper()
	return judgeFrom(t, hourly, samples, samples[len(samples)-1].Step)
}

func TestWarmingUpIsSaid(t *testing.T) {
	samples := steady(9 * 24)
	samples[100].Count = 500 // even then
	var promised time.Time
	for i, j := range judgeFrom(t, hourly, samples, epoch) {
		warm := j.Step.Add(hourly.Step).Sub(epoch) >= 7*day
		if j.Window <= day && (j.State == timeline.WarmingUp) == warm {
			t.Fatalf("judgement %d of %s: %s", i, j.Step, j.State)
		}
		if !warm {
			if j.P != 1 || j.Upper != 0 || j.Rarity != 0 {
				t.Fatalf("warming up, and says P %v, upper %d, rarity %v", j.P, j.Upper, j.Rarity)
			}
			promised = j.WarmUntil
		}
	}
	if want := epoch.Add(7 * day); !promised.Equal(want) {
		t.Errorf("warm until %s, was from %s", promised, want)
	}
}

func TestGrownCollectionWarmsUpAgain(t *testing.T) {
	samples := steady(30 * 24)
	newest := &samples[len(samples)-1]
	newest.Exposure *= 1e5
	newest.Count = 1000
	for _, j := range last(t, samples) {
		if j.State != timeline.WarmingUp {
			t.Errorf("window %s: %s", j.Window, j.State)
		}
	}
}

func TestUncoveredIsSaid(t *testing.T) {
	samples := steady(30 * 24)
	for i := range samples[len(samples)-6:] {
		samples[len(samples)-6+i].Exposure = 0
	}
	var states []timeline.EvaluationState
	for _, j := range last(t, samples) {
		states = append(states, j.State)
	}
	const no, yes = timeline.Uncovered, timeline.Normal
	want := []timeline.EvaluationState{no, no, no, no, yes, yes, yes, yes}
	if diff := cmp.Diff(want, states); diff != "" {
		t.Error(diff)
	}
}

func TestQuietNightsOfASmallCollectionAreCovered(t *testing.T) {
	var samples []detect.Sample
	for _, s := range steady(9 * 24) {
		if s.Step.Hour()%5 == 0 {
			samples = append(samples, s)
		}
	}
	if j := last(t, samples)[6]; j.State != timeline.Normal {
		t.Errorf("after nine days: %s", j.State)
	}
}

func TestExposureExplainsCounts(t *testing.T) {
	samples := steady(30 * 24)
	newest := &samples[len(samples)-1]
	newest.Count, newest.Exposure = 20, 2000
	if j := last(t, samples)[0]; j.State != timeline.Normal || j.Expected < 19 || j.Expected > 21 {
		t.Errorf("twenty times as much collected: %s, expected %v", j.State, j.Expected)
	}
	newest.Exposure = 100
	if j := last(t, samples)[0]; j.State != timeline.Alarming {
		t.Errorf("twenty times as much found: %s", j.State)
	}
}

func TestArchivedCountsFireNothing(t *testing.T) {
	samples := steady(30 * 24)
	newest := &samples[len(samples)-1]
	newest.Count, newest.Archived = 40, 40
	for _, j := range last(t, samples) {
		if j.State != timeline.Normal || j.Observed >= int(j.Window.Hours()) {
			t.Errorf("window %s: %s at %d", j.Window, j.State, j.Observed)
		}
	}
}

func TestWindowIsJudgedByWhatCameBefore(t *testing.T) {
	samples := steady(30 * 24)
	before := last(t, samples)
	for i, j := range before {
		if j.Window > day {
			continue // the rhythm may have learnt from its beginning
		}
		hours := int(j.Window.Hours())
		burst := slices.Clone(samples)
		for k := range burst[len(burst)-hours:] {
			burst[len(burst)-hours+k].Count = 100
		}
		if after := last(t, burst)[i]; after.Expected != j.Expected {
			t.Errorf("window %s: expected %v changed to %v by what it judges", j.Window, j.Expected, after.Expected)
		}
	}
}

func TestAftermathIsNoNews(t *testing.T) {
	samples := steady(40 * 24)
	burst := 30 * 24
	for i := range 4 {
		samples[burst+i].Count = 60
	}
	for _, j := range judgeFrom(t, hourly, samples, samples[burst].Step) {
		since := j.Step.Sub(samples[burst].Step)
		if j.State == timeline.Alarming && since >= 28*time.Hour {
			t.Errorf("window %s still alarms %s after the burst began", j.Window, since)
		}
	}
}

// TestRhythmIsLearnt has a topic of ten mentions at noon and none else, in a
// collection that comes in at all hours.
func TestRhythmIsLearnt(t *testing.T) {
	samples := steady(70 * 24)
	for i := range samples {
		if samples[i].Count = 0; samples[i].Step.Hour() == 12 {
			samples[i].Count = 10
		}
	}
	if j := last(t, samples[:69*24+13])[0]; j.State != timeline.Normal || j.Expected < 3 {
		t.Errorf("ten at noon: %s, expected %v", j.State, j.Expected)
	}
	samples[69*24+20].Count = 10
	if j := last(t, samples[:69*24+21])[0]; j.State != timeline.Alarming {
		t.Errorf("ten in the evening: %s, expected %v", j.State, j.Expected)
	}
}

// TestThresholdFollowsTheTail has a topic that has six mentions in an hour every
// few days, which no negative binomial of its mean would.
func TestThresholdFollowsTheTail(t *testing.T) {
	usual := steady(120 * 24)
	restless := slices.Clone(usual)
	for i := range restless {
		if i%61 == 60 {
			restless[i].Count = 9
		}
	}
	calm, heavy := last(t, usual)[0], last(t, restless)[0]
	if heavy.Upper < calm.Upper+3 {
		t.Errorf("alarms from %d on, the calm topic from %d on", heavy.Upper, calm.Upper)
	}
}

// TestOtherSteps finds a burst on grids from five minutes to a week.
func TestOtherSteps(t *testing.T) {
	for _, step := range []time.Duration{5 * time.Minute, 90 * time.Minute, day, week} {
		t.Run(step.String(), func(t *testing.T) {
			samples := make([]detect.Sample, 20*week/(5*time.Minute))
			if step >= day {
				samples = samples[:150]
			}
			for i := range samples {
				samples[i] = detect.Sample{Step: epoch.Add(time.Duration(i) * step), Count: i % 3, Exposure: 1}
			}
			o := detect.Options{Step: step, FalseAlarms: 1, Per: max(4*week, 52*step)}
			end := &samples[len(samples)-1]
			for range 2 {
				alarm := false
				for _, j := range judgeFrom(t, o, samples, end.Step) {
					alarm = alarm || j.State == timeline.Alarming
				}
				if alarm != (end.Count > 5) {
					t.Errorf("alarm at %d: %v", end.Count, alarm)
				}
				end.Count = 100
			}
		})
	}
}

func TestRarestIsOneOfTheJudgements(t *testing.T) {
	d, err := detect.New(hourly)
	if err != nil {
		t.Fatal(err)
	}
	if j, found := d.Rarest(); found {
		t.Errorf("nothing observed, and judged: %v", j)
	}
	alarms := 0
	for _, s := range (quiet{2, 0.5, day}).samples(time.Hour, 10*week, 3) {
		if err := d.Observe(s); err != nil {
			t.Fatal(err)
		}
		rarest, _ := d.Rarest()
		most, listed := 0.0, false
		for _, j := range d.Judge() {
			most = max(most, j.Rarity)
			listed = listed || j == rarest
		}
		if !listed || most > 1 && rarest.Rarity < most {
			t.Fatalf("%+v, and the rarest look is %v", rarest, most)
		}
		if rarest.State == timeline.Alarming {
			alarms++
		}
	}
	if alarms == 0 {
		t.Error("nothing ever stood out")
	}
}

func TestPastOutbreakHidesNoLaterOne(t *testing.T) {
	samples := steady(40 * 24)
	usual := last(t, samples)
	for i := range 24 {
		samples[30*24+i].Count = 200
	}
	for i, j := range last(t, samples) {
		if j.Upper > 3*usual[i].Upper {
			t.Errorf("window %s: alarms from %d on, before the outbreak from %d on", j.Window, j.Upper, usual[i].Upper)
		}
	}
}

func TestLastingRiseIsLearnt(t *testing.T) {
	samples := steady(90 * 24)
	for i := range samples[30*24:] {
		samples[30*24+i].Count = 4
	}
	if j := last(t, samples)[0]; j.Expected < 3 {
		t.Errorf("after 60 days at 4 an hour: expected %v", j.Expected)
	}
}

func TestRarityIsOneAtTheBudget(t *testing.T) {
	samples := steady(30 * 24)
	for n := range 20 {
		samples[len(samples)-1].Count = n
		for _, j := range last(t, samples) {
			if (j.Rarity > 1) != (j.State == timeline.Alarming) {
				t.Errorf("window %s: %s at rarity %v", j.Window, j.State, j.Rarity)
			}
		}
	}
	samples[len(samples)-1].Count = 40
	alarm := last(t, samples)[0]
	strict := hourly
	strict.Per *= 10
	rarer := judgeFrom(t, strict, samples, alarm.Step)[0]
	if alarm.P != rarer.P || alarm.Upper >= rarer.Upper || alarm.Rarity <= rarer.Rarity || rarer.Rarity <= 1 {
		t.Errorf("a tenth of the budget: P %v and %v, upper %d and %d, rarity %v and %v",
			alarm.P, rarer.P, alarm.Upper, rarer.Upper, alarm.Rarity, rarer.Rarity)
	}
}

// Of a step of which more mentions are known than exposure, more is expected.
func TestAhead(t *testing.T) {
	samples := append(steady(30*24), detect.Sample{Step: epoch.Add(30 * day), Count: 1, Exposure: 50, Ahead: 1.6})
	if j := last(t, samples)[0]; math.Abs(j.Expected-0.8) > 0.01 || j.Exposure != 50 {
		t.Errorf("%+v, want 0.8 expected", j)
	}
}

// The first step after a gap may bring what the gap kept back, if it is not known
// how much was collected; not more, and the next one not.
func TestBacklog(t *testing.T) {
	const rate = 20
	usual := make([]detect.Sample, 30*24)
	for i := range usual {
		usual[i] = detect.Sample{Step: epoch.Add(time.Duration(i) * time.Hour), Count: rate, Exposure: 1, Backlog: true}
	}
	gap := 7 * time.Hour
	for name, c := range map[string]struct {
		after   time.Duration
		count   int
		backlog bool
		alarms  bool
	}{
		"what was kept back":          {gap, 8 * rate, true, false},
		"more than that":              {gap, 20 * rate, true, true},
		"as much, of a known hour":    {gap, 8 * rate, false, true},
		"as much, and nothing missed": {0, 8 * rate, true, true},
	} {
		samples := append(slices.Clone(usual), detect.Sample{
			Step: epoch.Add(30*day + c.after), Count: c.count, Exposure: 1, Backlog: c.backlog,
		})
		judgements := last(t, samples)
		alarms := slices.ContainsFunc(judgements, func(j detect.Judgement) bool { return j.State == timeline.Alarming })
		if alarms != c.alarms {
			t.Errorf("%s: %+v", name, judgements)
		}
	}
}

func TestBadSamplesAreRefused(t *testing.T) {
	for name, bad := range map[string]detect.Sample{
		"is no amount":     {Step: epoch.Add(day), Exposure: -1},
		"is no factor":     {Step: epoch.Add(day), Exposure: 1, Ahead: math.NaN()},
		"are no counts":    {Step: epoch.Add(day), Count: 1, Archived: 2, Exposure: 1},
		"in time order":    {Step: epoch, Exposure: 1},
		"not after the on": {Step: epoch.Add(30 * time.Minute), Exposure: 1},
	} {
		d, err := detect.New(hourly)
		if err != nil {
			t.Fatal(err)
		}
		if got := d.Judge(); got != nil {
			t.Errorf("nothing observed, and judged: %v", got)
		}
		if err := d.Observe(detect.Sample{Step: epoch, Count: 1, Exposure: 1}); err != nil {
			t.Fatal(err)
		}
		want := d.Judge()
		if err := d.Observe(bad); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%+v: %v, want %q", bad, err, name)
		}
		if diff := cmp.Diff(want, d.Judge()); diff != "" {
			t.Errorf("%+v left its mark:\n%s", bad, diff)
		}
	}
}

func TestBadOptionsAreRefused(t *testing.T) {
	for want, change := range map[string]func(*detect.Options){
		"step 0s":         func(o *detect.Options) { o.Step = 0 },
		"multiple of":     func(o *detect.Options) { o.Windows = []time.Duration{90 * time.Minute} },
		"must ascend":     func(o *detect.Options) { o.Windows = []time.Duration{2 * time.Hour, time.Hour} },
		"budget of 0":     func(o *detect.Options) { o.FalseAlarms = 0 },
		"half-life":       func(o *detect.Options) { o.HalfLife = time.Minute },
		"least history -": func(o *detect.Options) { o.MinHistory = -day },
	} {
		o := hourly
		change(&o)
		if _, err := detect.New(o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %q", o, err, want)
		}
	}
}

func FuzzDetector(f *testing.F) {
	f.Add([]byte{1, 2, 3, 0, 0, 255, 9})
	f.Add([]byte{0})
	f.Fuzz(func(t *testing.T, hours []byte) {
		d, err := detect.New(hourly)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range steady(8 * 24) {
			if err := d.Observe(s); err != nil {
				t.Fatal(err)
			}
		}
		for i, b := range hours[:min(len(hours), 100)] {
			s := detect.Sample{
				Step:     epoch.Add(time.Duration(8*24+i) * time.Hour),
				Count:    int(b) * int(b>>4),
				Exposure: float64(b&7) * 1000,
			}
			if err := d.Observe(s); err != nil {
				t.Fatal(err)
			}
			for _, j := range d.Judge() {
				if !(j.P >= 0 && j.P <= 1) || !(j.Expected >= 0) || !(j.Dispersion >= 0) || !(j.Rarity >= 0) {
					t.Fatalf("%+v", j)
				}
				if j.State == timeline.Alarming && (j.Upper == 0 || j.Observed < j.Upper) {
					t.Fatalf("%s at %d, upper %d", j.State, j.Observed, j.Upper)
				}
			}
		}
	})
}

// BenchmarkStep is a step of a stream; BenchmarkJudge looks at every window too.
func BenchmarkStep(b *testing.B) {
	benchmark(b, func(d *detect.Detector) { d.Rarest() })
}

func BenchmarkJudge(b *testing.B) {
	benchmark(b, func(d *detect.Detector) { d.Judge() })
}

func benchmark(b *testing.B, look func(*detect.Detector)) {
	b.Helper()
	d, err := detect.New(hourly)
	if err != nil {
		b.Fatal(err)
	}
	samples := quiet{rate: 2}.samples(time.Hour, 52*week, 1)
	fresh := d.Clone()
	for i := 0; b.Loop(); i++ {
		if i == len(samples) { // of a longer stream the time would overflow
			i, d = 0, fresh.Clone()
		}
		s := samples[i]
		if err := d.Observe(s); err != nil {
			b.Fatal(err)
		}
		look(d)
	}
}
