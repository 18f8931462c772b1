package slack

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	slackapi "github.com/slack-go/slack"

	"marsad/timeline"
)

// permanentCodes are the error codes of chat.postMessage, chat.update and
// incoming webhooks that another try will not mend: the token, the channel, the
// app's rights or the message is wrong. Codes that are not listed are tried
// again, for losing an alert is worse than a late one.
// Source: docs.slack.dev, the methods' tables of errors.
var permanentCodes = []string{
	// the token and the workspace
	"not_authed", "invalid_auth", "account_inactive", "token_revoked", "token_expired", "no_permission",
	"missing_scope", "not_allowed_token_type", "ekm_access_denied", "enterprise_is_restricted",
	"team_access_not_granted", "access_denied", "invalid_token", "no_service", "no_service_id", "no_team",
	"team_disabled", "user_not_found", "two_factor_setup_required", "deprecated_endpoint", "method_deprecated",
	// the channel
	"channel_not_found", "not_in_channel", "is_archived", "channel_is_archived", "restricted_action",
	"restricted_action_read_only_channel", "restricted_action_thread_only_channel",
	"restricted_action_non_threadable_channel", "action_prohibited", "posting_to_general_channel_denied",
	"posting_to_channel_denied", "cannot_reply_to_message", "cannot_dm_bot", "as_user_not_supported",
	// the message
	"msg_too_long", "msg_blocks_too_long", "no_text", "invalid_blocks", "invalid_blocks_format", "invalid_payload",
	"too_many_attachments", "invalid_arguments", "invalid_arg_name", "invalid_array_arg", "invalid_charset",
	"invalid_form_data", "invalid_post_type", "missing_post_type", "markdown_text_conflict", "message_not_found",
	"cant_update_message", "edit_window_closed", "update_failed", "block_mismatch", "thread_not_found",
	// the method
	"unknown_method", "invalid_cursor", "invalid_ts_oldest", "invalid_limit", "method_not_supported_for_channel_type",
}

// codesOfLostMessages say that there is a token and a channel, but that this
// message can no longer be rewritten.
var codesOfLostMessages = []string{"message_not_found", "cant_update_message", "edit_window_closed", "thread_not_found", "cannot_reply_to_message"}

// codesOfBlocks say that Slack does not take the blocks.
var codesOfBlocks = []string{"invalid_blocks", "invalid_blocks_format"}

// cannotUpdate reports whether the resolution needs a message of its own.
func cannotUpdate(err error) bool {
	var refused slackapi.SlackErrorResponse
	return errors.As(err, &refused) && slices.Contains(codesOfLostMessages, refused.Err)
}

// classify says what to do about an error of the client library. The text of
// the result holds no address and no secret.
func classify(method string, err error) *timeline.DeliveryError {
	var (
		limited *slackapi.RateLimitedError
		status  slackapi.StatusCodeError
		refused slackapi.SlackErrorResponse
	)
	switch {
	case errors.As(err, &limited):
		// Slack may have taken what it asks to send later.
		return &timeline.DeliveryError{After: max(limited.RetryAfter, 0), Unsure: true, Err: fmt.Errorf("%s: %w", method, err)}
	case errors.As(err, &status):
		permanent := permanentStatus(status.Code)
		return &timeline.DeliveryError{Permanent: permanent, Unsure: !permanent, Err: fmt.Errorf("%s: %w", method, err)}
	case errors.As(err, &refused):
		permanent := slices.Contains(permanentCodes, refused.Err)
		return &timeline.DeliveryError{
			Permanent: permanent, Unsure: !permanent,
			Err: fmt.Errorf("%s: %w%s", method, refused, details(refused)),
		}
	}
	return &timeline.DeliveryError{Unsure: !neverSent(err), Err: fmt.Errorf("%s: %w", method, withoutURL(err))}
}

// neverSent reports whether the error says that there was no connection to send
// anything over.
func neverSent(err error) bool {
	op, found := errors.AsType[*net.OpError](err)
	return found && op.Op == "dial"
}

// details are Slack's own words on what is missing or malformed, where it has any.
func details(refused slackapi.SlackErrorResponse) string {
	var b strings.Builder
	if refused.Needed != "" {
		fmt.Fprintf(&b, "; the token lacks the scope %s", brief(refused.Needed))
	}
	if messages := refused.ResponseMetadata.Messages; len(messages) > 0 {
		fmt.Fprintf(&b, " (%s)", brief(strings.Join(messages, "; ")))
	}
	return b.String()
}

// permanentStatus reports whether a status other than 200 will stay: 4xx but for
// those that are about time.
func permanentStatus(code int) bool {
	return code >= 300 && code < 500 && code != http.StatusRequestTimeout && code != http.StatusTooManyRequests
}

// classifyWebhook does the same for the answer of an incoming webhook, which
// says in plain text what is wrong. What it answers is believed: it cannot be
// asked afterwards.
func classifyWebhook(status int, header http.Header, body string) *timeline.DeliveryError {
	code := strings.TrimSpace(body)
	failed := &timeline.DeliveryError{Err: fmt.Errorf("webhook: status %d", status)}
	switch {
	case status == http.StatusTooManyRequests:
		if seconds, err := strconv.ParseUint(header.Get("Retry-After"), 10, 31); err == nil {
			failed.After = time.Duration(seconds) * time.Second
		}
	case slices.Contains(permanentCodes, code):
		// Only a code that is known goes into the text: anything else that
		// answers may echo the request.
		failed.Permanent = true
		failed.Err = fmt.Errorf("webhook: status %d, %s", status, code)
	default:
		failed.Permanent = permanentStatus(status)
	}
	return failed
}

// withoutURL drops what net/http says about where a request went: a webhook's
// address is its secret.
func withoutURL(err error) error {
	if at, found := errors.AsType[*url.Error](err); found {
		return at.Err
	}
	return err
}

// brief keeps a server's words to a length fit for a log line.
func brief(s string) string { return truncate(plain(s), 300) }

// transportFailure is the error of a request that got no answer.
func transportFailure(ctx context.Context, what string, err error) *timeline.DeliveryError {
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	return &timeline.DeliveryError{Unsure: !neverSent(err), Err: fmt.Errorf("%s: %w", what, withoutURL(err))}
}
