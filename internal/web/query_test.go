package web

import (
	"errors"
	"net/url"
	"testing"
	"time"
	"unicode/utf8"
)

func TestParseTime(t *testing.T) {
	for in, want := range map[string]time.Time{
		"2017-05-20T12:00:00Z":      time.Date(2017, 5, 20, 12, 0, 0, 0, time.UTC),
		"2017-05-20T12:00:00+03:00": time.Date(2017, 5, 20, 9, 0, 0, 0, time.UTC),
		"2017-05-20T12:00:00 03:00": time.Date(2017, 5, 20, 9, 0, 0, 0, time.UTC),
		"2012-01-01":                time.Date(2012, 1, 1, 0, 0, 0, 0, time.UTC),
		"-24h":                      now.Add(-day),
		"-7d":                       now.Add(-7 * day),
		"-1d12h":                    now.Add(-36 * time.Hour),
		"-0s":                       now,
	} {
		got, err := parseTime("from", in, now)
		if err != nil || !got.Equal(want) {
			t.Errorf("parseTime(%q) = %s, %v; want %s", in, got, err, want)
		}
	}
	for _, in := range []string{"", "-", "24h", "--24h", "now", "2017-13-01", "1495281600", "-1e9h", "-24", "2017-05-20T12:00:00"} {
		if got, err := parseTime("from", in, now); err == nil {
			t.Errorf("parseTime(%q) = %s, want an error", in, got)
		}
	}
}

func TestClip(t *testing.T) {
	for _, tt := range []struct {
		n    int
		in   string
		want string
	}{{3, "abc", "abc"}, {2, "abc", "ab…"}, {2, "مرصد", "مر…"}, {4, "مرصد", "مرصد"}, {0, "a", "…"}, {5, "", ""}} {
		if got := clip(tt.n, tt.in); got != tt.want {
			t.Errorf("clip(%d, %q) = %q, want %q", tt.n, tt.in, got, tt.want)
		}
	}
}

func FuzzParseParams(f *testing.F) {
	for _, seed := range []string{
		"", "from=-24h&to=2017-05-20T12:00:00%2B03:00", "limit=1000", "limit=-1", "step=1h", "step=0s", "cursor=%ff", "topic=a&topic=b", "from=%zz",
		"a;b", "=", "from=-9223372036854775807ns", "from=9999-12-31T23:59:59-23:59", "from=-100000w", "x=1", "lang=\x00", "to=-0.0000000001ns",
	} {
		f.Add(seed)
	}
	allowed := []string{paramFrom, paramTo, paramTopic, paramFeed, paramLang, paramPublisher, paramLimit, paramCursor, paramStep, paramSpan}
	f.Fuzz(func(t *testing.T, raw string) {
		p, err := parseParams(raw, allowed, now)
		if err != nil {
			var bad *paramError
			if !errors.As(err, &bad) || bad.Name == "" || bad.Message == "" || bad.Remedy == "" {
				t.Fatalf("%q: error %v has no name or no remedy", raw, err)
			}
			return
		}
		if p.Limit < 1 || p.Limit > maxLimit {
			t.Errorf("%q: limit %d", raw, p.Limit)
		}
		if !p.To.IsZero() && p.To.Before(p.From) {
			t.Errorf("%q: to before from", raw)
		}
		if p.Step < 0 || p.Step != 0 && day%p.Step != 0 {
			t.Errorf("%q: step %s", raw, p.Step)
		}
		values, _ := url.ParseQuery(raw)
		if from := values.Get(paramFrom); len(from) > 1 && from[0] == '-' && p.From.After(now) {
			t.Errorf("%q: a time ago is in the future", raw)
		}
		if s := clip(5, raw); utf8.ValidString(raw) && !utf8.ValidString(s) {
			t.Errorf("clip(5, %q) = %q", raw, s)
		}
	})
}
