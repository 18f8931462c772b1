// Package webhook tells a program about incidents: each thing that happens to one
// is an HTTP request with the whole incident as JSON, signed as Standard Webhooks
// has it (https://www.standardwebhooks.com). docs/WEBHOOK.md is its manual.
//
// Delivery is at least once. What may have arrived without an answer is sent
// again under the same webhook-id, by which the receiver drops what it has.
package webhook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"marsad/timeline"
)

// maxAnswer is how much of an answer is read, so that the connection can be used
// again. What it says goes nowhere: it may echo the request.
const maxAnswer = 64 << 10

// Options are what a Notifier needs besides its configuration. Now is needed.
type Options struct {
	BaseURL string           // of Marsad's pages, for links; no links when empty
	Now     func() time.Time // of the timestamp that is signed
	// HTTPClient sends the requests. The default follows no redirect, which would
	// hand the event to another host.
	HTTPClient *http.Client
}

// Notifier sends events to one receiver. It is safe for concurrent use.
type Notifier struct {
	name    string
	address string
	key     []byte
	timeout time.Duration
	opts    Options
}

// New prepares a Notifier and sends nothing. The error holds neither the address
// nor the secret.
func New(cfg Config, o Options) (*Notifier, error) {
	u, err := url.Parse(cfg.URL.Reveal())
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, fmt.Errorf("webhook %s: url is not an http or https address; write it whole", cfg.Name)
	}
	key, err := Key(cfg.Secret)
	if err != nil {
		return nil, fmt.Errorf("webhook %s: secret %w", cfg.Name, err)
	}
	if o.HTTPClient == nil {
		o.HTTPClient = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = DefaultTimeout
	}
	return &Notifier{name: cfg.Name, address: u.String(), key: key, timeout: cfg.Timeout, opts: o}, nil
}

// Notify sends the notice as an event. The receipt's channel is the webhook's
// name. The error is always a *timeline.DeliveryError.
func (n *Notifier) Notify(ctx context.Context, notice timeline.Notice) (timeline.Receipt, error) {
	receipt := timeline.Receipt{Channel: n.name}
	now := n.opts.Now()
	body, err := json.Marshal(eventOf(&notice, n.opts.BaseURL, now))
	if err != nil {
		return timeline.Receipt{}, &timeline.DeliveryError{Permanent: true, Err: fmt.Errorf("webhook: %w", err)}
	}
	ctx, cancel := context.WithTimeout(ctx, n.timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, n.address, bytes.NewReader(body))
	if err != nil {
		// The error would quote the address.
		return timeline.Receipt{}, &timeline.DeliveryError{Permanent: true, Err: errors.New("webhook: the address cannot be used")}
	}
	id, timestamp := messageID(&notice), strconv.FormatInt(now.Unix(), 10)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "Marsad")
	req.Header.Set("webhook-id", id)
	req.Header.Set("webhook-timestamp", timestamp)
	req.Header.Set("webhook-signature", sign(n.key, id, timestamp, body))
	resp, err := n.opts.HTTPClient.Do(req)
	if err != nil {
		return timeline.Receipt{}, &timeline.DeliveryError{Unsure: !neverSent(err), Err: fmt.Errorf("webhook: %w", withoutURL(err))}
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, maxAnswer)) // the status has said it
	if resp.StatusCode/100 == 2 {
		return receipt, nil
	}
	return timeline.Receipt{}, classify(resp.StatusCode, resp.Header, now)
}

// messageID is the same for each attempt at a notice, and another for each state
// that an update tells.
func messageID(n *timeline.Notice) string {
	return "msg_" + timeline.Hash("webhook", n.ID, strconv.Itoa(n.Revision))
}

// sign is a symmetric signature of Standard Webhooks 1.0.0.
func sign(key []byte, id, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + timestamp + "."))
	mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// classify says what to do about a status that is no success: what the receiver
// will answer to the same request tomorrow is permanent.
func classify(status int, header http.Header, now time.Time) *timeline.DeliveryError {
	failed := &timeline.DeliveryError{Err: fmt.Errorf("webhook: status %d", status)}
	switch {
	case status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable:
		failed.After = retryAfter(header.Get("Retry-After"), now)
	case status == http.StatusRequestTimeout, status == http.StatusTooEarly:
	case status < http.StatusInternalServerError:
		failed.Permanent = true
	}
	failed.Unsure = !failed.Permanent // it may have the event all the same
	return failed
}

// retryAfter reads seconds or an HTTP date; 0 when it is neither, or over.
func retryAfter(text string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(at.Sub(now), 0)
	}
	return 0
}

// neverSent reports whether the error says that there was no connection to send
// anything over.
func neverSent(err error) bool {
	op, found := errors.AsType[*net.OpError](err)
	return found && op.Op == "dial"
}

// withoutURL drops what net/http says about where a request went.
func withoutURL(err error) error {
	if at, found := errors.AsType[*url.Error](err); found {
		return at.Err
	}
	return err
}
