//go:build unix

package extract

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"marsad/timeline"
)

// newsArticles makes articles as long as news is out of the lines of the test data
// of a language, no two of them alike, so that nothing is read faster for
// having been read before.
func newsArticles(tb testing.TB, lang string) (articles []*timeline.Article, size int) {
	tb.Helper()
	names, err := filepath.Glob("testdata/" + lang + ".*facts.txt")
	if err != nil || len(names) == 0 {
		tb.Fatalf("texts in %s: %v, %v", lang, names, err)
	}
	var lines []string
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			tb.Fatal(err)
		}
		for line := range strings.Lines(string(data)) {
			if line = strings.TrimSuffix(line, "\n"); line != "" && !strings.ContainsAny(line[:1], "#@ \t") {
				lines = append(lines, line)
			}
		}
	}
	prose := englishProse
	if lang == "ar" {
		prose = arabicProse
	}
	sentences := strings.SplitAfter(prose, ". ")
	const linesEach = 24
	for from := 0; from+linesEach <= len(lines); from += linesEach {
		var b strings.Builder
		for i, line := range lines[from : from+linesEach] {
			// Facts are rarer in news than among vectors.
			fmt.Fprintf(&b, "%s. %s", line, sentences[i%len(sentences)])
		}
		articles = append(articles, &timeline.Article{
			Lang: lang, Text: b.String(), Published: time.Date(2017, 5, 20, 12, 0, 0, 0, time.UTC),
		})
		size += b.Len()
	}
	return articles, size
}

func benchReader(tb testing.TB, topics int) *Reader {
	tb.Helper()
	kinds, err := ReadKinds(os.DirFS("../../seeds/kinds"))
	if err != nil {
		tb.Fatal(err)
	}
	r, err := New(Options{Kinds: kinds, Entities: testEntities(), Topics: manyTopics(topics)})
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

// BenchmarkReadTopics reads everything out of news, dates, counts and topics of
// ten phrases together, and the topics alone, as a changed topic or a backtest does.
func BenchmarkReadTopics(b *testing.B) {
	for _, lang := range []string{"en", "ar"} {
		articles, size := newsArticles(b, lang)
		for _, topics := range []int{10, 1000} {
			r := benchReader(b, topics)
			for _, pass := range []struct {
				name string
				read func(*timeline.Article)
			}{
				{"all", func(a *timeline.Article) { r.Read(a) }},
				{"topics-alone", func(a *timeline.Article) { r.Mentions(a) }},
			} {
				b.Run(fmt.Sprintf("%s/topics=%d/%s", lang, topics, pass.name), func(b *testing.B) {
					b.SetBytes(int64(size))
					b.ReportAllocs()
					began := cpuTime(b)
					for b.Loop() {
						for _, a := range articles {
							pass.read(a)
						}
					}
					reportCPU(b, began, size)
				})
			}
		}
	}
}
