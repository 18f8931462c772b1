package slack_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"marsad/alerts/slack"
	"marsad/internal/config/scalar"
	"marsad/timeline"
)

const fakeAppToken = "xapp-1-secret-app-token"

// fakeSocket speaks as much of Socket Mode as the connection needs: it opens
// connections for the app-level token, over which the test sends envelopes, and
// takes answers to response addresses.
type fakeSocket struct {
	*httptest.Server
	conns   chan *websocket.Conn // one for each connection that was opened
	answers chan string          // body of what was posted to a response address
	refuse  chan string          // error codes for the next calls of apps.connections.open
}

func newFakeSocket(t *testing.T) *fakeSocket {
	t.Helper()
	f := &fakeSocket{conns: make(chan *websocket.Conn, 10), answers: make(chan string, 10), refuse: make(chan string, 10)}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/apps.connections.open", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		select {
		case code := <-f.refuse:
			fmt.Fprintf(w, `{"ok":false,"error":%q}`, code)
			return
		default:
		}
		if r.Header.Get("Authorization") != "Bearer "+fakeAppToken && r.FormValue("token") != fakeAppToken {
			fmt.Fprint(w, `{"ok":false,"error":"invalid_auth"}`)
			return
		}
		fmt.Fprintf(w, `{"ok":true,"url":%q}`, "ws"+strings.TrimPrefix(f.URL, "http")+"/link?ticket=secret-ticket")
	})
	upgrader := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	mux.HandleFunc("/link", func(w http.ResponseWriter, r *http.Request) {
		conn, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			t.Errorf("upgrade: %v", err)
			return
		}
		f.conns <- conn
	})
	mux.HandleFunc("POST /response", func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		f.answers <- string(body)
	})
	f.Server = httptest.NewServer(mux)
	t.Cleanup(f.Close)
	return f
}

// within gives what a channel has, or fails the test after a while.
func within[T any](t *testing.T, what string, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(3 * time.Second): // as long as Slack waits for an acknowledgement
		t.Fatalf("no %s within 3 s", what)
		panic("unreachable")
	}
}

// send hands an envelope over and waits until it is acknowledged.
func (f *fakeSocket) send(t *testing.T, conn *websocket.Conn, kind string, payload any) {
	t.Helper()
	id := fmt.Sprint(kind, time.Now().UnixNano())
	if err := conn.WriteJSON(map[string]any{"type": kind, "envelope_id": id, "payload": payload}); err != nil {
		t.Fatal(err)
	}
	if err := conn.SetReadDeadline(time.Now().Add(3 * time.Second)); err != nil {
		t.Fatal(err)
	}
	var ack struct {
		EnvelopeID string `json:"envelope_id"`
	}
	if err := conn.ReadJSON(&ack); err != nil || ack.EnvelopeID != id {
		t.Fatalf("%s: acknowledged %q, %v; want %q within 3 s", kind, ack.EnvelopeID, err, id)
	}
}

// buttonPress is what Slack sends when a button of a message is pressed.
func (f *fakeSocket) buttonPress(action, incident string) map[string]any {
	return map[string]any{
		"type": "block_actions", "response_url": f.URL + "/response",
		"user":    map[string]string{"id": "U1", "name": "name-of-U1"},
		"channel": map[string]string{"id": "C1", "name": "news-watch"},
		"actions": []map[string]string{{"type": "button", "action_id": action, "block_id": "b", "value": incident}},
	}
}

func (f *fakeSocket) slash(text string) map[string]any {
	return map[string]any{
		"command": "/marsad", "text": text, "user_id": "U1", "user_name": "name-of-U1",
		"channel_id": "C1", "channel_name": "news-watch", "response_url": f.URL + "/response",
	}
}

// responses keeps what was pressed, of one incident.
type responses struct {
	mu       sync.Mutex
	incident timeline.Incident
	fail     error
}

func (r *responses) change(id string, change func(*timeline.Incident)) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.fail != nil {
		return r.fail
	}
	if id != r.incident.ID {
		return timeline.ErrNotFound
	}
	change(&r.incident)
	return nil
}

func (r *responses) Incident(_ context.Context, id string) (i timeline.Incident, err error) {
	err = r.change(id, func(found *timeline.Incident) { i = *found })
	return i, err
}

func (r *responses) Acknowledge(_ context.Context, id string, a timeline.Acknowledgement) error {
	return r.change(id, func(i *timeline.Incident) { i.Acknowledged = a })
}

func (r *responses) Label(_ context.Context, id string, f timeline.Feedback) error {
	return r.change(id, func(i *timeline.Incident) { i.Feedback = f })
}

func (r *responses) SetSilence(_ context.Context, q timeline.Silence) error {
	return r.change("i1", func(i *timeline.Incident) { i.Silence = q })
}

type commands func(text, by string) (string, error)

func (c commands) Command(_ context.Context, text, by string) (string, error) { return c(text, by) }

// connected runs a socket until the test ends.
type connected struct {
	*fakeSocket
	responses *responses
	changed   chan struct{}
	log       *bytes.Buffer // to be read once the socket has ended
	stop      func() error
}

var pressedAt = time.Date(2017, time.May, 20, 12, 0, 0, 0, time.UTC)

func connect(t *testing.T, allow slack.Allow, answer commands) *connected {
	t.Helper()
	c := &connected{
		fakeSocket: newFakeSocket(t), changed: make(chan struct{}, 10), log: &bytes.Buffer{},
		responses: &responses{incident: timeline.Incident{ID: "i1", Topic: "merger"}},
	}
	s, err := slack.NewSocket(slack.Config{
		Token: scalar.NewSecret(fakeToken), AppToken: scalar.NewSecret(fakeAppToken), APIURL: c.URL + "/api/", Allow: allow,
	}, slack.SocketOptions{
		Responses: c.responses, Commands: answer, Changed: func() { c.changed <- struct{}{} },
		Now: func() time.Time { return pressedAt }, Logger: slog.New(slog.NewTextHandler(c.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	c.stop = sync.OnceValue(func() error { cancel(); return <-done })
	t.Cleanup(func() {
		if err := c.stop(); !errors.Is(err, context.Canceled) {
			t.Errorf("ended with %v, want its context's error", err)
		}
		for _, secret := range []string{fakeToken, fakeAppToken, "secret-ticket"} {
			if strings.Contains(c.log.String(), secret) {
				t.Errorf("the log has %s:\n%s", secret, c.log)
			}
		}
	})
	return c
}

func TestButtons(t *testing.T) {
	c := connect(t, slack.Allow{}, nil)
	conn := within(t, "connection", c.conns)
	by := "name-of-U1"
	for _, test := range []struct {
		action string
		want   timeline.Incident
	}{
		{slack.ActionAck, timeline.Incident{Acknowledged: timeline.Acknowledgement{By: by, At: pressedAt}}},
		{slack.ActionSnooze1h, timeline.Incident{Silence: timeline.Silence{Topic: "merger", By: by, At: pressedAt, Until: pressedAt.Add(time.Hour)}}},
		{slack.ActionSnooze4h, timeline.Incident{Silence: timeline.Silence{Topic: "merger", By: by, At: pressedAt, Until: pressedAt.Add(4 * time.Hour)}}},
		{slack.ActionSnooze24h, timeline.Incident{Silence: timeline.Silence{Topic: "merger", By: by, At: pressedAt, Until: pressedAt.Add(24 * time.Hour)}}},
		{slack.ActionMute, timeline.Incident{Silence: timeline.Silence{Topic: "merger", By: by, At: pressedAt}}},
		{slack.ActionLabelTrue, timeline.Incident{Feedback: timeline.Feedback{Label: timeline.LabelTrue, By: by, At: pressedAt}}},
		{slack.ActionLabelFalse, timeline.Incident{Feedback: timeline.Feedback{Label: timeline.LabelFalse, By: by, At: pressedAt}}},
		{slack.ActionLabelDuplicate, timeline.Incident{Feedback: timeline.Feedback{Label: timeline.LabelDuplicate, By: by, At: pressedAt}}},
	} {
		c.responses.mu.Lock()
		c.responses.incident = timeline.Incident{ID: "i1", Topic: "merger"}
		c.responses.mu.Unlock()
		c.send(t, conn, "interactive", c.buttonPress(test.action, "i1"))
		within(t, test.action+" recorded", c.changed)
		got, err := c.responses.Incident(t.Context(), "i1")
		if err != nil {
			t.Fatal(err)
		}
		if got.Acknowledged != test.want.Acknowledged || got.Feedback != test.want.Feedback || got.Silence != test.want.Silence {
			t.Errorf("%s: %+v, want %+v", test.action, got, test.want)
		}
	}
	// Muting what is muted lifts it.
	for _, muted := range []bool{true, false} {
		c.send(t, conn, "interactive", c.buttonPress(slack.ActionMute, "i1"))
		within(t, "mute recorded", c.changed)
		if i, _ := c.responses.Incident(t.Context(), "i1"); i.Silence.Active(pressedAt) != muted {
			t.Errorf("silence %+v, want it active: %t", i.Silence, muted)
		}
	}

	c.send(t, conn, "interactive", c.buttonPress("open_timeline", "i1")) // a link: nothing to do
	c.send(t, conn, "interactive", c.buttonPress(slack.ActionAck, "gone"))
	if answer := within(t, "answer", c.answers); !strings.Contains(answer, "not in the record") {
		t.Errorf("an incident that is gone: answer %s", answer)
	}
	c.responses.mu.Lock()
	c.responses.fail = errors.New("disk full")
	c.responses.mu.Unlock()
	c.send(t, conn, "interactive", c.buttonPress(slack.ActionAck, "i1"))
	if answer := within(t, "answer", c.answers); !strings.Contains(answer, "could not be recorded") || strings.Contains(answer, "disk full") {
		t.Errorf("a record that refuses: answer %s", answer)
	}
}

func TestCommands(t *testing.T) {
	c := connect(t, slack.Allow{}, func(text, by string) (string, error) {
		switch text {
		case "long":
			return strings.Repeat("سطر من أسطر كثيرة\n", 3000), nil
		case "wrong":
			return "", errors.New("no topic is named wrong")
		}
		return by + " asked for " + text + "\n<!channel> *bold*", nil
	})
	conn := within(t, "connection", c.conns)
	for text, want := range map[string]string{
		"topics": "name-of-U1 asked for topics",
		"wrong":  "That did not work: no topic is named wrong",
		"long":   "…",
	} {
		c.send(t, conn, "slash_commands", c.slash(text))
		within(t, "end of the command", c.changed)
		answer := within(t, "answer", c.answers)
		var m struct {
			ResponseType string  `json:"response_type"`
			Text         string  `json:"text"`
			Blocks       []block `json:"blocks"`
		}
		if err := json.Unmarshal([]byte(answer), &m); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(answer, want) || m.ResponseType != "ephemeral" {
			t.Errorf("%s: answer %.300s, want %q for who asked alone", text, answer, want)
		}
		if len(m.Blocks) == 0 || len(m.Blocks) > 50 || m.Text == "" {
			t.Errorf("%s: %d blocks, text %q", text, len(m.Blocks), m.Text)
		}
		for _, b := range m.Blocks {
			if b.Type != "section" || b.Text.Type != "plain_text" || b.Text.Text == "" || len(b.Text.Text) > 3000 || strings.Contains(b.Text.Text, "<!channel>") {
				t.Errorf("%s: block %+v", text, b.Text)
			}
		}
	}
}

func TestAllow(t *testing.T) {
	for name, test := range map[string]struct {
		allow slack.Allow
		may   bool
	}{
		"nobody listed":       {slack.Allow{}, true},
		"the user":            {slack.Allow{Users: []string{"U1"}}, true},
		"another user":        {slack.Allow{Users: []string{"U2"}}, false},
		"the channel":         {slack.Allow{Channels: []string{"#news-watch"}}, true},
		"the channel by id":   {slack.Allow{Channels: []string{"C1"}}, true},
		"another channel":     {slack.Allow{Channels: []string{"#other"}}, false},
		"the user, elsewhere": {slack.Allow{Channels: []string{"#other"}, Users: []string{"U1"}}, true},
		"a user by name":      {slack.Allow{Users: []string{"name-of-U1"}}, false}, // anybody can call himself that
	} {
		t.Run(name, func(t *testing.T) {
			c := connect(t, test.allow, func(string, string) (string, error) { return "done", nil })
			conn := within(t, "connection", c.conns)
			c.send(t, conn, "interactive", c.buttonPress(slack.ActionAck, "i1"))
			c.send(t, conn, "slash_commands", c.slash("status"))
			if !test.may {
				for range 2 {
					if answer := within(t, "answer", c.answers); !strings.Contains(answer, "slack.allow") {
						t.Errorf("answer %s, want a refusal that names the key", answer)
					}
				}
			} else {
				if answer := within(t, "answer", c.answers); !strings.Contains(answer, "done") {
					t.Errorf("answer %s", answer)
				}
				for range 2 { // the press and the command are done side by side
					within(t, "press recorded, command answered", c.changed)
				}
			}
			if i, _ := c.responses.Incident(t.Context(), "i1"); (i.Acknowledged.By != "") != test.may {
				t.Errorf("acknowledged by %q", i.Acknowledged.By)
			}
		})
	}
}

// TestReconnects cuts the connection, has Slack ask for another, and sends what
// nobody understands.
func TestReconnects(t *testing.T) {
	c := connect(t, slack.Allow{}, nil)
	press := func(conn *websocket.Conn) {
		t.Helper()
		c.send(t, conn, "interactive", c.buttonPress(slack.ActionAck, "i1"))
		within(t, "press recorded", c.changed)
	}
	conn := within(t, "connection", c.conns)
	press(conn)
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	conn = within(t, "connection after a cut", c.conns)
	press(conn)
	if err := conn.WriteJSON(map[string]string{"type": "disconnect", "reason": "refresh_requested"}); err != nil {
		t.Fatal(err)
	}
	conn = within(t, "connection that Slack asked for", c.conns)
	for _, nonsense := range []string{`{"type":"nonsense"}`, `[]`, `{"type":"interactive","envelope_id":"x","payload":7}`, `{"type":"hello"}`} {
		if err := conn.WriteMessage(websocket.TextMessage, []byte(nonsense)); err != nil {
			t.Fatal(err)
		}
	}
	press(conn)
}

// TestEndsWhereRefused ends with its context also while Slack refuses the token.
func TestEndsWhereRefused(t *testing.T) {
	c := newFakeSocket(t)
	c.refuse <- "invalid_auth"
	var log bytes.Buffer
	s, err := slack.NewSocket(slack.Config{AppToken: scalar.NewSecret(fakeAppToken), APIURL: c.URL + "/api/"}, slack.SocketOptions{
		Responses: &responses{}, Now: func() time.Time { return pressedAt }, Logger: slog.New(slog.NewTextHandler(&log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if err := s.Run(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("ended with %v, want its context's error", err)
	}
	if !strings.Contains(log.String(), "invalid_auth") || strings.Contains(log.String(), fakeAppToken) {
		t.Errorf("log: %s", &log)
	}
}
