package app

import (
	"context"
	"net/http"
	"time"

	"marsad/alerts"
	"marsad/alerts/slack"
	"marsad/internal/config"
	"marsad/timeline"
)

// slackPace is what Slack takes in one channel: about a message a second.
// Source: docs.slack.dev, rate limits of chat.postMessage.
const slackPace = time.Second

// receivers are who gets notices besides the team.
func receivers(*config.Config) []string { return nil }

// newDispatchers builds a dispatcher for each receiver, the team's own first. What
// a receiver had refused for good waits again if it is set up otherwise now.
func (d *daemon) newDispatchers(ctx context.Context, cfg *config.Config, world edges) ([]*alerts.Dispatcher, error) {
	team, setup, err := d.team(cfg, world.slack)
	if err != nil {
		return nil, err
	}
	var dispatchers []*alerts.Dispatcher
	for _, r := range []struct {
		options alerts.DispatcherOptions
		setup   string
	}{{team, setup}} {
		r.options.Outbox, r.options.Logger, r.options.Observe = d.outbox(cfg), d.logger, d.metrics.observeNotice
		waiting, err := d.record.ReceiverIs(ctx, r.options.Receiver, timeline.Hash(r.setup), now())
		if err != nil {
			return nil, err
		}
		if waiting > 0 {
			d.logger.Info("notices that were given up wait again, for their receiver is set up otherwise",
				"receiver", r.options.Receiver, "notices", waiting)
		}
		dispatchers = append(dispatchers, alerts.NewDispatcher(r.options))
		d.woken = append(d.woken, make(chan struct{}, 1))
	}
	return dispatchers, nil
}

// team is the team's own receiver: Slack, or the log where that is not set up. The
// setup is a word that changes with it.
func (d *daemon) team(cfg *config.Config, client *http.Client) (o alerts.DispatcherOptions, setup string, err error) {
	if !cfg.Slack.Enabled() {
		return alerts.DispatcherOptions{Notifier: alerts.LogNotifier{Logger: d.logger}}, "log", nil
	}
	channels := make(map[string]string, len(cfg.Topics))
	setup = timeline.Hash(cfg.Slack.Token.Reveal(), cfg.Slack.Webhook.Reveal(), cfg.Slack.Channel, cfg.Slack.APIURL)
	for _, t := range cfg.Topics {
		channels[t.Name] = t.Alert.Channel
		setup = timeline.Hash(setup, t.Name, t.Alert.Channel)
	}
	n, err := slack.New(cfg.Slack, slack.Options{
		Language:  cfg.Language,
		Zone:      cfg.Timezone,
		BaseURL:   cfg.Web.BaseURL,
		Grafana:   cfg.Grafana.URL,
		ChannelOf: func(topic string) string { return channels[topic] },
		Logger:    d.logger,
		Blind:     d.metrics.blind.Inc,

		HTTPClient: client,
	})
	if err != nil {
		return o, "", err
	}
	return alerts.DispatcherOptions{Notifier: n, Channel: n.Channel, Pace: slackPace}, setup, nil
}

// deliver sends what is in the outbox for one receiver whenever there is
// something to send.
func (d *daemon) deliver(ctx context.Context, dispatcher *alerts.Dispatcher, woken <-chan struct{}) error {
	for {
		wait := deliverEvery
		next, err := dispatcher.Deliver(ctx, now())
		if err != nil {
			d.failed(ctx, "deliver", err)
			wait = watchEvery
		}
		if until := next.Sub(now()); !next.IsZero() && until < wait {
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
