package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSeries(t *testing.T) {
	for _, tt := range []struct {
		in    string
		want  Series
		error string
	}{
		{in: "7", want: Series{7}},
		{in: " 1 2\n3 ", want: Series{1, 2, 3}},
		{in: "7x2", want: Series{7, 7, 7}},
		{in: "0x0 4", want: Series{0, 4}},
		{in: "7+2x3", want: Series{7, 9, 11, 13}},
		{in: "7-2x3", want: Series{7, 5, 3, 1}},
		{in: "1 _ 2", want: Series{1, NotCovered, 2}},
		{in: "_x2 3", want: Series{NotCovered, NotCovered, 3}},
		{in: "", error: "has no step"},
		{in: "1 x3", error: `"x3", which is no step`},
		{in: "1x", error: "no step"},
		{in: "1+2", error: "no step"},
		{in: "-1", error: "no step"},
		{in: "_x0", error: "no step"},
		{in: "1.5", error: "no step"},
		{in: "3-2x2", error: "falls below 0"},
		{in: "1x105119", want: nil},
		{in: "1x105120", error: "more than 105120 steps"},
		{in: "1x60000 1x60000", error: "more than 105120 steps"},
		{in: "1x99999999999", error: "no step"},
	} {
		var got Series
		err := got.UnmarshalText([]byte(tt.in))
		switch {
		case tt.error != "":
			if err == nil || !strings.Contains(err.Error(), tt.error) {
				t.Errorf("%q: error %v, want one with %q", tt.in, err, tt.error)
			}
		case err != nil:
			t.Errorf("%q: %v", tt.in, err)
		case tt.want == nil:
			if len(got) != MaxSteps {
				t.Errorf("%q: %d steps, want %d", tt.in, len(got), MaxSteps)
			}
		default:
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%q (-want +got):\n%s", tt.in, diff)
			}
		}
	}
}

func FuzzSeries(f *testing.F) {
	for _, seed := range []string{"0x100 40", "7+2x3 _x4", "7-2x3", "x", "1e5", "9223372036854775807x2", "2147483647+2147483647x9"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var s Series
		if s.UnmarshalText([]byte(text)) != nil {
			return
		}
		if len(s) == 0 || len(s) > MaxSteps {
			t.Errorf("%q: %d steps", text, len(s))
		}
		for _, n := range s {
			if n < NotCovered {
				t.Errorf("%q has %d", text, n)
			}
		}
	})
}
