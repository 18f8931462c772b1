// Package slack tells a team in Slack about incidents: one message for each,
// posted when a topic is suddenly in the news, edited in place as it grows and
// when it is over. What is new goes to the message's thread, and a rise in
// severity to the channel as well.
//
// Each message carries in its metadata which notice it is. An attempt whose
// answer was lost is looked up there before anything is posted again; where the
// token may not read the channel, it is posted once more and no further. With an
// incoming webhook, which can neither edit nor answer what it posted, there are
// two messages: the opening and the resolution.
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
	"slices"
	"strings"
	"sync"
	"time"

	slackapi "github.com/slack-go/slack"

	"marsad/timeline"
)

// Options are what a Notifier needs besides its section of config.yaml.
type Options struct {
	Language  string                    // of the notice's own words: en or ar; en when empty
	Zone      *time.Location            // in which times are written; UTC when nil
	BaseURL   string                    // of Marsad's pages, for links; no links when empty
	Grafana   string                    // address of its incidents' charts; no link when empty
	ChannelOf func(topic string) string // channel of a topic, or empty for Config.Channel; may be nil
	// HTTPClient sends the requests. The default gives up after [requestTimeout]
	// and follows no redirect, which would hand the secret to another host.
	HTTPClient *http.Client
	Logger     *slog.Logger // discards when nil
	// Blind is called when a notice is posted again that Slack may have, since it
	// cannot be looked up. May be nil.
	Blind func()
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
	blind     func()

	mu  sync.Mutex
	ids map[string]string // of channels, by the name in the configuration
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
		cfg: cfg,
		renderer: renderer{
			words: words, zone: o.Zone, baseURL: strings.TrimRight(o.BaseURL, "/"),
			grafana: o.Grafana, interactive: !cfg.AppToken.IsZero(),
		},
		channelOf: o.ChannelOf,
		http:      o.HTTPClient,
		log:       o.Logger,
		blind:     o.Blind,
		ids:       make(map[string]string),
	}
	if n.blind == nil {
		n.blind = func() {}
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

// Notify delivers the notice and returns Slack's receipt: of the incident's
// message, or of what was posted under it. The error is always a
// *timeline.DeliveryError.
func (n *Notifier) Notify(ctx context.Context, notice timeline.Notice) (timeline.Receipt, error) {
	if n.api == nil {
		return n.notifyWebhook(ctx, notice)
	}
	announced := notice.Incident.Announced
	switch notice.Kind {
	case timeline.NoticeThread, timeline.NoticeEscalation, timeline.NoticeRepeat:
		if announced.TS == "" { // announced elsewhere: there is nothing to answer
			return announced, nil
		}
		return n.reply(ctx, notice)
	case timeline.NoticeUpdate, timeline.NoticeResolution:
		if announced.TS != "" {
			return n.edit(ctx, notice)
		}
	case timeline.NoticeReport:
		return n.report(ctx, notice)
	case timeline.NoticeOpening:
	}
	return n.open(ctx, notice)
}

// report posts what came in a while, which is never edited.
func (n *Notifier) report(ctx context.Context, notice timeline.Notice) (timeline.Receipt, error) {
	channel, mark := n.channel(&notice), reply(&notice)
	if found, err := n.lookUp(ctx, channel, "", mark, &notice); err != nil || found.TS != "" {
		return found, err
	}
	return n.post(ctx, channel, n.renderer.report(notice.Report), mark)
}

// Channel is where the notice goes: in the name of the configuration, or by the
// id under which it was announced.
func (n *Notifier) Channel(notice *timeline.Notice) string {
	if n.api == nil {
		return WebhookChannel
	}
	if a := notice.Incident.Announced; a.TS != "" && notice.Kind != timeline.NoticeOpening {
		return a.Channel
	}
	channel := n.channel(notice)
	if id := n.knownID(channel); id != "" {
		return id
	}
	return channel
}

// channel is where the notice's incident is announced. A receiver other than the
// team's own is a channel.
func (n *Notifier) channel(notice *timeline.Notice) string {
	switch {
	case notice.Receiver != "":
		return notice.Receiver
	case notice.Report != nil && notice.Report.Channel != "":
		return notice.Report.Channel
	case notice.Report != nil:
		return n.cfg.Channel
	}
	if n.channelOf != nil {
		if channel := n.channelOf(notice.Incident.Topic); channel != "" {
			return channel
		}
	}
	return n.cfg.Channel
}

// open posts the incident's message as the incident is now.
func (n *Notifier) open(ctx context.Context, notice timeline.Notice) (timeline.Receipt, error) {
	channel := n.channel(&notice)
	if channel == "" {
		return timeline.Receipt{}, &timeline.DeliveryError{Permanent: true, Err: errors.New(
			`chat.postMessage: no channel; write slack.channel or the topic's alert.channel, as in "#news-watch"`)}
	}
	mark := topMessage(&notice)
	if found, err := n.lookUp(ctx, channel, "", mark, &notice); err != nil || found.TS != "" {
		return found, err
	}
	receipt, err := n.post(ctx, channel, n.renderer.message(&notice.Incident), mark)
	if err == nil {
		n.learnID(channel, receipt.Channel)
	}
	return receipt, err
}

// edit brings the incident's message to the incident's state. One that somebody
// deleted is missed only when it is over.
func (n *Notifier) edit(ctx context.Context, notice timeline.Notice) (timeline.Receipt, error) {
	announced := notice.Incident.Announced
	receipt, err := n.send(ctx, n.renderer.message(&notice.Incident), func(m message) (timeline.Receipt, error) {
		id, ts, _, err := n.api.UpdateMessageContext(ctx, announced.Channel, announced.TS, m.options(topMessage(&notice))...)
		return receiptOf("chat.update", id, ts, err)
	})
	switch {
	case !cannotUpdate(err):
		return receipt, err
	case notice.Kind == timeline.NoticeUpdate:
		return announced, nil
	}
	n.log.InfoContext(ctx, "slack message cannot be updated, posting anew",
		slog.String("topic", notice.Incident.Topic), slog.Any("error", err))
	return n.open(ctx, notice)
}

// reply posts in the thread of the incident's message; an escalation, and that
// nobody answers, is shown in the channel, too.
func (n *Notifier) reply(ctx context.Context, notice timeline.Notice) (timeline.Receipt, error) {
	announced, mark := notice.Incident.Announced, reply(&notice)
	if found, err := n.lookUp(ctx, announced.Channel, announced.TS, mark, &notice); err != nil || found.TS != "" {
		return found, err
	}
	options := []slackapi.MsgOption{slackapi.MsgOptionTS(announced.TS)}
	if notice.Kind != timeline.NoticeThread {
		options = append(options, slackapi.MsgOptionBroadcast())
	}
	receipt, err := n.post(ctx, announced.Channel, n.renderer.reply(&notice), mark, options...)
	if cannotUpdate(err) { // somebody deleted the message
		return announced, nil
	}
	return receipt, err
}

func (n *Notifier) post(ctx context.Context, channel string, m message, mark marker, more ...slackapi.MsgOption) (timeline.Receipt, error) {
	return n.send(ctx, m, func(m message) (timeline.Receipt, error) {
		id, ts, err := n.api.PostMessageContext(ctx, channel, append(m.options(mark), more...)...)
		return receiptOf("chat.postMessage", id, ts, err)
	})
}

// send leaves the chart out where Slack refuses the message for its blocks: not
// every workspace knows charts, and the alert is worth more.
func (n *Notifier) send(ctx context.Context, m message, do func(message) (timeline.Receipt, error)) (timeline.Receipt, error) {
	receipt, err := do(m)
	var refused slackapi.SlackErrorResponse
	if !errors.As(err, &refused) || !slices.Contains(codesOfBlocks, refused.Err) {
		return receipt, err
	}
	plainer, had := m.withoutChart()
	if !had {
		return receipt, err
	}
	n.log.WarnContext(ctx, "slack refuses the message, sending it without its chart", slog.Any("error", err))
	return do(plainer)
}

// options say the message in the form of the Web API, with everything off by
// which Slack would read more into it than it says.
func (m message) options(mark marker) []slackapi.MsgOption {
	return []slackapi.MsgOption{
		slackapi.MsgOptionMetadata(mark.metadata()),
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
		return timeline.Receipt{}, &timeline.DeliveryError{Unsure: true, Err: fmt.Errorf("%s: the answer has no timestamp; is slack.api_url right?", method)}
	}
	return timeline.Receipt{Channel: channel, TS: ts}, nil
}
