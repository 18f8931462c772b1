package sqlite

import (
	"strings"
	"unicode"

	"marsad/timeline"
	"marsad/timeline/text"
)

// maxIndexed is how much of an article is searched, in bytes.
const maxIndexed = 256 << 10

// indexWords gives the words of an article as the index takes them.
func indexWords(title, body string) string {
	reading := title + "\n" + body
	if len(reading) > maxIndexed {
		reading = strings.ToValidUTF8(reading[:maxIndexed], "")
	}
	t := text.Read(reading)
	var b strings.Builder
	b.Grow(len(reading))
	for i := range t.Tokens {
		if form := text.SearchForm(&t.Tokens[i]); form != "" {
			b.WriteString(form)
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// searchTerm is one thing that a query asks for: a word, the beginning of one, or a
// phrase.
type searchTerm struct {
	words  [][]string // the forms of each word
	prefix bool       // of the last word
	not    bool
}

// Limits of a query.
const (
	maxQuery      = 500 // bytes
	maxQueryTerms = 20
)

// parseSearch reads a query: words that all have to be there, "phrases", beginnings*
// and -words that must not be there.
func parseSearch(query string) ([]searchTerm, error) {
	mistake := func(words string) error {
		return &timeline.MistakeError{Err: searchError("q: " + words)}
	}
	if len(query) > maxQuery {
		return nil, mistake("longer than 500 bytes")
	}
	var terms []searchTerm
	wanted := false
	for rest := strings.TrimSpace(query); rest != ""; rest = strings.TrimSpace(rest) {
		var term searchTerm
		if after, ok := strings.CutPrefix(rest, "-"); ok {
			term.not, rest = true, after
		}
		var piece string
		if after, ok := strings.CutPrefix(rest, `"`); ok {
			piece, rest, _ = strings.Cut(after, `"`)
		} else {
			end := strings.IndexFunc(rest, func(r rune) bool { return unicode.IsSpace(r) || r == '"' })
			if end < 0 {
				end = len(rest)
			}
			piece, rest = rest[:end], rest[end:]
		}
		piece, term.prefix = strings.CutSuffix(piece, "*")
		t := text.Read(piece)
		for i := range t.Tokens {
			if forms := text.SearchForms(&t.Tokens[i]); forms[0] != "" {
				if i > 0 || term.prefix && i == len(t.Tokens)-1 && t.Tokens[i].Script == text.Latin {
					forms = forms[:1] // within a phrase as it stands
				}
				term.words = append(term.words, forms)
			}
		}
		if len(term.words) == 0 {
			continue
		}
		wanted = wanted || !term.not
		if terms = append(terms, term); len(terms) > maxQueryTerms {
			return nil, mistake("more than 20 words and phrases")
		}
	}
	if !wanted {
		return nil, mistake("no word to look for")
	}
	return terms, nil
}

// searchError is a mistake in a query.
type searchError string

func (e searchError) Error() string { return string(e) }

// match writes the terms as FTS5 reads them. Every word is quoted, so that nothing of
// the query is syntax.
func match(terms []searchTerm) string {
	var wanted, unwanted []string
	for _, term := range terms {
		rest := make([]string, 0, len(term.words))
		for _, forms := range term.words[1:] {
			rest = append(rest, forms[0])
		}
		var either []string
		for _, form := range term.words[0] {
			phrase := `"` + strings.Join(append([]string{form}, rest...), " ") + `"`
			if term.prefix {
				phrase += "*"
			}
			either = append(either, phrase)
		}
		one := "(" + strings.Join(either, " OR ") + ")"
		if term.not {
			unwanted = append(unwanted, one)
		} else {
			wanted = append(wanted, one)
		}
	}
	out := strings.Join(wanted, " AND ")
	if len(unwanted) > 0 {
		out = "(" + out + ") NOT (" + strings.Join(unwanted, " OR ") + ")"
	}
	return out
}
