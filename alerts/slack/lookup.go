package slack

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strconv"
	"time"

	slackapi "github.com/slack-go/slack"

	"marsad/timeline"
)

// marker names what a message is, in its metadata, so that it can be found again.
type marker struct {
	incident string
	part     string // "message", or the id of the notice that is a reply
}

// eventType is the event_type of the metadata of all messages.
const eventType = "marsad_notice"

func topMessage(n *timeline.Notice) marker { return marker{n.Incident.ID, "message"} }

func reply(n *timeline.Notice) marker { return marker{n.Incident.ID, n.ID} }

func (m marker) metadata() slackapi.SlackMetadata {
	return slackapi.SlackMetadata{EventType: eventType, EventPayload: map[string]any{"incident": m.incident, "part": m.part}}
}

func (m marker) isOn(message *slackapi.Message) bool {
	meta := message.Metadata
	return meta.EventType == eventType && meta.EventPayload["incident"] == m.incident && meta.EventPayload["part"] == m.part
}

// Bounds of a look-up.
const (
	historyPage  = 200 // messages; what Slack recommends
	historyPages = 25
	channelPage  = 1000 // channels; the most that Slack gives
	channelPages = 20
	// clockSkew is how far this clock may be ahead of Slack's, whose time stamps
	// messages.
	clockSkew = 5 * time.Minute
)

// mostBlind is how often a notice is posted at most that cannot be looked up and
// may be there: an alert twice is better than none, and no more than twice.
const mostBlind = 2

// lookUp finds what an attempt at the notice posted whose answer was lost: in the
// channel, or below the message thread in it. The receipt is zero when there is no
// such message, or when it may be posted without knowing.
func (n *Notifier) lookUp(ctx context.Context, channel, thread string, mark marker, notice *timeline.Notice) (timeline.Receipt, error) {
	if notice.Unsure == 0 {
		return timeline.Receipt{}, nil
	}
	id, found, err := n.find(ctx, channel, thread, mark, notice.Since.Add(-clockSkew))
	if err == nil {
		if found == "" {
			return timeline.Receipt{}, nil
		}
		n.learnID(channel, id)
		n.log.InfoContext(ctx, "slack message found that was posted before", slog.String("notice", notice.ID))
		return timeline.Receipt{Channel: id, TS: found}, nil
	}
	failed, ok := errors.AsType[*timeline.DeliveryError](err)
	switch {
	case ok && !failed.Permanent:
		failed.Unsure = false // nothing was posted this time
		return timeline.Receipt{}, failed
	case notice.Unsure >= mostBlind:
		return timeline.Receipt{}, &timeline.DeliveryError{Err: fmt.Errorf(
			"posted %d times without an answer, and not again before it can be looked up; give the app the scopes channels:history and channels:read: %w",
			notice.Unsure, err)}
	}
	n.blind()
	n.log.WarnContext(ctx, "slack message posted again without looking it up, it may be there twice",
		slog.String("notice", notice.ID), slog.Any("error", err))
	return timeline.Receipt{}, nil
}

// errTooMany says that a look-up came to its bound. It is permanent: later there
// are more messages still.
var errTooMany = errors.New("too many messages to look through")

// find gives the channel's id and the timestamp of the marked message, empty when
// there is none.
func (n *Notifier) find(ctx context.Context, channel, thread string, mark marker, oldest time.Time) (id, ts string, err error) {
	if id, err = n.channelID(ctx, channel); err != nil {
		return "", "", err
	}
	since := strconv.FormatInt(oldest.Unix(), 10) + ".000000"
	cursor := ""
	for range historyPages {
		var messages []slackapi.Message
		if messages, cursor, err = n.page(ctx, id, thread, since, cursor); err != nil {
			return "", "", err
		}
		for i := range messages {
			if mark.isOn(&messages[i]) {
				return id, messages[i].Timestamp, nil
			}
		}
		if cursor == "" {
			return id, "", nil
		}
	}
	return "", "", errTooMany
}

// page gives a page of a channel, or of a thread in it, and the cursor of the next.
func (n *Notifier) page(ctx context.Context, id, thread, since, cursor string) ([]slackapi.Message, string, error) {
	if thread != "" {
		messages, more, next, err := n.api.GetConversationRepliesContext(ctx, &slackapi.GetConversationRepliesParameters{
			ChannelID: id, Timestamp: thread, Oldest: since, Cursor: cursor, Limit: historyPage, IncludeAllMetadata: true,
		})
		if err != nil {
			return nil, "", classify("conversations.replies", err)
		}
		if !more {
			next = ""
		}
		return messages, next, nil
	}
	page, err := n.api.GetConversationHistoryContext(ctx, &slackapi.GetConversationHistoryParameters{
		ChannelID: id, Oldest: since, Cursor: cursor, Limit: historyPage, IncludeAllMetadata: true,
	})
	if err != nil {
		return nil, "", classify("conversations.history", err)
	}
	if !page.HasMore {
		return page.Messages, "", nil
	}
	return page.Messages, page.ResponseMetaData.NextCursor, nil
}

// isChannelID tells an id from a name: names have no upper case.
var isChannelID = regexp.MustCompile(`^[CGD][A-Z0-9]{6,}$`)

// channelID gives the id of a channel: that of the last message posted there,
// else what Slack says.
func (n *Notifier) channelID(ctx context.Context, channel string) (string, error) {
	if id := n.knownID(channel); id != "" {
		return id, nil
	}
	name, cursor := bareName(channel), ""
	for range channelPages {
		channels, next, err := n.api.GetConversationsContext(ctx, &slackapi.GetConversationsParameters{
			Cursor: cursor, Limit: channelPage, ExcludeArchived: true, Types: []string{"public_channel", "private_channel"},
		})
		if err != nil {
			return "", classify("conversations.list", err)
		}
		for i := range channels {
			if channels[i].Name == name {
				n.learnID(channel, channels[i].ID)
				return channels[i].ID, nil
			}
		}
		if cursor = next; cursor == "" {
			break
		}
	}
	return "", &timeline.DeliveryError{Permanent: true, Err: fmt.Errorf("conversations.list: no channel %q that the app may see", channel)}
}

func bareName(channel string) string {
	if len(channel) > 0 && channel[0] == '#' {
		return channel[1:]
	}
	return channel
}

func (n *Notifier) knownID(channel string) string {
	if isChannelID.MatchString(channel) {
		return channel
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.ids[channel]
}

func (n *Notifier) learnID(channel, id string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.ids[channel] = id
}
