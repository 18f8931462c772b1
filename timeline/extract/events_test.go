package extract_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"marsad/timeline"
)

// TestEventVectors reads testdata/*.events.txt as texts and *.headlines.txt as
// titles, in the form of TestVectors. An event is written as formatEvent has it.
func TestEventVectors(t *testing.T) {
	r := newReader(t, eventEntities()...)
	for _, form := range []struct {
		glob    string
		article func(s string) timeline.Article
	}{
		{"testdata/*.events.txt", func(s string) timeline.Article { return timeline.Article{Text: s} }},
		{"testdata/*.headlines.txt", func(s string) timeline.Article { return timeline.Article{Title: s} }},
	} {
		files, err := filepath.Glob(form.glob)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s matches %d files: %v", form.glob, len(files), err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			lang, _, _ := strings.Cut(filepath.Base(file), ".")
			for _, c := range parseVectors(t, file, string(data)) {
				t.Run(filepath.Base(file)+":"+strconv.Itoa(c.line)+"_"+c.phenomenon, func(t *testing.T) {
					a := form.article(c.text)
					a.Lang, a.Published = lang, c.published
					facts := r.Read(&a)
					check(t, &a, facts)
					var got []string
					for _, e := range facts.Events {
						got = append(got, formatEvent(c.text, e))
					}
					if diff := cmp.Diff(c.want, got); diff != "" {
						t.Errorf("%s\n(-want +got):\n%s", c.text, diff)
					}
				})
			}
		}
	}
}

// eventEntities is the lexicon of the vectors.
func eventEntities() []timeline.Entity {
	entity := func(name, kind string, en, ar []string) timeline.Entity {
		return timeline.Entity{Name: name, Kind: kind, Aliases: map[string][]string{"en": en, "ar": ar}}
	}
	return []timeline.Entity{
		entity("isis", "group", []string{"ISIS", "Islamic State"}, []string{"داعش", "تنظيم الدولة"}),
		entity("un", "group", []string{"UN", "United Nations"}, []string{"الأمم المتحدة"}),
		entity("trump", "person", []string{"Trump"}, []string{"ترامب"}),
		entity("mosul", "place", []string{"Mosul"}, []string{"الموصل"}),
		entity("aleppo", "place", []string{"Aleppo"}, []string{"حلب"}),
	}
}

// formatEvent writes an event on one line: its clause, its date, and what it has of
// counts, actors, places, and that it is to come.
func formatEvent(reading string, e timeline.Event) string {
	line := formatDate(reading, timeline.Date{Span: e.Span, Relation: e.Relation, Interval: e.Interval, Precision: e.Precision})
	line = strings.TrimPrefix(line, "date ")
	for _, c := range e.Counts {
		line += " count «" + c.Of(reading) + "»"
	}
	for _, name := range e.Actors {
		line += " who " + name
	}
	for _, name := range e.Places {
		line += " where " + name
	}
	if e.Planned {
		line += " planned"
	}
	return line
}
