package sqlite

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"marsad/timeline"
)

func TestWithPoints(t *testing.T) {
	const (
		date  = `{"kind":"date","span":[1,2],"sentence":[0,9],"data":{"lo":[1,0,"UTC",0],"precision":"day","rule":"[\"}]"}}`
		count = `{"kind":"count","span":[3,4],"sentence":[0,9],"at":[1,2],"data":{"best":3,"object":[4,5],"kind":"\\","by":"ق] {\"kind\":\"date\""}}`
		event = `{"kind":"event","span":[3,4],"sentence":[0,9],"at":null,"data":{"dates":[[1,2]],"actors":["a,b"]}}`
		other = `{"kind":"other","span":[5,6],"sentence":[0,9],"data":{"type":"percent"}}`
	)
	for _, tt := range []struct{ data, want string }{
		{`[]`, `[]`},
		{`[` + date + `,` + other + `]`, `[]`},
		{`[` + date + `,` + count + `,` + other + `,` + event + `,` + date + `]`, `[` + count + `,` + event + `]`},
		{`[` + event + `]`, `[` + event + `]`},
		{`[{"span":[1,2],"kind":"date"}]`, `[{"span":[1,2],"kind":"date"}]`}, // another form
		{``, ``},
		{`null`, `null`},
		{`{"kind":"date"}`, `{"kind":"date"}`},
		{`[` + date, `[` + date},
		{`["open`, `["open`},
	} {
		if got := string(withPoints([]byte(tt.data))); got != tt.want {
			t.Errorf("withPoints(%s) = %s, want %s", tt.data, got, tt.want)
		}
	}
	if got := string(withCounts([]byte(`[` + event + `,` + count + `,` + date + `]`))); got != `[`+count+`]` {
		t.Errorf("with counts %s, want the count alone", got)
	}
}

// FuzzWithPoints holds the facts that are left, of all as they are written, to
// those that are left when all are decoded.
func FuzzWithPoints(f *testing.F) {
	for _, seed := range []string{
		`[]`, `[{"kind":"date","data":{"a":"]"}},{"kind":"count","data":[1]}]`, `[{"kind":"other"},{"kind":"x"}]`, `[1,{"kind":"date"}]`, `]`, `[[`, `"\"`,
		`[{"kind":"date"}x]`, `[{"kind":"date"}],`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data string) {
		withPoints([]byte(data)) // whatever it is
		var all, left []fact
		if json.Unmarshal([]byte(data), &all) != nil {
			return // no row is so
		}
		written, err := json.Marshal(all)
		if err != nil {
			t.Fatal(err)
		}
		all = nil
		if err := json.Unmarshal(written, &all); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(withPoints(written), &left); err != nil {
			t.Fatalf("%s: %v", withPoints(written), err)
		}
		pointed := func(facts []fact) (kept []fact) {
			for _, f := range facts {
				if f.Kind == timeline.KindCount || f.Kind == timeline.KindEvent {
					kept = append(kept, f)
				}
			}
			return kept
		}
		if diff := cmp.Diff(pointed(all), pointed(left), cmp.AllowUnexported(fact{})); diff != "" {
			t.Fatalf("%s (-all +left):\n%s", data, diff)
		}
	})
}
