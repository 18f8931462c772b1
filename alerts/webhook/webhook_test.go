package webhook_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"marsad/alerts/webhook"
	"marsad/internal/config/scalar"
	"marsad/timeline"
)

var update = flag.Bool("update", false, "write the example of docs/WEBHOOK.md anew, to be read before it is kept")

// secret is that of the published example of Standard Webhooks.
const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

// receiver keeps what it was sent.
type receiver struct {
	*httptest.Server
	mu    sync.Mutex
	got   []request
	fault func(w http.ResponseWriter, r *http.Request, take func()) bool // may answer itself
}

type request struct {
	header http.Header
	body   []byte
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(req.Body)
		if err != nil {
			return
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		take := func() { r.got = append(r.got, request{req.Header, body}) }
		if r.fault != nil && r.fault(w, req, take) {
			return
		}
		take()
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) requests() []request {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.got
}

func config(r *receiver) webhook.Config {
	return webhook.Config{Name: "desk", URL: scalar.NewSecret(r.URL + "/hooks/hunter2"), Secret: scalar.NewSecret(secret), Timeout: time.Second}
}

func newNotifier(t *testing.T, cfg webhook.Config, now func() time.Time) *webhook.Notifier {
	t.Helper()
	n, err := webhook.New(cfg, webhook.Options{BaseURL: "https://marsad.example.org/", Now: now})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func noon() time.Time { return time.Date(2017, time.May, 20, 12, 0, 0, 0, time.UTC) }

// incident is the one in the example of docs/WEBHOOK.md.
func incident() timeline.Incident {
	number := func(n float64) *float64 { return &n }
	opened := noon().Add(-10 * time.Minute)
	return timeline.Incident{
		ID: timeline.IncidentID("group-merger", opened), Topic: "group-merger", Title: "Group merger", State: timeline.IncidentOpen,
		Severity: "high", Opened: opened, Updated: opened,
		Observed: 9, Expected: 1.4, Upper: 6, P: 0.0002, Exposure: 420, Window: 6 * time.Hour, Weeks: 48,
		Total: 9, Publishers: 4, Langs: []string{"ar", "en"},
		Headlines: []timeline.Headline{{
			Story: "s1", Article: "a1", Title: "اندماج الجماعات <b>&", URL: "https://example.org/1", Publisher: "Example News",
			Publishers: 3, Lang: "ar", Published: opened.Add(-time.Hour),
		}},
		Figures: []timeline.Figure{{
			Lo: number(12000), Hi: number(15000), Bound: timeline.Between, Text: "12,000 to 15,000", Object: "fighters", Kind: "fighters",
			By: "Newsweek", Publisher: "Example News", URL: "https://example.org/1",
		}},
		Events: []timeline.DatedEvent{{
			Text: "the groups parted", Precision: timeline.Year, Publisher: "Example News", URL: "https://example.org/1",
			Interval: timeline.Interval{Lo: time.Date(2014, 1, 1, 0, 0, 0, 0, time.UTC), Hi: time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC)},
		}},
		Series: []timeline.SeriesPoint{{Step: opened, Observed: 9, Expected: 1.4}},
		Joined: []timeline.Joined{{
			Incident: timeline.IncidentID("ceasefire", opened), Topic: "ceasefire", Title: "Ceasefire", State: timeline.IncidentOpen, Severity: "notice",
			Opened: opened, Updated: opened, Observed: 5, Expected: 0.9, P: 0.002, Window: 6 * time.Hour, Weeks: 4, Total: 5, Publishers: 3,
		}},
		Announced:    timeline.Receipt{Channel: "C024BE91L", TS: "1495281600.000001"},
		Acknowledged: timeline.Acknowledgement{By: "U024BE7LH", At: noon()},
		Silence:      timeline.Silence{Topic: "group-merger", By: "U024BE7LH", At: noon(), Until: noon().Add(4 * time.Hour)},
	}
}

func notice(kind timeline.NoticeKind) timeline.Notice {
	i := incident()
	n := timeline.Notice{
		ID: timeline.NoticeID(i.ID, kind, timeline.ReceiverParts("desk")...), Kind: kind, Receiver: "desk", Incident: i, Created: noon(), Revision: 1,
	}
	if kind == timeline.NoticeThread {
		was := i.Figures[0]
		was.By = "police"
		n.News = timeline.News{Headlines: i.Headlines, Figures: []timeline.FigureNews{{Figure: i.Figures[0], Was: &was}}}
	}
	return n
}

// TestSignature holds what is sent against the published example of Standard
// Webhooks, whose way of signing the test has for itself.
func TestSignature(t *testing.T) {
	const id, timestamp, body, want = "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", `{"test": 2432232314}`, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
	if got := signature(t, id, timestamp, []byte(body)); got != want {
		t.Fatalf("the test signs %s, want %s", got, want)
	}
	r := newReceiver(t)
	receipt, err := newNotifier(t, config(r), noon).Notify(t.Context(), notice(timeline.NoticeOpening))
	if err != nil || receipt.Channel != "desk" {
		t.Fatalf("receipt %+v, %v", receipt, err)
	}
	got := r.requests()[0]
	h := got.header
	if h.Get("Content-Type") != "application/json" || h.Get("webhook-timestamp") != fmt.Sprint(noon().Unix()) {
		t.Errorf("headers %v", h)
	}
	if want := signature(t, h.Get("webhook-id"), h.Get("webhook-timestamp"), got.body); h.Get("webhook-signature") != want {
		t.Errorf("signature %s, want %s", h.Get("webhook-signature"), want)
	}
}

// TestExample holds what docs/WEBHOOK.md shows against what is sent.
func TestExample(t *testing.T) {
	const manual = "../../docs/WEBHOOK.md"
	data, err := os.ReadFile(manual)
	if err != nil {
		t.Fatal(err)
	}
	r := newReceiver(t)
	at := noon().Add(5 * time.Minute)
	if _, err := newNotifier(t, config(r), func() time.Time { return at }).Notify(t.Context(), notice(timeline.NoticeThread)); err != nil {
		t.Fatal(err)
	}
	sent := r.requests()[0]
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, sent.body, "", "  "); err != nil {
		t.Fatal(err)
	}
	got := "```json\n" + pretty.String() + "\n```"
	block := regexp.MustCompile("(?s)```json\n.*```")
	headers := regexp.MustCompile("`webhook-id: [^`]*`, `webhook-timestamp: [^`]*` and\n`webhook-signature: [^`]*`")
	gotHeaders := fmt.Sprintf("`webhook-id: %s`, `webhook-timestamp: %s` and\n`webhook-signature: %s`",
		sent.header.Get("webhook-id"), sent.header.Get("webhook-timestamp"), sent.header.Get("webhook-signature"))
	if *update {
		data = block.ReplaceAllLiteral(data, []byte(got))
		data = headers.ReplaceAllLiteral(data, []byte(gotHeaders))
		if err := os.WriteFile(manual, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if shown := string(block.Find(data)); shown != got {
		t.Errorf("the manual shows\n%s\nand what is sent is\n%s", shown, got)
	}
	if shown := string(headers.Find(data)); shown != gotHeaders {
		t.Errorf("the manual shows the headers\n%s\nand what is sent is\n%s", shown, gotHeaders)
	}
	// Each field has its words in the tables above the example.
	tables := string(data[:block.FindIndex(data)[0]])
	for _, field := range regexp.MustCompile(`"([a-z_]+)":`).FindAllSubmatch(sent.body, -1) {
		name := string(field[1])
		if name != "data" && !strings.Contains(tables, "`"+name+"`") && !strings.Contains(tables, "`data."+name+"`") {
			t.Errorf("the manual does not explain the field %s", name)
		}
	}
}

// TestKinds sends each kind of notice under its own type, and nothing that is
// another receiver's.
func TestKinds(t *testing.T) {
	r := newReceiver(t)
	n := newNotifier(t, config(r), noon)
	for kind, want := range map[timeline.NoticeKind]string{
		timeline.NoticeOpening: "incident.opened", timeline.NoticeUpdate: "incident.updated", timeline.NoticeThread: "incident.news",
		timeline.NoticeEscalation: "incident.escalated", timeline.NoticeResolution: "incident.resolved",
	} {
		if _, err := n.Notify(t.Context(), notice(kind)); err != nil {
			t.Fatal(err)
		}
		got := r.requests()
		body := string(got[len(got)-1].body)
		if !strings.Contains(body, `"type":"`+want+`"`) || strings.Contains(body, "C024BE91L") {
			t.Errorf("%s: %s", kind, body)
		}
	}
}

// TestIDs gives each attempt at one state the same id, and each state its own.
func TestIDs(t *testing.T) {
	r := newReceiver(t)
	n := newNotifier(t, config(r), noon)
	once, changed := notice(timeline.NoticeUpdate), notice(timeline.NoticeUpdate)
	changed.Revision++
	other := notice(timeline.NoticeResolution)
	for _, notice := range []timeline.Notice{once, once, changed, other} {
		if _, err := n.Notify(t.Context(), notice); err != nil {
			t.Fatal(err)
		}
	}
	var ids []string
	for _, got := range r.requests() {
		ids = append(ids, got.header.Get("webhook-id"))
	}
	if ids[0] != ids[1] || ids[1] == ids[2] || ids[2] == ids[3] || ids[1] == ids[3] {
		t.Errorf("ids %q", ids)
	}
}

// TestAnswers says what becomes of each answer, and that no secret gets out.
func TestAnswers(t *testing.T) {
	for name, test := range map[string]struct {
		status    int
		after     string
		permanent bool
		wait      time.Duration
	}{
		"301":                   {status: 301, permanent: true},
		"400":                   {status: 400, permanent: true},
		"401":                   {status: 401, permanent: true},
		"404":                   {status: 404, permanent: true},
		"408":                   {status: 408},
		"410":                   {status: 410, permanent: true},
		"425":                   {status: 425},
		"429":                   {status: 429},
		"429 in seconds":        {status: 429, after: "7", wait: 7 * time.Second},
		"429 at a date":         {status: 429, after: "Sat, 20 May 2017 12:02:00 GMT", wait: 2 * time.Minute},
		"429 at a date gone by": {status: 429, after: "Sat, 20 May 2017 11:00:00 GMT"},
		"429 with nonsense":     {status: 429, after: "soon"},
		"500":                   {status: 500},
		"502":                   {status: 502},
		"503":                   {status: 503, after: "60", wait: time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			r := newReceiver(t)
			r.fault = func(w http.ResponseWriter, req *http.Request, _ func()) bool {
				if test.after != "" {
					w.Header().Set("Retry-After", test.after)
				}
				w.Header().Set("Location", req.URL.String())
				w.WriteHeader(test.status)
				fmt.Fprint(w, secret, req.URL)
				return true
			}
			_, err := newNotifier(t, config(r), noon).Notify(t.Context(), notice(timeline.NoticeOpening))
			failed := deliveryError(t, err)
			if failed.Permanent != test.permanent || failed.After != test.wait || failed.Unsure == test.permanent {
				t.Errorf("%+v", failed)
			}
		})
	}
}

// TestNoConnection tells apart what cannot have arrived.
func TestNoConnection(t *testing.T) {
	for name, test := range map[string]struct {
		breakIt func(r *receiver)
		unsure  bool
	}{
		"nobody listens": {func(r *receiver) { r.Close() }, false},
		"cut": {func(r *receiver) {
			r.fault = func(http.ResponseWriter, *http.Request, func()) bool { panic(http.ErrAbortHandler) }
		}, true},
		"no answer in time": {func(r *receiver) {
			r.fault = func(_ http.ResponseWriter, req *http.Request, take func()) bool {
				take()
				<-req.Context().Done()
				return true
			}
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			r := newReceiver(t)
			test.breakIt(r)
			cfg := config(r)
			cfg.Timeout = 100 * time.Millisecond
			_, err := newNotifier(t, cfg, noon).Notify(t.Context(), notice(timeline.NoticeOpening))
			if failed := deliveryError(t, err); failed.Permanent || failed.Unsure != test.unsure {
				t.Errorf("%+v", failed)
			}
		})
	}
}

func TestNewRefuses(t *testing.T) {
	good := config(newReceiver(t))
	for name, spoil := range map[string]func(*webhook.Config){
		"no address":     func(c *webhook.Config) { c.URL = scalar.Secret{} },
		"another scheme": func(c *webhook.Config) { c.URL = scalar.NewSecret("ftp://example.org/hunter2") },
		"no secret":      func(c *webhook.Config) { c.Secret = scalar.Secret{} },
		"no prefix":      func(c *webhook.Config) { c.Secret = scalar.NewSecret(strings.TrimPrefix(secret, "whsec_")) },
		"short secret":   func(c *webhook.Config) { c.Secret = scalar.NewSecret("whsec_aHVudGVyMg==") },
		"no base64":      func(c *webhook.Config) { c.Secret = scalar.NewSecret("whsec_hunter2hunter2hunter2hunter2!!") },
	} {
		cfg := good
		spoil(&cfg)
		_, err := webhook.New(cfg, webhook.Options{Now: noon})
		if err == nil || strings.Contains(err.Error(), "hunter2") || !strings.Contains(err.Error(), "webhook desk: ") || !strings.Contains(err.Error(), "write ") {
			t.Errorf("%s: %v", name, err)
		}
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("config", "config", good)
	if text := log.String() + fmt.Sprintf("%v %+v %#v", good, good, good); strings.Contains(text, "hunter2") || strings.Contains(text, "MfKQ") {
		t.Errorf("a secret is shown: %s", text)
	}
}
