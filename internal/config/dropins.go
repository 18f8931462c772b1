package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// dropIns is the folder beside the file whose files are laid over it.
const dropIns = "conf.d"

// decodeFiles reads the file at path and those that are laid over it, as one.
func decodeFiles(path string, env environment) (*file, *document, error) {
	data, err := env.readFile(path)
	if err != nil {
		return nil, nil, fmt.Errorf("configuration %s cannot be read: %w", path, cause(err))
	}
	doc := readDocument(path, data)
	names, err := dropInsOf(path)
	if err != nil {
		return nil, nil, err
	}
	for _, name := range names {
		data, err := env.readFile(name)
		if err != nil {
			return nil, nil, fmt.Errorf("configuration %s cannot be read: %w", name, cause(err))
		}
		over := readDocument(name, data)
		doc.problems = append(doc.problems, over.problems...)
		over.root.isOf(name)
		doc.root = overlay(doc.root, over.root, "")
	}
	return decodeDocument(doc, env), doc, nil
}

// dropInsOf gives the files that are laid over the one at path, in their order.
func dropInsOf(path string) (names []string, err error) {
	folder := filepath.Join(filepath.Dir(path), dropIns)
	entries, err := os.ReadDir(folder) // by name
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("configuration %s cannot be read: %w", folder, cause(err))
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".yaml") && !strings.HasPrefix(e.Name(), ".") {
			names = append(names, filepath.Join(folder, e.Name()))
		}
	}
	return names, nil
}

// isOf notes which file the node was read from.
func (n *node) isOf(file string) {
	if n.at.file != "" {
		return // the value of an anchor, by another way
	}
	n.at.file = file
	for _, item := range n.items {
		item.isOf(file)
	}
	for i := range n.pairs {
		n.pairs[i].at.file = file
		n.pairs[i].value.isOf(file)
	}
}

// overlay gives what holds at path when over is laid over n. Neither is changed.
func overlay(n, over *node, path string) *node {
	switch {
	case over.kind == nullKind:
		return n
	case n.kind == mappingKind && over.kind == mappingKind && !isEntry(path):
		merged := *n
		merged.pairs = slices.Clone(n.pairs)
		for _, p := range over.pairs {
			i := slices.IndexFunc(merged.pairs, func(q pair) bool { return q.key == p.key })
			if i < 0 {
				merged.pairs = append(merged.pairs, p)
				continue
			}
			merged.pairs[i].value = overlay(merged.pairs[i].value, p.value, joinPath(path, p.key))
			if merged.pairs[i].value == p.value {
				merged.pairs[i].at = p.at
			}
		}
		return &merged
	case n.kind == listKind && over.kind == listKind && hasEntries(path):
		return overlayEntries(n, over)
	}
	return over
}

// hasEntries reports whether the list at the path has entries with names.
func hasEntries(path string) bool {
	return path == "feeds" || path == "topics" || path == "webhooks"
}

// isEntry reports whether what is at the path is an entry of lexicons.
func isEntry(path string) bool { return strings.HasPrefix(path, "lexicons.") }

// overlayEntries adds entries to a list; one with a name that is there takes its
// place. Two of one file are left for the check to find.
func overlayEntries(n, over *node) *node {
	merged := *n
	merged.items = slices.Clone(n.items)
	before := len(merged.items)
	for _, entry := range over.items {
		name := nameOf(entry)
		i := slices.IndexFunc(merged.items[:before], func(e *node) bool { return name != "" && nameOf(e) == name })
		if i < 0 {
			merged.items = append(merged.items, entry)
			continue
		}
		merged.items[i] = entry
	}
	return &merged
}

// nameOf is what an entry is known by; empty when it has no name.
func nameOf(entry *node) string {
	for _, p := range entry.pairs {
		if p.key == "name" {
			return foldName(p.value.text)
		}
	}
	return ""
}
