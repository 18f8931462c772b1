package extract

import (
	"marsad/timeline"
	"marsad/timeline/text"
)

// tongues gives the language to read each script of the article in.
func (r *Reader) tongues(a *timeline.Article, _ *text.Text) (t [3]*language) {
	t[text.Arabic] = r.lexicon["ar"]
	t[text.Latin] = r.lexicon["en"]
	t[text.Other] = r.lexicon["signs"]
	return t
}

// monthFirst reports whether the article writes 7/8 for the eighth of July: by
// its country, else by what is usual in the language (CLDR's likely region of
// English is the United States).
func (r *Reader) monthFirst(a *timeline.Article) bool {
	switch a.Country {
	case "US", "PH", "PR", "GU", "AS", "MP", "VI", "UM", "FM", "MH", "PW":
		return a.Lang != "ar"
	case "":
		l := r.lexicon[a.Lang]
		return l != nil && l.traits&monthFirst != 0
	}
	return false
}
