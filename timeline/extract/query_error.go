package extract

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// QueryError is one thing that is wrong with the definition of a topic or of an
// entity. It points at the character.
type QueryError struct {
	Topic  string // name of the topic; empty when an entity is at fault
	Entity string // name of the entity; empty when a topic is at fault
	// Key says where in the definition: "match", "any[2]", "aliases.ar[0]"; empty
	// for the whole. Indices count the items as timeline.Topic and
	// timeline.Entity have them.
	Key     string
	Query   string // the text at Key; empty when Key is
	Offset  int    // where in Query, in code points
	Message string // what is wrong, lower case
	Remedy  string // what to write instead
}

// Error implements error: one line with the place, what is wrong and the remedy.
func (e *QueryError) Error() string {
	var b strings.Builder
	if e.Topic != "" || e.Entity == "" {
		fmt.Fprintf(&b, "topic %q: ", e.Topic)
	} else {
		fmt.Fprintf(&b, "entity %q: ", e.Entity)
	}
	if e.Key != "" {
		fmt.Fprintf(&b, "%s, character %d: ", e.Key, e.Offset+1)
	}
	fmt.Fprintf(&b, "%s: %s", e.Message, e.Remedy)
	return b.String()
}

// codePoints turns a byte offset into one of code points.
func codePoints(s string, bytes int) int { return utf8.RuneCountInString(s[:min(bytes, len(s))]) }
