package web

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"marsad/timeline"
)

func TestSegments(t *testing.T) {
	type spans map[string][]string // class → words
	for name, tt := range map[string]struct {
		text  string
		facts spans
		want  []segment
	}{
		"no fact":   {"nothing here", nil, []segment{{Text: "nothing here"}}},
		"one fact":  {"in 2012 it", spans{"date": {"2012"}}, []segment{{Text: "in "}, {"2012", "date", "2012"}, {Text: " it"}}},
		"all of it": {"2012", spans{"date": {"2012"}}, []segment{{"2012", "date", "2012"}}},
		"neighbours": {
			"ab",
			spans{"date": {"a"}, "count": {"b"}},
			[]segment{{"a", "date", "a"}, {"b", "count", "b"}},
		},
		"one inside another": {
			"some 30 ISIS fighters died",
			spans{"count": {"30 ISIS fighters"}, "mention": {"ISIS"}},
			[]segment{
				{Text: "some "},
				{"30 ", "count", "30 ISIS fighters"},
				{"ISIS", "count mention", "30 ISIS fighters; ISIS"},
				{" fighters", "count", "30 ISIS fighters"},
				{Text: " died"},
			},
		},
		"crossing": {
			"abcd",
			spans{"date": {"abc"}, "other": {"bcd"}},
			[]segment{{"a", "date", "abc"}, {"bc", "date other", "abc; bcd"}, {"d", "other", "bcd"}},
		},
		"the same words twice": {
			"ab",
			spans{"mention": {"a", "a"}},
			[]segment{{"a", "mention", "a"}, {Text: "b"}},
		},
		"arabic": {
			"منذ عام 2012 زاد",
			spans{"date": {"عام 2012"}},
			[]segment{{Text: "منذ "}, {"عام 2012", "date", "عام 2012"}, {Text: " زاد"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var marks []mark
			for _, class := range classes {
				for _, words := range tt.facts[class] {
					marks = append(marks, mark{at(tt.text, words), class, words})
				}
			}
			sortMarks(marks)
			got := segments(tt.text, timeline.Span{End: len(tt.text)}, marks)
			wantEqual(t, "segments", tt.want, got)
		})
	}
}

// TestArticleIsWhole holds the title and the paragraphs to the text: nothing of
// it goes missing or comes twice, whatever is marked.
func TestArticleIsWhole(t *testing.T) {
	v := newServer(t, fill(), nil).views
	found := arabic()
	found.Facts.Mentions = append(found.Facts.Mentions, timeline.Mention{
		// Over the end of the title into the text, and over the whole text.
		Topic: "ceasefire", Spans: []timeline.Span{at(found.Article.Reading(), "والقاعدة\nحسب"), {Start: 0, End: len(found.Article.Reading())}},
	})
	marks := v.marksOf(found.Facts)
	join := func(segments []segment) string {
		var s strings.Builder
		for _, piece := range segments {
			if piece.Class == "" {
				t.Errorf("%q is under no mark", piece.Text)
			}
			s.WriteString(piece.Text)
		}
		return s.String()
	}
	wantEqual(t, "title", found.Article.Title, join(segments(found.Article.Reading(), found.Article.TitleSpan(), marks)))
	lines, clipped := paragraphs(&found.Article, maxShown, marks)
	var text []string
	for _, line := range lines {
		text = append(text, join(line))
	}
	wantEqual(t, "text", found.Article.Text, strings.Join(text, "\n"))
	if clipped {
		t.Error("a short text is clipped")
	}
}

func TestParagraphsClip(t *testing.T) {
	a := timeline.Article{Title: "t", Text: "\n\nعربي\n \nend"}
	lines, clipped := paragraphs(&a, 9, nil)
	want := [][]segment{{{Text: "عرب"}}}
	if diff := cmp.Diff(want, lines, cmpopts.EquateEmpty()); diff != "" || !clipped {
		t.Errorf("clipped %v (-want +got):\n%s", clipped, diff)
	}
	if lines, clipped := paragraphs(&a, len(a.Text), nil); len(lines) != 2 || clipped {
		t.Errorf("%d paragraphs, clipped %v; want 2, whole", len(lines), clipped)
	}
	if lines, _ := paragraphs(&timeline.Article{Text: "only a text"}, maxShown, nil); len(lines) != 1 {
		t.Errorf("%d paragraphs of an article without a title, want 1", len(lines))
	}
}

func TestFormats(t *testing.T) {
	v := func(f float64) *float64 { return &f }
	for want, got := range map[string]string{
		"2\u202f000": formatRange(v(2000), v(2000), v(2000)), "12\u202f000–15\u202f000": formatRange(v(12000), nil, v(15000)),
		"≈31\u202f000": formatRange(nil, v(31000), nil), "≥40": formatRange(v(40), v(40), nil), "≤9": formatRange(nil, v(9), v(9)), "?": formatRange(nil, nil, nil),
		"-1\u202f234\u202f567.25": formatNumber(-1234567.25), "0": formatNumber(0), "999": formatNumber(999),
		"2012-01-01 – 2012-12-31": formatInterval(timeline.Interval{Lo: dateOnly("2012-01-01"), Hi: dateOnly("2013-01-01")}, timeline.Year),
		"2012-01-01":              formatInterval(timeline.Interval{Lo: dateOnly("2012-01-01"), Hi: dateOnly("2012-01-02")}, timeline.Day),
		"… – 2012-01-01":          formatInterval(timeline.Interval{Hi: dateOnly("2012-01-02")}, timeline.Day),
		"2012-01-01 – …":          formatInterval(timeline.Interval{Lo: dateOnly("2012-01-01")}, timeline.Day),
		"12.5 %":                  formatQuantity(timeline.Quantity{Value: v(12.5), Unit: "%"}),
		"1–2 month":               formatQuantity(timeline.Quantity{Lo: v(1), Hi: v(2), Unit: "month"}),
		"P6Y":                     formatQuantity(timeline.Quantity{Text: "P6Y"}),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
