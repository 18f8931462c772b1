package app

import (
	"testing"

	"marsad/collector"
	"marsad/internal/config"
)

// The record's feeds go by the names that articles have them under, and keep no
// password.
func TestRecordFeeds(t *testing.T) {
	t.Parallel()
	off := false
	cfg := &config.Config{Feeds: []collector.Feed{
		{Name: "a", URL: "https://user:hunter2@example.org/rss", Publisher: "A", Lang: "ar-IQ"},
		{Name: "b", URL: "https://example.org/rss", Title: "B", Lang: "zh-Hant-TW", Enabled: &off},
		{Name: "c", URL: "https://example.org/rss"},
	}}
	feeds := recordFeeds(cfg, new(collector.Collector))
	if f := feeds[0]; f.URL != "https://example.org/rss" || f.Lang != "ar" || f.Title != "a" || !f.Enabled {
		t.Errorf("feed %+v", f)
	}
	if f := feeds[1]; f.Lang != "zh" || f.Title != "B" || f.Enabled {
		t.Errorf("feed %+v", f)
	}
	if f := feeds[2]; f.Lang != "" {
		t.Errorf("feed %+v", f)
	}
}
