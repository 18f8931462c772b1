package sqlite

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"marsad/timeline"
)

// What is appended is what encoding/json writes, so that either reads the other's.
func TestAppendFacts(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	texts := []string{"", "plain", "ألف قتيل", `quo"te`, "back\\slash", "<b> & so", "line\nend\t", "\u2028\u2029", "bad\xffbyte", "\x00", "\x7f"}
	text := func() string { return texts[rng.IntN(len(texts))] }
	number := func() *float64 {
		return []*float64{nil, new(float64), new(-3.0), new(1.5), new(1e300), new(1e21), new(-0.0000001), new(float64(1 << 60))}[rng.IntN(8)]
	}
	zones := []*time.Location{time.UTC, time.FixedZone("+03:00", 3*3600), time.FixedZone(`odd "zone"`, -1800)}
	when := func() *instant {
		if rng.IntN(4) == 0 {
			return nil
		}
		return &instant{time.Unix(rng.Int64N(1<<40)-1<<39, rng.Int64N(1e9)).In(zones[rng.IntN(len(zones))])}
	}
	at := func() instant { return instant{time.Unix(rng.Int64N(1<<40), 0).UTC()} }
	pairs := func() [][2]int { return make([][2]int, rng.IntN(3)) }
	for range 500 {
		for _, form := range []appender{
			&dateData{Lo: when(), Hi: when(), Precision: timeline.Precision(text()), Relation: timeline.Relation(text()), TIMEX3: text(), Ref: when(), Rule: text()},
			&countData{Lo: number(), Best: number(), Hi: number(), Bound: timeline.Bound(text()), Object: [2]int{3, -1}, Kind: text(), Of: text(), By: text(), In: texts[:rng.IntN(4)], Countries: texts[:rng.IntN(4)], Negated: rng.IntN(2) == 0, Rule: text()},
			&eventData{Lo: at(), Hi: at(), TIMEX3: text(), Dates: pairs(), Counts: pairs(), Actors: texts[:rng.IntN(4)], Places: texts[:rng.IntN(9)], Countries: texts[:rng.IntN(3)], Planned: rng.IntN(2) == 0, Rule: text()},
			&quantityData{Type: text(), Value: number(), Lo: number(), Hi: number(), Unit: text(), Text: text(), Rule: text()},
		} {
			want, err := json.Marshal(form)
			if err != nil {
				t.Fatal(err)
			}
			got, err := form.appendTo([]byte("["))
			if err != nil {
				t.Fatal(err)
			}
			if !sameJSON(t, want, got[1:]) {
				t.Fatalf("%T:\n got %s\nwant %s", form, got[1:], want)
			}
		}
	}
	if _, err := (&countData{Best: new(math.NaN())}).appendTo(nil); err == nil {
		t.Error("a count of NaN has JSON, want an error")
	}
}

// sameJSON reports whether the two are alike, numbers however they are written.
func sameJSON(t *testing.T, a, b []byte) bool {
	t.Helper()
	var as, bs any
	if err := json.Unmarshal(a, &as); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &bs); err != nil {
		t.Fatalf("%s: %v", b, err)
	}
	a, _ = json.Marshal(as)
	b, _ = json.Marshal(bs)
	return string(a) == string(b)
}
