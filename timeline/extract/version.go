package extract

import (
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"

	"marsad/timeline"
)

// readingVersion is part of every reader's Version. It is counted up when the
// same text comes to be read otherwise with the same words, so that kept articles
// are read again. What only makes reading faster leaves it as it is. Words need no
// count: they are in the Version themselves. TestReadingVersion says when it is due.
const readingVersion = "4"

// Version names all that dates, counts, other quantities and events depend on
// beside the text: how it is read, the words of all languages, the kinds of counts
// and the entities. Two readers of one version read the same out of an article.
func (r *Reader) Version() string { return r.version }

// versionOf derives the version of a reader.
func versionOf(o Options) (string, error) {
	parts := []string{readingVersion, matcherVersion, functionWords, ummAlQura}
	for _, files := range []embed.FS{wordFiles, eventFiles} {
		if err := fs.WalkDir(files, ".", func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			data, err := files.ReadFile(path)
			parts = append(parts, path, string(data))
			return err
		}); err != nil {
			return "", fmt.Errorf("word files: %w", err)
		}
	}
	for _, k := range o.Kinds.words {
		parts = append(parts, k.lang, k.section, k.phrase)
	}
	entities := slices.SortedFunc(slices.Values(o.Entities), func(a, b timeline.Entity) int { return strings.Compare(a.Name, b.Name) })
	for _, e := range entities {
		parts = append(parts, "entity", e.Name, e.Kind, e.Country, strconv.FormatBool(e.Alone), strconv.FormatBool(e.WholeCountry))
		parts = append(append(parts, "in"), e.In...)
		for _, names := range []map[string][]string{e.Aliases, e.Except} {
			for _, lang := range slices.Sorted(maps.Keys(names)) {
				parts = append(append(parts, lang), names[lang]...)
			}
		}
	}
	return timeline.Hash(parts...), nil
}
