package story

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"marsad/timeline"
)

// How much of an article a print keeps. Copies keep the lead: what is cut off
// or put on stands behind it.
const (
	titleTokens = 20
	bodyTokens  = 110
)

// sheet is what a print says: the tokens of the title and those of the beginning
// of the text, without what says nothing. A text that begins with its title has it once.
type sheet struct {
	running     bool // the title says the same every day
	title, body []token
}

// readSheet reads the sheet of an article; running says that its title is the
// heading of a running page. The sheet lasts until the next one is read.
func (s *scanner) readSheet(a *timeline.Article, running bool) sheet {
	s.out = s.out[:0]
	s.scan(a.Title, titleTokens)
	if isTitleCase(a.Title) {
		for i, t := range s.out {
			if t.class() == name {
				s.out[i] = newToken(word, uint64(t.hash()))
			}
		}
	}
	n := len(s.out)
	s.scan(withoutDateline(a.Text), n+bodyTokens)
	title, body := s.out[:n:n], s.out[n:]
	if n > 0 && len(body) >= n && slices.EqualFunc(title, body[:n], func(a, b token) bool { return a.hash() == b.hash() }) {
		body = body[n:]
	}
	return sheet{running: running, title: title, body: body}
}

// withoutDateline cuts off what an agency sets before its text: place, day and
// its name, up to a dash or a colon among the first words.
func withoutDateline(s string) string {
	head := s[:min(len(s), maxDateline)]
	if i := strings.IndexAny(head, ".!?؟\n"); i >= 0 {
		head = head[:i]
	}
	end := 0
	for _, mark := range []string{" - ", " -- ", " – ", " — ", "): "} {
		if i := strings.Index(head, mark); i >= 0 {
			end = max(end, i+len(mark))
		}
	}
	return s[end:]
}

const maxDateline = 80 // bytes

// isTitleCase reports whether a Title Writes Its Words With Capitals, so that
// they tell no names.
func isTitleCase(title string) bool {
	capitals, words := 0, 0
	for w := range strings.FieldsSeq(title) {
		if len(w) > 4 { // the short ones are small even there
			words++
			if 'A' <= w[0] && w[0] <= 'Z' {
				capitals++
			}
		}
	}
	return 3*capitals > 2*words
}

// print encodes a sheet: the number of tokens of the title, with 128 added when
// it is running, then all tokens, each in two bytes, the lower first; at most 261
// bytes.
func (s *sheet) print() []byte {
	out := make([]byte, 0, 1+2*len(s.title)+2*len(s.body))
	head := byte(len(s.title))
	if s.running {
		head |= runningBit
	}
	out = append(out, head)
	for _, t := range s.title {
		out = binary.LittleEndian.AppendUint16(out, uint16(t))
	}
	for _, t := range s.body {
		out = binary.LittleEndian.AppendUint16(out, uint16(t))
	}
	return out
}

const runningBit = 1 << 7

// parsePrint decodes a print in the given room, which may be nil.
func parsePrint(from []byte, room []token) (sheet, error) {
	if len(from)%2 == 0 || len(from) < 1+2*int(from[0]&^runningBit) || len(from) > 1+2*(titleTokens+bodyTokens) {
		return sheet{}, fmt.Errorf("print of %d bytes is damaged", len(from))
	}
	tokens := room[:0]
	for i := 1; i < len(from); i += 2 {
		tokens = append(tokens, token(binary.LittleEndian.Uint16(from[i:])))
	}
	n := int(from[0] &^ runningBit)
	return sheet{running: from[0]&runningBit != 0, title: tokens[:n], body: tokens[n:]}, nil
}

// all gives the tokens of a parsed sheet, which stand in one array.
func (s *sheet) all() []token { return s.title[:len(s.title)+len(s.body)] }
