package collector

import (
	"bytes"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
)

// guessable are the encodings of one byte a letter that a document's own bytes
// can tell apart, with the two letters that follow one another most often in the
// languages written in them.
var guessable = []struct {
	name     string
	encoding *charmap.Charmap
	commonly []string
}{
	{"windows-1256", charmap.Windows1256, []string{"\u0627\u0644", "\u0641\u064a", "\u0645\u0646", "\u064a\u0629"}}, // al, fi, min, -iya
	{"iso-8859-6", charmap.ISO8859_6, []string{"\u0627\u0644", "\u0641\u064a", "\u0645\u0646", "\u064a\u0629"}},
	{"windows-1251", charmap.Windows1251, []string{"\u0441\u0442", "\u043d\u0430", "\u043f\u043e", "\u043d\u043e"}}, // st, na, po, no
	{"koi8-r", charmap.KOI8R, []string{"\u0441\u0442", "\u043d\u0430", "\u043f\u043e", "\u043d\u043e"}},
	{"iso-8859-5", charmap.ISO8859_5, []string{"\u0441\u0442", "\u043d\u0430", "\u043f\u043e", "\u043d\u043e"}},
	{"windows-1255", charmap.Windows1255, []string{"\u05d9\u05dd", "\u05d5\u05ea", "\u05e9\u05dc", "\u05d0\u05ea"}}, // im, ot, shel, et
	{"windows-1253", charmap.Windows1253, []string{"\u03bf\u03c5", "\u03b1\u03b9", "\u03c4\u03bf", "\u03c3\u03c4"}}, // ou, ai, to, st
}

// minPairs is how many of its commonest pairs of letters an encoding must show
// before it is believed, and minShare their share in all bytes above ASCII.
const (
	minPairs = 3
	minShare = 1.0 / 60
)

// guessEncoding tells by its letters in which encoding of another script than
// the Latin the text is; nil when it shows none.
func guessEncoding(text []byte) (enc encoding.Encoding, name string) {
	high := 0
	for _, c := range text {
		if c >= utf8.RuneSelf {
			high++
		}
	}
	best := max(minPairs, int(float64(high)*minShare)) - 1
	for _, g := range guessable {
		pairs := 0
		for _, pair := range g.commonly {
			if encoded, err := g.encoding.NewEncoder().Bytes([]byte(pair)); err == nil {
				pairs += bytes.Count(text, encoded)
			}
		}
		if pairs > best {
			best, enc, name = pairs, g.encoding, g.name
		}
	}
	return enc, name
}

// isGuessable reports whether the encoding is one that guessEncoding tells.
func isGuessable(name string) bool {
	for _, g := range guessable {
		if g.name == name {
			return true
		}
	}
	return false
}

// mostlyUTF8 reports whether the text is UTF-8 with some bad bytes rather than
// of another encoding: of what is not ASCII, more is right than wrong.
func mostlyUTF8(text []byte) bool {
	right, wrong := 0, 0
	for len(text) > 0 {
		if text[0] < utf8.RuneSelf {
			text = text[1:]
			continue
		}
		r, size := utf8.DecodeRune(text)
		if r == utf8.RuneError && size == 1 {
			wrong++
		} else {
			right++
		}
		text = text[size:]
	}
	return right > wrong
}
