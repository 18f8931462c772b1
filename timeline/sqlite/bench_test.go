package sqlite

import (
	"path/filepath"
	"testing"

	"marsad/timeline"
)

// BenchmarkCommitPoll records polls of 30 new articles with three facts and a
// mention each.
func BenchmarkCommitPoll(b *testing.B) {
	r := openTest(b, filepath.Join(b.TempDir(), "record.db"))
	syncFeed(b, r)
	const articles = 30
	n := 0
	for b.Loop() {
		b.StopTimer()
		result := testPoll(n, articles)
		n++
		b.StartTimer()
		if err := r.CommitPoll(b.Context(), result); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n*articles)/b.Elapsed().Seconds(), "articles/s")
}

// BenchmarkCommitKnown records polls of 30 items that are known.
func BenchmarkCommitKnown(b *testing.B) {
	r := openTest(b, filepath.Join(b.TempDir(), "record.db"))
	syncFeed(b, r)
	first := testPoll(0, 30)
	if err := r.CommitPoll(b.Context(), first); err != nil {
		b.Fatal(err)
	}
	var seen []timeline.Sighting
	for i := range first.Articles {
		seen = append(seen, timeline.Sighting{Article: first.Articles[i].Article.ID, Identity: first.Articles[i].Identity})
	}
	n := 1
	for b.Loop() {
		result := testPoll(n, 0)
		n++
		result.Seen = seen
		result.Poll.Fetched, result.Poll.Known = 30, 30
		if err := r.CommitPoll(b.Context(), result); err != nil {
			b.Fatal(err)
		}
	}
}
