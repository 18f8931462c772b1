package scalar

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"
)

func TestSecretNeverPrints(t *testing.T) {
	t.Parallel()
	s := struct {
		Token Secret
		Other map[string]Secret
	}{NewSecret("xoxb-deadbeef"), map[string]Secret{"a": NewSecret("xoxb-deadbeef")}}
	var out strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&out, verb, s)
		fmt.Fprintf(&out, verb, &s.Token)
	}
	encoded, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	out.Write(encoded)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("started", "section", s, "token", s.Token)
	slog.New(slog.NewTextHandler(&out, nil)).Info("started", "section", s, "token", s.Token)
	if strings.Contains(out.String(), "deadbeef") || strings.Contains(out.String(), fmt.Sprintf("%x", "deadbeef")) {
		t.Errorf("a secret printed:\n%s", &out)
	}
	if !strings.Contains(out.String(), "[secret]") {
		t.Errorf("nothing says that there is a secret:\n%s", &out)
	}
}

func TestSecretFromFile(t *testing.T) {
	t.Parallel()
	var s Secret
	if err := s.UnmarshalText([]byte("token\r\n")); err != nil || s.Reveal() != "token" {
		t.Errorf("got %q, %v", s.Reveal(), err)
	}
}

func TestSize(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Size{
		"16MB": 16e6, "512KiB": 512 << 10, "1.5 GB": 1.5e9, "100": 100, "7B": 7, "2kB": 2000,
	} {
		var s Size
		if err := s.UnmarshalText([]byte(text)); err != nil || s != want {
			t.Errorf("%q is %d, %v; want %d", text, s, err, want)
		}
	}
	for _, text := range []string{"", "MB", "-1MB", "ten", "1e300GB", "NaN"} {
		var s Size
		if err := s.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is taken as %d", text, s)
		}
	}
}

func TestParseDuration(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"90s": 90 * time.Second, "10m": 10 * time.Minute, "400d": 400 * 24 * time.Hour,
		"4w": 28 * 24 * time.Hour, "1w2d": 9 * 24 * time.Hour, "1d12h": 36 * time.Hour, "0": 0,
	} {
		if got, err := ParseDuration(text); err != nil || got != want {
			t.Errorf("%q is %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "10", "d", "-4w", "4 weeks", "1.5d", "99999999999d", "1d2w"} {
		if got, err := ParseDuration(text); err == nil {
			t.Errorf("%q is taken as %v", text, got)
		}
	}
}

func FuzzParseDuration(f *testing.F) {
	for _, s := range []string{"4w", "1d12h", "-1h", "9223372036s", "2147483647w"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := ParseDuration(s); err == nil && d < 0 && !strings.Contains(s, "-") {
			t.Errorf("%q overflows to %v", s, d)
		}
	})
}
