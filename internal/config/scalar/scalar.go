// Package scalar holds the value types that sections of config.yaml share:
// secrets that do not print, sizes and durations with units, and the form in
// which a section says what is wrong with it. It imports nothing of ours.
package scalar

import (
	"fmt"
	"log/slog"
	"math"
	"strconv"
	"strings"
	"time"
)

// Secret is a token, a password or an address that holds one. However it is
// printed, logged or encoded, it says "[secret]"; only Reveal gives it away.
type Secret struct{ value string }

// NewSecret hides s.
func NewSecret(s string) Secret { return Secret{s} }

// Reveal returns what is hidden. Call it where the value leaves for the one
// service it is meant for, and nowhere else.
func (s Secret) Reveal() string { return s.value }

// IsZero reports whether there is nothing to hide.
func (s Secret) IsZero() bool { return s.value == "" }

const hidden = "[secret]"

// Format implements fmt.Formatter for every verb.
func (s Secret) Format(f fmt.State, _ rune) {
	if s.value != "" {
		fmt.Fprint(f, hidden)
	}
}

// LogValue implements slog.LogValuer.
func (s Secret) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(s)) }

// MarshalText implements encoding.TextMarshaler, and hides.
func (s Secret) MarshalText() ([]byte, error) { return fmt.Append(nil, s), nil }

// UnmarshalText implements encoding.TextUnmarshaler. A trailing line feed, as
// editors leave in secret files, is dropped.
func (s *Secret) UnmarshalText(text []byte) error {
	s.value = strings.TrimRight(string(text), "\r\n")
	return nil
}

// Size is a number of bytes. It is written with a unit of 1000 (kB, MB, GB) or
// of 1024 (KiB, MiB, GiB), or plain.
type Size int64

var sizeUnits = []struct {
	suffix string
	factor float64
}{
	{"KiB", 1 << 10},
	{"MiB", 1 << 20},
	{"GiB", 1 << 30},
	{"kB", 1e3},
	{"KB", 1e3},
	{"MB", 1e6},
	{"GB", 1e9},
	{"B", 1},
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *Size) UnmarshalText(text []byte) error {
	number, factor := strings.TrimSpace(string(text)), 1.0
	for _, u := range sizeUnits {
		if rest, found := strings.CutSuffix(number, u.suffix); found {
			number, factor = strings.TrimSpace(rest), u.factor
			break
		}
	}
	v, err := strconv.ParseFloat(number, 64)
	if err != nil || !(v*factor >= 0 && v*factor < math.MaxInt64/2) {
		return fmt.Errorf("%q is not a size: write a number with a unit, as in 16MB or 512KiB", text)
	}
	*s = Size(v * factor)
	return nil
}

// maxDuration is more than anybody keeps anything, and far from overflow.
const maxDuration = 100 * 365 * 24 * time.Hour

// ParseDuration reads what time.ParseDuration reads, and days and weeks: 400d,
// 4w, 1d12h. A day is 24 hours; more than a hundred years is an error.
func ParseDuration(text string) (time.Duration, error) {
	wrong := fmt.Errorf("%q is not a duration: write it as in 90s, 10m, 36h, 400d or 4w", text)
	rest, total := text, time.Duration(0)
	for _, u := range []struct {
		suffix string
		unit   time.Duration
	}{{"w", 7 * 24 * time.Hour}, {"d", 24 * time.Hour}} {
		number, after, found := strings.Cut(rest, u.suffix)
		if !found {
			continue
		}
		n, err := strconv.ParseUint(number, 10, 32)
		if err != nil || time.Duration(n) > maxDuration/u.unit {
			return 0, wrong
		}
		total += time.Duration(n) * u.unit
		rest = after
	}
	if rest == "" && text != "" {
		return total, nil
	}
	d, err := time.ParseDuration(rest)
	if err != nil || d > maxDuration || d < -maxDuration {
		return 0, wrong
	}
	return total + d, nil
}

// Problem is one thing wrong with a section. Key is the path inside the section
// ("url", "headers.Authorization", "label[0]"), empty for the section itself.
type Problem struct {
	Key     string
	Message string // what is wrong, lower case, without the key
	Remedy  string // what to write instead
}
