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

// class is what the grammars know a word by; it is the name of its section in
// the word files.
type class string

// The classes. See the files in words for what belongs in each.
const (
	classNumbers     class = "numbers"
	classScales      class = "scales"
	classScalesDual  class = "scales.dual"
	classSuffixes    class = "suffixes"
	classVague       class = "vague"
	classSome        class = "some"
	classOrdinals    class = "ordinals"
	classOrdinalEnds class = "ordinal_suffixes"
	classFractions   class = "fractions"
	classAnd         class = "and"
	classArticle     class = "article"

	classBoundsAbout        class = "bounds.about"
	classBoundsAtLeast      class = "bounds.at_least"
	classBoundsMoreThan     class = "bounds.more_than"
	classBoundsAtMost       class = "bounds.at_most"
	classBoundsLessThan     class = "bounds.less_than"
	classBoundsAfterAtLeast class = "bounds_after.at_least"
	classBoundsAfterAtMost  class = "bounds_after.at_most"
	classBoundsAfterAbout   class = "bounds_after.about"
	classReaching           class = "reaching"
	classBetween            class = "between"
	classFrom               class = "from"
	classTo                 class = "to"
	classOr                 class = "or"
	classOf                 class = "of"

	classPercent       class = "percent"
	classCurrencies    class = "currencies"
	classMeasures      class = "measures"
	classTimeUnits     class = "time_units"
	classTimeUnitsDual class = "time_units.dual"
	classTimes         class = "times"
	classTwice         class = "twice"
	classIdentifiers   class = "identifiers"
	classScores        class = "scores"
	classAgeBefore     class = "age_before"
	classAgeAfter      class = "age_after"

	classMonths        class = "months"
	classMonthsHijri   class = "months.hijri"
	classWeekdays      class = "weekdays"
	classWeekend       class = "weekend"
	classDays          class = "days"
	classDay           class = "day"
	classParts         class = "parts"
	classClock         class = "clock"
	classMeridiem      class = "meridiem"
	classLast          class = "last"
	classLastBefore    class = "last_before"
	classRollingBefore class = "rolling_before"
	classThis          class = "this"
	classThisBefore    class = "this_before"
	classNext          class = "next"
	classNextBefore    class = "next_before"
	classAgoBefore     class = "ago_before"
	classAgoAfter      class = "ago_after"
	classSince         class = "since"
	classHenceBefore   class = "hence_before"
	classHenceAfter    class = "hence_after"
	classModifiers     class = "modifiers"
	classEras          class = "eras"
	classSeasons       class = "seasons"
	classQuarters      class = "quarters"
	classHalves        class = "halves"
	classDecades       class = "decades"
	classYearNouns     class = "year_nouns"
	classMonthNouns    class = "month_nouns"
	classIn            class = "in"
	classFuture        class = "future"
	classVagueTime     class = "vague_time"

	classRelationsSince   class = "relations.since"
	classRelationsUntil   class = "relations.until"
	classRelationsBefore  class = "relations.before"
	classRelationsAfter   class = "relations.after"
	classRelationsBetween class = "relations.between"

	classSaid      class = "said"
	classSaidVerbs class = "said.verbs"
	classSources   class = "sources"
	classDuals     class = "duals"
	classPronouns  class = "pronouns"
	classFunction  class = "function"
	classKind      class = "kind" // from Options.Kinds; the text is the kind's name
)

// classes are all that a word file may have sections of.
const classes = " numbers scales scales.dual suffixes vague some ordinals ordinal_suffixes fractions and article" +
	" bounds.about bounds.at_least bounds.more_than bounds.at_most bounds.less_than" +
	" bounds_after.at_least bounds_after.at_most bounds_after.about reaching between from to or of" +
	" percent currencies measures time_units time_units.dual times twice identifiers scores age_before age_after" +
	" months months.hijri weekdays weekend days day parts clock meridiem last last_before rolling_before this this_before" +
	" next next_before ago_before ago_after since hence_before hence_after modifiers eras seasons quarters halves decades" +
	" year_nouns month_nouns in future vague_time" +
	" relations.since relations.until relations.before relations.after relations.between" +
	" said said.verbs sources duals pronouns function "

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
	articled bool // the first word stands here without the article it needs
	lang     string
}

// lexicon maps the folded first word of each phrase to its entries, the longest
// phrase first. It is not changed once it is built.
type lexicon struct{ entries map[string][]entry }

// newLexicon compiles the embedded word files and the kinds.
func newLexicon(kinds Kinds) (*lexicon, error) {
	l := &lexicon{entries: make(map[string][]entry, 2048)}
	files, err := fs.Glob(wordFiles, "words/*.txt")
	if err != nil {
		return nil, fmt.Errorf("word files: %w", err)
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("word files: none embedded")
	}
	for _, name := range files {
		data, err := wordFiles.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("word file: %w", err)
		}
		words, err := parseWords(name, string(data))
		if err != nil {
			return nil, err
		}
		lang := strings.TrimSuffix(path.Base(name), ".txt")
		for _, w := range words {
			if !strings.Contains(classes, " "+w.section+" ") {
				return nil, fmt.Errorf("%s:%d: section [%s] is none that the grammar knows", name, w.line, w.section)
			}
			l.add(lang, w, sense{class: class(w.section), value: w.value, text: w.text, weak: w.weak})
		}
	}
	for _, k := range kinds.words {
		l.add(k.lang, k.word, sense{class: classKind, text: k.word.section})
	}
	return l, nil
}

// add enters a word under its first folded token, and, when it begins with the
// article, under what follows the article too: "للأحد" writes الأحد without its alef.
func (l *lexicon) add(lang string, w word, s sense) {
	tokens := text.Read(w.phrase).Tokens
	if len(tokens) == 0 {
		return
	}
	rest := make([]string, 0, len(tokens)-1)
	for _, t := range tokens[1:] {
		rest = append(rest, t.Folded)
	}
	first := tokens[0].Folded
	l.put(first, entry{rest: rest, senses: []sense{s}, lang: lang})
	if bare := strings.TrimPrefix(first, "ال"); bare != first && len(bare) >= 4 {
		l.put(bare, entry{rest: rest, senses: []sense{s}, articled: true, lang: lang})
	}
}

// put keeps entries sorted, the longest phrase first, and merges the senses of
// like phrases.
func (l *lexicon) put(first string, e entry) {
	list := l.entries[first]
	at := 0
	for at < len(list) && len(list[at].rest) >= len(e.rest) {
		if list[at].articled == e.articled && strings.Join(list[at].rest, " ") == strings.Join(e.rest, " ") {
			list[at].senses = append(list[at].senses, e.senses...)
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
