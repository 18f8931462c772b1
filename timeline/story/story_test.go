package story_test

import (
	"slices"
	"testing"
	"time"

	"marsad/timeline"
	"marsad/timeline/story"
)

// record is what a record does with a grouper.
type record struct {
	grouper *story.Grouper
	entries []entry
}

type entry struct {
	keys      []string
	published time.Time
	story     string
}

func newRecord() *record { return &record{grouper: story.New(story.DefaultConfig())} }

// add records an article and gives its story.
func (r *record) add(t *testing.T, a timeline.Article) string {
	t.Helper()
	sig := r.grouper.Sign(&a)
	var sharing []timeline.StoryMatch
	for i, e := range r.entries {
		for _, k := range e.keys {
			if slices.Contains(sig.Keys, k) && !e.published.Before(sig.From) && e.published.Before(sig.To) {
				sharing = append(sharing, timeline.StoryMatch{Article: int64(i + 1), Key: k})
			}
		}
	}
	name := timeline.Hash("story", a.ID)
	if near := r.grouper.Near(&sig, sharing); len(near) > 0 {
		name = r.entries[near[0]-1].story
	}
	r.entries = append(r.entries, entry{sig.Keys, a.Published, name})
	r.grouper.Add(timeline.Printed{
		Number: int64(len(r.entries)), Published: a.Published, FirstSeen: a.FirstSeen, Print: sig.Print,
	})
	return name
}

var day = time.Date(2017, time.May, 20, 12, 0, 0, 0, time.UTC)

func TestGroup(t *testing.T) {
	const long = "Merger of two armed groups feared"
	tests := []struct {
		name string
		a, b timeline.Article
		want bool // one story
	}{
		{"same title", timeline.Article{Title: long}, timeline.Article{Title: long}, true},
		{"title set another way", timeline.Article{Title: long}, timeline.Article{Title: "MERGER of two “armed groups” feared."}, true},
		{"Arabic letters set another way", timeline.Article{Title: "اندماج الجماعات المسلحة في أفريقيا"}, timeline.Article{Title: "إندماج الجماعات المسلّحة فى افريقيا"}, true},
		{"another number", timeline.Article{Title: "Twelve dead in attack on camp 12"}, timeline.Article{Title: "Twelve dead in attack on camp 13"}, false},
		{"short title", timeline.Article{Title: "Attack on camp"}, timeline.Article{Title: "Attack on camp"}, false},
		{"short title with numbers", timeline.Article{Title: "Morning news 20 05 2017"}, timeline.Article{Title: "Morning news 20 05 2017"}, false},
		{"running page", timeline.Article{Title: "Live: the war in the north"}, timeline.Article{Title: "Live: the war in the north"}, false},
		{"running page in Arabic", timeline.Article{Title: "بث مباشر من ساحة المدينة القديمة"}, timeline.Article{Title: "بث مباشر من ساحة المدينة القديمة"}, false},
		{"no title", timeline.Article{}, timeline.Article{}, false},
		{"global guid", timeline.Article{GUID: "tag:example.org,2017:1"}, timeline.Article{GUID: "tag:example.org,2017:1"}, true},
		{"guid of the feed's own", timeline.Article{GUID: "1234"}, timeline.Article{GUID: "1234"}, false},
		{"same url", timeline.Article{URL: "https://example.org/a"}, timeline.Article{URL: "https://example.org/a#top"}, true},
		{"front page as url", timeline.Article{URL: "https://example.org/"}, timeline.Article{URL: "https://example.org/"}, false},
		{"front page as guid", timeline.Article{GUID: "https://example.org"}, timeline.Article{GUID: "https://example.org"}, false},
		{"three days apart", timeline.Article{Title: long}, timeline.Article{Title: long, Published: day.Add(story.Within)}, true},
		{"three days before", timeline.Article{Title: long}, timeline.Article{Title: long, Published: day.Add(-story.Within)}, true},
		{"more than three days apart", timeline.Article{Title: long}, timeline.Article{Title: long, Published: day.Add(story.Within + 1)}, false},
		{"more than three days before", timeline.Article{Title: long}, timeline.Article{Title: long, Published: day.Add(-story.Within - 1)}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := newRecord()
			test.a.ID, test.a.Published = "a", day
			test.b.ID = "b"
			if test.b.Published.IsZero() {
				test.b.Published = day
			}
			a, b := r.add(t, test.a), r.add(t, test.b)
			if got := a == b; got != test.want {
				t.Errorf("one story: %v, want %v", got, test.want)
			}
			if want := timeline.Hash("story", "a"); a != want {
				t.Errorf("story of the first %s, want %s", a, want)
			}
		})
	}
}

// An article that shares its title with one story and its address with another
// joins the one that was recorded first.
func TestEarliestWins(t *testing.T) {
	r := newRecord()
	first := r.add(t, timeline.Article{ID: "a", Title: "Merger of two armed groups feared", Published: day.Add(time.Hour)})
	r.add(t, timeline.Article{ID: "b", URL: "https://example.org/b", Published: day})
	got := r.add(t, timeline.Article{
		ID: "c", URL: "https://example.org/b", Title: "Merger of two armed groups feared", Published: day,
	})
	if got != first {
		t.Errorf("joined %s, want the first recorded %s", got, first)
	}
}

func FuzzGroup(f *testing.F) {
	f.Add("1234", "https://example.org/a", "Merger of two armed groups feared")
	f.Add("tag:example.org,2017:1", "://", "بث مباشر")
	f.Add("%zz", "\x00", "\xff\xfe")
	f.Fuzz(func(t *testing.T, guid, url, title string) {
		r := newRecord()
		a := timeline.Article{ID: "a", GUID: guid, URL: url, Title: title, Published: day}
		first := r.add(t, a)
		a.ID = "b"
		second := r.add(t, a)
		if shared := len(r.entries[0].keys) > 0; (first == second) != shared {
			t.Errorf("one story: %v, but a key is shared: %v", first == second, shared)
		}
	})
}

// What leaves the window for want of room is told of, each article once.
func TestFull(t *testing.T) {
	for _, test := range []struct{ articles, atMost, want int }{{3, 3, 0}, {10, 3, 7}} {
		now, told := time.Unix(1e9, 0), 0
		g := story.New(story.Config{Remember: time.Hour, AtMost: test.atMost})
		g.Full = func() { told++ }
		for i := range test.articles {
			a := timeline.Article{Title: "Floods reach the northern districts of the capital", Text: "Water rose in the night.", Published: now, FirstSeen: now}
			g.Add(timeline.Printed{Number: int64(i + 1), Published: now, FirstSeen: now, Print: g.Sign(&a).Print})
		}
		if told != test.want {
			t.Errorf("told %d times of %d articles in a window of %d, want %d", told, test.articles, test.atMost, test.want)
		}
	}
}
