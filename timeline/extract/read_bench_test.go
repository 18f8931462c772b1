package extract

import (
	"os"
	"strings"
	"testing"
	"time"

	"marsad/timeline"
)

// BenchmarkReadTopics reads everything out of prose, dates, counts and a thousand
// topics of ten phrases together.
func BenchmarkReadTopics(b *testing.B) {
	kinds, err := ReadKinds(os.DirFS("../../seeds/kinds"))
	if err != nil {
		b.Fatal(err)
	}
	r, err := New(Options{Kinds: kinds, Entities: testEntities(), Topics: manyTopics(1000)})
	if err != nil {
		b.Fatal(err)
	}
	for _, lang := range []struct{ name, prose string }{{"en", englishProse}, {"ar", arabicProse}} {
		a := &timeline.Article{
			Lang: lang.name, Text: strings.Repeat(lang.prose, 8),
			Published: time.Date(2017, 5, 20, 12, 0, 0, 0, time.UTC),
		}
		b.Run(lang.name, func(b *testing.B) {
			b.SetBytes(int64(len(a.Text)))
			b.ReportAllocs()
			for b.Loop() {
				r.Read(a)
			}
		})
	}
}
