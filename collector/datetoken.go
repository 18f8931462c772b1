package collector

import (
	"unicode"
	"unicode/utf8"
)

// dateToken is a number, a word or a sign of a date.
type dateToken struct {
	kind  dateKind
	text  string // in lower case
	value int    // of a number; -1 when it is too long for any part of a date
}

type dateKind uint8

const (
	endToken dateKind = iota
	numberToken
	wordToken
	signToken // a character
	spaceToken
)

// maxDate is how long a date may be, in bytes: longer strings are prose.
const maxDate = 100

// dateTokens takes a date in lower case apart. Commas are spaces, runs of spaces
// are one.
func dateTokens(s string) []dateToken {
	if len(s) > maxDate {
		return nil
	}
	tokens := make([]dateToken, 0, 16)
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		n := size
		switch {
		case '0' <= r && r <= '9':
			value := 0
			for n = 0; n < len(s) && '0' <= s[n] && s[n] <= '9'; n++ {
				value = value*10 + int(s[n]-'0')
			}
			if n > len("20060102150405") {
				value = -1
			}
			tokens = append(tokens, dateToken{numberToken, s[:n], value})
		case unicode.IsLetter(r) && unicode.Is(unicode.Han, r):
			tokens = append(tokens, dateToken{kind: wordToken, text: s[:n]})
		case unicode.IsLetter(r):
			for n < len(s) {
				r, size := utf8.DecodeRuneInString(s[n:])
				if !unicode.IsLetter(r) || unicode.Is(unicode.Han, r) {
					break
				}
				n += size
			}
			tokens = append(tokens, dateToken{kind: wordToken, text: s[:n]})
		case unicode.IsSpace(r) || r == ',' || r == '\u060c':
			if len(tokens) > 0 && tokens[len(tokens)-1].kind != spaceToken {
				tokens = append(tokens, dateToken{kind: spaceToken, text: " "})
			}
		default:
			tokens = append(tokens, dateToken{kind: signToken, text: s[:n]})
		}
		s = s[n:]
	}
	return tokens
}
