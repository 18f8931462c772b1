package slack_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// fakeSlack speaks as much of Slack as the notifier needs: messages, threads,
// edits, history with metadata, and an incoming webhook. It keeps what a channel
// shows, and holds each message to Slack's limits.
type fakeSlack struct {
	*httptest.Server
	mu    sync.Mutex
	posts []post    // every message and edit that was taken
	shown []*post   // the channel and its threads as they are now
	calls []string  // methods in order, refused ones too
	fault faultFunc // asked before each call
	ticks int       // gives each message a timestamp of its own
}

// faultFunc may answer in the place of Slack and says whether it did. do is what
// Slack would do, whose answer can be dropped.
type faultFunc func(w http.ResponseWriter, r *http.Request, method string, do http.HandlerFunc) bool

// post is a message as Slack got it.
type post struct {
	Method string // chat.postMessage, chat.update or webhook
	Channel, TS, Thread,
	Text, Parse, LinkNames, UnfurlLinks, UnfurlMedia string
	Broadcast bool
	Metadata  json.RawMessage
	Raw       []byte // blocks as they came
	Blocks    []block
}

const (
	fakeToken   = "xoxb-1-secret-token"
	fakeSecret  = "T000/B000/secret-hook"
	fakeChannel = "C024BE91L"
)

func newFakeSlack(t *testing.T) *fakeSlack {
	t.Helper()
	f := &fakeSlack{}
	mux := http.NewServeMux()
	for method, serve := range map[string]http.HandlerFunc{
		"chat.postMessage": f.postMessage, "chat.update": f.update, "conversations.history": f.history,
		"conversations.replies": f.replies, "conversations.list": f.list,
	} {
		mux.HandleFunc("POST /api/"+method, func(w http.ResponseWriter, r *http.Request) { f.serve(w, r, method, f.authorised(serve)) })
	}
	mux.HandleFunc("POST /services/"+fakeSecret, func(w http.ResponseWriter, r *http.Request) { f.serve(w, r, "webhook", f.webhook) })
	f.Server = httptest.NewServer(mux)
	t.Cleanup(f.Close)
	return f
}

func (f *fakeSlack) serve(w http.ResponseWriter, r *http.Request, method string, do http.HandlerFunc) {
	f.mu.Lock()
	fault := f.fault
	f.calls = append(f.calls, method)
	f.mu.Unlock()
	if fault != nil && fault(w, r, method, do) {
		return
	}
	do(w, r)
}

func refuse(w http.ResponseWriter, code string) {
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"ok":false,"error":%q}`, code)
}

func (f *fakeSlack) authorised(do http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		token := r.FormValue("token")
		if bearer, found := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); found {
			token = bearer
		}
		channel := r.FormValue("channel")
		switch {
		case token != fakeToken:
			refuse(w, "invalid_auth")
		case r.URL.Path == "/api/conversations.list":
			do(w, r)
		case channel == "#watch" && strings.HasPrefix(r.URL.Path, "/api/conversations."): // takes ids only
			refuse(w, "channel_not_found")
		case channel != "#watch" && channel != fakeChannel:
			refuse(w, "channel_not_found")
		default:
			do(w, r)
		}
	}
}

// read takes the message out of a request, or refuses it.
func (f *fakeSlack) read(w http.ResponseWriter, r *http.Request, method string) (post, bool) {
	p := post{
		Method: method, Channel: r.FormValue("channel"), TS: r.FormValue("ts"), Thread: r.FormValue("thread_ts"), Text: r.FormValue("text"),
		Parse: r.FormValue("parse"), LinkNames: r.FormValue("link_names"), Broadcast: r.FormValue("reply_broadcast") == "true",
		UnfurlLinks: r.FormValue("unfurl_links"), UnfurlMedia: r.FormValue("unfurl_media"),
		Metadata: json.RawMessage(r.FormValue("metadata")), Raw: []byte(r.FormValue("blocks")),
	}
	if err := json.Unmarshal(p.Raw, &p.Blocks); err != nil {
		refuse(w, "invalid_blocks_format")
		return p, false
	}
	if problem := p.problem(); problem != "" {
		fmt.Fprintf(w, `{"ok":false,"error":"invalid_blocks","response_metadata":{"messages":[%q]}}`, problem)
		return p, false
	}
	return p, true
}

func (f *fakeSlack) postMessage(w http.ResponseWriter, r *http.Request) {
	p, ok := f.read(w, r, "chat.postMessage")
	if !ok {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ticks++
	p.TS = fmt.Sprintf("1495281600.%06d", f.ticks)
	f.posts = append(f.posts, p)
	f.shown = append(f.shown, &p)
	fmt.Fprintf(w, `{"ok":true,"channel":%q,"ts":%q,"message":{"text":%q}}`, fakeChannel, p.TS, p.Text)
}

func (f *fakeSlack) update(w http.ResponseWriter, r *http.Request) {
	p, ok := f.read(w, r, "chat.update")
	if !ok {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	at := slices.IndexFunc(f.shown, func(s *post) bool { return s.TS == p.TS })
	if at < 0 {
		refuse(w, "message_not_found")
		return
	}
	f.posts = append(f.posts, p)
	f.shown[at] = &p
	fmt.Fprintf(w, `{"ok":true,"channel":%q,"ts":%q,"text":%q}`, fakeChannel, p.TS, p.Text)
}

// listing answers with messages, newest first, two to a page.
func (f *fakeSlack) listing(w http.ResponseWriter, r *http.Request, in func(*post) bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all []map[string]any
	for _, p := range slices.Backward(f.shown) {
		if !in(p) {
			continue
		}
		m := map[string]any{"type": "message", "ts": p.TS, "text": p.Text}
		if r.FormValue("include_all_metadata") == "1" && len(p.Metadata) > 0 {
			m["metadata"] = p.Metadata
		}
		all = append(all, m)
	}
	from, _ := strconv.Atoi(r.FormValue("cursor")) // none is the first
	to := min(from+2, len(all))
	answer := map[string]any{"ok": true, "messages": all[from:to], "has_more": to < len(all)}
	if to < len(all) {
		answer["response_metadata"] = map[string]string{"next_cursor": strconv.Itoa(to)}
	}
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(answer); err != nil {
		panic(err)
	}
}

func (f *fakeSlack) history(w http.ResponseWriter, r *http.Request) {
	f.listing(w, r, func(p *post) bool { return p.Thread == "" || p.Broadcast })
}

func (f *fakeSlack) replies(w http.ResponseWriter, r *http.Request) {
	f.listing(w, r, func(p *post) bool { return p.TS == r.FormValue("ts") || p.Thread == r.FormValue("ts") })
}

func (f *fakeSlack) list(w http.ResponseWriter, _ *http.Request) {
	fmt.Fprintf(w, `{"ok":true,"channels":[{"id":"C00000001","name":"general"},{"id":%q,"name":"watch"}]}`, fakeChannel)
}

func (f *fakeSlack) webhook(w http.ResponseWriter, r *http.Request) {
	var m struct {
		Text        string          `json:"text"`
		Parse       string          `json:"parse"`
		UnfurlLinks *bool           `json:"unfurl_links"`
		UnfurlMedia *bool           `json:"unfurl_media"`
		Blocks      json.RawMessage `json:"blocks"`
	}
	if err := json.NewDecoder(r.Body).Decode(&m); err != nil {
		http.Error(w, "invalid_payload", http.StatusBadRequest)
		return
	}
	p := post{Method: "webhook", Text: m.Text, Parse: m.Parse, Raw: m.Blocks, LinkNames: "false"}
	if err := json.Unmarshal(m.Blocks, &p.Blocks); err != nil {
		http.Error(w, "invalid_blocks_format", http.StatusBadRequest)
		return
	}
	if m.UnfurlLinks != nil && m.UnfurlMedia != nil {
		p.UnfurlLinks, p.UnfurlMedia = fmt.Sprint(*m.UnfurlLinks), fmt.Sprint(*m.UnfurlMedia)
	}
	if problem := p.problem(); problem != "" {
		http.Error(w, "invalid_blocks", http.StatusBadRequest)
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.posts = append(f.posts, p)
	f.shown = append(f.shown, &p)
	fmt.Fprint(w, "ok")
}

// give answers everything from now on.
func (f *fakeSlack) give(answer func(http.ResponseWriter)) {
	f.faulty(func(w http.ResponseWriter, _ *http.Request, _ string, _ http.HandlerFunc) bool {
		answer(w)
		return true
	})
}

func (f *fakeSlack) faulty(fault faultFunc) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fault = fault
}

func (f *fakeSlack) got() []post {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.posts)
}

// channel gives the top-level messages as they are now, and thread what is below.
func (f *fakeSlack) channel() (top []post) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, p := range f.shown {
		if p.Thread == "" {
			top = append(top, *p)
		}
	}
	return top
}

func (f *fakeSlack) thread(ts string) (replies []post) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, p := range f.shown {
		if p.Thread == ts {
			replies = append(replies, *p)
		}
	}
	return replies
}

// all is every text of the message, line by line.
func (p *post) all() string {
	var b strings.Builder
	fmt.Fprintln(&b, p.Text)
	for i := range p.Blocks {
		for _, text := range p.Blocks[i].texts() {
			fmt.Fprintln(&b, text.Text)
		}
	}
	return b.String()
}

// mrkdwn is every text that Slack would read formatting into.
func (p *post) mrkdwn() []string {
	texts := []string{p.Text}
	for i := range p.Blocks {
		for _, text := range p.Blocks[i].texts() {
			if text.Type == "mrkdwn" {
				texts = append(texts, text.Text)
			}
		}
	}
	return texts
}
