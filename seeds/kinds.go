package seeds

import (
	"embed"
	"io/fs"
)

//go:embed kinds/*.txt
var kinds embed.FS

// Kinds holds the words that tell the kinds of counts apart, one file a
// language, named by its BCP 47 primary subtag: ar.txt, en.txt, fr.txt.
func Kinds() fs.FS {
	sub, err := fs.Sub(kinds, "kinds")
	if err != nil {
		panic("seeds: embedded folder kinds: " + err.Error()) // the name is a valid path
	}
	return sub
}
