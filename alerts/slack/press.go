package slack

import (
	"context"
	"time"

	slackapi "github.com/slack-go/slack"

	"marsad/timeline"
)

// The action ids of a message's buttons. The value of each is the incident's id.
const (
	ActionAck            = "ack"
	ActionSnooze1h       = "snooze_1h"
	ActionSnooze4h       = "snooze_4h"
	ActionSnooze24h      = "snooze_24h"
	ActionMute           = "mute"
	ActionLabelTrue      = "label_true"
	ActionLabelFalse     = "label_false"
	ActionLabelDuplicate = "label_duplicate"
)

// Responses is where what people press is kept.
type Responses interface {
	// Incident gives an incident by its id; timeline.ErrNotFound when there is none.
	Incident(ctx context.Context, id string) (timeline.Incident, error)
	Acknowledge(ctx context.Context, incident string, a timeline.Acknowledgement) error
	Label(ctx context.Context, incident string, f timeline.Feedback) error
	// SetSilence takes the place of the topic's last silence.
	SetSilence(ctx context.Context, q timeline.Silence) error
}

// press is a button that somebody pressed.
type press struct {
	action   string
	incident string
	by       string
	at       time.Time
}

// presses reads the buttons pressed out of what Slack sends. Links are buttons
// too, and Slack tells of them; they have actions of other names.
func presses(callback *slackapi.InteractionCallback, by string, at time.Time) []press {
	var all []press
	for _, a := range callback.ActionCallback.BlockActions {
		if a != nil && isAction(a.ActionID) && a.Value != "" {
			all = append(all, press{a.ActionID, a.Value, by, at})
		}
	}
	return all
}

func isAction(id string) bool {
	switch id {
	case ActionAck, ActionMute, ActionLabelTrue, ActionLabelFalse, ActionLabelDuplicate:
		return true
	}
	return snooze(id) > 0
}

// snooze is for how long an action snoozes the topic; 0 when it does not.
func snooze(action string) time.Duration {
	switch action {
	case ActionSnooze1h:
		return time.Hour
	case ActionSnooze4h:
		return 4 * time.Hour
	case ActionSnooze24h:
		return 24 * time.Hour
	}
	return 0
}

// apply records what a press says; a silence, of all the topics that the message
// tells of. Pressing the same again changes nothing but the time; pressing mute on
// a muted topic lifts it.
func (p press) apply(ctx context.Context, r Responses) error {
	incident, err := r.Incident(ctx, p.incident)
	if err != nil {
		return err
	}
	silence := timeline.Silence{By: p.by, At: p.at}
	feedback := timeline.Feedback{By: p.by, At: p.at}
	switch p.action {
	case ActionAck:
		return r.Acknowledge(ctx, incident.ID, timeline.Acknowledgement{By: p.by, At: p.at})
	case ActionLabelTrue:
		feedback.Label = timeline.LabelTrue
	case ActionLabelFalse:
		feedback.Label = timeline.LabelFalse
	case ActionLabelDuplicate:
		feedback.Label = timeline.LabelDuplicate
	case ActionMute:
		if incident.Silence.Muted() {
			silence.Until = p.at
		}
		return setSilences(ctx, r, silence, incident.Topics())
	default:
		silence.Until = p.at.Add(snooze(p.action))
		return setSilences(ctx, r, silence, incident.Topics())
	}
	return r.Label(ctx, incident.ID, feedback)
}

func setSilences(ctx context.Context, r Responses, q timeline.Silence, topics []string) error {
	for _, topic := range topics {
		q.Topic = topic
		if err := r.SetSilence(ctx, q); err != nil {
			return err
		}
	}
	return nil
}
