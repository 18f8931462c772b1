package extract

import (
	"embed"
	"fmt"
)

//go:embed events/*.txt
var eventFiles embed.FS

// The classes of the words that events are read by. They have files, and numbers,
// of their own: few sentences are asked for them.
const (
	eventClauses    class = iota // what begins a clause; see apart and relative
	eventSpeech                  // what is said or written
	eventDocuments               // what is named by its date; "issued" for the words between
	eventHappenings              // what a headline says when it tells of its day
	eventProspects               // what a headline says of what is to come, possible or not so; see clausewide
	eventBackground              // what makes a headline tell of something else than its day
	eventWhere                   // what stands before a place where something happens; see upon
	eventRegions                 // what stands between that and the name of the place
)

// What the files say of words within a class.
const (
	apart      = "apart"    // the clause is told for itself
	relative   = "relative" // the clause is of the noun before it
	issued     = "issued"   // ties a paper to its date
	period     = "period"   // ties what is for a time to that time
	upon       = "upon"     // says where behind a word for what happened: "raids on Aleppo"
	clausewide = "clause"   // bears upon all of its clause, not only on what is next
)

func eventSections() map[string]class {
	return map[string]class{
		"clauses": eventClauses, "speech": eventSpeech, "documents": eventDocuments,
		"happenings": eventHappenings, "prospects": eventProspects, "background": eventBackground,
		"where": eventWhere, "regions": eventRegions,
	}
}

// addEvents gives each language that has a file of them its words of events.
func (l lexicon) addEvents() error {
	files, err := readWordFiles(eventFiles, "events/*.txt")
	if err != nil {
		return err
	}
	known := eventSections()
	for _, f := range files {
		of := l[f.tag]
		if of == nil {
			return fmt.Errorf("%s: there is no words/%s.txt", f.name, f.tag)
		}
		of.events = &language{entries: make(map[string][]entry, 512), ofEvents: true}
		for _, w := range f.words {
			c, ok := known[w.section]
			if !ok {
				return fmt.Errorf("%s:%d: section [%s] is none that events know", f.name, w.line, w.section)
			}
			of.events.add(w, sense{class: c, text: w.text})
		}
	}
	return nil
}

// told gives what the phrase at token i means to events and the prefix that it
// was found without; nil for what means nothing to them.
func (s *scan) told(i int) (e *entry, prefix string) {
	known := s.found.forms[i]
	if known == nil || len(known.readings) == 0 {
		return nil, ""
	}
	l := s.tongue(i)
	if l == nil || l.events == nil {
		return nil, ""
	}
	e, r := s.lookUp(l.events, i)
	if e == nil {
		return nil, ""
	}
	return e, r.prefix
}

// means reports whether the phrase at token i of the sentence has a sense of the
// class, and gives the text of that sense.
func (s *scan) means(i int, c class) (as string, ok bool) {
	if i < s.lo || i >= s.hi || !s.mayMean(i, c) {
		return "", false
	}
	e, _ := s.told(i)
	if e == nil || !e.classes.has(c) {
		return "", false
	}
	for _, x := range e.senses {
		if x.class == c {
			return x.text, true
		}
	}
	return "", false
}

// mayMean reports whether a phrase that begins with the word at token i has a sense
// of the class, which is quicker to know than which phrase stands there.
func (s *scan) mayMean(i int, c class) bool {
	known := s.found.forms[i]
	if known == nil {
		return false
	}
	for k := range known.readings {
		if r := &known.readings[k]; r.in.ofEvents && r.classes.has(c) {
			return true
		}
	}
	return false
}
