package alerts

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"marsad/timeline"
)

// Unanswered is where it is looked up what nobody has acknowledged.
type Unanswered interface {
	// Unanswered gives the open incidents that nobody has acknowledged and that a
	// receiver was told of aloud before an instant and not since.
	Unanswered(ctx context.Context, before time.Time) ([]timeline.Unanswered, error)
}

// RepeaterOptions are what a repeater is made of. All but Silences and QuietHours
// is needed.
type RepeaterOptions struct {
	Every      time.Duration // 0: never
	QuietHours Hours
	Silences   []Maintenance
	Zone       *time.Location
	Unanswered Unanswered
	Results    Results
	Logger     *slog.Logger
}

// Repeater says incidents again that are open and that nobody has acknowledged, to
// people: the team, and channels. Programs need no reminding.
type Repeater struct{ opts RepeaterOptions }

// NewRepeater returns a repeater.
func NewRepeater(o RepeaterOptions) *Repeater { return &Repeater{o} }

// Repeat puts what is to be said again into the outbox. What was last said when is
// on record, so that a restart neither repeats nor forgets. It waits for the first
// step to be evaluated, and is not to be called while an Evaluator closes steps.
func (r *Repeater) Repeat(ctx context.Context, now time.Time) error {
	if r.opts.Every == 0 {
		return nil
	}
	unanswered, err := r.opts.Unanswered.Unanswered(ctx, now.Add(-r.opts.Every))
	if err != nil {
		return fmt.Errorf("repeat: %w", err)
	}
	result := timeline.StepResult{}
	for i := range unanswered {
		u := &unanswered[i]
		if u.Receiver != "" && !IsChannel(u.Receiver) || !r.wanted(&u.Incident, now) {
			continue
		}
		result.Notices = append(result.Notices,
			notices([]string{u.Receiver}, timeline.NoticeRepeat, u.Incident, timeline.News{}, now, strconv.FormatInt(u.Said.Unix(), 10))...)
	}
	if len(result.Notices) == 0 {
		return nil
	}
	if result.Step, err = r.opts.Results.LastStep(ctx); err != nil || result.Step.IsZero() {
		return err
	}
	if err := r.opts.Results.CommitStep(ctx, result); err != nil {
		return fmt.Errorf("repeat: %w", err)
	}
	r.opts.Logger.Info("incidents said again", "notices", len(result.Notices))
	return nil
}

// wanted reports whether somebody wants to hear of the incident now. What is of no
// topic cannot be acknowledged.
func (r *Repeater) wanted(i *timeline.Incident, now time.Time) bool {
	if i.Topic == timeline.NoTopic {
		return false
	}
	if i.Silence.Active(now) || i.Severity != SeverityCritical && !r.opts.QuietHours.end(now.In(r.opts.Zone)).IsZero() {
		return false
	}
	for k := range r.opts.Silences {
		if r.opts.Silences[k].holds(i.Topics(), now) {
			return false
		}
	}
	return true
}
