package influx

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"marsad/timeline"
)

func TestEncode(t *testing.T) {
	at := time.Date(2017, 5, 20, 12, 0, 0, 7, time.UTC)
	one := []timeline.Field{{Key: "n", Value: int64(1)}}
	for _, c := range []struct {
		name   string
		point  timeline.Point
		line   string
		reason string
	}{
		{"whole", timeline.Point{Measurement: "m", Time: at, Tags: []timeline.Tag{{Key: "a", Value: "x"}, {Key: "b", Value: "y"}}, Fields: []timeline.Field{
			{Key: "n", Value: int64(-3)}, {Key: "f", Value: 0.5}, {Key: "big", Value: 1e300}, {Key: "b", Value: true}, {Key: "s", Value: `say "a\b"`},
		}}, `m,a=x,b=y n=-3i,f=0.5,big=1e+300,b=true,s="say \"a\\b\"" 1495281600000000007`, ""},
		{"no tags", timeline.Point{Measurement: "m", Time: at, Fields: one}, "m n=1i 1495281600000000007", ""},
		{
			"escapes",
			timeline.Point{Measurement: "m, n", Time: at, Tags: []timeline.Tag{{Key: "a b", Value: "x=y, z"}}, Fields: one},
			`m\,\ n,a\ b=x\=y\,\ z n=1i 1495281600000000007`, "",
		},
		{
			"backslash, newline, NUL, bad UTF-8",
			timeline.Point{Measurement: "m", Time: at, Tags: []timeline.Tag{{Key: "a", Value: "x\\\n\x00y\xff\\"}}, Fields: one},
			`m,a=x/\ y?/ n=1i 1495281600000000007`, "",
		},
		{
			"empty tags",
			timeline.Point{Measurement: "m", Time: at, Tags: []timeline.Tag{{Key: "a", Value: ""}, {Key: "b", Value: " \n"}, {Key: "", Value: "x"}}, Fields: one},
			"m n=1i 1495281600000000007", "",
		},
		{
			"reserved keys",
			timeline.Point{Measurement: "m", Time: at, Tags: []timeline.Tag{{Key: "time", Value: "x"}}, Fields: []timeline.Field{{Key: "time", Value: int64(1)}}},
			"m,time_=x time_=1i 1495281600000000007", "",
		},
		{
			"NaN and infinities",
			timeline.Point{Measurement: "m", Time: at, Fields: []timeline.Field{{Key: "a", Value: math.NaN()}, {Key: "n", Value: int64(1)}, {Key: "b", Value: math.Inf(-1)}}},
			"m n=1i 1495281600000000007", "",
		},
		{"nothing but NaN", timeline.Point{Measurement: "m", Time: at, Fields: []timeline.Field{{Key: "a", Value: math.NaN()}}}, "", "no field with a value"},
		{"unknown type", timeline.Point{Measurement: "m", Time: at, Fields: []timeline.Field{{Key: "a", Value: struct{}{}}}}, "", "no field with a value"},
		{"no measurement", timeline.Point{Time: at, Fields: one}, "", "no measurement"},
		{"too early", timeline.Point{Measurement: "m", Time: time.Date(1677, 9, 20, 0, 0, 0, 0, time.UTC), Fields: one}, "", "time outside 1677-2262"},
		{"too late", timeline.Point{Measurement: "m", Time: time.Date(2262, 4, 12, 0, 0, 0, 0, time.UTC), Fields: one}, "", "time outside 1677-2262"},
		{"newline in a text", timeline.Point{Measurement: "m", Time: at, Fields: []timeline.Field{{Key: "s", Value: "a\nb\tc"}}}, `m s="a b c" 1495281600000000007`, ""},
	} {
		got := new(speller).whole(&c.point)
		if got.line != c.line || got.reason != c.reason {
			t.Errorf("%s: got %q, %q, want %q, %q", c.name, got.line, got.reason, c.line, c.reason)
		}
	}
}

func TestLongTextsAreCut(t *testing.T) {
	for _, text := range []string{strings.Repeat("x", timeline.MaxFieldText), strings.Repeat("x", timeline.MaxFieldText+1), strings.Repeat("خ", timeline.MaxFieldText)} {
		got := new(speller).whole(&timeline.Point{Measurement: "m", Fields: []timeline.Field{{Key: "s", Value: text}}, Time: time.Unix(0, 0)})
		if want := len(text) > timeline.MaxFieldText; got.shortened != want {
			t.Errorf("a text of %d bytes: shortened %t", len(text), got.shortened)
		}
		if len(got.line) > timeline.MaxFieldText+20 || !utf8.ValidString(got.line) {
			t.Errorf("a text of %d bytes gives a line of %d, valid UTF-8 %t", len(text), len(got.line), utf8.ValidString(got.line))
		}
	}
}

func TestFold(t *testing.T) {
	at := func(n int64) timeline.Point {
		return timeline.Point{Measurement: "m", Tags: []timeline.Tag{{Key: "k", Value: "v"}}, Fields: []timeline.Field{{Key: "n", Value: n}}, Time: time.Unix(n/10, 0)}
	}
	write := func(p ...timeline.Point) timeline.Change { return timeline.Change{Write: p} }
	remove := func(p ...timeline.Point) timeline.Change { return timeline.Change{Delete: p} }
	for _, c := range []struct {
		name            string
		changes         []timeline.Change
		deletes, writes []string
	}{
		{"written", []timeline.Change{write(at(10), at(20))}, nil, []string{"m,k=v n=10i 1000000000", "m,k=v n=20i 2000000000"}},
		{"written twice: the last counts", []timeline.Change{write(at(10)), write(at(11))}, nil, []string{"m,k=v n=11i 1000000000"}},
		{"written, then deleted", []timeline.Change{write(at(10)), remove(at(10))}, []string{"0m,k=v 1000000000"}, nil},
		{"deleted, then written", []timeline.Change{remove(at(10)), write(at(11))}, []string{"0m,k=v 1000000000"}, []string{"m,k=v n=11i 1000000000"}},
		{"written, deleted, written", []timeline.Change{write(at(10)), remove(at(10)), write(at(12))}, []string{"0m,k=v 1000000000"}, []string{"m,k=v n=12i 1000000000"}},
		{"within one change, deletes go first", []timeline.Change{{Delete: []timeline.Point{at(10)}, Write: []timeline.Point{at(10)}}}, []string{"0m,k=v 1000000000"}, []string{"m,k=v n=10i 1000000000"}},
	} {
		b := new(speller).fold(c.changes)
		var deletes, writes []string
		for _, p := range b.deletes {
			deletes = append(deletes, fmt.Sprintf("%d%s %d", p.bucket, p.key, p.time.UnixNano()))
		}
		for _, p := range b.writes {
			writes = append(writes, p.line)
		}
		if diff := cmp.Diff([][]string{c.deletes, c.writes}, [][]string{deletes, writes}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func FuzzEncode(f *testing.F) {
	for _, seed := range []string{"Example News", `back\`, `a\,b=c`, "new\nline", "nul\x00", "\xff", `"`, "عربي", "# x", "time", "\u200c\u202e"} {
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, tag, text string) {
		p := timeline.Point{
			Measurement: "m", Tags: []timeline.Tag{{Key: "k", Value: tag}}, Time: time.Unix(1, 0),
			Fields: []timeline.Field{{Key: "s", Value: text}},
		}
		got := new(speller).whole(&p)
		if got.reason != "" || !utf8.ValidString(got.line) || strings.ContainsAny(got.line, "\n\r\x00") {
			t.Fatalf("encode(%q, %q) = %q, %q", tag, text, got.line, got.reason)
		}
		key, _, found := cutUnescaped(got.line)
		if !found || key != got.key {
			t.Fatalf("encode(%q, %q): the series ends after %q of %q", tag, text, key, got.line)
		}
		p.Fields = nil
		if grave := new(speller).series(&p); grave.identity() != got.identity() {
			t.Fatalf("the tombstone %v does not meet the point %v", grave.identity(), got.identity())
		}
	})
}

// cutUnescaped cuts a line at the first space without a backslash before it.
func cutUnescaped(line string) (before, after string, found bool) {
	for i := range len(line) {
		if line[i] == ' ' && (i == 0 || line[i-1] != '\\') {
			return line[:i], line[i+1:], true
		}
	}
	return line, "", false
}
