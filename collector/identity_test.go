package collector

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"marsad/timeline"
)

func TestIdentify(t *testing.T) {
	whole := Item{GUID: "g", Link: "https://a.example/1", Title: "T", Text: "x"}
	bare := Item{Title: "T"}
	tests := []struct {
		policy string
		item   Item
		want   []timeline.KeyKind
	}{
		{"", whole, []timeline.KeyKind{timeline.KeyGUID, timeline.KeyLink, timeline.KeyContent}},
		{"auto", Item{Link: whole.Link, Title: "T"}, []timeline.KeyKind{timeline.KeyLink, timeline.KeyContent}},
		{"auto", bare, []timeline.KeyKind{timeline.KeyContent}},
		{"guid", whole, []timeline.KeyKind{timeline.KeyGUID, timeline.KeyLink, timeline.KeyContent}},
		{"guid", bare, []timeline.KeyKind{timeline.KeyContent}},
		{"link", whole, []timeline.KeyKind{timeline.KeyLink, timeline.KeyGUID, timeline.KeyContent}},
		{"content", whole, []timeline.KeyKind{timeline.KeyContent, timeline.KeyGUID, timeline.KeyLink}},
	}
	for _, tt := range tests {
		t.Run(tt.policy+fmt.Sprint(len(tt.want)), func(t *testing.T) {
			p, err := parsePolicy(tt.policy)
			if err != nil {
				t.Fatal(err)
			}
			var got []timeline.KeyKind
			for _, k := range p.identify([]Item{tt.item})[0] {
				got = append(got, k.Kind)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("keys (-want +got):\n%s", diff)
			}
		})
	}
}

// A key that stands under three texts tells nothing apart; under two, the second
// is a duplicate.
func TestWorthlessKeys(t *testing.T) {
	item := func(guid, link, title string) string {
		return fmt.Sprintf("<guid isPermaLink='false'>%s</guid><link>%s</link><title>%s</title>", guid, link, title)
	}
	tests := []struct {
		name                 string
		items                []string
		wantNew, wantRejects int
	}{
		{"one GUID for all", []string{item("0", "http://a.example/1", "A"), item("0", "http://a.example/2", "B"), item("0", "http://a.example/3", "C")}, 3, 0},
		{"the home page as link", []string{item("", "http://a.example", "A"), item("", "http://a.example", "B"), item("", "http://a.example", "C")}, 3, 0},
		{"a text and its correction", []string{item("1", "http://a.example", "A, corrected"), item("1", "http://a.example", "A")}, 1, 1},
		{"the same thing again and again", []string{item("1", "", "A"), item("1", "", "A"), item("1", "", "A")}, 1, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			document := rss(tt.items...)
			feed := &changing{}
			feed.set(document)
			b := newBench(t, feed, nil)
			if p := b.poll(t).Poll; p.New != tt.wantNew || p.Rejected != tt.wantRejects {
				t.Errorf("new %d, rejected %d: want %d, %d", p.New, p.Rejected, tt.wantNew, tt.wantRejects)
			}
			feed.set(strings.Replace(document, "<title>Example</title>", "", 1))
			if p := b.poll(t).Poll; p.New != 0 || p.Known != tt.wantNew {
				t.Errorf("second poll: new %d, known %d: want 0, %d", p.New, p.Known, tt.wantNew)
			}
		})
	}
}

func TestLinkKey(t *testing.T) {
	tests := []struct{ name, link, want string }{
		{"nothing", "https://example.org/a", "https://example.org/a"},
		{"tracking alone", "https://example.org/a?utm_source=rss&UTM_Medium=feed", "https://example.org/a"},
		{"tracking among others", "https://example.org/a?id=1&fbclid=x&b=&at_medium=RSS#top", "https://example.org/a?id=1&b=#top"},
		{"names that only begin alike", "https://example.org/a?utmost=1&ocidx=2", "https://example.org/a?utmost=1&ocidx=2"},
		{"as written", "https://example.org/a?q=%D8%A7&r", "https://example.org/a?q=%D8%A7&r"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := linkKey(tt.link); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
