package story_test

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"marsad/seeds"
	"marsad/timeline"
	"marsad/timeline/extract"
	"marsad/timeline/story"
)

// telling is two articles and whether they tell of one happening.
type telling struct {
	name string
	a, b timeline.Article
	want bool
}

// readTellings reads a file of happenings; its form is told at the head of
// happenings/en.txt.
func readTellings(t *testing.T, path string) (tellings []telling) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var base timeline.Article
	var group string
	var own *telling
	number := 0
	for lines := bufio.NewScanner(file); lines.Scan(); {
		number++
		line := strings.TrimSpace(lines.Text())
		mark, rest, _ := strings.Cut(line, " ")
		a := &base
		if own != nil {
			a = &own.b
		}
		switch mark {
		case "", "#":
		case "##":
			group, base, own = rest, timeline.Article{ID: rest}, nil
		case "+", "-":
			tellings = append(tellings, telling{
				name: group + "/" + rest, a: base, want: mark == "+",
				b: timeline.Article{ID: fmt.Sprint(group, number), Published: base.Published},
			})
			own = &tellings[len(tellings)-1]
		case "@":
			if a.Published, err = time.Parse(time.DateOnly, rest); err != nil {
				t.Fatalf("%s:%d: %v", path, number, err)
			}
			a.Published = a.Published.Add(12 * time.Hour)
		case "=":
			a.Title = rest
		default:
			a.Text += line + "\n"
		}
	}
	for i := range tellings {
		for _, a := range []*timeline.Article{&tellings[i].a, &tellings[i].b} {
			a.Text = strings.TrimSpace(a.Text)
			a.Lang = "en"
			if strings.ContainsAny(a.Text, "اأإبتمن") {
				a.Lang = "ar"
			}
		}
	}
	return tellings
}

// newEventReader reads events with the lexicon of the seeds and the places of the
// cases.
func newEventReader(tb testing.TB) *extract.Reader {
	tb.Helper()
	kinds, err := extract.ReadKinds(seeds.Kinds())
	if err != nil {
		tb.Fatal(err)
	}
	r, err := extract.New(extract.Options{Kinds: kinds, Entities: entities()})
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

// entities is the lexicon of the cases.
func entities() []timeline.Entity {
	place := func(name, en, ar string) timeline.Entity {
		return timeline.Entity{Name: name, Kind: "place", Aliases: map[string][]string{"en": {en}, "ar": {ar}}}
	}
	in := func(country string, e timeline.Entity, regions ...string) timeline.Entity {
		e.Country, e.In = country, regions
		return e
	}
	whole := func(country string, e timeline.Entity) timeline.Entity {
		e.Country, e.WholeCountry = country, true
		return e
	}
	return []timeline.Entity{
		in("IQ", place("mosul", "Mosul", "الموصل"), "nineveh"), in("IQ", place("baghdad", "Baghdad", "بغداد")), in("SY", place("aleppo", "Aleppo", "حلب")),
		in("SY", place("raqqa", "Raqqa", "الرقة")), in("SY", place("idlib", "Idlib", "إدلب")), in("SY", place("damascus", "Damascus", "دمشق")),
		in("SY", place("deir-ez-zor", "Deir ez-Zor", "دير الزور")), whole("IQ", place("iraq", "Iraq", "العراق")), whole("SY", place("syria", "Syria", "سوريا")),
		whole("IR", place("iran", "Iran", "إيران")), place("beirut", "Beirut", "بيروت"), place("cairo", "Cairo", "القاهرة"),
		in("IQ", place("tikrit", "Tikrit", "تكريت")), place("tunis", "Tunis", "تونس"), in("IQ", place("kurdistan", "Kurdish region", "إقليم كردستان")),
		place("riyadh", "Riyadh", "الرياض"), whole("LY", place("libya", "Libya", "ليبيا")),
		in("IQ", place("nineveh", "Nineveh", "نينوى")), in("IQ", place("basra", "Basra", "البصرة")),
		{Name: "isis", Kind: "group", Aliases: map[string][]string{"en": {"ISIS"}, "ar": {"داعش"}}},
		{Name: "sdf", Kind: "group", Aliases: map[string][]string{"en": {"SDF"}, "ar": {"قسد"}}},
		{Name: "hariri", Kind: "person", Aliases: map[string][]string{"en": {"Saad Hariri"}, "ar": {"سعد الحريري"}}},
	}
}

// areOne reports whether an event of the second article is near one of the first.
func areOne(g *story.Events, r *extract.Reader, a, b *timeline.Article) bool {
	g.Reset()
	of := func(a *timeline.Article) (prints [][]byte) {
		f := r.Read(a)
		for i := range f.Events {
			prints = append(prints, g.Sign(a, &f.Events[i], f.Counts))
		}
		return prints
	}
	for _, p := range of(a) {
		g.Add(timeline.EventPrint{Article: 1, Print: p})
	}
	for _, p := range of(b) {
		if len(g.Near(p)) > 0 {
			return true
		}
	}
	return false
}

// TestHappenings holds the grouping of events to a precision of 0.98 and, language
// by language, to the recall it had.
func TestHappenings(t *testing.T) {
	r, g := newEventReader(t), story.NewEvents(story.DefaultConfig(), entities())
	var right, wrong, all int
	for _, set := range []struct {
		file   string
		recall float64
	}{{"en", 0.7}, {"ar", 0.7}} {
		tellings := readTellings(t, "testdata/happenings/"+set.file+".txt")
		if len(tellings) < 30 {
			t.Fatalf("%s: %d cases", set.file, len(tellings))
		}
		found, same := 0, 0
		for i := range tellings {
			c := &tellings[i]
			got := areOne(g, r, &c.a, &c.b)
			switch {
			case got && c.want:
				found++
			case got:
				wrong++
				t.Errorf("%s: %s: taken for one happening", set.file, c.name)
			case c.want:
				t.Logf("%s: %s: missed", set.file, c.name)
			}
			if c.want {
				same++
			}
		}
		right, all = right+found, all+len(tellings)
		recall := float64(found) / float64(same)
		t.Logf("%s: %d cases, recall %.2f (%d of %d)", set.file, len(tellings), recall, found, same)
		if recall < set.recall {
			t.Errorf("%s: recall %.2f, want at least %.2f", set.file, recall, set.recall)
		}
	}
	precision := float64(right) / float64(max(1, right+wrong))
	t.Logf("%d cases: precision %.3f", all, precision)
	if precision < 0.98 {
		t.Errorf("precision %.3f, want at least 0.98", precision)
	}
}
