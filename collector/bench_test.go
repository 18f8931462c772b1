package collector

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// A document as news feeds send it: 30 items of some 90 Arabic words.
func BenchmarkParseDocument(b *testing.B) {
	text := strings.Repeat("قال المتحدث إن ما بين 12 ألفاً إلى 15 ألف شخص نزحوا منذ عام 2012. ", 6)
	items := make([]string, 30)
	for i := range items {
		items[i] = fmt.Sprintf(`<title>اندماج المجموعتين %d</title><link>https://example.org/a/%d</link><guid isPermaLink="false">fs:%d</guid>`+
			`<pubDate>Sun, 12 Jan 2025 07:%02d:00 GMT</pubDate><description>&lt;p&gt;%s&lt;/p&gt;</description>`, i, i, i, i, text)
	}
	document := []byte(rss(items...))
	header := http.Header{"Content-Type": {"application/rss+xml; charset=utf-8"}}
	b.SetBytes(int64(len(document)))
	b.ReportAllocs()
	for b.Loop() {
		doc, err := ParseDocument(document, header, nil, time.UTC)
		if err != nil || len(doc.Items) != len(items) {
			b.Fatalf("%d items, error %v", len(doc.Items), err)
		}
	}
}
