package sqlite

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// BenchmarkIndexWords takes articles of 350 words, of a vocabulary in which few words
// are frequent, into the index; and says what an article adds to the record.
func BenchmarkIndexWords(b *testing.B) {
	r := openTest(b, filepath.Join(b.TempDir(), "record.db"))
	syncFeed(b, r)
	n := 0
	words := uint64(1)
	vocabulary := func() string {
		words = words*6364136223846793005 + 1442695040888963407
		x := float64(words>>40) / (1 << 24)
		id := int(50000 * x * x * x * x)
		if id%2 == 0 {
			return fmt.Sprintf("word%d", id)
		}
		return "وال" + strings.Map(func(d rune) rune { return 'ب' + d - '0' }, fmt.Sprint(id))
	}
	size := func() int64 {
		stats, err := r.Stats(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		return stats.Bytes
	}
	var added int64
	for b.Loop() {
		b.StopTimer()
		result := testPoll(n, wordsAtOnce)
		for i := range result.Articles {
			var text strings.Builder
			for range 350 {
				text.WriteString(vocabulary())
				text.WriteByte(' ')
			}
			result.Articles[i].Article.Text = text.String()
		}
		n++
		if err := r.CommitPoll(b.Context(), result); err != nil {
			b.Fatal(err)
		}
		before := size()
		b.StartTimer()
		if _, err := r.IndexWords(b.Context()); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		added += size() - before
		b.StartTimer()
	}
	b.ReportMetric(b.Elapsed().Seconds()*1e6/float64(n*wordsAtOnce), "µs/article")
	b.ReportMetric(float64(added)/float64(n*wordsAtOnce), "bytes/article")
}
