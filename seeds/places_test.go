package seeds_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"marsad/internal/config"
	"marsad/seeds"
	"marsad/timeline"
	"marsad/timeline/extract"
	"marsad/timeline/text"
)

// readVectors gives the lines of each block of a file, comments left out.
func readVectors(t *testing.T, name string) (vectors [][]string) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for block := range strings.SplitSeq(string(data), "\n\n") {
		if lines := strings.Split(strings.TrimSpace(block), "\n"); !strings.HasPrefix(lines[0], "# ") {
			vectors = append(vectors, lines)
		}
	}
	return vectors
}

// TestPlaces reads testdata/places.txt: a text on a line, and indented below it the
// places that it names, in order; none where no line is indented.
func TestPlaces(t *testing.T) {
	m := matcher(t)
	vectors := readVectors(t, "testdata/places.txt")
	for _, lines := range vectors {
		var want []string
		for _, line := range lines[1:] {
			want = append(want, strings.Fields(line)...)
		}
		var got []string
		for _, e := range m.Entities(text.Read(lines[0])) {
			if e.Kind == "place" {
				got = append(got, e.Entity)
			}
		}
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("%s\nnames %v, want %v", lines[0], got, want)
		}
	}
	if n := len(vectors); n < 50 {
		t.Errorf("%d texts were read", n)
	}
}

// TestWhere reads testdata/where.txt: a text on a line, and indented below it the
// counts and events that are read out of it, with whom they are told of and where.
func TestWhere(t *testing.T) {
	c, err := config.Default()
	if err != nil {
		t.Fatal(err)
	}
	kinds, err := extract.ReadKinds(seeds.Kinds())
	if err != nil {
		t.Fatal(err)
	}
	r, err := extract.New(extract.Options{Kinds: kinds, Entities: c.Entities})
	if err != nil {
		t.Fatal(err)
	}
	vectors := readVectors(t, "testdata/where.txt")
	for _, lines := range vectors {
		a := &timeline.Article{Text: lines[0], Published: time.Date(2017, 5, 20, 0, 0, 0, 0, time.UTC)}
		facts := r.Read(a)
		var got []string
		for _, c := range facts.Counts {
			line := "count " + strings.ReplaceAll(c.Span.Of(a.Text), " ", "_")
			if c.Of != "" {
				line += " of " + c.Of
			}
			got = append(got, strings.Join(append([]string{line, "in"}, append(c.In, c.Countries...)...), " "))
		}
		for _, e := range facts.Events {
			got = append(got, strings.Join(append([]string{"event in"}, append(e.Places, e.Countries...)...), " "))
		}
		want := lines[1:]
		for i := range want {
			want[i] = strings.TrimSpace(want[i])
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s\ngot\n  %s\nwant\n  %s", lines[0], strings.Join(got, "\n  "), strings.Join(want, "\n  "))
		}
	}
	if n := len(vectors); n < 30 {
		t.Errorf("%d texts were read", n)
	}
}

// TestGazetteer holds the places to what they are used for: a name in both
// languages, and a country that is told by code.
func TestGazetteer(t *testing.T) {
	c, err := config.Default()
	if err != nil {
		t.Fatal(err)
	}
	places, countries := 0, map[string]bool{}
	for _, e := range c.Entities {
		if e.Kind != "place" {
			continue
		}
		places++
		countries[e.Country] = true
		if e.Title["en"] == "" || e.Title["ar"] == "" || len(e.Aliases["en"]) == 0 || len(e.Aliases["ar"]) == 0 {
			t.Errorf("%s lacks a title or an alias in English or Arabic", e.Name)
		}
	}
	if places < 700 || len(countries) < 195 {
		t.Errorf("%d places in %d countries", places, len(countries))
	}
}

// BenchmarkRead reads news with the lexicons of the seeds, and without places.
func BenchmarkRead(b *testing.B) {
	c, err := config.Default()
	if err != nil {
		b.Fatal(err)
	}
	kinds, err := extract.ReadKinds(seeds.Kinds())
	if err != nil {
		b.Fatal(err)
	}
	var news strings.Builder
	for _, lang := range []string{"en", "ar"} {
		data, err := os.ReadFile("../timeline/extract/testdata/" + lang + ".events.txt")
		if err != nil {
			b.Fatal(err)
		}
		for line := range strings.Lines(string(data)) {
			if !strings.ContainsAny(line[:1], "#@ \n") {
				news.WriteString(line)
			}
		}
	}
	a := &timeline.Article{Published: time.Date(2017, 5, 20, 0, 0, 0, 0, time.UTC), Text: news.String()}
	some := slices.DeleteFunc(slices.Clone(c.Entities), func(e timeline.Entity) bool { return e.Kind == "place" })
	for _, lexicon := range []struct {
		name     string
		entities []timeline.Entity
	}{{"without-places", some}, {"all", c.Entities}} {
		r, err := extract.New(extract.Options{Kinds: kinds, Entities: lexicon.entities})
		if err != nil {
			b.Fatal(err)
		}
		b.Run(lexicon.name, func(b *testing.B) {
			b.SetBytes(int64(len(a.Text)))
			for b.Loop() {
				r.Read(a)
			}
		})
	}
}
