package alerts

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"marsad/timeline"
)

// holdAtMost is after how long it is asked again whether a notice that is held
// back still is: a silence may have been lifted in config.yaml.
const holdAtMost = 15 * time.Minute

// Why an opening is held back.
const (
	heldMuted   = "muted"
	heldSnoozed = "snoozed"
	heldSilence = "silences" // of config.yaml
	heldQuiet   = "quiet hours"
)

// Holding is where notices are held back.
type Holding interface {
	// HoldNotice puts a pending notice off without an attempt.
	HoldNotice(ctx context.Context, id, reason string, until time.Time) error
	// WithdrawNotices takes a receiver's pending notices of an incident out of the
	// outbox.
	WithdrawNotices(ctx context.Context, incident, receiver string) error
}

// QuietOptions are what a QuietOutbox is made of. All but QuietHours, Silences and
// Tellings is needed.
type QuietOptions struct {
	Outbox  Outbox
	Holding Holding
	// QuietHours are hours of the day in Zone in which nothing is announced that is
	// less than critical.
	QuietHours Hours
	Silences   []Maintenance
	// Tellings knows of the report of quiet hours, after which what they held back is
	// let out. nil: at their end.
	Tellings Tellings
	Zone     *time.Location
	Now      func() time.Time
	Logger   *slog.Logger
}

// QuietOutbox is an outbox that keeps openings of incidents to itself while nobody wants
// to hear of them: their topic is snoozed, muted or under maintenance, or it is
// night. An incident that is over before that is not announced any more; what came
// in quiet hours is let out after their report, see [Reporter].
type QuietOutbox struct {
	Outbox

	opts QuietOptions
}

// NewQuietOutbox returns the outbox.
func NewQuietOutbox(o QuietOptions) *QuietOutbox { return &QuietOutbox{o.Outbox, o} }

// DueNotices implements Outbox. Asked for a time ahead it gives what may be due
// then, and holds nothing back for it.
func (q *QuietOutbox) DueNotices(ctx context.Context, receiver string, at time.Time, limit int) ([]timeline.Notice, error) {
	for {
		// Before the notices are read: a report that is recorded meanwhile need not be
		// among them, and what it goes before would be let out.
		untold, err := q.untold(ctx, q.opts.Now())
		if err != nil {
			return nil, err
		}
		due, err := q.Outbox.DueNotices(ctx, receiver, at, limit)
		if err != nil {
			return nil, err
		}
		held := 0
		for i := range due {
			n := &due[i]
			now := q.opts.Now()
			if n.Kind != timeline.NoticeOpening || n.NextTry.After(now) {
				continue
			}
			was, err := q.hold(ctx, n, now, untold)
			if err != nil {
				return nil, err
			}
			if was {
				held++
			}
		}
		if held == 0 {
			return due, nil
		}
	}
}

// hold holds an opening back or withdraws it, if it is to be; untold, what quiet
// hours held back still waits.
func (q *QuietOutbox) hold(ctx context.Context, n *timeline.Notice, now time.Time, untold bool) (bool, error) {
	reason, until := q.reason(n, now)
	silenced := reason != "" && reason != heldQuiet || reason == "" && n.Held != "" && n.Held != heldQuiet
	if silenced && n.Incident.State == timeline.IncidentResolved {
		q.opts.Logger.Info("incident not announced", "incident", n.Incident.ID, "topic", n.Incident.Topic, "reason", cmp.Or(reason, n.Held))
		return true, q.opts.Holding.WithdrawNotices(ctx, n.Incident.ID, n.Receiver)
	}
	if reason == "" {
		if !untold || n.Held != heldQuiet {
			return false, nil
		}
		reason, until = heldQuiet, now.Add(untoldAgain)
	}
	if again := now.Add(holdAtMost); until.IsZero() || again.Before(until) {
		until = again
	}
	if n.Held != reason {
		q.opts.Logger.Info("notice held back", "notice", n.ID, "topic", n.Incident.Topic, "reason", reason)
	}
	return true, q.opts.Holding.HoldNotice(ctx, n.ID, reason, until)
}

// untoldAgain is how soon it is asked again whether quiet hours have been told of,
// and untoldAtMost how long after their end it is waited for: an alarm is worth
// more than its order.
const (
	untoldAgain  = 15 * time.Second
	untoldAtMost = 15 * time.Minute
)

// untold reports whether quiet hours are over and not told of yet: their report goes
// first, and may tell all there is to tell.
func (q *QuietOutbox) untold(ctx context.Context, now time.Time) (bool, error) {
	if q.opts.Tellings == nil || q.opts.QuietHours.IsZero() {
		return false, nil
	}
	_, ended := q.opts.QuietHours.after(now.Add(-untoldAtMost).In(q.opts.Zone))
	if ended.After(now) {
		return false, nil
	}
	until, err := q.opts.Tellings.ReportedUntil(ctx, timeline.ReportQuiet)
	return until.Before(ended), err
}

// reason says why the opening is held back at an instant and until when; empty
// when it is not. A zero time is open.
func (q *QuietOutbox) reason(n *timeline.Notice, now time.Time) (reason string, until time.Time) {
	i := &n.Incident
	if i.Silence.Active(now) {
		if i.Silence.Muted() {
			return heldMuted, time.Time{}
		}
		return heldSnoozed, i.Silence.Until
	}
	for _, m := range q.opts.Silences {
		if m.holds(i.Topics(), now) {
			return heldSilence, m.To.Time
		}
	}
	if i.Severity != SeverityCritical {
		if end := q.opts.QuietHours.end(now.In(q.opts.Zone)); !end.IsZero() {
			return heldQuiet, end
		}
	}
	return "", time.Time{}
}

// Maintenance is a time for which topics are not announced, set in advance.
type Maintenance struct {
	Topics []string `yaml:"topics"` // empty: all
	From   Instant  `yaml:"from"`
	To     Instant  `yaml:"to"`
	Reason string   `yaml:"reason"` // for those who read the configuration
}

// holds reports whether all of the topics are under maintenance.
func (m *Maintenance) holds(topics []string, at time.Time) bool {
	other := func(topic string) bool { return !slices.Contains(m.Topics, topic) }
	return !at.Before(m.From.Time) && at.Before(m.To.Time) && (len(m.Topics) == 0 || !slices.ContainsFunc(topics, other))
}

// Instant is a time in a configuration.
type Instant struct{ time.Time }

// UnmarshalText reads RFC 3339, with or without seconds.
func (i *Instant) UnmarshalText(text []byte) error {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00"} {
		if t, err := time.Parse(layout, string(text)); err == nil {
			i.Time = t
			return nil
		}
	}
	return fmt.Errorf("%q is not a time: write RFC 3339 with the zone, as in 2026-03-01T22:00:00+03:00", text)
}

// Hours are hours of each day, from a minute of the day to another, which may lie
// on the next. The zero value is none.
type Hours struct{ From, To time.Duration }

// IsZero reports whether there are none.
func (h Hours) IsZero() bool { return h == Hours{} }

// UnmarshalText reads HH:MM-HH:MM.
func (h *Hours) UnmarshalText(text []byte) error {
	from, to, _ := strings.Cut(string(text), "-")
	lo, errFrom := time.Parse("15:04", strings.TrimSpace(from))
	hi, errTo := time.Parse("15:04", strings.TrimSpace(to))
	if errFrom != nil || errTo != nil || lo.Equal(hi) {
		return fmt.Errorf("%q are not hours of the day: write HH:MM-HH:MM, as in 22:00-06:00", text)
	}
	midnight := time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)
	*h = Hours{lo.Sub(midnight), hi.Sub(midnight)}
	return nil
}

// after gives the first of the hours that end after an instant, by its zone's
// clock. There must be some.
func (h Hours) after(at time.Time) (from, to time.Time) {
	for day := -1; ; day++ {
		if from, to := h.on(at, day); to.After(at) {
			return from, to
		}
	}
}

// on gives the hours that begin so many days after the day of an instant.
func (h Hours) on(at time.Time, days int) (from, to time.Time) {
	clock := func(d time.Duration, days int) time.Time {
		return time.Date(at.Year(), at.Month(), at.Day()+days, int(d/time.Hour), int(d%time.Hour/time.Minute), 0, 0, at.Location())
	}
	if h.To < h.From {
		return clock(h.From, days), clock(h.To, days+1)
	}
	return clock(h.From, days), clock(h.To, days)
}

// end is when the hours that hold at an instant are over, by its zone's clock;
// zero when none hold.
func (h Hours) end(at time.Time) time.Time {
	if h.IsZero() {
		return time.Time{}
	}
	for day := -1; day <= 0; day++ { // those that began yesterday first
		if from, to := h.on(at, day); !at.Before(from) && at.Before(to) {
			return to
		}
	}
	return time.Time{}
}
