package story

import (
	_ "embed"
	"strings"
	"sync"
	"unicode/utf8"

	"marsad/timeline/text"
)

// deed is a sort of happening that the words of several languages tell of; 0 is
// none.
type deed uint8

//go:embed deeds.txt
var deedsFile string

// deedWords is deeds.txt: deeds by folded word, and by folded beginning.
type deedWords struct {
	whole, begins map[string]deed
	hashes        []uint64 // by deed
	denial        deed     // that what else is told is not so
}

var deeds = sync.OnceValue(func() *deedWords {
	d := &deedWords{whole: make(map[string]deed), begins: make(map[string]deed), hashes: []uint64{0}}
	for line := range strings.Lines(deedsFile) {
		named, words, ok := strings.Cut(line, ":")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		of := deed(len(d.hashes))
		d.hashes = append(d.hashes, hashOf("deed "+named))
		if named == "deny" {
			d.denial = of
		}
		for w := range strings.FieldsSeq(words) {
			if beginning, ok := strings.CutSuffix(w, "*"); ok {
				d.begins[text.Fold(beginning)] = of
			} else {
				d.whole[text.Fold(w)] = of
			}
		}
	}
	return d
})

// shortestBeginning is how many letters a beginning of deeds.txt has at least.
const shortestBeginning = 3

// of gives the deed that a folded word tells of.
func (d *deedWords) of(folded string) deed {
	if is := d.whole[folded]; is != 0 {
		return is
	}
	for end := len(folded); end >= shortestBeginning; {
		if is := d.begins[folded[:end]]; is != 0 {
			return is
		}
		_, n := utf8.DecodeLastRuneInString(folded[:end])
		end -= n
	}
	return 0
}
