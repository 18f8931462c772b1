package config

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"marsad/internal/config/scalar"
)

// document is one file of configuration after decoding: where each key is and
// what was found wrong. Everything that is checked later is reported through it,
// so that it gets a position and never gives away a secret.
type document struct {
	name     string
	seed     bool // a file of the starter data
	root     *node
	nodes    map[string]*node // by key path
	hidden   map[string]bool  // key paths whose values are not to be quoted
	bad      map[string]bool  // key paths that have a problem
	problems Problems
}

func readDocument(name string, data []byte) *document {
	d := &document{
		name:   name,
		nodes:  map[string]*node{},
		hidden: map[string]bool{},
		bad:    map[string]bool{},
	}
	d.root = parseTree(data, d.add)
	return d
}

// add records a problem at a position.
func (d *document) add(at position, key, message, remedy string) {
	d.bad[key] = true
	d.problems = append(d.problems, Problem{
		File: cmp.Or(at.file, d.name), Line: at.line, Column: at.column, Key: key, Message: message, Remedy: remedy,
	})
}

// withdraw takes back what was found wrong with a key that turned out not to
// matter.
func (d *document) withdraw(key string) {
	delete(d.bad, key)
	d.problems = slices.DeleteFunc(d.problems, func(p Problem) bool { return p.Key == key })
}

// report records a problem with the value of a key. The message is a predicate,
// as in "is not a URL"; its subject is the value where there is one that may be
// quoted, else the key. What is wrong with a key that already has a problem, or
// lies inside one that has, is a consequence and left out.
func (d *document) report(key, message, remedy string) {
	for path, more := key, true; more; path, more = parentPath(path) {
		if d.bad[path] {
			return
		}
	}
	n, found := d.nodes[key]
	if found {
		d.add(n.at, key, d.subject(key, n)+message, remedy)
		return
	}
	for path, more := parentPath(key); more; path, more = parentPath(path) {
		if n, found := d.nodes[path]; found {
			d.add(n.at, key, message, remedy)
			return
		}
	}
	d.add(position{line: 1, column: 1}, key, message, remedy)
}

// reportAll reports the problems of a section.
func (d *document) reportAll(section string, problems []scalar.Problem) {
	for _, p := range problems {
		key := section
		if p.Key != "" {
			key = joinPath(section, p.Key)
		}
		d.report(key, p.Message, p.Remedy)
	}
}

// gives reports whether the file has the key with a value.
func (d *document) gives(key string) bool {
	n, found := d.nodes[key]
	return found && n.kind != nullKind
}

// sound reports whether nothing at the key or below it has a problem.
func (d *document) sound(key string) bool {
	for bad := range d.bad {
		if bad == "" || bad == key || strings.HasPrefix(bad, key+".") || strings.HasPrefix(bad, key+"[") {
			return false
		}
	}
	return true
}

// subject quotes the value of a key as it is written in the file, so that what
// the environment put in for ${NAME} is not shown, followed by a space. It is
// empty for what has no text or is not to be quoted: secrets, and a file that is
// nothing but a text, as that may be a file of secrets.
func (d *document) subject(key string, n *node) string {
	if n.kind != scalarKind || n.text == "" || key == "" || d.hidden[key] {
		return ""
	}
	return quote(n.text) + " "
}

const maxQuoted = 60

// quote shortens a text and takes the user and the password out of a URL.
func quote(text string) string {
	text = withoutPassword(text)
	if utf8.RuneCountInString(text) > maxQuoted {
		text = string([]rune(text)[:maxQuoted]) + "..."
	}
	return strconv.Quote(text)
}

// withoutPassword takes the user and the password out of a URL.
func withoutPassword(text string) string {
	scheme := strings.Index(text, "://")
	if scheme < 0 {
		return text
	}
	start := scheme + len("://")
	host := text[start:]
	if end := strings.IndexAny(host, "/?#"); end >= 0 {
		host = host[:end]
	}
	if at := strings.LastIndexByte(host, '@'); at >= 0 {
		text = text[:start] + "..." + text[start+at:]
	}
	return text
}

// parentPath gives the path of what holds the value; the path of the file as a
// whole is empty. The second result is false when there is nothing above.
func parentPath(path string) (string, bool) {
	if path == "" {
		return "", false
	}
	i := strings.LastIndexAny(path, ".[")
	return path[:max(i, 0)], true
}

// nearest gives the name that a misspelt one was probably meant to be.
func nearest(name string, known []string) (string, bool) {
	best, distance := "", 1+max(1, len(name)/3)
	for _, k := range known {
		if d := editDistance(strings.ToLower(name), k); d < distance {
			best, distance = k, d
		}
	}
	return best, best != ""
}

// editDistance is the number of letters to insert, delete, replace or swap with
// their neighbour between a and b (optimal string alignment).
func editDistance(a, b string) int {
	s, t := []rune(a), []rune(b)
	before, last, row := make([]int, len(t)+1), make([]int, len(t)+1), make([]int, len(t)+1)
	for j := range last {
		last[j] = j
	}
	for i := range s {
		row[0] = i + 1
		for j := range t {
			cost := 1
			if s[i] == t[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && s[i] == t[j-1] && s[i-1] == t[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(t)]
}

// listOf writes names in a sentence, shortened when there are many.
func listOf(names []string) string {
	const most = 24
	names = slices.Clone(names)
	if len(names) > most {
		names = append(names[:most], "...")
	}
	return strings.Join(names, ", ")
}
