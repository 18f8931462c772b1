package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one mistake in a file of configuration: where it is, what it is and
// what to do about it. It never holds the value of a secret or of an environment
// variable.
type Problem struct {
	File    string // as it was given to Load
	Line    int    // from 1
	Column  int    // from 1, in code points
	Key     string // path of the key, as in feeds[3].schedule; empty for the file as a whole
	Message string // what is wrong, lower case, without the key
	Remedy  string // what to write instead; may be empty
}

// String gives the problem in one line: file:line:column: key: message; remedy.
func (p Problem) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d:%d: ", p.File, p.Line, p.Column)
	if p.Key != "" {
		b.WriteString(p.Key + ": ")
	}
	b.WriteString(p.Message)
	if p.Remedy != "" {
		b.WriteString("; " + p.Remedy)
	}
	return b.String()
}

// Problems is all that is wrong with a configuration, in the order of the file.
type Problems []Problem //nolint:errname // it is a list of problems that can be handed around as an error

// Error implements error: one line for each problem.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// err gives the problems in the order in which they are met when reading, or nil
// when there are none. A problem met twice, as through two aliases of one
// anchor, is given once.
func (ps Problems) err() error {
	if len(ps) == 0 {
		return nil
	}
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return slices.Compact(ps)
}
