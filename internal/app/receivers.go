package app

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"marsad/alerts"
	"marsad/alerts/slack"
	"marsad/alerts/webhook"
	"marsad/internal/config"
	"marsad/timeline"
)

// slackPace is what Slack takes in one channel: about a message a second.
// Source: docs.slack.dev, rate limits of chat.postMessage.
const slackPace = time.Second

// routing is who is told of which incidents: the team, the channels that routes
// lead to, and webhooks.
func routing(cfg *config.Config) alerts.Routing {
	own := make(map[string]string, len(cfg.Topics))
	for _, t := range cfg.Topics {
		own[t.Name] = t.Alert.Channel
	}
	r := alerts.Routing{Routes: cfg.Alerts.Routes, Receivers: channels(cfg), Channel: func(topic string) string {
		return cmp.Or(own[topic], cfg.Slack.Channel)
	}}
	for i := range cfg.Webhooks {
		r.Receivers = append(r.Receivers, cfg.Webhooks[i].Name)
	}
	return r
}

// channels are those of Slack that routes lead to.
func channels(cfg *config.Config) []string {
	var all []string
	for _, r := range cfg.Alerts.Routes {
		if alerts.IsChannel(r.To) && !slices.Contains(all, r.To) {
			all = append(all, r.To)
		}
	}
	return all
}

// receiver is a dispatcher in the making.
type receiver struct {
	options alerts.DispatcherOptions
	setup   string // changes with how they are set up
}

// newDispatchers builds a dispatcher for each receiver, the team's own first.
func (d *daemon) newDispatchers() error {
	team, err := d.team(d.cfg, d.world.receivers)
	if err != nil {
		return err
	}
	hooks, err := d.webhooks(d.cfg, d.world.receivers)
	if err != nil {
		return err
	}
	d.receivers = append([]receiver{team}, hooks...)
	for _, r := range d.receivers {
		r.options.Logger, r.options.Observe = d.logger, d.metrics.observeNotice
		d.dispatchers = append(d.dispatchers, alerts.NewDispatcher(r.options))
		d.woken = append(d.woken, make(chan struct{}, 1))
	}
	return nil
}

// adoptReceivers tells the record who is told. What a receiver had refused for good
// waits again if it is set up otherwise now; what waits for one that there is no
// more is withdrawn.
func (d *daemon) adoptReceivers(ctx context.Context) error {
	withdrawn, err := d.record.ReceiversAre(ctx, append([]string{""}, routing(d.cfg).Receivers...))
	if err != nil {
		return err
	}
	if withdrawn > 0 {
		d.logger.Warn("notices withdrawn, for their receivers are not set up any more", "notices", withdrawn)
	}
	for _, r := range d.receivers {
		for _, name := range r.options.Receivers {
			waiting, err := d.record.ReceiverIs(ctx, name, timeline.Hash(r.setup), d.now())
			if err != nil {
				return err
			}
			if waiting > 0 {
				d.logger.Info("notices that were given up wait again, for their receiver is set up otherwise",
					"receiver", name, "notices", waiting)
			}
		}
	}
	return nil
}

// webhooks are the programs that are told. Nothing is held back from them: they
// are told when a topic is silent, and decide for themselves.
func (d *daemon) webhooks(cfg *config.Config, client *http.Client) ([]receiver, error) {
	var all []receiver
	for _, w := range cfg.Webhooks {
		n, err := webhook.New(w, webhook.Options{BaseURL: cfg.Web.BaseURL, Now: d.now, HTTPClient: client})
		if err != nil {
			return nil, err
		}
		all = append(all, receiver{
			alerts.DispatcherOptions{Outbox: d.record, Receivers: []string{w.Name}, Notifier: n},
			timeline.Hash(w.URL.Reveal(), w.Secret.Reveal()),
		})
	}
	return all, nil
}

// team is the team's own receiver: Slack with the channels that routes lead to, or
// the log where that is not set up.
func (d *daemon) team(cfg *config.Config, client *http.Client) (receiver, error) {
	if !cfg.Slack.Enabled() {
		return receiver{alerts.DispatcherOptions{
			Outbox: d.outbox(cfg), Receivers: append([]string{""}, channels(cfg)...), Notifier: alerts.LogNotifier{Logger: d.logger},
		}, "log"}, nil
	}
	own := make(map[string]string, len(cfg.Topics))
	setup := timeline.Hash(cfg.Slack.Token.Reveal(), cfg.Slack.Webhook.Reveal(), cfg.Slack.Channel, cfg.Slack.APIURL)
	for _, t := range cfg.Topics {
		own[t.Name] = t.Alert.Channel
		setup = timeline.Hash(setup, t.Name, t.Alert.Channel)
	}
	n, err := slack.New(cfg.Slack, slack.Options{
		Language:  cfg.Language,
		Zone:      cfg.Timezone,
		BaseURL:   cfg.Web.BaseURL,
		Grafana:   cfg.Grafana.URL,
		ChannelOf: func(topic string) string { return own[topic] },
		Logger:    d.logger,
		Blind:     d.metrics.blind.Inc,

		HTTPClient: client,
	})
	if err != nil {
		return receiver{}, err
	}
	return receiver{alerts.DispatcherOptions{
		Outbox: d.outbox(cfg), Receivers: append([]string{""}, channels(cfg)...), Notifier: n, Channel: n.Channel, Pace: slackPace,
	}, setup}, nil
}

// deliver sends what is in the outbox for one receiver whenever there is
// something to send.
func (d *daemon) deliver(ctx context.Context, dispatcher *alerts.Dispatcher, woken <-chan struct{}) error {
	for {
		wait := deliverEvery
		var next time.Time
		if !d.do(ctx, "deliver", func() (err error) {
			next, err = dispatcher.Deliver(ctx, d.now())
			return err
		}) {
			wait = watchEvery
		}
		if until := next.Sub(d.now()); !next.IsZero() && until < wait {
			wait = max(until, soonest)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-woken:
		case <-time.After(wait):
		}
	}
}

// soonest keeps a dispatcher from asking the record all the time.
const soonest = 100 * time.Millisecond

// wake tells the dispatchers to look at the outbox. It never blocks.
func (d *daemon) wake() {
	for _, woken := range d.woken {
		select {
		case woken <- struct{}{}:
		default:
		}
	}
}
