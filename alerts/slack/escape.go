package slack

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Marks of the Unicode bidirectional algorithm (UAX #9): what stands between
// them finds its own direction and leaves its surroundings alone.
const (
	firstStrongIsolate = "\u2068"
	popIsolate         = "\u2069"
	wordJoiner         = "\u2060" // seen by nobody
)

var broadcast = regexp.MustCompile(`(?i)@(here|channel|everyone)\b`)

// plain makes feed text fit to stand in a plain_text object: one line of valid
// UTF-8 without control and direction characters (joiners stay, Persian and
// Arabic need them). Slack reads nothing into plain_text; that a broadcast
// ("@here", "<!channel>") is broken up by an invisible character all the same
// guards against readers of the message that do.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == '\u200c' || r == '\u200d':
			return r
		case r == utf8.RuneError, unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	s = broadcast.ReplaceAllString(s, "@"+wordJoiner+"$1")
	return mention.Replace(s)
}

var mention = strings.NewReplacer("<!", "<"+wordJoiner+"!", "<@", "<"+wordJoiner+"@", "<#", "<"+wordJoiner+"#")

// isolate makes text of unknown direction stand by itself.
func isolate(s string) string {
	if s == "" {
		return ""
	}
	return firstStrongIsolate + s + popIsolate
}

// lookalikes take the place of what Slack's mrkdwn reads as formatting. It has
// no escape for these, and whether it formats depends on the characters around.
var lookalikes = strings.NewReplacer("*", "\u2217", "_", "\uff3f", "~", "\u223c", "`", "\u02cb")

var emojiName = regexp.MustCompile(`:([^\s:]*[a-zA-Z][^\s:]*):`)

var entities = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// mrkdwn makes feed text fit to stand in a mrkdwn object, where it shows as it
// is: no formatting, no emoji, no link, no mention. It may be longer than s.
func mrkdwn(s string) string {
	s = lookalikes.Replace(plain(s))
	s = emojiName.ReplaceAllString(s, "\ua789$1\ua789")
	return entities.Replace(s)
}

// maxLink is the longest address that is linked to, in bytes as Slack gets it.
const maxLink = 1000

// link makes a mrkdwn link, <address|label>. What is no http or https address,
// or is too long, gives the label alone. The label is feed text.
func link(address, label string) string {
	text := mrkdwn(label)
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return isolate(text)
	}
	u.User = nil // "https://bank.example@evil.example" is meant to be misread
	target := broadcast.ReplaceAllString(percentEncode(u.String()), "%40$1")
	target = entities.Replace(target)
	if len(target) > maxLink {
		return isolate(text)
	}
	if text == "" {
		text = mrkdwn(u.Host)
	}
	// A | in the label would be shown, but other readers split at the last.
	return "<" + target + "|" + isolate(strings.ReplaceAll(text, "|", "\u2223")) + ">"
}

// percentEncode encodes what may not stand in an address between < and |.
func percentEncode(address string) string {
	const unsafe, hex = "<>|\"`\\^{} ", "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(address) {
		c := address[i]
		if c <= ' ' || c >= 0x7f || strings.IndexByte(unsafe, c) >= 0 {
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

// truncate shortens s to at most n characters, the last then an ellipsis. A
// character is counted as UTF-16 counts it, which is never fewer than Slack does.
func truncate(s string, n int) string {
	length, cut := 0, 0
	for i, r := range s {
		if length < n {
			cut = i // what stands before i leaves room for the ellipsis
		}
		if length += utf16Len(r); length > n {
			return strings.TrimRight(s[:cut], " ") + "…"
		}
	}
	return s
}

func utf16Len(r rune) int {
	if r > 0xffff {
		return 2
	}
	return 1
}

// lengthOf counts characters as truncate does.
func lengthOf(s string) int {
	length := 0
	for _, r := range s {
		length += utf16Len(r)
	}
	return length
}
