package app

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const withWebhook = mainJob + `
webhooks: [{name: desk, url: http://hook.test/hunter2, secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw}]
`

// TestWebhook walks through a burst beside which a program is told: it is away for
// an hour, Marsad is started again meanwhile, and it hears of each change once
// and in order.
func TestWebhook(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, s := newWorld(), newSite(t, withWebhook)
		s.load(t, history(time.Now(), 9))
		_, stop := s.start(t, w)
		quietDays(w, 0.25)
		back := time.Now().Add(time.Hour)
		w.mu.Lock()
		w.hookFault = func(rw http.ResponseWriter, _ *http.Request) bool {
			if time.Now().Before(back) {
				rw.WriteHeader(http.StatusBadGateway)
			}
			return time.Now().Before(back)
		}
		w.mu.Unlock()
		burst(w)
		if n := len(w.sent("chat.postMessage")); n != 1 {
			t.Errorf("%d messages in Slack, which is not away", n)
		}
		stop()
		d, stop := s.start(t, w)
		quietDays(w, 0.25)
		w.mu.Lock()
		var types, ids []string
		for _, e := range w.events {
			types = append(types, e.Type)
			ids = append(ids, e.id)
		}
		w.mu.Unlock()
		opened := slices.Index(types, "incident.opened")
		if opened != 0 || slices.Contains(types[1:], "incident.opened") || !slices.Contains(types, "incident.escalated") || !slices.Contains(types, "incident.news") {
			t.Errorf("events %q", types)
		}
		slices.Sort(ids)
		if len(slices.Compact(ids)) != len(types) {
			t.Errorf("%d events, some of them twice: %q", len(types), types)
		}
		rec := httptest.NewRecorder()
		d.pages.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://127.0.0.1:8780/metrics", nil))
		want := `marsad_notices_total{kind="escalation",outcome="delivered",receiver="desk"}`
		if text := rec.Body.String(); !strings.Contains(text, want) || strings.Contains(text, "hunter2") {
			t.Errorf("metrics do not say %s", want)
		}
		checkInvariants(t, d, w)
		stop()
	})
}

// TestRefusedWebhook shows on the first page why events are given up, and no
// secret; Slack is told all the same. When the webhook is taken out of the
// configuration nothing waits for it any more.
func TestRefusedWebhook(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, s := newWorld(), newSite(t, withWebhook)
		s.load(t, history(time.Now(), 9))
		w.hookFault = func(rw http.ResponseWriter, _ *http.Request) bool {
			rw.WriteHeader(http.StatusForbidden)
			return true
		}
		d, stop := s.start(t, w)
		quietDays(w, 0.25)
		burst(w)
		pass(time.Hour)
		rec := httptest.NewRecorder()
		d.pages.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://127.0.0.1:8780/", nil))
		page := rec.Body.String()
		if !strings.Contains(page, "webhook: status 403") || !strings.Contains(page, "<bdi>desk</bdi>") || strings.Contains(page, "hunter2") || strings.Contains(page, "MfKQ") {
			t.Errorf("the first page is\n%s", page)
		}
		stop()
		s.cfg.Webhooks = nil
		d, stop = s.start(t, w)
		pass(time.Hour)
		if n := len(w.sent("chat.postMessage")); n != 1 {
			t.Errorf("%d messages in Slack, want one", n)
		}
		checkInvariants(t, d, w)
		stop()
	})
}
