package config

import (
	"strings"
	"testing"
)

func TestIsChannelName(t *testing.T) {
	for name, want := range map[string]bool{
		"news-watch":            true,
		"news_2":                true,
		"أخبار-عاجلة":           true,
		"新闻":                    true,
		"हिन्दी":                true, // letters with marks
		strings.Repeat("ه", 80): true,
		strings.Repeat("ه", 81): false,
		"":                      false,
		"News":                  false,
		"news watch":            false,
		"#news":                 false,
		"news\xff":              false,
	} {
		if got := isChannelName(name); got != want {
			t.Errorf("isChannelName(%q) = %v, want %v", name, got, want)
		}
	}
}
