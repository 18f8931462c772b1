package timeline

import "time"

// Topic is what a team watches for. Either Query or any of Any, All and None is
// set: an article is on the topic when it holds one of Any, each of All and
// nothing of None.
type Topic struct {
	Name  string
	Title Text
	Query string
	Any   []string
	All   []string
	None  []string
}

// WatchedTopic is a topic as the record knows it.
type WatchedTopic struct {
	Name     string
	Was      string        // its name before, whose history it takes over
	Hash     string        // of what it asks for
	ReadBack time.Duration // how far back kept articles are read for it when it is new, by publication; 0: all
}

// History is how much the record holds of a feed or a topic.
type History struct {
	Articles, Polls        int       // of a feed
	Mentions               int       // of a topic, or in the articles of a feed
	Evaluations, Incidents int       // of a topic
	First, Last            time.Time // publication of the articles; zero where there are none
}

// TopicReason is why a text is on a topic, or why it is not.
type TopicReason struct {
	Topic   string
	Matched bool
	Parts   string // the parts of the topic's query, one on a line, with what was found of each; and what is missing
}

// Entity is a group, a person or a place of the lexicon. Topics refer to it as
// @name; counts and events name it as actor or place.
type Entity struct {
	Name    string
	Title   Text
	Kind    string // group, person or place
	Country string // ISO 3166-1 alpha-2, or empty
	// WholeCountry says that the place is all of its country, in which the country's
	// other places lie; In names the smaller places that it lies in.
	WholeCountry bool
	In           []string
	Aliases      map[string][]string

	// Alone says that the entity has the name of persons, too: its aliases of one
	// word in Latin letters are found only where no other name stands beside them.
	Alone bool
	// Except has, by language, phrases that hold an alias and mean something else.
	Except map[string][]string
}

// Text is a text in several languages, by BCP 47 primary subtag.
type Text map[string]string

// In returns the text in the language, else in English, else in any language
// (the alphabetically first), else fallback.
func (t Text) In(lang, fallback string) string {
	if s := t[lang]; s != "" {
		return s
	}
	if s := t["en"]; s != "" {
		return s
	}
	first := ""
	for l, s := range t {
		if s != "" && (first == "" || l < first) {
			first = l
		}
	}
	if first == "" {
		return fallback
	}
	return t[first]
}
