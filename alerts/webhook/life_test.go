package webhook_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"marsad/alerts"
	"marsad/timeline"
	"marsad/timeline/sqlite"
)

// signature is Standard Webhooks' own, for the secret of the tests.
func signature(t *testing.T, id, timestamp string, body []byte) string {
	t.Helper()
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s.%s.%s", id, timestamp, body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func deliveryError(t *testing.T, err error) *timeline.DeliveryError {
	t.Helper()
	failed, ok := errors.AsType[*timeline.DeliveryError](err)
	if !ok {
		t.Fatalf("error %v, want a delivery error", err)
	}
	for _, hidden := range []string{"hunter2", "MfKQ"} {
		if strings.Contains(err.Error(), hidden) {
			t.Errorf("a secret is given away: %v", err)
		}
	}
	return failed
}

// desk is a record and a dispatcher over it.
type desk struct {
	t        *testing.T
	receiver *receiver
	record   *sqlite.Record
	now      time.Time
	d        *alerts.Dispatcher
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	k := &desk{t: t, receiver: newReceiver(t), now: noon()}
	config := sqlite.DefaultConfig()
	config.Path = filepath.Join(t.TempDir(), "marsad.db")
	record, err := sqlite.Open(t.Context(), config, sqlite.Options{Step: 10 * time.Minute, StoryCap: 5})
	if err != nil {
		t.Fatal(err)
	}
	k.record = record
	t.Cleanup(func() {
		if err := record.Close(); err != nil {
			t.Error(err)
		}
	})
	k.restart(record)
	return k
}

// restart forgets all but the record.
func (k *desk) restart(outbox alerts.Outbox) {
	k.t.Helper()
	k.d = alerts.NewDispatcher(alerts.DispatcherOptions{
		Outbox: outbox, Receivers: []string{"desk"}, Notifier: newNotifier(k.t, config(k.receiver), func() time.Time { return k.now }),
		Logger: slog.New(slog.DiscardHandler),
	})
}

// tell records the incident as it is now, with notices of the kinds.
func (k *desk) tell(i timeline.Incident, kinds ...timeline.NoticeKind) {
	k.t.Helper()
	step := timeline.StepResult{Step: i.Updated, Incidents: []timeline.Incident{i}}
	for at, kind := range kinds {
		n := notice(kind)
		n.Incident, n.News.Severity = i, i.Severity
		n.Created = k.now.Add(time.Duration(at) * time.Millisecond)
		step.Notices = append(step.Notices, n)
	}
	if err := k.record.CommitStep(k.t.Context(), step); err != nil {
		k.t.Fatal(err)
	}
}

// settle delivers until nothing waits; each says what comes between two deliveries.
func (k *desk) settle(each func()) {
	k.t.Helper()
	for range 200 {
		next, err := k.d.Deliver(k.t.Context(), k.now)
		if err != nil && !errors.Is(err, errKilled) {
			k.t.Fatal(err)
		}
		if err == nil && next.IsZero() {
			return
		}
		if k.now = k.now.Add(time.Second); next.After(k.now) {
			k.now = next
		}
		each()
	}
	k.t.Fatal("the outbox does not come to rest")
}

func (k *desk) life(each func()) {
	k.t.Helper()
	i := incident()
	k.tell(i, timeline.NoticeOpening)
	k.settle(each)
	i.Total, i.Severity = 29, alerts.SeverityCritical
	k.tell(i, timeline.NoticeEscalation, timeline.NoticeThread, timeline.NoticeUpdate)
	k.settle(each)
	i.State, i.Total, i.Resolved = timeline.IncidentResolved, 43, i.Opened.Add(time.Hour)
	k.tell(i, timeline.NoticeResolution)
	k.settle(each)
}

// check holds what was taken against the invariant: for a receiver that drops the
// ids it has had, each event once, in order, and the last is the incident's true
// last state. Every request is signed.
func (k *desk) check() {
	k.t.Helper()
	var kinds []string
	seen := make(map[string]bool)
	var last string
	for _, r := range k.receiver.requests() {
		id := r.header.Get("webhook-id")
		if want := signature(k.t, id, r.header.Get("webhook-timestamp"), r.body); r.header.Get("webhook-signature") != want {
			k.t.Errorf("%s is not signed", id)
		}
		if seen[id] {
			continue
		}
		seen[id] = true
		var e struct {
			Type string
			Data struct {
				Incident struct {
					State string
					Total int
				}
			}
		}
		if err := json.Unmarshal(r.body, &e); err != nil {
			k.t.Fatal(err)
		}
		kinds = append(kinds, e.Type)
		last = fmt.Sprint(e.Data.Incident.State, e.Data.Incident.Total)
	}
	// An update waits beside the others and may come before or after them.
	ordered := slices.DeleteFunc(slices.Clone(kinds), func(k string) bool { return k == "incident.updated" })
	want := []string{"incident.opened", "incident.escalated", "incident.news", "incident.resolved"}
	if !slices.Equal(ordered, want) || len(kinds) != 5 || kinds[0] != want[0] || kinds[4] != want[3] || last != "resolved43" {
		k.t.Errorf("events %q, the last %s", kinds, last)
	}
	if stats, err := k.record.Stats(k.t.Context()); err != nil || stats.Pending+stats.Failed > 0 {
		k.t.Errorf("%d notices pending, %d given up, %v", stats.Pending, stats.Failed, err)
	}
}

func status(code int, header ...string) func(w http.ResponseWriter, r *http.Request, take func()) {
	return func(w http.ResponseWriter, _ *http.Request, _ func()) {
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
	}
}

func accepted(then func(w http.ResponseWriter, r *http.Request, take func())) func(w http.ResponseWriter, r *http.Request, take func()) {
	return func(w http.ResponseWriter, r *http.Request, take func()) {
		take()
		then(w, r, take)
	}
}

func cut(http.ResponseWriter, *http.Request, func()) { panic(http.ErrAbortHandler) }

// TestLifeThroughFaults meets each request of an incident's life with each fault,
// with and without a restart after every attempt.
func TestLifeThroughFaults(t *testing.T) {
	for name, fault := range map[string]func(w http.ResponseWriter, r *http.Request, take func()){
		"429 with Retry-After":                 status(http.StatusTooManyRequests, "Retry-After", "7"),
		"429 without":                          status(http.StatusTooManyRequests),
		"429 accepted":                         accepted(status(http.StatusTooManyRequests, "Retry-After", "7")),
		"500":                                  status(http.StatusInternalServerError),
		"500 accepted":                         accepted(status(http.StatusInternalServerError)),
		"503 with Retry-After":                 status(http.StatusServiceUnavailable, "Retry-After", "30"),
		"408":                                  status(http.StatusRequestTimeout),
		"connection cut":                       cut,
		"connection cut after it was accepted": accepted(cut),
		"no answer, though it was accepted":    accepted(func(_ http.ResponseWriter, r *http.Request, _ func()) { <-r.Context().Done() }),
	} {
		for _, at := range []int{1, 3, 0} { // which request; 0: each of them once
			for _, restart := range []bool{false, true} {
				if strings.HasPrefix(name, "no answer") && (at != 1 || restart) {
					continue // it takes a second
				}
				t.Run(fmt.Sprintf("%s/request %d/restart %t", name, at, restart), func(t *testing.T) {
					t.Parallel()
					k := newDesk(t)
					requests := 0
					k.receiver.fault = func(w http.ResponseWriter, r *http.Request, take func()) bool {
						requests++
						if requests != at && (at != 0 || requests%2 == 0) {
							return false
						}
						fault(w, r, take)
						return true
					}
					k.life(func() {
						if restart {
							k.restart(k.record)
						}
					})
					k.check()
				})
			}
		}
	}
}

// killed is an outbox whose process dies before or after a write about an attempt.
type killed struct {
	alerts.Outbox
	write string
	after bool
}

var errKilled = errors.New("killed")

func (o *killed) at(write string, do func() error) error {
	if o.write == write && !o.after {
		return errKilled
	}
	if err := do(); err != nil || o.write != write {
		return err
	}
	return errKilled
}

func (o *killed) MarkTrying(ctx context.Context, id string, at time.Time) error {
	return o.at("trying", func() error { return o.Outbox.MarkTrying(ctx, id, at) })
}

func (o *killed) MarkSent(ctx context.Context, n timeline.Notice, r timeline.Receipt, at time.Time) error {
	return o.at("sent", func() error { return o.Outbox.MarkSent(ctx, n, r, at) })
}

// TestLifeThroughKills has the process die at each write of the first attempt at
// each event.
func TestLifeThroughKills(t *testing.T) {
	for _, write := range []string{"trying", "sent"} {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/after %t", write, after), func(t *testing.T) {
				t.Parallel()
				k := newDesk(t)
				k.restart(&killed{k.record, write, after})
				alive := false
				k.life(func() { // dies, lives for one delivery, dies
					if alive = !alive; alive {
						k.restart(k.record)
					} else {
						k.restart(&killed{k.record, write, after})
					}
				})
				k.check()
			})
		}
	}
}

// TestRefusalIsRetriedWhenSetUpOtherwise gives an event up, and sends it once the
// webhook is set up otherwise.
func TestRefusalIsRetriedWhenSetUpOtherwise(t *testing.T) {
	k := newDesk(t)
	if _, err := k.record.ReceiverIs(t.Context(), "desk", "wrong", k.now); err != nil {
		t.Fatal(err)
	}
	k.receiver.fault = func(w http.ResponseWriter, _ *http.Request, _ func()) bool {
		w.WriteHeader(http.StatusUnauthorized)
		return true
	}
	k.tell(incident(), timeline.NoticeOpening)
	k.settle(func() {})
	undelivered, err := k.record.Undelivered(t.Context(), 10)
	if err != nil || len(undelivered) != 1 || undelivered[0].Receiver != "desk" || !strings.Contains(undelivered[0].Error, "status 401") || !undelivered[0].NextTry.IsZero() {
		t.Fatalf("undelivered: %+v, %v", undelivered, err)
	}
	k.receiver.mu.Lock()
	k.receiver.fault = nil
	k.receiver.mu.Unlock()
	if n, err := k.record.ReceiverIs(t.Context(), "desk", "right", k.now); err != nil || n != 1 {
		t.Fatalf("%d notices wait again, %v", n, err)
	}
	k.restart(k.record)
	k.settle(func() {})
	if got := k.receiver.requests(); len(got) != 1 {
		t.Errorf("%d requests taken, want one", len(got))
	}
}
