//nolint:thelper,gosmopolitan // words of two languages are searched; and what takes a Store is a test and no helper: its failures name their own lines
package timelinetest

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"marsad/timeline"
)

func index(t *testing.T, s Store) {
	t.Helper()
	for more := true; more; {
		var err error
		if more, err = s.IndexWords(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// What is searched is found in every form it is written in, and nothing else is.
func testSearch(t *testing.T, s Store) {
	register(t, s, "f", "P", "g", "Q")
	commit(t, s, poll("f", 0,
		draft("a", text("The merger of two groups cost $12,000 in the U.S.")),
		draft("b", text("أعلن التنظيم اندماجه مع القاعدة في الموصل والرقة."), about("t")),
		draft("c", in("g", "Q"), at(time.Hour), text("Two group leaders met; no merged budget."))))
	find := func(query string, q timeline.Query) string {
		t.Helper()
		var names []string
		for _, h := range pages(t, q, func(ctx context.Context, q timeline.Query) (timeline.Page[timeline.FoundWords], error) {
			return s.Search(ctx, query, q)
		}) {
			names = append(names, h.Article.URL[strings.LastIndexByte(h.Article.URL, '/')+1:])
		}
		return strings.Join(names, "")
	}
	if got := find("merger", timeline.Query{}); got != "" {
		t.Errorf("found %q before anything was indexed", got)
	}
	index(t, s)
	for query, want := range map[string]string{
		"merger": "a", "MERGER": "a", "merge*": "ca", "groups": "ca", "group": "ca", `"two groups"`: "a", `"groups two"`: "",
		"12000": "a", "us": "a", "merger budget": "", "group -budget": "a", "قاعدة": "b", "القاعدة": "b", "والقاعدة": "b", "رقة": "b", "الرّقّة": "b",
		"موصل": "b", "إندماجه": "b", `two "leaders met"`: "c", `OR AND NEAR(`: "", `two*" OR`: "", "quorum": "",
	} {
		for _, limit := range []int{0, 1} {
			if got := find(query, timeline.Query{Limit: limit}); got != want {
				t.Errorf("%s: found %q, want %q", query, got, want)
			}
		}
	}
	for q, want := range map[timeline.Query]string{
		{Topic: "t"}: "", {Publisher: "P"}: "a", {From: noon.Add(time.Minute)}: "c", {To: noon.Add(time.Minute)}: "a", {Lang: "xx"}: "",
	} {
		if got := find("group", q); got != want {
			t.Errorf("%+v: found %q, want %q", q, got, want)
		}
	}
	for _, bad := range []string{"", "  ", "-group", "!!", strings.Repeat("x", 501), strings.Repeat("x ", 21)} {
		var mistake *timeline.MistakeError
		if _, err := s.Search(t.Context(), bad, timeline.Query{}); !errors.As(err, &mistake) {
			t.Errorf("%.10q: %v, want a mistake", bad, err)
		}
	}
	if _, err := s.Search(t.Context(), "group", timeline.Query{Cursor: "x"}); !errors.Is(err, timeline.ErrCursor) {
		t.Errorf("bad cursor: %v", err)
	}

	// Where the words stand.
	page, err := s.Search(t.Context(), "قاعدة موصل", timeline.Query{})
	if err != nil || len(page.Items) != 1 {
		t.Fatalf("%d found, %v", len(page.Items), err)
	}
	hit := &page.Items[0]
	reading := hit.Article.Reading()
	var words []string
	for _, w := range hit.Words {
		words = append(words, w.Of(reading))
	}
	if diff := cmp.Diff([]string{"القاعدة", "الموصل"}, words); diff != "" {
		t.Errorf("words (-want +got):\n%s", diff)
	}
	if got := hit.Snippet.Of(reading); !strings.Contains(got, "القاعدة في الموصل") {
		t.Errorf("snippet %q", got)
	}

	// What was revised is found by its new words, and what is gone by none.
	commit(t, s, poll("f", time.Minute, draft("a", text("A truce."), revision(2))))
	index(t, s)
	if got := find("merger", timeline.Query{}) + "/" + find("truce", timeline.Query{}); got != "/a" {
		t.Errorf("after a revision found %q, want /a", got)
	}
	if _, err := s.Prune(t.Context(), noon.Add(Keep+24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if got := find("truce", timeline.Query{}); got != "" {
		t.Errorf("pruned, and found %q", got)
	}
	index(t, s)
}
