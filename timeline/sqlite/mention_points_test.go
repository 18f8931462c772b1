package sqlite

import (
	"context"
	"maps"
	"path/filepath"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"marsad/timeline"
	"marsad/timeline/timelinetest"
)

// What is kept beside mentions says of points what the articles say, in time, tags
// and the values asked for, and that the other fields are there; and so do the
// articles where nothing is kept.
func TestMentionPoints(t *testing.T) {
	r := openTest(t, filepath.Join(t.TempDir(), "record.db"))
	timelinetest.Fill(t, r, noon.AddDate(0, 0, 7), 7, 40, 2)
	kept := func() (n int) {
		if err := r.read(t.Context(), func(s *session) error {
			return s.get(t.Context(), `SELECT COUNT(points) FROM mentions`, nil, &n)
		}); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if kept() == 0 {
		t.Fatal("nothing is kept beside mentions")
	}
	queries := []timeline.PointQuery{
		{Measurement: "counts", Fields: []string{"lo", "hi"}},
		{Measurement: "counts", Fields: []string{"best", "negated"}, From: noon.AddDate(0, 0, 2), To: noon.AddDate(0, 0, 4), Newest: true},
		{Measurement: "events", Fields: []string{}, AnyOrder: true},
		{Measurement: "events", Fields: []string{"best", "planned"}, AnyOrder: true, To: noon.AddDate(-1, 0, 0)},
	}
	answers := func(topic string, whole bool) (all []map[string]timeline.Point) {
		for _, q := range queries {
			wanted := map[string]bool{}
			for _, name := range q.Fields {
				wanted[name] = true
			}
			if whole {
				q.Fields = nil
			}
			q.Tags = map[string][]string{"topic": {topic}}
			points := make(map[string]timeline.Point)
			if err := r.Points(t.Context(), q, func(p *timeline.Point) error {
				if p.Tags[len(p.Tags)-1].Value != topic {
					return nil
				}
				said := timeline.Point{Bucket: p.Bucket, Measurement: p.Measurement, Time: p.Time, Tags: p.Tags}
				values := map[string]any{}
				for _, f := range p.Fields {
					values[f.Key] = nil
					if wanted[f.Key] {
						values[f.Key] = f.Value
					}
				}
				for _, key := range []string{"lo", "best", "hi", "negated", "object", "by", "title", "sentence", "url", "actors", "places", "planned", "publishers"} {
					if value, there := values[key]; there {
						said.Fields = append(said.Fields, timeline.Field{Key: key, Value: value})
					}
				}
				points[pointKey(p)] = said
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			if len(points) == 0 {
				t.Errorf("%+v on %s gives no points", q, topic)
			}
			all = append(all, points)
		}
		return all
	}
	for _, topic := range timelinetest.Topics() {
		if diff := gocmp.Diff(answers(topic, true), answers(topic, false)); diff != "" {
			t.Errorf("on %s (-articles +mentions):\n%s", topic, diff)
		}
	}
	before, all := answers("floods", false), kept()
	if err := r.write(t.Context(), func(ctx context.Context, s *session) error {
		_, err := s.exec(ctx, `UPDATE articles SET lang = lang WHERE id % 2`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if n := kept(); n == 0 || n >= all {
		t.Errorf("beside %d mentions points are kept after half the articles changed", n)
	}
	if diff := gocmp.Diff(before, answers("floods", false)); diff != "" {
		t.Errorf("after some are kept no more (-before +after):\n%s", diff)
	}
}

func FuzzMentionPoints(f *testing.F) {
	a := timeline.Article{Title: "title", Lang: "ar", Publisher: "Example News", Published: noon}
	facts := timeline.Facts{
		Mentions: []timeline.Mention{{Topic: "floods", Spans: []timeline.Span{{Start: 0, End: 1}}}},
		Counts:   []timeline.Count{{Sentence: timeline.Span{Start: 0, End: 1}, Lo: new(12000.0), Hi: new(15000.5), Bound: "between", Kind: "fighters", At: noon}},
		Events:   []timeline.Event{{Sentence: timeline.Span{Start: 0, End: 1}, Precision: "day", Relation: "on", At: noon.AddDate(-9, 0, 0)}},
	}
	for pack := range maps.Values(packPoints(&a, facts)) {
		f.Add(pack)
	}
	f.Fuzz(func(t *testing.T, pack []byte) {
		u := unpacking{measurement: "counts", topic: "floods", tags: make(map[string]map[string][]timeline.Tag), visit: func(p *timeline.Point) error {
			if len(p.Tags) != 5 {
				t.Errorf("point %+v of counts", p)
			}
			return nil
		}}
		if err := u.points(noon.Unix(), pack); err != nil && err != errPacked { //nolint:errorlint // it is the very one
			t.Error(err)
		}
	})
}
