package slack

import (
	"context"
	"errors"
	"fmt"

	slackapi "github.com/slack-go/slack"

	"marsad/timeline"
)

// Finding is what was found of a part of the setup.
type Finding struct {
	What string // token, or a channel as it is configured
	Text string // what is right with it
	Err  error  // what is wrong; nil when nothing is
}

// Check asks Slack whether the token is good, and whether the app may post in the
// channels, and posts nothing. An incoming webhook cannot be asked. The error says
// that the token could not be tried; see [Remedy].
func (n *Notifier) Check(ctx context.Context, channels []string) ([]Finding, error) {
	if n.api == nil {
		return []Finding{{What: "webhook", Text: "cannot be tried without posting; marsad slack test does"}}, nil
	}
	who, err := n.api.AuthTestContext(ctx)
	if err != nil {
		return nil, classify("auth.test", err)
	}
	findings := []Finding{{What: "token", Text: fmt.Sprintf("%s in workspace %s", who.User, who.Team)}}
	for _, channel := range channels {
		findings = append(findings, n.checkChannel(ctx, channel))
	}
	return findings, nil
}

func (n *Notifier) checkChannel(ctx context.Context, channel string) Finding {
	f := Finding{What: "channel " + channel}
	id, err := n.channelID(ctx, channel)
	if err != nil {
		return f.orUnknown(err)
	}
	info, err := n.api.GetConversationInfoContext(ctx, &slackapi.GetConversationInfoInput{ChannelID: id})
	switch {
	case err != nil:
		return f.orUnknown(classify("conversations.info", err))
	case info.IsArchived:
		f.Err = &timeline.DeliveryError{Permanent: true, Err: slackapi.SlackErrorResponse{Err: "is_archived"}}
	case !info.IsMember && !info.IsIM:
		f.Err = &timeline.DeliveryError{Permanent: true, Err: slackapi.SlackErrorResponse{Err: "not_in_channel"}}
	default:
		f.Text = "the app is in it"
	}
	return f
}

// orUnknown is a finding that is right when the token may post and not look: it was
// given no more than it needs.
func (f Finding) orUnknown(err error) Finding {
	if code(err) == "missing_scope" {
		f.Text = "the token may not look channels up; marsad slack test posts in it"
		return f
	}
	f.Err = err
	return f
}

// Remedy says what to do about an error of Check; nothing where that is unknown.
func Remedy(err error) string {
	switch code(err) {
	case "not_authed", "invalid_auth", "account_inactive", "token_revoked", "token_expired", "not_allowed_token_type":
		return "copy the bot token (xoxb-...) from the app's page OAuth & Permissions into slack.token; docs/SLACK.md has the steps"
	case "missing_scope":
		return "add the scope on the app's page OAuth & Permissions, and install the app again; docs/SLACK.md has the scopes"
	case "not_in_channel":
		return "write /invite and the app's name in the channel"
	case "is_archived":
		return "name another channel, or take it out of the archive"
	case "channel_not_found", "":
		if failed, ok := errors.AsType[*timeline.DeliveryError](err); ok && !failed.Permanent {
			return "check the network, and slack.api_url"
		}
		return "check the name; a private channel is seen once the app was invited to it"
	}
	return ""
}

// code is what Slack calls the error; empty when it is none of Slack's.
func code(err error) string {
	refused, _ := errors.AsType[slackapi.SlackErrorResponse](err)
	return refused.Err
}
