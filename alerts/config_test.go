package alerts_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"marsad/alerts"
)

func TestBudget(t *testing.T) {
	for text, want := range map[string]alerts.Budget{
		"1/4w":      {N: 1, Per: 28 * day},
		"2/7d":      {N: 2, Per: 7 * day},
		"0.5 / 12h": {N: 0.5, Per: 12 * time.Hour},
	} {
		var b alerts.Budget
		if err := b.UnmarshalText([]byte(text)); err != nil || b != want {
			t.Errorf("%s: %v, %v, want %v", text, b, err, want)
		}
	}
	for _, text := range []string{"", "1", "1/", "/4w", "0/4w", "-1/4w", "1/30m", "1/0d", "inf/4w", "NaN/4w", "1/4w/2", "one/4w"} {
		var b alerts.Budget
		if err := b.UnmarshalText([]byte(text)); err == nil || !strings.Contains(err.Error(), "write N/T") || !b.IsZero() {
			t.Errorf("%q: %v, error %v", text, b, err)
		}
	}
}

func FuzzBudget(f *testing.F) {
	f.Add("1/4w")
	f.Add("0.5/1d12h")
	f.Add("1e400/4w")
	f.Fuzz(func(t *testing.T, text string) {
		var b alerts.Budget
		if err := b.UnmarshalText([]byte(text)); err != nil {
			return
		}
		if !(b.N > 0) || math.IsInf(b.N, 0) || b.Per < time.Hour {
			t.Errorf("%q is read as %v", text, b)
		}
	})
}

func TestShare(t *testing.T) {
	for text, want := range map[string]alerts.Share{"100%": 1, "80 %": 0.8, "0.5%": 0.005, "0%": 0, "101%": 0, "0.8": 0, "NaN%": 0, "": 0, "%": 0} {
		var got alerts.Share
		if err := got.UnmarshalText([]byte(text)); got != want || (err == nil) != (want > 0) {
			t.Errorf("%q is %v, %v; want %v", text, got, err, want)
		}
	}
}
