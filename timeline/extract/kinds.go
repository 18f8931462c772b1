package extract

import (
	"errors"
	"fmt"
	"io/fs"
)

// Kinds are the words that tell what kind of thing a count counts. The zero
// value has none: every count is then of the kind "other".
type Kinds struct{ words []kindWord }

// kindWord is a word with its language.
type kindWord struct {
	word
	lang string
}

// otherKind is the kind of counts that no word tells the kind of.
const otherKind = "other"

// arrestedKind is the kind of the held, whose going free is of no kind.
const arrestedKind = "arrested"

// ReadKinds reads the files *.txt of a folder, one a language and named by it
// ("ar.txt"). A section is a kind; a line is a word in its ways to be written,
// separated by "|"; "#" begins a comment line. "weak" behind a line marks words for
// who the counted are, which what happened to them goes before. Languages that the program has no
// words of are passed over. An error names file and line.
func ReadKinds(fsys fs.FS) (Kinds, error) {
	files, err := fs.Glob(fsys, "*.txt")
	if err != nil {
		return Kinds{}, fmt.Errorf("kinds of counts: %w", err)
	}
	if len(files) == 0 {
		return Kinds{}, errors.New("kinds of counts: no file *.txt; expected one a language, such as ar.txt")
	}
	var k Kinds
	for _, name := range files {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return Kinds{}, fmt.Errorf("kinds of counts: %w", err)
		}
		words, err := parseWords(name, string(data))
		if err != nil {
			return Kinds{}, fmt.Errorf("kinds of counts: %w", err)
		}
		for _, w := range words {
			k.words = append(k.words, kindWord{w, tagOf(name)})
		}
	}
	return k, nil
}
