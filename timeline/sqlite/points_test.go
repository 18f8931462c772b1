package sqlite

import (
	"cmp"
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"marsad/timeline"
	"marsad/timeline/timelinetest"
)

// The points that are read are those that the change log writes, whatever stretch
// of time is asked for; the hourly sums sum them up.
func TestPoints(t *testing.T) {
	r := openTest(t, filepath.Join(t.TempDir(), "record.db"))
	end := noon.AddDate(0, 0, 7)
	timelinetest.Fill(t, r, end, 7, 40, 2)
	changes, err := r.Changes(t.Context(), 0, 1_000_000)
	if err != nil {
		t.Fatal(err)
	}
	logged := make(map[string]map[string]timeline.Point) // by measurement and key
	for i := range changes {
		for _, p := range changes[i].Write {
			if logged[p.Measurement] == nil {
				logged[p.Measurement] = make(map[string]timeline.Point)
			}
			logged[p.Measurement][pointKey(&p)] = p
		}
	}
	if len(logged) != 7 {
		t.Fatalf("points of %v, want those of seven measurements", slices.Sorted(maps.Keys(logged)))
	}
	for measurement, all := range logged {
		for _, q := range []timeline.PointQuery{
			{},
			{Newest: true},
			{From: noon.AddDate(0, 0, 2).Add(17*time.Minute + 3), To: noon.AddDate(0, 0, 4)},
			{To: noon.AddDate(0, 0, 3).Add(time.Second / 3), Newest: true},
			{Tags: map[string][]string{"topic": {"floods", "group-split"}}},
			{Tags: map[string][]string{"topic": {"none"}}, From: noon.AddDate(0, 0, 3)},
			{Tags: map[string][]string{"topic": {"floods"}, "window": {"1h"}, "feed": {"wire"}}, Newest: true},
			{Tags: map[string][]string{"topic": {}, "window": {"nonsense"}, "feed": {}}},
		} {
			q.Measurement = measurement
			wants := func(p *timeline.Point) bool {
				for key, values := range q.Tags {
					for _, tag := range p.Tags {
						if tag.Key == key && !slices.Contains(values, tag.Value) {
							return false
						}
					}
				}
				return (q.From.IsZero() || !p.Time.Before(q.From)) && (q.To.IsZero() || p.Time.Before(q.To))
			}
			want := make(map[string]timeline.Point)
			for key, p := range all {
				if wants(&p) {
					want[key] = p
				}
			}
			got := make(map[string]timeline.Point)
			last := int64(0)
			if err := r.Points(t.Context(), q, func(p *timeline.Point) error {
				if second := p.Time.Unix(); len(got) > 0 && (q.Newest && second > last || !q.Newest && second < last) {
					t.Errorf("%+v: a point at %v comes after one of %v", q, p.Time, time.Unix(last, 0).UTC())
				}
				last = p.Time.Unix()
				if wants(p) { // a store may give others too
					got[pointKey(p)] = *p
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			if diff := gocmp.Diff(want, got); diff != "" {
				t.Errorf("%+v (-logged +read):\n%s", q, diff)
			}
		}
	}
	stop := errors.New("stop")
	if err := r.Points(t.Context(), timeline.PointQuery{Measurement: "mentions"}, func(*timeline.Point) error { return stop }); err != stop { //nolint:errorlint // as it is
		t.Errorf("error %v, want that of visit as it is", err)
	}
	if err := r.Points(t.Context(), timeline.PointQuery{Measurement: "nothing"}, nil); err == nil {
		t.Error("there are points of nothing")
	}
}

func TestHourlyPoints(t *testing.T) {
	r := openTest(t, filepath.Join(t.TempDir(), "record.db"))
	timelinetest.Fill(t, r, noon.AddDate(0, 0, 5), 5, 60, 3)
	first, last := noon.AddDate(0, 0, 1), noon.AddDate(0, 0, 3)
	type hour struct {
		at   time.Time
		tags string
	}
	for _, tt := range []struct {
		measurement string
		topics      []string
		tags        []string
		newest      bool
	}{
		{"mentions", []string{"floods"}, nil, false},
		{"mentions", nil, []string{"topic", "lang"}, true},
		{"mentions", []string{"floods", "group-split"}, []string{"feed", "publisher", "country", "lang", "topic"}, false},
		{"articles", nil, []string{"country"}, false},
	} {
		q := timeline.PointQuery{Measurement: tt.measurement, From: first, To: last, Newest: tt.newest, Fields: []string{"n"}}
		if tt.topics != nil {
			q.Tags = map[string][]string{"topic": tt.topics}
		}
		key := func(p *timeline.Point) hour {
			k := hour{at: p.Time.Truncate(time.Hour)}
			for _, name := range tt.tags {
				for _, tag := range p.Tags {
					if tag.Key == name {
						k.tags += tag.Value + "|"
					}
				}
			}
			return k
		}
		want, got := make(map[hour]int64), make(map[hour]int64)
		if err := r.Points(t.Context(), q, func(p *timeline.Point) error {
			want[key(p)] += p.Fields[0].Value.(int64)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		var order []time.Time
		if err := r.HourlyPoints(t.Context(), q, tt.tags, func(p *timeline.Point) error {
			got[key(p)] += p.Fields[0].Value.(int64)
			order = append(order, p.Time)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(want, got, gocmp.AllowUnexported(hour{})); diff != "" || len(want) == 0 {
			t.Errorf("%+v: %d hours (-points +sums):\n%s", tt, len(want), diff)
		}
		if !slices.IsSortedFunc(order, func(a, b time.Time) int {
			if tt.newest {
				a, b = b, a
			}
			return cmp.Compare(a.Unix(), b.Unix())
		}) {
			t.Errorf("%+v: the hours are not in their order", tt)
		}
	}
	if err := r.HourlyPoints(t.Context(), timeline.PointQuery{Measurement: "polls"}, nil, nil); err == nil {
		t.Error("there are sums of polls")
	}
	if err := r.HourlyPoints(t.Context(), timeline.PointQuery{Measurement: "mentions"}, []string{"colour"}, nil); err == nil {
		t.Error("there are sums by a tag that there is not")
	}
}
