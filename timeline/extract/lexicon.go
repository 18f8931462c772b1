package extract

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"marsad/timeline/text"
)

//go:embed words/*.txt
var wordFiles embed.FS

// sense is one thing that a word or a phrase stands for.
type sense struct {
	class class
	value float64 // of numbers, scales, months, ...
	text  string  // of units, currencies, kinds, ...
	weak  bool    // needs support from what stands beside it
}

// entry is a phrase and its senses, kept under its first word.
type entry struct {
	rest     []string // the folded words after the first
	senses   []sense
	classes  classSet
	role     role
	articled bool // the first word stands here without the article it needs
}

// language is one word file compiled: the folded first word of each phrase with
// its entries, the longest phrase first. It is not changed once it is built.
type language struct {
	entries   map[string][]entry
	script    text.Script // of its first word, and so of all
	traits    trait
	eventDays eventDays
	events    *language // its words of events, of classes of their own; nil when it has none
	ofEvents  bool      // it is such words itself
}

// trait is a habit of a language that the grammar asks for. A word file names
// those of its language in the section [traits].
type trait uint8

const (
	// clitics: conjunction, preposition and article are written as one word with
	// what follows, nouns have a dual, and a number is added to another by "and"
	// only.
	clitics trait = 1 << iota
	// vigesimal: tens take units up to nineteen ("soixante-dix", 60 and 10).
	vigesimal
	// bareScales: a thousand is written without an article or a number before it.
	bareScales
	// monthFirst: 7/8 is the eighth of July, where the country does not say otherwise.
	monthFirst
	// pastEd: verbs in the past end in -ed.
	pastEd
	// adjectiveBehind: adjectives stand behind their nouns, and agree in number.
	adjectiveBehind
)

func traits() map[string]trait {
	return map[string]trait{"clitics": clitics, "vigesimal": vigesimal, "bare_scales": bareScales, "month_first": monthFirst, "past_ed": pastEd, "adjective_behind": adjectiveBehind}
}

// lexicon is the languages by their BCP 47 primary subtags.
type lexicon map[string]*language

// newLexicon compiles the embedded word files and the kinds.
func newLexicon(kinds Kinds) (lexicon, error) {
	l := make(lexicon)
	files, err := readWordFiles(wordFiles, "words/*.txt")
	if err != nil {
		return nil, err
	}
	known := sections()
	for _, f := range files {
		into := &language{entries: make(map[string][]entry, 1024), eventDays: make(eventDays)}
		l[f.tag] = into
		for _, w := range f.words {
			if w.section == "traits" {
				has, ok := traits()[w.phrase]
				if !ok {
					return nil, fmt.Errorf("%s:%d: trait %q is none that the grammar knows", f.name, w.line, w.phrase)
				}
				into.traits |= has
				continue
			}
			if w.section == "event_days" {
				if err := into.eventDays.add(w); err != nil {
					return nil, fmt.Errorf("%s:%d: %w", f.name, w.line, err)
				}
				continue
			}
			c, ok := known[w.section]
			if !ok {
				return nil, fmt.Errorf("%s:%d: section [%s] is none that the grammar knows", f.name, w.line, w.section)
			}
			into.add(w, sense{class: c, value: w.value, text: w.text, weak: w.weak})
		}
	}
	for _, k := range kinds.words {
		if into := l[k.lang]; into != nil {
			into.add(k.word, sense{class: classKind, text: k.section, weak: k.weak})
		}
	}
	l.giveRoles()
	return l, l.addEvents()
}

// wordFile is the words of a language in one of its files.
type wordFile struct {
	name, tag string
	words     []word
}

// readWordFiles reads the embedded files that match.
func readWordFiles(fsys embed.FS, pattern string) ([]wordFile, error) {
	names, err := fs.Glob(fsys, pattern)
	if err != nil {
		return nil, fmt.Errorf("word files: %w", err)
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("word files: none embedded as %s", pattern)
	}
	files := make([]wordFile, 0, len(names))
	for _, name := range names {
		data, err := fsys.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("word file: %w", err)
		}
		words, err := parseWords(name, string(data))
		if err != nil {
			return nil, err
		}
		files = append(files, wordFile{name, tagOf(name), words})
	}
	return files, nil
}

// tagOf gives the language that a word file is named by.
func tagOf(name string) string { return strings.TrimSuffix(path.Base(name), ".txt") }

// add enters a word under its first folded token, and, when it begins with the
// article, under what follows the article too: "للأحد" writes الأحد without its alef.
func (l *language) add(w word, s sense) {
	tokens := text.Read(w.phrase).Tokens
	if len(tokens) == 0 {
		return
	}
	rest := make([]string, 0, len(tokens)-1)
	for _, t := range tokens[1:] {
		rest = append(rest, t.Folded)
	}
	if l.script == text.Other {
		l.script = tokens[0].Script
	}
	first := tokens[0].Folded
	l.put(first, entry{rest: rest, senses: []sense{s}, classes: setOf(s.class)})
	if bare := strings.TrimPrefix(first, "ال"); bare != first && len(bare) >= 4 {
		l.put(bare, entry{rest: rest, senses: []sense{s}, classes: setOf(s.class), articled: true})
	}
}

// put keeps entries sorted, the longest phrase first, and merges the senses of
// like phrases.
func (l *language) put(first string, e entry) {
	list := l.entries[first]
	at := 0
	for at < len(list) && len(list[at].rest) >= len(e.rest) {
		if list[at].articled == e.articled && strings.Join(list[at].rest, " ") == strings.Join(e.rest, " ") {
			list[at].senses = append(list[at].senses, e.senses...)
			for _, x := range e.senses {
				list[at].classes.add(x.class)
			}
			return
		}
		at++
	}
	list = append(list, entry{})
	copy(list[at+1:], list[at:])
	list[at] = e
	l.entries[first] = list
}

// word is a line's worth of a word file, for one of the ways to write it.
type word struct {
	section string
	phrase  string
	value   float64
	text    string
	weak    bool
	line    int
}

// parseWords reads the form of the word files; see the head of words/ar.txt.
func parseWords(name, data string) ([]word, error) {
	var words []word
	section := ""
	for number, line := range strings.Split(data, "\n") {
		number++
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
			continue
		case strings.HasPrefix(line, "["):
			if !strings.HasSuffix(line, "]") {
				return nil, fmt.Errorf("%s:%d: section %q lacks its closing bracket", name, number, line)
			}
			section = line[1 : len(line)-1]
			continue
		case section == "":
			return nil, fmt.Errorf("%s:%d: %q stands before the first [section]", name, number, line)
		}
		phrases, value, _ := strings.Cut(line, "=")
		w := word{section: section, line: number}
		phrases, w.weak = strings.CutSuffix(strings.TrimSpace(phrases), " weak")
		value, weak := strings.CutSuffix(strings.TrimSpace(value), " weak")
		w.weak = w.weak || weak
		if n, err := strconv.ParseFloat(value, 64); err == nil {
			w.value = n
		} else {
			w.text = value
		}
		for phrase := range strings.SplitSeq(phrases, "|") {
			w.phrase = strings.TrimSpace(phrase)
			if w.phrase == "" {
				return nil, fmt.Errorf("%s:%d: %q has an empty way to write it", name, number, line)
			}
			words = append(words, w)
		}
	}
	return words, nil
}
