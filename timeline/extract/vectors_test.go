package extract_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"marsad/timeline"
)

// TestVectors reads testdata/*.facts.txt, each named by the language of its texts. A case is a line of text, the lines of
// what is to be read out of it, indented, and an empty line. "# phenomenon" heads
// the cases of one phenomenon; "@ 2017-05-20T12:00:00+03:00" sets the publication
// of the cases that follow. Facts are written as formatDate, formatCount and
// formatOther have them, in the order dates, counts, others; a count's object,
// kind and negation follow where they are said. A text without lines below it holds nothing.
func TestVectors(t *testing.T) {
	files, err := filepath.Glob("testdata/*.facts.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("testdata/*.facts.txt matches %d files: %v", len(files), err)
	}
	r := newReader(t)
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		lang, _, _ := strings.Cut(filepath.Base(file), ".")
		cases := parseVectors(t, file, string(data))
		if len(cases) == 0 {
			t.Errorf("%s has no case", file)
		}
		for _, c := range cases {
			t.Run(filepath.Base(file)+":"+strconv.Itoa(c.line)+"_"+c.phenomenon, func(t *testing.T) {
				a := &timeline.Article{Lang: lang, Text: c.text, Published: c.published}
				facts := r.Read(a)
				check(t, a, facts)
				if diff := cmp.Diff(c.want, formatFacts(c.text, facts)); diff != "" {
					t.Errorf("%s\n(-want +got):\n%s", c.text, diff)
				}
			})
		}
	}
}

type vector struct {
	line       int
	phenomenon string
	published  time.Time
	text       string
	want       []string
}

func parseVectors(t *testing.T, file, data string) []vector {
	t.Helper()
	var cases []vector
	var published time.Time
	phenomenon := ""
	for i, line := range strings.Split(data, "\n") {
		switch {
		case strings.TrimSpace(line) == "":
		case strings.HasPrefix(line, "# "):
			phenomenon = line[2:]
		case strings.HasPrefix(line, "@ "):
			var err error
			if published, err = time.Parse(time.RFC3339, line[2:]); err != nil {
				t.Fatalf("%s:%d: %v", file, i+1, err)
			}
		case strings.HasPrefix(line, "  "):
			last := &cases[len(cases)-1]
			last.want = append(last.want, strings.TrimSpace(line))
		default:
			cases = append(cases, vector{line: i + 1, phenomenon: phenomenon, published: published, text: line})
		}
	}
	return cases
}

func formatFacts(reading string, f timeline.Facts) (lines []string) {
	for _, d := range f.Dates {
		lines = append(lines, formatDate(reading, d))
	}
	for _, c := range f.Counts {
		line := formatCount(reading, c)
		if !c.Object.IsZero() {
			line += " of «" + c.Object.Of(reading) + "»"
		}
		if c.Kind != "other" {
			line += " " + c.Kind
		}
		if c.Negated {
			line += " negated"
		}
		lines = append(lines, line)
	}
	for _, o := range f.Other {
		lines = append(lines, formatOther(reading, o))
	}
	return lines
}

func formatDate(reading string, d timeline.Date) string {
	layout := time.DateOnly
	if !d.Precision.IsCalendar() {
		layout = "2006-01-02T15:04"
	}
	return strings.Join([]string{
		"date", "«" + d.Span.Of(reading) + "»", string(d.Relation),
		d.Interval.Lo.Format(layout), d.Interval.Hi.Format(layout), string(d.Precision),
	}, " ")
}

func formatCount(reading string, c timeline.Count) string {
	return strings.Join([]string{
		"count", "«" + c.Span.Of(reading) + "»", string(c.Bound), formatSide(c.Lo), formatSide(c.Best), formatSide(c.Hi),
	}, " ")
}

func formatOther(reading string, o timeline.Quantity) string {
	parts := []string{"other", "«" + o.Span.Of(reading) + "»", o.Type}
	switch {
	case o.Lo != nil:
		parts = append(parts, formatSide(o.Lo)+".."+formatSide(o.Hi))
	case o.Value != nil:
		parts = append(parts, formatSide(o.Value))
	}
	if o.Unit != "" {
		parts = append(parts, o.Unit)
	}
	return strings.Join(parts, " ")
}

func formatSide(v *float64) string {
	if v == nil {
		return "_"
	}
	return strconv.FormatFloat(*v, 'f', -1, 64)
}
