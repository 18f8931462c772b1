// Package story puts articles that are one text, told by one or more publishers,
// into one story, and chooses the dates and sentences that tell a topic best.
//
// It would rather miss a copy than merge two stories: a story that is split
// counts a little too much, one that swallows another hides news. It reads no
// clock and keeps nothing; what was before it learns from the record, so that a
// replay of the record groups alike.
package story

import (
	_ "embed"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"marsad/timeline"
	"marsad/timeline/text"
)

// Within is how far apart two articles of one story may be published.
const Within = 3 * 24 * time.Hour

// minWords is how many words a title needs to say what it is about. Numbers and
// single letters are no words.
const minWords = 4

// Group names the story of a new article and gives the keys by which later ones
// may find it: its GUID when that is unique in the world, its URL, and its folded
// title when that has at least four words and is not the heading of a running
// page. The article joins the story of the earliest recorded article that shares
// a key and was published within three days of it; else it begins one.
//
// find gives the recorded articles that have one of the keys and were published
// in [from, to), in the order in which they were recorded.
func Group(a *timeline.Article,
	find func(keys []string, from, to time.Time) ([]timeline.StoryMatch, error),
) (story string, keys []string, err error) {
	keys = keysOf(a)
	if len(keys) > 0 {
		matches, err := find(keys, a.Published.Add(-Within), a.Published.Add(Within+1))
		if err != nil {
			return "", nil, fmt.Errorf("earlier articles: %w", err)
		}
		if len(matches) > 0 {
			return matches[0].Story, keys, nil
		}
	}
	return timeline.Hash("story", a.ID), keys, nil
}

func keysOf(a *timeline.Article) []string {
	var keys []string
	if timeline.IsGlobalGUID(a.GUID) && !isFrontPage(a.GUID) {
		keys = append(keys, "guid:"+a.GUID)
	}
	if a.URL != "" && !isFrontPage(a.URL) {
		address, _, _ := strings.Cut(a.URL, "#")
		keys = append(keys, "url:"+address)
	}
	if title := titleKey(a.Title); title != "" {
		keys = append(keys, "title:"+title)
	}
	return keys
}

// isFrontPage reports whether an address names a site and no page of it, as
// feeds give it that have no address for their items.
func isFrontPage(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Host != "" && strings.Trim(u.Path, "/") == "" && u.RawQuery == ""
}

// titleKey names the words of a title; empty when they say too little.
func titleKey(title string) string {
	words := wordsOf(title)
	telling := 0
	for _, w := range words {
		if letters := strings.IndexFunc(w, unicode.IsLetter) >= 0; letters && len([]rune(w)) > 1 {
			telling++
		}
	}
	if telling < minWords || isRunning(words) {
		return ""
	}
	return timeline.Hash(words...)
}

// wordsOf gives the folded words and numbers of a title; punctuation, which
// every house sets its own way, is dropped.
func wordsOf(title string) []string {
	return strings.FieldsFunc(text.Fold(title), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
}

//go:embed running.txt
var running string

// runningPhrases are the phrases of running.txt, folded.
var runningPhrases = sync.OnceValue(func() (phrases [][]string) {
	for line := range strings.Lines(running) {
		if words := wordsOf(line); len(words) > 0 && !strings.HasPrefix(line, "#") {
			phrases = append(phrases, words)
		}
	}
	return phrases
})

// isRunning reports whether a title holds a phrase of running.txt.
func isRunning(words []string) bool {
	return slices.ContainsFunc(runningPhrases(), func(phrase []string) bool { return holds(words, phrase) })
}

func holds(words, phrase []string) bool {
	for i := 0; i+len(phrase) <= len(words); i++ {
		if slices.Equal(words[i:i+len(phrase)], phrase) {
			return true
		}
	}
	return false
}
