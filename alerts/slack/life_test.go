package slack_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"marsad/alerts"
	"marsad/alerts/slack"
	"marsad/timeline"
	"marsad/timeline/sqlite"
)

// desk is a record, a dispatcher over it and the clock that both go by. Slack is
// the only thing that is not real.
type desk struct {
	t      *testing.T
	slack  *fakeSlack
	cfg    slack.Config
	record *sqlite.Record
	now    time.Time
	blind  int
	d      *alerts.Dispatcher
}

func newDesk(t *testing.T, cfg func(*fakeSlack) slack.Config) *desk {
	t.Helper()
	k := &desk{t: t, slack: newFakeSlack(t), now: incident().Opened.Add(10 * time.Minute)}
	k.cfg = cfg(k.slack)
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
	k.restart()
	return k
}

// restart forgets all but the record, as a kill does.
func (k *desk) restart() {
	k.t.Helper()
	o := options()
	o.Blind = func() { k.blind++ }
	o.HTTPClient = &http.Client{Timeout: 2 * time.Second}
	n := newNotifier(k.t, k.cfg, o)
	k.d = alerts.NewDispatcher(alerts.DispatcherOptions{
		Outbox: k.record, Notifier: n, Channel: n.Channel, Pace: time.Second, Logger: slog.New(slog.DiscardHandler),
	})
}

// tell records the incident as it is now, with notices of the kinds.
func (k *desk) tell(i timeline.Incident, kinds ...timeline.NoticeKind) {
	k.t.Helper()
	var notices []timeline.Notice
	for n, kind := range kinds {
		at := k.now.Add(time.Duration(n) * time.Millisecond)
		notice := timeline.Notice{ID: timeline.NoticeID(i.ID, kind), Kind: kind, Incident: i, Created: at, NextTry: at}
		if kind == timeline.NoticeEscalation {
			notice.News.Severity = i.Severity
		}
		if kind == timeline.NoticeThread {
			notice.News = timeline.News{Headlines: i.Headlines[:1], Figures: []timeline.FigureNews{{Figure: i.Figures[1], Was: &i.Figures[0]}}}
		}
		notices = append(notices, notice)
	}
	if err := k.record.CommitStep(k.t.Context(), timeline.StepResult{Step: i.Updated, Incidents: []timeline.Incident{i}, Notices: notices}); err != nil {
		k.t.Fatal(err)
	}
}

// settle delivers until nothing waits, and lets the time pass that the dispatcher
// asks for; each says what comes between two deliveries.
func (k *desk) settle(each func()) {
	k.t.Helper()
	for range 2000 {
		next, err := k.d.Deliver(k.t.Context(), k.now)
		if err != nil {
			k.t.Fatal(err)
		}
		if next.IsZero() {
			return
		}
		if k.now = k.now.Add(time.Second); next.After(k.now) {
			k.now = next
		}
		each()
	}
	k.t.Fatal("the outbox does not come to rest")
}

// life walks an incident from its opening to its end.
func (k *desk) life(i timeline.Incident, each func()) {
	k.t.Helper()
	k.tell(i, timeline.NoticeOpening)
	k.settle(each)
	i.Total, i.Severity = 29, alerts.SeverityCritical
	i.Updated = i.Updated.Add(10 * time.Minute)
	k.tell(i, timeline.NoticeEscalation, timeline.NoticeThread, timeline.NoticeUpdate)
	k.settle(each)
	i.State, i.Total = timeline.IncidentResolved, 43
	i.Updated = i.Opened.Add(29 * time.Hour)
	i.Resolved = i.Updated
	k.tell(i, timeline.NoticeResolution)
	k.settle(each)
}

// check holds the channel against the invariant: one message for the incident, in
// its last state, and below it each reply once. Duplicates are allowed where
// nothing can be looked up.
func (k *desk) check(duplicates int) {
	k.t.Helper()
	top := k.slack.channel()
	if len(top) == 0 || len(top) > 1+duplicates {
		k.t.Fatalf("%d messages in the channel, want 1 and at most %d more", len(top), duplicates)
	}
	if len(top) > 1 && k.blind == 0 {
		k.t.Error("a duplicate was not counted")
	}
	last := slices.IndexFunc(top, func(p post) bool { return strings.Contains(p.all(), "back to normal") })
	if last < 0 {
		k.t.Fatalf("the message is not in its last state:\n%s", top[0].all())
	}
	contains(k.t, &top[last], "Articles in all: 43.")
	replies := k.slack.thread(top[last].TS)
	if len(replies) < 2 || len(replies) > 2+duplicates {
		k.t.Errorf("%d replies, want the escalation and the news", len(replies))
	}
	for _, r := range replies {
		if r.Broadcast != strings.Contains(r.all(), "critical") {
			k.t.Errorf("broadcast is %t of %s", r.Broadcast, r.all())
		}
	}
	if stats, err := k.record.Stats(k.t.Context()); err != nil || stats.Pending+stats.Failed > 0 {
		k.t.Errorf("%d notices pending, %d given up, %v", stats.Pending, stats.Failed, err)
	}
}

// drop lets Slack do what it is asked and takes its answer away.
func drop(w http.ResponseWriter, r *http.Request, do http.HandlerFunc) {
	do(httptest.NewRecorder(), r)
	conn, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		err = conn.Close()
	}
	if err != nil {
		panic(err)
	}
}

// The faults that calls may meet. accepted says that Slack does what it is asked
// all the same.
var faults = map[string]func(w http.ResponseWriter, r *http.Request, do http.HandlerFunc){
	"429 with Retry-After": func(w http.ResponseWriter, _ *http.Request, _ http.HandlerFunc) {
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(http.StatusTooManyRequests)
	},
	"429 without": func(w http.ResponseWriter, _ *http.Request, _ http.HandlerFunc) {
		w.WriteHeader(http.StatusTooManyRequests)
	},
	"429 accepted": func(w http.ResponseWriter, r *http.Request, do http.HandlerFunc) {
		do(httptest.NewRecorder(), r)
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(http.StatusTooManyRequests)
	},
	"500": func(w http.ResponseWriter, _ *http.Request, _ http.HandlerFunc) {
		w.WriteHeader(http.StatusInternalServerError)
	},
	"500 accepted": func(w http.ResponseWriter, r *http.Request, do http.HandlerFunc) {
		do(httptest.NewRecorder(), r)
		w.WriteHeader(http.StatusInternalServerError)
	},
	"connection cut after Slack accepted": drop,
	"connection cut before": func(w http.ResponseWriter, r *http.Request, _ http.HandlerFunc) {
		drop(w, r, func(http.ResponseWriter, *http.Request) {})
	},
	"ok:false internal_error":  func(w http.ResponseWriter, _ *http.Request, _ http.HandlerFunc) { refuse(w, "internal_error") },
	"ok:false fatal_error":     func(w http.ResponseWriter, _ *http.Request, _ http.HandlerFunc) { refuse(w, "fatal_error") },
	"ok:false ratelimited":     func(w http.ResponseWriter, _ *http.Request, _ http.HandlerFunc) { refuse(w, "ratelimited") },
	"ok:false request_timeout": func(w http.ResponseWriter, _ *http.Request, _ http.HandlerFunc) { refuse(w, "request_timeout") },
	"not JSON": func(w http.ResponseWriter, r *http.Request, do http.HandlerFunc) {
		do(httptest.NewRecorder(), r)
		fmt.Fprint(w, "<html>")
	},
}

// TestLifeThroughFaults meets each call of an incident's life with each fault, in
// a bot's channel that can be looked at and in one that cannot, with and without a
// restart after every attempt.
func TestLifeThroughFaults(t *testing.T) {
	for name, fault := range faults {
		for _, at := range []int{1, 2, 4, 0} { // which call; 0: each of them once
			for _, hidden := range []bool{false, true} {
				for _, restart := range []bool{false, true} {
					if hidden && at == 0 {
						continue // a fault in each attempt that cannot be looked up
					}
					t.Run(fmt.Sprintf("%s/call %d/hidden %t/restart %t", name, at, hidden, restart), func(t *testing.T) {
						t.Parallel()
						k := newDesk(t, botConfig)
						writes, met := 0, map[int]bool{}
						k.slack.faulty(func(w http.ResponseWriter, r *http.Request, method string, do http.HandlerFunc) bool {
							if hidden && strings.HasPrefix(method, "conversations.") {
								refuse(w, "missing_scope")
								return true
							}
							if !strings.HasPrefix(method, "chat.") {
								return false
							}
							writes++
							if writes != at && (at != 0 || writes%2 == 0) || met[writes] {
								return false
							}
							met[writes] = true
							fault(w, r, do)
							return true
						})
						k.life(incident(), func() {
							if restart {
								k.restart()
							}
						})
						duplicates := 0
						if hidden {
							duplicates = 1
						}
						k.check(duplicates)
					})
				}
			}
		}
	}
}

// killed is an outbox whose process dies at one of its writes.
type killed struct {
	alerts.Outbox
	before, after string // name of the write
}

var errKilled = errors.New("killed")

func (o *killed) at(write string, do func() error) error {
	if o.before == write {
		return errKilled
	}
	if err := do(); err != nil {
		return err
	}
	if o.after == write {
		return errKilled
	}
	return nil
}

func (o *killed) MarkTrying(ctx context.Context, id string, at time.Time) error {
	return o.at("trying", func() error { return o.Outbox.MarkTrying(ctx, id, at) })
}

func (o *killed) MarkSent(ctx context.Context, n timeline.Notice, r timeline.Receipt, at time.Time) error {
	return o.at("sent", func() error { return o.Outbox.MarkSent(ctx, n, r, at) })
}

// TestLifeThroughKills has the process die before and after each write about an
// attempt: the first of them, or all in turn.
func TestLifeThroughKills(t *testing.T) {
	for _, write := range []string{"trying", "sent"} {
		for _, before := range []bool{true, false} {
			for _, hidden := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/before %t/hidden %t", write, before, hidden), func(t *testing.T) {
					t.Parallel()
					k := newDesk(t, botConfig)
					if hidden {
						k.slack.faulty(func(w http.ResponseWriter, _ *http.Request, method string, _ http.HandlerFunc) bool {
							if strings.HasPrefix(method, "conversations.") {
								refuse(w, "missing_scope")
								return true
							}
							return false
						})
					}
					die := func() {
						o := &killed{Outbox: k.record, before: write}
						if !before {
							o.before, o.after = "", write
						}
						k.d.Outbox = o
						if _, err := k.d.Deliver(t.Context(), k.now); err != nil && !errors.Is(err, errKilled) {
							t.Fatal(err)
						}
						k.restart()
					}
					i := incident()
					k.tell(i, timeline.NoticeOpening)
					die()
					k.now = k.now.Add(time.Minute)
					k.life(i, func() {})
					duplicates := 0
					if hidden {
						duplicates = 1
					}
					k.check(duplicates)
				})
			}
		}
	}
}

// TestRefusalIsRetriedWhenSetUpOtherwise gives a notice up for each permanent
// error, and delivers it once the receiver is set up otherwise.
func TestRefusalIsRetriedWhenSetUpOtherwise(t *testing.T) {
	for _, code := range []string{"invalid_auth", "account_inactive", "token_revoked", "missing_scope", "channel_not_found", "not_in_channel", "is_archived", "restricted_action"} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			k := newDesk(t, botConfig)
			if _, err := k.record.ReceiverIs(t.Context(), "", "wrong", k.now); err != nil {
				t.Fatal(err)
			}
			k.slack.give(func(w http.ResponseWriter) { refuse(w, code) })
			k.tell(incident(), timeline.NoticeOpening)
			k.settle(func() {})
			undelivered, err := k.record.Undelivered(t.Context(), 10)
			if err != nil || len(undelivered) != 1 || !strings.Contains(undelivered[0].Error, code) || !undelivered[0].NextTry.IsZero() {
				t.Fatalf("undelivered: %+v, %v", undelivered, err)
			}
			noSecret(t, undelivered[0].Error)
			k.slack.faulty(nil)
			if n, err := k.record.ReceiverIs(t.Context(), "", "right", k.now); err != nil || n != 1 {
				t.Fatalf("%d notices wait again, %v", n, err)
			}
			k.restart()
			k.settle(func() {})
			if top := k.slack.channel(); len(top) != 1 {
				t.Errorf("%d messages, want one", len(top))
			}
		})
	}
}

// TestWebhookLife has a webhook, which cannot edit: an opening and a resolution,
// whatever is told between.
func TestWebhookLife(t *testing.T) {
	k := newDesk(t, hookConfig)
	k.life(incident(), k.restart)
	posts := k.slack.got()
	if len(posts) != 2 {
		t.Fatalf("%d messages, want two", len(posts))
	}
	contains(t, &posts[0], "suddenly in the news")
	contains(t, &posts[1], "back to normal")
}

// TestManyIncidents opens many at once: they reach the channel one a second,
// all of them, openings before updates, and what waits is told once.
func TestManyIncidents(t *testing.T) {
	k := newDesk(t, botConfig)
	var last time.Time
	fast := 0
	k.slack.faulty(func(_ http.ResponseWriter, _ *http.Request, _ string, _ http.HandlerFunc) bool {
		if k.now.Sub(last) < time.Second {
			fast++
		}
		last = k.now
		return false
	})
	const many = 120 // more than are read from the outbox at once
	for n := range many {
		i := incident()
		i.Topic = fmt.Sprintf("topic-%03d", n)
		i.ID = timeline.IncidentID(i.Topic, i.Opened)
		k.tell(i, timeline.NoticeOpening)
		for range 3 { // it grows while it waits
			i.Total++
			k.tell(i, timeline.NoticeUpdate)
		}
	}
	began := k.now
	k.settle(func() {})
	if top := k.slack.channel(); len(top) != many || fast > 0 {
		t.Errorf("%d messages, %d of them less than a second apart", len(top), fast)
	}
	posts := k.slack.got()
	for n, p := range posts {
		if (p.Method == "chat.postMessage") != (n < many) {
			t.Fatalf("call %d is a %s: openings go first", n, p.Method)
		}
	}
	if len(posts) != 2*many {
		t.Errorf("%d calls, want an opening and an update each", len(posts))
	}
	if took := k.now.Sub(began); took > 2*many*time.Second+time.Minute {
		t.Errorf("it took %s", took)
	}
}
