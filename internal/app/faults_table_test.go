package app

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"

	"marsad/timeline/influx/influxtest"
)

// Ways in which a request gets no answer.
var (
	errNoDNS   = &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "north.test", IsNotFound: true}}
	errRefused = &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	errReset   = &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
)

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

// asked is a status with how long to wait.
func asked(code int, seconds string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", seconds)
		w.WriteHeader(code)
	}
}

func says(contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		fmt.Fprint(w, body)
	}
}

const (
	rss  = "application/rss+xml"
	some = 30 * time.Minute
	most = 40 * time.Minute
)

func feeds(d time.Duration, answer http.HandlerFunc) func(*life) {
	return func(l *life) { l.w.feedFault = during(d, answer) }
}

func slackSays(d time.Duration, answer http.HandlerFunc) func(*life) {
	return func(l *life) { l.w.slackFault = during(d, answer) }
}

func influxSays(answer http.HandlerFunc) func(*life) {
	return func(l *life) { l.w.dbFault = during(some, answer) }
}

// away breaks the way to a host, "" to all, there or back.
func away(host string, d time.Duration, answered bool, err error) func(*life) {
	return func(l *life) {
		began := time.Now()
		l.w.road = func(r *http.Request, back bool) error {
			if back == answered && time.Since(began) < d && strings.HasSuffix(r.URL.Host, host) {
				return err
			}
			return nil
		}
	}
}

// silent has a host take requests and never answer them.
func silent(host string, d time.Duration) func(*life) {
	return func(l *life) {
		began := time.Now()
		l.w.road = func(r *http.Request, back bool) error {
			if back || time.Since(began) > d || !strings.HasSuffix(r.URL.Host, host) {
				return nil
			}
			<-r.Context().Done()
			return r.Context().Err()
		}
	}
}

// faults are what goes wrong around a process that lives.
func faults() []fault {
	return []fault{
		{name: "nothing", quick: true},
		{name: "restarts all the while", every: (*life).restart},

		{name: "feeds answer 503", blind: true, set: feeds(most, status(http.StatusServiceUnavailable))},
		{name: "feeds ask to wait", set: feeds(some, asked(http.StatusTooManyRequests, "300"))},
		{name: "feeds answer with a web page", blind: true, set: feeds(most, says("text/html", "<!doctype html><title>Are you a robot?</title>"))},
		{name: "feeds are cut off", blind: true, set: feeds(most, says(rss, `<rss version="2.0"><channel><item><guid>half`))},
		{name: "feeds are empty", blind: true, set: feeds(most, says(rss, ""))},
		{name: "feeds answer nothing", set: silent("th.test", most)},
		{name: "feeds answer and the answer is lost", set: away("th.test", some, true, errReset)},
		{name: "DNS is gone", quick: true, blind: true, set: away("", 50*time.Minute, false, errNoDNS)},

		{name: "Slack answers 500", set: slackSays(some, status(http.StatusInternalServerError))},
		{name: "Slack asks to wait", set: slackSays(5*time.Minute, asked(http.StatusTooManyRequests, "120"))},
		{name: "Slack says no for a while", set: slackSays(some, says("application/json", `{"ok":false,"error":"internal_error"}`))},
		{name: "Slack is away through restarts", set: slackSays(50*time.Minute, status(http.StatusBadGateway)), every: (*life).restart},
		{name: "Slack takes it and the answer is lost", quick: true, set: away("slack.test", some, true, errReset)},
		{name: "Slack takes it and the answer is lost through restarts", set: away("slack.test", 50*time.Minute, true, errReset), every: (*life).restart},
		{name: "Slack answers nothing", set: silent("slack.test", 20*time.Minute)},
		{name: "the token of Slack is revoked until another is set", set: slackSays(2*time.Hour, func(w http.ResponseWriter, r *http.Request) {
			says("application/json", `{"ok":false,"error":"token_revoked"}`)(w, r)
		}), end: func(l *life) {
			l.w.mu.Lock()
			l.w.slackFault = nil
			l.w.mu.Unlock()
			l.s.configure(l.T, strings.Replace(projectedJob, "xoxb-test", "xoxb-other", 1))
			l.restart()
		}},

		{name: "InfluxDB is down", set: away("influx.test", 50*time.Minute, false, errRefused)},
		{name: "InfluxDB is down through restarts", set: away("influx.test", 50*time.Minute, false, errRefused), every: (*life).restart},
		{name: "InfluxDB is slow", set: influxSays(hung(time.Minute))},
		{name: "InfluxDB answers 400 by a proxy", set: influxSays(status(http.StatusBadRequest))},
		{name: "InfluxDB answers 401", set: influxSays(says401)},
		{name: "InfluxDB asks to wait", set: influxSays(asked(http.StatusServiceUnavailable, "60"))},
		{name: "InfluxDB takes it and the answer is lost", set: away("influx.test", some, true, errReset)},
		{name: "InfluxDB takes half of each write", quick: true, set: func(l *life) { l.w.dbFault = halfWrites(l.w.influx) }},

		{name: "config.yaml is broken while Marsad runs", set: func(l *life) {
			l.s.write(l.T, "feeds: [")
			l.s.hangup <- syscall.SIGHUP
		}, end: func(l *life) {
			if told := strings.Join(l.d.background(), "; "); !strings.Contains(told, "config.yaml") {
				l.Errorf("what is told, %q, does not name config.yaml", told)
			}
			l.s.write(l.T, projectedJob)
			l.s.hangup <- syscall.SIGHUP
		}},
		{name: "the clock jumps three hours ahead", deaf: true, set: func(l *life) { l.skew = 3 * time.Hour }},
		{name: "the clock jumps three hours ahead and back", deaf: true, every: func(l *life) { l.skew = 3*time.Hour - l.skew }},
		{name: "the clock jumps three hours back", deaf: true, set: func(l *life) { l.skew = -3 * time.Hour }},
		{name: "the clock is ten days back after a restart", deaf: true, set: func(l *life) {
			l.skew = -10 * 24 * time.Hour
		}, every: (*life).restart, end: func(l *life) { l.skew = 0 }},
		{name: "the clock is at 1970 when Marsad starts", stops: "clock is at 1970-01-01T01:00:00Z", set: func(l *life) {
			l.skew = time.Until(time.Unix(3600, 0))
		}, end: func(l *life) { l.skew = 0 }},
		{name: "summer time begins", at: 85*24*time.Hour - 6*time.Hour + 30*time.Minute, set: func(*life) {}},
		{name: "summer time ends", at: 302*24*time.Hour - 6*time.Hour + 30*time.Minute, set: func(*life) {}},
	}
}

func says401(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusUnauthorized)
	fmt.Fprint(w, `{"code":"unauthorized","message":"unauthorized access"}`)
}

// halfWrites takes the first half of every write of several points and blames the
// rest.
func halfWrites(db *influxtest.Memory) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/api/v2/write" {
			return false
		}
		lines, err := influxtest.Lines(r)
		points := bytes.SplitAfter(bytes.TrimSpace(lines), []byte("\n"))
		if err == nil {
			err = db.Write(r.URL.Query().Get("bucket"), bytes.Join(points[:(len(points)+1)/2], nil))
		}
		if err == nil && len(points) == 1 {
			w.WriteHeader(http.StatusNoContent)
			return true
		}
		if err == nil {
			err = errors.New("partial write: points beyond something: dropped=" + fmt.Sprint(len(points)/2))
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusUnprocessableEntity)
		fmt.Fprintf(w, `{"code":"unprocessable entity","message":%q}`, err.Error())
		return true
	}
}
