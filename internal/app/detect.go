package app

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"

	"marsad/alerts"
	"marsad/alerts/detect"
	"marsad/timeline"
)

// stepVariable is the environment variable that sets the step of `marsad detect`
// where no flag does.
const stepVariable = "SPIKE_STEP_SECONDS"

// maxSeries is how many series `marsad detect` follows at once: some 8 KB each.
const maxSeries = 100_000

// DetectOptions are the flags of `marsad detect`.
type DetectOptions struct {
	Step   time.Duration // width of a step; 0: of the environment, else an hour
	Budget string        // false alarms a series, as in 1/4w
}

// Detect judges the series that come in as JSON Lines, and answers each line with
// one.
func Detect(ctx context.Context, env Env, o DetectOptions) error {
	step, err := detectStep(env, o.Step)
	if err != nil {
		return err
	}
	var budget alerts.Budget
	if err := budget.UnmarshalText([]byte(o.Budget)); err != nil {
		return fmt.Errorf("--budget: %w", err)
	}
	options := detect.Options{Step: step, FalseAlarms: budget.N, Per: budget.Per}
	if _, err := detect.New(options); err != nil {
		return err
	}
	j := judge{options: options, series: make(map[string]*detect.Detector)}
	out := bufio.NewWriterSize(env.Stdout, 1<<16)
	return errors.Join(j.judge(ctx, env.Stdin, out), out.Flush())
}

func detectStep(env Env, flag time.Duration) (time.Duration, error) {
	if flag != 0 {
		return flag, nil
	}
	value, found := env.LookupEnv(stepVariable)
	if !found || value == "" {
		return time.Hour, nil
	}
	seconds, err := strconv.ParseUint(value, 10, 31)
	if err != nil || seconds == 0 {
		return 0, fmt.Errorf("%s is %q: write a whole number of seconds, or give --step", stepVariable, value)
	}
	return time.Duration(seconds) * time.Second, nil
}

// judge has one detector for each series.
type judge struct {
	options detect.Options
	series  map[string]*detect.Detector
}

// countLine is a line of a series.
type countLine struct {
	Series   string    `json:"series"`
	T        time.Time `json:"t"`
	Count    int       `json:"count"`
	Exposure *float64  `json:"exposure"` // nil: as much as ever
}

func (j *judge) judge(ctx context.Context, in io.Reader, out *bufio.Writer) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 0, 1<<16), maxLine)
	var answer []byte
	for n := 1; lines.Scan(); n++ {
		if len(lines.Bytes()) == 0 {
			continue
		}
		var err error
		if answer, err = j.line(answer[:0], lines.Bytes()); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
		if _, err := out.Write(answer); err != nil {
			return fmt.Errorf("write the answer to line %d: %w", n, err)
		}
		if n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read series: %w", err)
	}
	return nil
}

// line appends the answer to a line.
func (j *judge) line(answer, line []byte) ([]byte, error) {
	var in countLine
	if err := json.Unmarshal(line, &in); err != nil {
		return nil, fmt.Errorf(`%w; write {"series":"name","t":"2026-01-05T10:00:00Z","count":3}`, err)
	}
	d, err := j.detector(in.Series)
	if err != nil {
		return nil, err
	}
	s := detect.Sample{Step: in.T, Count: in.Count, Exposure: 1, Backlog: true}
	if in.Exposure != nil {
		s.Exposure, s.Backlog = *in.Exposure, false
	}
	if err := d.Observe(s); err != nil {
		return nil, fmt.Errorf("series %q: %w", in.Series, err)
	}
	rarest, _ := d.Rarest() // one step at least was observed
	return appendJudgement(answer, &in, rarest), nil
}

func (j *judge) detector(series string) (*detect.Detector, error) {
	if d := j.series[series]; d != nil {
		return d, nil
	}
	if len(j.series) == maxSeries {
		return nil, fmt.Errorf("series %q is one more than %d: judge them in several runs", series, maxSeries)
	}
	d, err := detect.New(j.options)
	if err != nil {
		return nil, err
	}
	j.series[series] = d
	return d, nil
}

// scoreFloor is the rarity that scores 0: a billionth of what the budget allows.
const scoreFloor = 1e-9

// appendJudgement appends the rarest of the looks as a line of JSON. The score is
// the logarithm of the time in which chance brings as much once, in budgets; what
// is not rare at all scores 0.
func appendJudgement(b []byte, in *countLine, rarest detect.Judgement) []byte {
	name, _ := json.Marshal(in.Series) // a string always can be
	b = append(append(b, `{"series":`...), name...)
	b = in.T.AppendFormat(append(b, `,"t":"`...), time.RFC3339Nano)
	score := math.Log10(max(rarest.Rarity, scoreFloor) / scoreFloor)
	b = strconv.AppendFloat(append(b, `","score":`...), score, 'g', 6, 64)
	b = strconv.AppendFloat(append(b, `,"p":`...), rarest.P, 'g', 6, 64)
	b = strconv.AppendFloat(append(b, `,"expected":`...), rarest.Expected, 'g', 6, 64)
	b = strconv.AppendInt(append(b, `,"upper":`...), int64(rarest.Upper), 10)
	b = strconv.AppendBool(append(b, `,"alarm":`...), rarest.State == timeline.Alarming)
	return append(b, "}\n"...)
}
