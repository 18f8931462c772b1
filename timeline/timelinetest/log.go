//nolint:thelper // what takes a Store is a test and no helper: its failures name their own lines
package timelinetest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"marsad/timeline"
)

// pointKey is what tells a point from others.
type pointKey struct {
	bucket      timeline.Bucket
	measurement string
	tags        string // ",key=value" of those that are not empty
	time        int64
}

func keyOf(p *timeline.Point) pointKey {
	var tags strings.Builder
	for _, tag := range p.Tags {
		if tag.Value != "" {
			tags.WriteString("," + tag.Key + "=" + tag.Value)
		}
	}
	return pointKey{p.Bucket, p.Measurement, tags.String(), p.Time.UnixNano()}
}

func (k pointKey) has(tag, value string) bool {
	return strings.Contains(k.tags+",", ","+tag+"="+value+",")
}

// follower applies the change log to a database of points.
type follower struct {
	store  Store
	seq    int64
	points map[pointKey]string // to its fields
}

func newFollower(s Store) *follower { return &follower{store: s, points: make(map[pointKey]string)} }

func (f *follower) clone() *follower {
	return &follower{store: f.store, seq: f.seq, points: maps.Clone(f.points)}
}

// follow applies up to limit entries and says how many there were.
func (f *follower) follow(t *testing.T, limit int) int {
	t.Helper()
	changes, err := f.store.Changes(t.Context(), f.seq, limit)
	if err != nil {
		t.Fatal(err)
	}
	if len(changes) > limit {
		t.Fatalf("%d changes, want at most %d", len(changes), limit)
	}
	for _, c := range changes {
		if c.Seq <= f.seq || c.At.IsZero() {
			t.Errorf("change %d at %v after %d", c.Seq, c.At, f.seq)
		}
		f.seq = c.Seq
		for i := range c.Delete {
			if len(c.Delete[i].Fields) > 0 {
				t.Errorf("change %d deletes a point with fields", c.Seq)
			}
			delete(f.points, keyOf(&c.Delete[i]))
		}
		taken := make(map[pointKey]bool)
		for i := range c.Write {
			p := &c.Write[i]
			key := keyOf(p)
			if taken[key] || len(p.Fields) == 0 {
				t.Errorf("change %d writes %v twice or without fields", c.Seq, key)
			}
			taken[key] = true
			if !slices.IsSortedFunc(p.Tags, func(a, b timeline.Tag) int { return strings.Compare(a.Key, b.Key) }) {
				t.Errorf("tags %v are not sorted", p.Tags)
			}
			f.points[key] = fmt.Sprint(p.Fields)
		}
	}
	return len(changes)
}

func (f *follower) catchUp(t *testing.T) {
	t.Helper()
	for f.follow(t, 7) > 0 {
		continue
	}
}

// wantState checks that the follower has the points of the store as it is: those
// of its articles, and for the rest those that a follower gets who begins now.
func (f *follower) wantState(t *testing.T) {
	t.Helper()
	fresh := newFollower(f.store)
	fresh.catchUp(t)
	if diff := cmp.Diff(fresh.points, f.points, cmp.AllowUnexported(pointKey{})); diff != "" {
		t.Errorf("points of the state and of the follower (-want +got):\n%s", diff)
	}
	want := make(map[pointKey]string)
	for _, read := range articles(t, f.store) {
		for _, p := range timeline.ArticlePoints(&read.Article, read.Facts) {
			key := keyOf(&p)
			if _, taken := want[key]; taken {
				t.Errorf("two points are %v", key)
			}
			want[key] = fmt.Sprint(p.Fields)
		}
	}
	got := make(map[pointKey]string)
	for key, fields := range f.points {
		switch key.measurement {
		case "articles", "mentions", "counts", "events":
			got[key] = fields
		}
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(pointKey{})); diff != "" {
		t.Errorf("points of the articles and of the follower (-want +got):\n%s", diff)
	}
}

// testLog does all that changes points and checks after each that followers end
// alike: one that comes along, one that lags behind, and one from every earlier
// position.
func testLog(t *testing.T, s Store) {
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	register(t, s, "f", "P", "g", "Q")
	incident := timeline.Incident{
		ID: timeline.IncidentID("t", noon), Topic: "t", Title: "T", State: timeline.IncidentOpen, Severity: "high", Opened: noon, Updated: noon,
		Headlines: []timeline.Headline{{Title: "News", URL: "https://example.org/a"}},
	}
	incidents := 0 // their points, before they are forgotten
	evaluation := timeline.Evaluation{Topic: "t", Step: noon, Window: Step, Observed: 3, Expected: 1, P: 0.1, State: timeline.Normal}
	read := func(topics ...string) func(*timeline.Article) []timeline.Mention {
		return func(a *timeline.Article) []timeline.Mention {
			r := timeline.ReadArticle{Article: *a}
			about(topics...)(&r)
			return r.Facts.Mentions
		}
	}
	along, behind := newFollower(s), newFollower(s)
	var earlier []*follower
	for i, step := range []func(){
		func() { commit(t, s, poll("f", 0, draft("a", about("t")), draft("b"), draft("c", aboutSentence("t")))) },
		func() { commit(t, s, poll("g", 0, draft("d", in("g", "Q"), about("t", "u")))) },
		func() {
			commit(t, s, poll("f", 1*time.Minute, draft("a", revision(2), text("In 2016 they were 13 men."), about("u"))))
		},
		func() {
			commit(t, s, poll("f", 2*time.Minute, draft("a", revision(3), text("Nothing."), about("t"))))
		},
		func() {
			commit(t, s, poll("f", 3*time.Minute, draft("a", revision(4), text("In 2015 they were 12 men."), about("t"))))
		},
		func() {
			must(s.CommitStep(ctx, timeline.StepResult{Step: noon, Evaluations: []timeline.Evaluation{evaluation}, Incidents: []timeline.Incident{incident}}))
		},
		func() {
			evaluation.Observed = 4
			incident.Updated, incident.Severity = noon.Add(Step), "higher"
			must(s.CommitStep(ctx, timeline.StepResult{Step: noon.Add(Step), Evaluations: []timeline.Evaluation{evaluation}, Incidents: []timeline.Incident{incident}}))
		},
		func() {
			incident.State, incident.Updated = timeline.IncidentResolved, noon.Add(2*Step)
			incident.Resolved = incident.Updated
			must(s.CommitStep(ctx, timeline.StepResult{Step: noon.Add(2 * Step), Incidents: []timeline.Incident{incident}}))
		},
		func() {
			must(s.SyncFeeds(ctx, []timeline.Feed{{Name: "h", Was: "f", Publisher: "P"}, {Name: "g", Publisher: "Q"}}))
		},
		func() { must(s.ReadMentions(ctx, map[string]string{"t": "h-t", "u": "h-u"}, read("u"), nil)) },
		func() { must(s.ReadMentions(ctx, map[string]string{"u": "h-u", "v": "h-v"}, read("v"), nil)) },
		func() {
			must(s.SyncTopics(ctx, []timeline.WatchedTopic{{Name: "w", Was: "t", Hash: "h-t"}, {Name: "u", Hash: "h-u"}, {Name: "v", Hash: "h-v"}}, noon))
		},
		func() {
			_, err := s.CommitLoad(ctx, []timeline.ReadArticle{draft("e", in("archive", "R"), loaded, about("v"), text("In 1500 they were 7 men."))})
			must(err)
		},
		func() {
			for key := range along.points {
				if key.measurement == "incidents" {
					incidents++
				}
			}
		},
		func() { must(s.ForgetTopic(ctx, "v", noon, nil)) },
		func() { must(s.ForgetTopic(ctx, "w", noon, nil)) },
		func() { must(s.ForgetFeed(ctx, "h", noon, nil)) },
	} {
		step()
		earlier = append(earlier, along.clone())
		along.catchUp(t)
		along.wantState(t)
		behind.follow(t, 1)
		if t.Failed() {
			t.Fatalf("after step %d", i)
		}
	}
	for i, f := range append(earlier, behind) {
		f.catchUp(t)
		if diff := cmp.Diff(along.points, f.points, cmp.AllowUnexported(pointKey{})); diff != "" {
			t.Errorf("follower from position %d (-want +got):\n%s", i, diff)
		}
	}
	if incidents != 3 {
		t.Errorf("%d points of the incident, want one for each state and severity it was in: 3", incidents)
	}

	if seq, err := s.Position(ctx, "x"); err != nil || seq != 0 {
		t.Errorf("position %d, %v; want 0", seq, err)
	}
	must(s.SetPosition(ctx, "x", 7))
	must(s.SetPosition(ctx, "x", 9))
	if seq, err := s.Position(ctx, "x"); err != nil || seq != 9 {
		t.Errorf("position %d, %v; want 9", seq, err)
	}
}

// Events that no point can have are kept, and counted.
func testBeyond(t *testing.T, s Store) {
	register(t, s, "f", "P")
	commit(t, s, poll("f", 0,
		draft("old", text("In 1500 they were 12 men.")), draft("edge", text("In 1678 they were 12 men.")), draft("far", text("In 2300 they were 12 men."))))
	changes, err := s.Changes(t.Context(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	beyond, events := 0, 0
	for _, c := range changes {
		beyond += c.Beyond
		for _, p := range c.Write {
			if p.Bucket == timeline.BucketEvents {
				events++
			}
		}
	}
	if beyond != 2 || events != 1 {
		t.Errorf("%d events beyond and %d points, want 2 and 1", beyond, events)
	}
	var years []int
	for _, e := range pages(t, timeline.Query{Limit: 1}, s.FoundEvents) {
		years = append(years, e.Event.Interval.Lo.Year())
	}
	if want := []int{2300, 1678, 1500}; !slices.Equal(years, want) {
		t.Errorf("events of %v, want %v", years, want)
	}
}
