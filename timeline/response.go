package timeline

import "time"

// Acknowledgement says that somebody has taken an incident in hand. The zero
// value says that nobody has.
type Acknowledgement struct {
	By string // who, as the receiver of notices names people
	At time.Time
}

// Feedback is what somebody thinks of an incident. The zero value is none.
type Feedback struct {
	Label Label
	By    string
	At    time.Time
}

// Label is a judgement of an incident.
type Label string

// The labels of incidents.
const (
	LabelTrue      Label = "true"      // worth an alarm
	LabelFalse     Label = "false"     // not worth one
	LabelDuplicate Label = "duplicate" // what another incident had told already
)

// Known reports whether the label is one of the three.
func (l Label) Known() bool { return l == LabelTrue || l == LabelFalse || l == LabelDuplicate }

// Silence says that the incidents of a topic are not announced for a while: the
// topic is snoozed, or muted when there is no end to it. They are recorded all the
// same. The zero value is none.
type Silence struct {
	Topic string
	Until time.Time // zero: until it is lifted
	By    string
	At    time.Time // when it was asked for; it holds from then on
}

// Active reports whether the silence holds at an instant. One whose end is not
// after its beginning never does: that is how it is lifted.
func (s Silence) Active(at time.Time) bool {
	return !s.At.IsZero() && (s.Until.IsZero() || at.Before(s.Until))
}

// Muted reports whether the silence has no end.
func (s Silence) Muted() bool { return !s.At.IsZero() && s.Until.IsZero() }
