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
