package extract

import (
	"strings"

	"marsad/timeline"
)

// dual reads a counted dual: "رجلان", "غارتان". last is the token behind it and its
// adjective.
func (s *scan) dual(i int) (last int, ok bool) {
	if !s.any(i, classDuals) && !s.looksDual(i) || s.definite(i) {
		return 0, false
	}
	two := 2.0
	object := phrase{first: i, last: s.after(i)}
	if end := s.nounEnd(i); end > object.last {
		object.last = end
	}
	span := s.span(i, s.after(i)-1)
	kind, t := s.kind(quantity{first: i, last: i}, object)
	if kind == "" {
		kind = otherKind
	}
	s.record(timeline.Count{
		Span: span, Sentence: s.sentence, Lo: &two, Best: &two, Hi: &two,
		Bound: timeline.Exact, Object: timeline.Span{Start: span.Start, End: s.Tokens[object.last-1].End}, Kind: kind, Rule: "count.dual",
	}, t)
	return object.last, true
}

// looksDual reports whether a word that the lexicon does not know has the ending of
// a counted dual: that of feminine nouns, and behind a word of what happened to
// somebody those of other nouns for people and things too.
func (s *scan) looksDual(i int) bool {
	word := s.Tokens[i].Folded
	if !strings.HasSuffix(word, "ن") || len(s.glosses[i].senses) > 0 || len(word) < len("دولتين") || strings.HasPrefix(word, article) {
		return false
	}
	if strings.HasSuffix(word, "تين") || strings.HasSuffix(word, "تان") {
		return !strings.HasSuffix(word, "ستان")
	}
	if strings.HasSuffix(word, "يان") || strings.HasPrefix(word, "م") && strings.HasSuffix(word, "ان") {
		_, happened := s.happens(s.before(i))
		return happened
	}
	return false
}
