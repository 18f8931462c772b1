package text

import (
	"strings"
	"unicode"
)

// SearchForm is a token as an index of words has it: folded, without marks inside ("12,000",
// "U.S"), and Arabic without the article and what is written as one with it. Empty
// for what is no word and no number.
func SearchForm(t *Token) string {
	if t.Class != Word && t.Class != Number {
		return ""
	}
	folded := t.Folded
	if t.Script == Arabic {
		for _, stem := range Stems(*t) {
			if strings.HasSuffix(stem.Prefix, "ال") || strings.HasSuffix(stem.Prefix, "لل") {
				folded = stem.Folded // the longest stack comes last
			}
		}
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) {
			return r
		}
		return -1
	}, folded)
}

// SearchForms are all forms that a word of a query finds: in Arabic also with a
// conjunction, a preposition or the future particle before it, in English the plural
// and the singular. The first is that of SearchForm.
func SearchForms(t *Token) []string {
	form := SearchForm(t)
	if form == "" || t.Class == Number {
		return []string{form}
	}
	forms := []string{form}
	switch t.Script {
	case Arabic:
		for _, particle := range []string{"و", "ف", "ب", "ك", "ل", "س", "ول", "وب"} {
			forms = append(forms, particle+form)
		}
	case Latin:
		if rest, plural := strings.CutSuffix(form, "s"); plural && len(rest) > 2 {
			forms = append(forms, rest)
		} else {
			forms = append(forms, form+"s")
		}
	case Other:
	}
	return forms
}
