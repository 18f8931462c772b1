package slack_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

// fakeSlack speaks as much of Slack as the notifier needs: chat.postMessage,
// chat.update and an incoming webhook. It holds a message to Slack's limits.
type fakeSlack struct {
	*httptest.Server
	mu    sync.Mutex
	posts []post
	// answer, when set, is given in place of Slack's own; once and for all.
	answer func(w http.ResponseWriter)
}

// post is a message as Slack got it.
type post struct {
	Method string // chat.postMessage, chat.update or webhook
	Channel, TS,
	Text, Parse, LinkNames, UnfurlLinks, UnfurlMedia string
	Blocks []block
}

type block struct {
	Type     string      `json:"type"`
	Text     *textObject `json:"text"`
	Fields   []textObject
	Elements []textObject
}

type textObject struct {
	Type     string `json:"type"`
	Text     string `json:"text"`
	Emoji    *bool  `json:"emoji"`
	Verbatim bool   `json:"verbatim"`
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
	mux.HandleFunc("POST /api/chat.postMessage", func(w http.ResponseWriter, r *http.Request) { f.webAPI(w, r, "chat.postMessage") })
	mux.HandleFunc("POST /api/chat.update", func(w http.ResponseWriter, r *http.Request) { f.webAPI(w, r, "chat.update") })
	mux.HandleFunc("POST /services/"+fakeSecret, f.webhook)
	f.Server = httptest.NewServer(mux)
	t.Cleanup(f.Close)
	return f
}

func (f *fakeSlack) webAPI(w http.ResponseWriter, r *http.Request, method string) {
	w.Header().Set("Content-Type", "application/json")
	p := post{
		Method: method, Channel: r.FormValue("channel"), TS: r.FormValue("ts"), Text: r.FormValue("text"),
		Parse: r.FormValue("parse"), LinkNames: r.FormValue("link_names"),
		UnfurlLinks: r.FormValue("unfurl_links"), UnfurlMedia: r.FormValue("unfurl_media"),
	}
	if answer := f.given(); answer != nil {
		answer(w)
		return
	}
	refuse := func(code string) { fmt.Fprintf(w, `{"ok":false,"error":%q}`, code) }
	token := r.FormValue("token")
	if bearer, found := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); found {
		token = bearer
	}
	switch {
	case token != fakeToken:
		refuse("invalid_auth")
		return
	case p.Channel != "#watch" && p.Channel != fakeChannel:
		refuse("channel_not_found")
		return
	}
	if err := json.Unmarshal([]byte(r.FormValue("blocks")), &p.Blocks); err != nil {
		refuse("invalid_blocks_format")
		return
	}
	if problem := p.problem(); problem != "" {
		fmt.Fprintf(w, `{"ok":false,"error":"invalid_blocks","response_metadata":{"messages":[%q]}}`, problem)
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if method == "chat.update" && !f.has(p.TS) {
		refuse("message_not_found")
		return
	}
	if method == "chat.postMessage" {
		p.TS = fmt.Sprintf("1495281600.%06d", len(f.posts)+1)
	}
	f.posts = append(f.posts, p)
	fmt.Fprintf(w, `{"ok":true,"channel":%q,"ts":%q,"message":{"text":%q}}`, fakeChannel, p.TS, p.Text)
}

func (f *fakeSlack) webhook(w http.ResponseWriter, r *http.Request) {
	if answer := f.given(); answer != nil {
		answer(w)
		return
	}
	var m struct {
		Text        string  `json:"text"`
		Parse       string  `json:"parse"`
		UnfurlLinks *bool   `json:"unfurl_links"`
		UnfurlMedia *bool   `json:"unfurl_media"`
		Blocks      []block `json:"blocks"`
	}
	if err := json.NewDecoder(r.Body).Decode(&m); err != nil {
		http.Error(w, "invalid_payload", http.StatusBadRequest)
		return
	}
	p := post{Method: "webhook", Text: m.Text, Parse: m.Parse, Blocks: m.Blocks, LinkNames: "false"}
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
	fmt.Fprint(w, "ok")
}

func (f *fakeSlack) given() func(http.ResponseWriter) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.answer
}

func (f *fakeSlack) give(answer func(http.ResponseWriter)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answer = answer
}

// has must be called with the lock held.
func (f *fakeSlack) has(ts string) bool {
	for _, p := range f.posts {
		if p.TS == ts {
			return true
		}
	}
	return false
}

func (f *fakeSlack) got() []post {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]post(nil), f.posts...)
}

// problem is what Slack would say is wrong with the message, or nothing.
func (p *post) problem() string {
	if len(p.Blocks) == 0 || len(p.Blocks) > 50 {
		return "must have 1 to 50 blocks"
	}
	for i, b := range p.Blocks {
		texts, limit := append([]textObject(nil), b.Fields...), 2000
		switch b.Type {
		case "header":
			limit = 150
			if b.Text == nil || b.Text.Type != "plain_text" {
				return fmt.Sprintf("block %d: a header is plain_text", i)
			}
		case "section":
			if b.Text == nil && len(b.Fields) == 0 || len(b.Fields) > 10 {
				return fmt.Sprintf("block %d: a section has a text or up to 10 fields", i)
			}
			if b.Text != nil {
				limit = 3000
			}
		case "divider":
			continue
		default:
			return fmt.Sprintf("block %d: type %q", i, b.Type)
		}
		if b.Text != nil {
			texts = append(texts, *b.Text)
		}
		for _, text := range texts {
			n := len(utf16.Encode([]rune(text.Text)))
			switch {
			case n == 0 || n > limit:
				return fmt.Sprintf("block %d: must be 1 to %d characters, has %d", i, limit, n)
			case !utf8.ValidString(text.Text):
				return fmt.Sprintf("block %d: not UTF-8", i)
			case text.Type == "mrkdwn" && text.Emoji != nil, text.Type == "plain_text" && text.Verbatim:
				return fmt.Sprintf("block %d: emoji is for plain_text, verbatim for mrkdwn", i)
			}
		}
	}
	return ""
}

// all is every text of the message, line by line.
func (p *post) all() string {
	var b strings.Builder
	fmt.Fprintln(&b, p.Text)
	for _, block := range p.Blocks {
		if block.Text != nil {
			fmt.Fprintln(&b, block.Text.Text)
		}
		for _, f := range block.Fields {
			fmt.Fprintln(&b, f.Text)
		}
	}
	return b.String()
}

// mrkdwn is every text that Slack would read formatting into.
func (p *post) mrkdwn() []string {
	texts := []string{p.Text}
	for _, b := range p.Blocks {
		if b.Text != nil && b.Text.Type == "mrkdwn" {
			texts = append(texts, b.Text.Text)
		}
	}
	return texts
}
