package extract

import (
	"strings"

	"marsad/timeline"
)

// attribution follows the sources through a text, count by count.
type attribution struct {
	*scan
	entities []EntitySpan // in order
	read     int          // tokens seen so far
	named    int          // where the last press that was named stands, -1 for none
	next     int          // where the count after the one in hand begins, in tokens
	last     int          // behind the count before it in its sentence, 0 for none
	places   []EntitySpan // of that count
	firsts   map[string]bool
	known    classSet // of the words of the sentence
}

// reach is how far, in tokens, the source and the subject of a count are looked
// for on either side of it.
const reach = 80

// attribute says of each count whom it is said of, where, and who said it. The
// counts are in the order of the text; firsts are the first words of names.
func attribute(s *scan, entities []EntitySpan, firsts map[string]bool) {
	a := attribution{scan: s, entities: entities, named: -1, firsts: firsts}
	s.lo, s.hi = 0, 0
	for i := range s.facts.Counts {
		c := &s.facts.Counts[i]
		at := s.tokenAt(c.Span.Start)
		if at >= s.hi {
			a.enter(at)
			a.last, a.places = 0, nil
		}
		a.next = s.hi
		if i+1 < len(s.facts.Counts) {
			a.next = min(a.next, s.tokenAt(s.facts.Counts[i+1].Span.Start))
		}
		c.Of = a.saidOf(c, at)
		if i > 0 && s.refersBack(c) && s.facts.Counts[i-1].Sentence == c.Sentence && s.facts.Counts[i-1].Of != "" {
			c.Of = s.facts.Counts[i-1].Of // "12,000 of its fighters, of whom 2,000 are in the country"
		}
		c.By = a.speaker(at)
		if entities != nil {
			a.places = a.placesOf(c, at)
			c.In, c.Countries = namesOf(a.places)
			a.last = s.tokenAt(c.Span.End-1) + 1
		}
	}
}

// enter moves on to the sentence of token at, noting the press named before it.
func (a *attribution) enter(at int) {
	lo, hi := a.bounds(at)
	a.lo, a.hi = 0, lo
	for ; a.read < lo; a.read++ {
		i := a.read
		if !a.glosses[i].classes.has(classSources) {
			continue
		}
		if x, ok := a.is(i, classSources); ok && x.text == press && !a.articled(i) &&
			a.word(i+1) && !a.any(i+1, classFunction) && a.clitics(i) {
			a.named = i
		}
	}
	a.lo, a.hi, a.known = lo, hi, classSet{}
	for i := lo; i < hi; i++ {
		a.known.join(&a.glosses[i].classes)
	}
}

// refersBack reports whether the counted are some of those counted before: "ألفان
// منهم", "of whom 2,000".
func (s *scan) refersBack(c *timeline.Count) bool {
	if !c.Object.IsZero() {
		return false
	}
	first, last := s.tokenAt(c.Span.Start), s.tokenAt(c.Span.End-1)+1
	return s.any(last, classPronouns) || s.any(last, classOf) && s.any(s.after(last), classPronouns) || s.any(first-1, classPronouns)
}

// press is what the word files call papers, agencies and channels.
const press = "press"

// tokenAt gives the token that holds the byte, or the next one.
func (s *scan) tokenAt(offset int) int {
	first, last := 0, len(s.Tokens)
	for first < last {
		if middle := (first + last) / 2; s.Tokens[middle].End <= offset {
			first = middle + 1
		} else {
			last = middle
		}
	}
	return first
}

// bounds gives the tokens of the sentence of token i.
func (s *scan) bounds(i int) (lo, hi int) {
	sentence := s.Sentences[s.Tokens[i].Sentence]
	return sentence.First, sentence.Last
}

// saidOf gives the entity that a count, at token at, is said of: the nearest one
// of its clause, a place only where the counted are tied to it. Fighters are a group's before they are a place's: "the number of
// the group's fighters in the country".
func (a *attribution) saidOf(c *timeline.Count, at int) string {
	behind := a.tokenAt(c.Span.End-1) + 1
	if c.Kind == "fighters" {
		if group, _ := a.entityNear(at, behind, func(e EntitySpan) bool { return e.Kind == "group" }); group.Entity != "" {
			return group.Entity
		}
	}
	e, k := a.entityNear(at, behind, func(EntitySpan) bool { return true })
	if e.Kind == placeKind && !a.tied(c, k) {
		return ""
	}
	return e.Entity
}

// tied reports whether the counted are those of the place named at token k, rather
// than counted there: "20 teachers from Indonesia", "Iraq's 300 judges".
func (a *attribution) tied(c *timeline.Count, k int) bool {
	object := c.Object
	if object.IsZero() {
		object = c.Span
	}
	if a.any(k-1, classOf, classFrom) && a.tokenAt(max(object.End, c.Span.End)-1)+1 == k-1 {
		return true
	}
	return a.spaced(k) && possessive(a.Tokens[k].Raw) && k+1 == a.tokenAt(c.Span.Start)
}

// entityNear gives the entity that fits and is named nearest to a count in its
// clause, before it rather than behind it, and the token that its name begins with.
func (a *attribution) entityNear(first, last int, fits func(EntitySpan) bool) (e EntitySpan, at int) {
	for k := first - 1; k >= a.lo && k > first-reach && !a.clauseEnd(k); k-- {
		if e, ok := a.entityAt(k); ok && fits(e) {
			return e, k
		}
	}
	for k := last; k < a.hi && k < last+reach && !a.clauseEnd(k); k++ {
		if e, ok := a.entityAt(k); ok && fits(e) {
			return e, k
		}
	}
	return EntitySpan{}, 0
}

// entityAt gives the entity whose name begins with token k.
func (a *attribution) entityAt(k int) (EntitySpan, bool) {
	at, start := 0, a.Tokens[k].Start
	for last := len(a.entities); at < last; {
		if middle := (at + last) / 2; a.entities[middle].Span.Start < start {
			at = middle + 1
		} else {
			last = middle
		}
	}
	if at == len(a.entities) || a.entities[at].Span.Start != start {
		return EntitySpan{}, false
	}
	return a.entities[at], true
}

// speaker gives who is named as the source of the count at token at: after
// "according to" behind it, as long as no other count stands between, else before
// it; else the subject of the sentence's first verb of saying.
func (a *attribution) speaker(at int) string {
	for k := at; a.known.has(classSaid) && k < a.next && k < at+reach; k++ {
		if a.any(k, classSaid) {
			return a.cited(k)
		}
	}
	for k := at; a.known.has(classSaid) && k >= a.lo && k > at-reach; k-- {
		if a.any(k, classSaid) {
			return a.cited(k)
		}
	}
	if !a.known.has(classSaidVerbs) {
		return ""
	}
	for k := at - 1; k >= a.lo && k > at-reach; k-- {
		if a.any(k, classSaidVerbs) {
			return a.subject(k)
		}
	}
	for k := at; k < a.hi && k < at+reach; k++ {
		if a.any(k, classSaidVerbs) {
			return a.subject(k)
		}
	}
	return ""
}

// cited gives the source that the words at k name behind them: "according to",
// "وفقا ل", of which the preposition is written as one word with the source.
func (s *scan) cited(k int) string {
	phrase := s.sourcePhrase(s.after(k))
	if x, ok := s.is(k, classSaid); ok && x.text != "" {
		if definite, ok := strings.CutPrefix(phrase, x.text+"ل"); ok {
			return article + definite
		}
		return strings.TrimPrefix(phrase, x.text)
	}
	return phrase
}

// sourcePhrase gives the words of a source, up to where the clause ends or
// another begins.
func (s *scan) sourcePhrase(i int) string {
	longest := 4 // words
	if s.spaced(i) {
		longest = 7
		if s.any(i, classArticle) {
			i++
		}
	}
	first, end := i, i
	for end < s.hi && end < first+longest && s.word(end) && !s.clauseEnd(end) && !s.any(end, classSaidVerbs, classThat) {
		ties := s.any(end, classOf) || s.spaced(end) && s.any(end, classIn, classAnd) && s.spaced(end+1) && s.capital(end+1)
		if end > first && (s.any(end, classFunction, classHappening, classParticiples, classRising) && !ties) {
			break
		}
		end++
	}
	for end > first && s.any(end-1, classOf, classIn, classAnd, classFunction) {
		end--
	}
	if end == first {
		return ""
	}
	return s.Original[s.Tokens[first].Start:s.Tokens[end-1].End]
}

// subjectBefore gives the subject of a verb of saying where it stands before the
// verb, as far as the clause goes back ("a spokesman for the army said"); behind
// the verb where nothing stands before ("..., said Ahmed Hassan").
func (a *attribution) subjectBefore(k int) string {
	const longest = 8 // words
	first := k
	for first > a.lo && first > k-longest && a.word(first-1) && !a.any(first-1, classSaidVerbs, classThat, classParticiples) {
		first--
	}
	if first == k-longest || first > a.lo && a.number(first-1) {
		// Too long for a subject: the name right before the verb.
		for first = k; first > a.lo && first > k-longest && a.word(first-1) && a.capital(first-1); {
			first--
		}
	}
	for first < k && a.any(first, classArticle, classAnd, classThat, classFunction) {
		first++
	}
	if first == k {
		if k > a.lo && !a.word(k-1) {
			return a.sourcePhrase(a.after(k))
		}
		return ""
	}
	return a.Original[a.Tokens[first].Start:a.Tokens[k-1].End]
}

// subject gives who does the saying of the verb at k. A bare "the magazine" is
// the last press that was named: a common noun without the article and the name
// behind it, as in "مجلة نيوزويك".
func (a *attribution) subject(k int) string {
	if a.spaced(k) {
		return a.subjectBefore(k)
	}
	at := a.after(k)
	if x, ok := a.is(at, classSources); ok && x.text == press && a.articled(at) && a.named >= 0 {
		return a.Tokens[a.named+1].Raw
	}
	return a.sourcePhrase(at)
}
