package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"

	slackapi "github.com/slack-go/slack"

	"marsad/timeline"
)

// maxWebhookAnswer is how much of a webhook's answer is read; Slack's are a word.
const maxWebhookAnswer = 4096

// notifyWebhook says that an incident opened, that it still is, and that it is over. What cannot be
// looked up is posted twice at most.
func (n *Notifier) notifyWebhook(ctx context.Context, notice timeline.Notice) (timeline.Receipt, error) {
	receipt := timeline.Receipt{Channel: WebhookChannel}
	var m message
	switch notice.Kind {
	case timeline.NoticeOpening:
		as := notice.Incident
		as.State = timeline.IncidentOpen // its end has a message of its own
		m = n.renderer.message(&as)
	case timeline.NoticeResolution:
		m = n.renderer.message(&notice.Incident)
	case timeline.NoticeReport:
		m = n.renderer.report(notice.Report)
	case timeline.NoticeRepeat:
		m = n.renderer.reply(&notice)
	default:
		return receipt, nil
	}
	if notice.Unsure >= mostBlind {
		// Slack has had it twice; that it has it is the likelier mistake.
		n.log.WarnContext(ctx, "slack webhook got a notice twice without an answer, it is taken as delivered", slog.String("notice", notice.ID))
		return receipt, nil
	}
	if notice.Unsure > 0 {
		n.blind()
	}
	if err := n.postWebhook(ctx, m); err != nil {
		return timeline.Receipt{}, err
	}
	return receipt, nil
}

// postWebhook posts to the incoming webhook. The client library would drop the
// body of a refusal, which is where Slack says why.
func (n *Notifier) postWebhook(ctx context.Context, m message) error {
	off := false
	body, err := json.Marshal(slackapi.WebhookMessage{
		Text:        m.text,
		Blocks:      &slackapi.Blocks{BlockSet: m.blocks},
		Parse:       "none",
		UnfurlLinks: &off,
		UnfurlMedia: &off,
	})
	if err != nil {
		return &timeline.DeliveryError{Permanent: true, Err: fmt.Errorf("webhook: encoding: %w", err)}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, n.cfg.Webhook.Reveal(), bytes.NewReader(body))
	if err != nil {
		// The error would quote the address.
		return &timeline.DeliveryError{Permanent: true, Err: errors.New("webhook: the address cannot be used; copy slack.webhook anew")}
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := n.http.Do(req)
	if err != nil {
		return transportFailure(ctx, "webhook", err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxWebhookAnswer))
	switch {
	case resp.StatusCode != http.StatusOK:
		return classifyWebhook(resp.StatusCode, resp.Header, string(answer))
	case err != nil:
		return transportFailure(ctx, "webhook", err)
	}
	return nil
}
