// Package slack tells a team in Slack about incidents: one message when a topic
// is suddenly in the news, which says how it ended once it has.
//
// With a bot token the opening is posted by chat.postMessage and the resolution
// rewrites that message by chat.update, so that a channel shows one message for
// one incident. With an incoming webhook, which cannot rewrite, the resolution
// is a message of its own.
//
// Everything that comes out of a feed is untrusted: see [plain], [mrkdwn] and
// [link] for what becomes of it.
package slack

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	slackapi "github.com/slack-go/slack"

	"marsad/timeline"
)

// Options are what a Notifier needs besides its section of config.yaml.
type Options struct {
	Language  string                    // of the notice's own words: en or ar; en when empty
	Zone      *time.Location            // in which times are written; UTC when nil
	BaseURL   string                    // of Marsad's pages, for the link to the topic; no link when empty
	ChannelOf func(topic string) string // channel of a topic, or empty for Config.Channel; may be nil
	// HTTPClient sends the requests. The default gives up after [requestTimeout]
	// and follows no redirect, which would hand the secret to another host.
	HTTPClient *http.Client
	Logger     *slog.Logger // discards when nil
}

// requestTimeout limits one request of the default client.
const requestTimeout = 30 * time.Second

// WebhookChannel is the channel of the receipts of an incoming webhook, which
// does not say where it posts.
const WebhookChannel = "webhook"

// Notifier posts notices. It is safe for concurrent use.
type Notifier struct {
	cfg       Config
	renderer  renderer
	channelOf func(topic string) string
	http      *http.Client
	api       *slackapi.Client // nil when there is no token
	log       *slog.Logger
}

// New prepares a Notifier and sends nothing. A token goes before a webhook when
// both are set. The error names the key of the section slack that is wrong, and
// never a secret.
func New(cfg Config, o Options) (*Notifier, error) {
	words, err := loadWords(o.Language)
	if err != nil {
		return nil, err
	}
	n := &Notifier{
		cfg:       cfg,
		renderer:  renderer{words: words, zone: o.Zone, baseURL: strings.TrimRight(o.BaseURL, "/")},
		channelOf: o.ChannelOf,
		http:      o.HTTPClient,
		log:       o.Logger,
	}
	if n.renderer.zone == nil {
		n.renderer.zone = time.UTC
	}
	if n.log == nil {
		n.log = slog.New(slog.DiscardHandler)
	}
	if n.http == nil {
		n.http = &http.Client{
			Timeout:       requestTimeout,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}
	}
	switch {
	case !cfg.Token.IsZero():
		if !isHTTP(cfg.APIURL) {
			return nil, fmt.Errorf("slack.api_url: %q is not an http or https address; write %s", cfg.APIURL, slackapi.APIURL)
		}
		if cfg.Channel == "" && o.ChannelOf == nil {
			return nil, errors.New(`slack.channel: not set, but a token is; write the channel to post in, as in "#news-watch"`)
		}
		n.api = slackapi.New(cfg.Token.Reveal(),
			slackapi.OptionAPIURL(strings.TrimRight(cfg.APIURL, "/")+"/"),
			slackapi.OptionHTTPClient(n.http))
	case !cfg.Webhook.IsZero():
		if !isHTTP(cfg.Webhook.Reveal()) {
			return nil, errors.New("slack.webhook: not an http or https address; copy it whole from the app's page Incoming Webhooks")
		}
	default:
		return nil, errors.New("slack: neither slack.token nor slack.webhook is set; set one of them")
	}
	return n, nil
}

func isHTTP(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

// Notify delivers the notice and returns Slack's receipt. A notice may arrive
// twice when Slack took it and the answer was lost. The error is always a
// *timeline.DeliveryError.
func (n *Notifier) Notify(ctx context.Context, notice timeline.Notice) (timeline.Receipt, error) {
	m := n.renderer.render(notice)
	if n.api == nil {
		if err := n.postWebhook(ctx, m); err != nil {
			return timeline.Receipt{}, err
		}
		return timeline.Receipt{Channel: WebhookChannel}, nil
	}
	announced := notice.Incident.Announced
	if notice.Kind == timeline.NoticeResolution && announced.TS != "" {
		receipt, err := n.update(ctx, announced, m)
		if !cannotUpdate(err) {
			return receipt, err
		}
		n.log.InfoContext(ctx, "slack message cannot be updated, posting anew",
			slog.String("topic", notice.Incident.Topic), slog.Any("error", err))
	}
	return n.post(ctx, n.channel(notice.Incident.Topic), m)
}

func (n *Notifier) channel(topic string) string {
	if n.channelOf != nil {
		if channel := n.channelOf(topic); channel != "" {
			return channel
		}
	}
	return n.cfg.Channel
}

func (n *Notifier) post(ctx context.Context, channel string, m message) (timeline.Receipt, error) {
	if channel == "" {
		return timeline.Receipt{}, &timeline.DeliveryError{Permanent: true, Err: errors.New(
			`chat.postMessage: no channel; write slack.channel or the topic's alert.channel, as in "#news-watch"`)}
	}
	id, ts, err := n.api.PostMessageContext(ctx, channel, m.options()...)
	return receiptOf("chat.postMessage", id, ts, err)
}

func (n *Notifier) update(ctx context.Context, announced timeline.Receipt, m message) (timeline.Receipt, error) {
	id, ts, _, err := n.api.UpdateMessageContext(ctx, announced.Channel, announced.TS, m.options()...)
	return receiptOf("chat.update", id, ts, err)
}

// options say the message in the form of the Web API, with everything off by
// which Slack would read more into it than it says.
func (m message) options() []slackapi.MsgOption {
	return []slackapi.MsgOption{
		slackapi.MsgOptionText(m.text, false),
		slackapi.MsgOptionBlocks(m.blocks...),
		slackapi.MsgOptionParse(false),
		slackapi.MsgOptionLinkNames(false),
		slackapi.MsgOptionDisableLinkUnfurl(),
		slackapi.MsgOptionDisableMediaUnfurl(),
	}
}

func receiptOf(method, channel, ts string, err error) (timeline.Receipt, error) {
	if err != nil {
		return timeline.Receipt{}, classify(method, err)
	}
	if ts == "" {
		// What is not Slack may well answer {}.
		return timeline.Receipt{}, &timeline.DeliveryError{Err: fmt.Errorf("%s: the answer has no timestamp; is slack.api_url right?", method)}
	}
	return timeline.Receipt{Channel: channel, TS: ts}, nil
}
