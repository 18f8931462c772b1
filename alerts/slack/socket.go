package slack

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/gorilla/websocket"
	slackapi "github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
	"golang.org/x/sync/errgroup"

	"marsad/timeline"
)

// Limits of a connection.
const (
	// maxFrame is the largest message that is taken from Slack, in bytes. The
	// message that a button belongs to comes with its press.
	maxFrame = 1 << 20
	// maxWork is how many presses and commands are worked on at once; further ones
	// are not acknowledged, which Slack shows to the one who asked.
	maxWork = 8
	// pressTimeout and commandTimeout limit the work itself; Slack has its
	// acknowledgement before.
	pressTimeout   = 10 * time.Second
	commandTimeout = time.Minute
	// handshakeTimeout limits the opening of a connection.
	handshakeTimeout = 15 * time.Second
	// reopenEvery is how long to wait where Slack refuses the app-level token.
	reopenEvery = 5 * time.Minute
)

// Commands answers slash commands.
type Commands interface {
	// Command answers what follows /marsad, in plain text. by is who asks, in the
	// form in which silences are signed.
	Command(ctx context.Context, text, by string) (string, error)
}

// SocketOptions are what a Socket needs besides its section of config.yaml. All
// but Logger and HTTPClient are needed.
type SocketOptions struct {
	Responses Responses
	Commands  Commands
	Changed   func()           // called when something was recorded that messages may show; may be nil
	Now       func() time.Time // the clock
	// HTTPClient sends requests to the Web API; see Options.
	HTTPClient *http.Client
	Logger     *slog.Logger
}

// Socket is a Socket Mode connection to Slack: it takes presses of buttons and
// slash commands without an address that Slack could reach.
//
// Each is acknowledged as it comes in, while it is worked on: a button is
// recorded, and shown by the message when that is updated next; a command is
// answered to the one who asked alone, and so is whatever goes wrong.
type Socket struct {
	allow Allow
	opts  SocketOptions
	api   *slackapi.Client
	http  *http.Client
	log   *slog.Logger
}

// NewSocket prepares a connection and opens nothing. The error names the key of
// the section slack that is wrong, and never a secret.
func NewSocket(cfg Config, o SocketOptions) (*Socket, error) {
	if cfg.AppToken.IsZero() {
		return nil, errors.New("slack.app_token: not set; buttons and commands need the app-level token, which begins with xapp-")
	}
	if !isHTTP(cfg.APIURL) {
		return nil, fmt.Errorf("slack.api_url: %q is not an http or https address; write %s", cfg.APIURL, slackapi.APIURL)
	}
	s := &Socket{allow: cfg.Allow, opts: o, http: o.HTTPClient, log: o.Logger}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.http == nil {
		s.http = defaultClient()
	}
	s.api = slackapi.New(cfg.Token.Reveal(),
		slackapi.OptionAppLevelToken(cfg.AppToken.Reveal()),
		slackapi.OptionAPIURL(strings.TrimRight(cfg.APIURL, "/")+"/"),
		slackapi.OptionHTTPClient(s.http))
	return s, nil
}

// Run keeps a connection open until ctx ends, and returns its error. Slack closes
// connections every few hours, and so do networks: it connects again, backing off
// up to five minutes. A token that is refused is logged and tried again.
func (s *Socket) Run(ctx context.Context) error {
	for {
		err := s.connect(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		s.log.Error("slack buttons and commands not available", "error", withoutURL(err), "next", s.opts.Now().Add(reopenEvery))
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(reopenEvery):
		}
	}
}

// connect runs one client until it gives up.
func (s *Socket) connect(ctx context.Context) error {
	client := socketmode.New(s.api,
		socketmode.OptionReadLimit(maxFrame),
		socketmode.OptionDialer(&websocket.Dialer{Proxy: http.ProxyFromEnvironment, HandshakeTimeout: handshakeTimeout}))
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return client.RunContext(ctx) })
	group.Go(func() error { return s.listen(ctx, client) })
	return group.Wait()
}

// listen acknowledges what comes in and has it worked on, until ctx ends.
func (s *Socket) listen(ctx context.Context, client *socketmode.Client) error {
	var work errgroup.Group
	work.SetLimit(maxWork)
	defer func() { _ = work.Wait() }() // what goes wrong is told to who asked
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case event := <-client.Events:
			s.observe(&event)
			if event.Request == nil || event.Request.EnvelopeID == "" {
				continue
			}
			todo := s.workOf(&event)
			if todo != nil && !work.TryGo(func() error { todo.do(ctx); return nil }) {
				s.log.Warn("slack request turned away", "limit", maxWork, "user", todo.user)
				continue // not acknowledged: Slack tells the one who asked
			}
			if err := client.AckCtx(ctx, event.Request.EnvelopeID, nil); err != nil {
				return err
			}
		}
	}
}

// observe logs how the connection is doing.
func (s *Socket) observe(event *socketmode.Event) {
	switch event.Type {
	case socketmode.EventTypeConnected:
		s.log.Info("slack buttons and commands available")
	case socketmode.EventTypeConnectionError:
		if failure, ok := event.Data.(*slackapi.ConnectionErrorEvent); ok {
			s.log.Warn("slack socket not open", "attempt", failure.Attempt, "next_in", failure.Backoff, "error", withoutURL(failure.ErrorObj))
		}
	case socketmode.EventTypeErrorBadMessage:
		if bad, ok := event.Data.(*socketmode.ErrorBadMessage); ok {
			s.log.Warn("slack message not understood", "bytes", len(bad.Message), "error", bad.Cause)
		}
	case socketmode.EventTypeErrorWriteFailed:
		s.log.Warn("slack request not acknowledged; slack sends it again")
	default:
	}
}

// task is what somebody asked for.
type task struct {
	user, answerTo string
	do             func(ctx context.Context)
}

// workOf gives what the event asks for; nil when that is nothing.
func (s *Socket) workOf(event *socketmode.Event) *task {
	switch data := event.Data.(type) {
	case slackapi.InteractionCallback:
		by, at := signature(data.User.Name, data.User.ID), s.opts.Now()
		pressed := presses(&data, by, at)
		if len(pressed) == 0 {
			return nil
		}
		t := &task{user: data.User.ID, answerTo: data.ResponseURL}
		allowed := s.allow.allows(data.User.ID, data.Channel.ID, data.Channel.Name)
		t.do = func(ctx context.Context) { s.press(ctx, t, pressed, allowed) }
		return t
	case slackapi.SlashCommand:
		t := &task{user: data.UserID, answerTo: data.ResponseURL}
		allowed := s.allow.allows(data.UserID, data.ChannelID, data.ChannelName)
		t.do = func(ctx context.Context) { s.command(ctx, t, &data, allowed) }
		return t
	}
	return nil
}

// signature is how a person is named: by the name that is unique in the
// workspace, else by id.
func signature(name, id string) string {
	if name != "" {
		return name
	}
	return id
}

// defaultClient gives up after [requestTimeout] and follows no redirect, which
// would hand the secret to another host.
func defaultClient() *http.Client {
	return &http.Client{
		Timeout:       requestTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

const notAllowed = "You may not do that: neither you nor this channel is listed under slack.allow in Marsad's config.yaml."

func (s *Socket) press(ctx context.Context, t *task, pressed []press, allowed bool) {
	if !allowed {
		s.log.Warn("slack press refused", "user", t.user, "action", pressed[0].action)
		s.answer(ctx, t.answerTo, notAllowed)
		return
	}
	limited, cancel := context.WithTimeout(ctx, pressTimeout)
	defer cancel()
	for _, p := range pressed {
		err := p.apply(limited, s.opts.Responses)
		switch {
		case errors.Is(err, timeline.ErrNotFound):
			s.answer(ctx, t.answerTo, "That incident is not in the record any more.")
		case err != nil:
			s.log.Error("slack press not recorded", "user", t.user, "action", p.action, "incident", p.incident, "error", err)
			s.answer(ctx, t.answerTo, "That could not be recorded; press again in a moment. Marsad's log has the reason.")
		default:
			s.log.Info("slack press recorded", "user", t.user, "action", p.action, "incident", p.incident)
			if s.opts.Changed != nil {
				s.opts.Changed()
			}
		}
	}
}

func (s *Socket) command(ctx context.Context, t *task, c *slackapi.SlashCommand, allowed bool) {
	if !allowed {
		s.log.Warn("slack command refused", "user", t.user)
		s.answer(ctx, t.answerTo, notAllowed)
		return
	}
	limited, cancel := context.WithTimeout(ctx, commandTimeout)
	defer cancel()
	text, err := s.opts.Commands.Command(limited, c.Text, signature(c.UserName, c.UserID))
	if err != nil {
		s.log.Info("slack command failed", "user", t.user, "error", err)
		text = "That did not work: " + err.Error()
	}
	s.answer(ctx, t.answerTo, text)
	if s.opts.Changed != nil {
		s.opts.Changed()
	}
}

// Limits of an answer: Slack's of a section, and what still fits on a screen.
const (
	maxAnswerSection  = 2900
	maxAnswerSections = 10
)

// answer tells the one who asked, and nobody else.
func (s *Socket) answer(ctx context.Context, address, text string) {
	if address == "" {
		return
	}
	m := &slackapi.WebhookMessage{
		ResponseType: slackapi.ResponseTypeEphemeral,
		Text:         truncate(mrkdwn(plain(firstLine(text))), maxTitle),
		Blocks:       &slackapi.Blocks{},
	}
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = plain(lines[i])
	}
	sections := cutText(strings.Join(lines, "\n"), maxAnswerSection)
	for i, section := range sections {
		if i == maxAnswerSections {
			section = "…"
		}
		m.Blocks.BlockSet = append(m.Blocks.BlockSet,
			slackapi.NewSectionBlock(slackapi.NewTextBlockObject(slackapi.PlainTextType, section, false, false), nil, nil))
		if i == maxAnswerSections {
			break
		}
	}
	if err := slackapi.PostWebhookCustomHTTPContext(ctx, address, s.http, m); err != nil {
		s.log.Warn("slack answer not delivered", "error", withoutURL(err))
	}
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// cutText cuts a text into pieces of at most so many bytes, at line breaks where
// there are some, and never within a character. There is always one.
func cutText(text string, most int) []string {
	var pieces []string
	for len(text) > most {
		end := strings.LastIndexByte(text[:most+1], '\n')
		skip := 1
		if end <= 0 {
			end, skip = most, 0
			for end > 0 && text[end]&0xc0 == 0x80 {
				end--
			}
		}
		pieces = append(pieces, text[:end])
		text = text[end+skip:]
	}
	if strings.TrimSpace(text) != "" || len(pieces) == 0 {
		if text == "" {
			text = "…"
		}
		pieces = append(pieces, text)
	}
	return pieces
}
