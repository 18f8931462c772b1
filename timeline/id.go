package timeline

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// idEncoding spells ids in lower case without padding, so that they are safe in
// URLs, file names and InfluxDB tags.
var idEncoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// Hash names a sequence of parts: 26 letters and digits that hold the first 128
// bits of SHA-256 over the parts, each preceded by its length, so that no two
// different sequences share an input.
func Hash(parts ...string) string {
	sum := digest(parts)
	return idEncoding.EncodeToString(sum[:16])
}

func digest(parts []string) [sha256.Size]byte {
	var room [512]byte // enough for all but articles' words
	input := room[:0]
	for _, p := range parts {
		input = binary.BigEndian.AppendUint64(input, uint64(len(p)))
		input = append(input, p...)
	}
	return sha256.Sum256(input)
}

// Spread maps the parts to a number in [0, n), evenly and always alike. It takes
// the place of chance wherever something has to be spread out: the start of a
// feed's polls over its period, a point's nanoseconds over its second. n must be
// positive.
func Spread(n int64, parts ...string) int64 {
	sum := digest(parts)
	return int64(binary.BigEndian.Uint64(sum[:8]) % uint64(n))
}

// ArticleID derives an article's id from what identifies it (see [Identity]).
func ArticleID(publisher, feed string, key Key) string {
	if key.Kind == KeyGUID && !IsGlobalGUID(key.Value) {
		// RSS promises no more than that a guid is unique in its feed.
		return Hash("article", publisher, string(key.Kind), key.Value, feed)
	}
	return Hash("article", publisher, string(key.Kind), key.Value)
}

// IsGlobalGUID reports whether a GUID can be the same article in another feed: a
// URI (http, tag, urn, ...) or a UUID. A bare "1234" or a slug is unique in its
// own feed only.
func IsGlobalGUID(guid string) bool {
	if isUUID(guid) {
		return true
	}
	if !strings.Contains(guid, ":") {
		return false
	}
	u, err := url.Parse(guid)
	return err == nil && u.Scheme != "" && (u.Host != "" || u.Opaque != "")
}

// isUUID reports whether the text is a UUID (RFC 9562 section 4), in braces or
// not.
func isUUID(s string) bool {
	s = strings.TrimSuffix(strings.TrimPrefix(s, "{"), "}")
	if len(s) != len("00000000-0000-0000-0000-000000000000") {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; i {
		case 8, 13, 18, 23:
			if c != '-' {
				return false
			}
		default:
			if (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'f') {
				return false
			}
		}
	}
	return true
}

// HappeningID derives the number of a happening from the event that tells of it
// first: 63 bits, so that a thousand million are needed before two are likely to share
// one. What refers to it keeps the number when that event is gone.
func HappeningID(a *Article, e *Event) int64 {
	return Spread(math.MaxInt64, "happening", a.ID, strconv.Itoa(a.Revision), a.Said(e.Span), e.Rule, e.Interval.Lo.UTC().Format(time.RFC3339))
}

// FactID derives the id of a date, a count, another quantity or an event of a
// revision.
func FactID(article string, revision int, kind FactKind, span Span, rule string) string {
	return Hash("fact", article, strconv.Itoa(revision), string(kind),
		strconv.Itoa(span.Start), strconv.Itoa(span.End), rule)
}

// MentionID derives the id of an article's mention of a topic. topicHash names
// the topic's definition: a topic that is defined anew is mentioned anew.
func MentionID(article, topic, topicHash string) string {
	return Hash("mention", article, topic, topicHash)
}

// PollID derives a poll's id from its feed and the instant it was scheduled for.
func PollID(feed string, scheduled time.Time) string {
	return Hash("poll", feed, scheduled.UTC().Format(time.RFC3339Nano))
}

// IncidentID derives the id of a rise from its topic and the step that opened it.
func IncidentID(topic string, opening time.Time) string {
	return Hash("incident", topic, opening.UTC().Format(time.RFC3339))
}

// FallID derives the id of a fall likewise.
func FallID(topic string, opening time.Time) string {
	return Hash("fall", topic, opening.UTC().Format(time.RFC3339))
}

// ContentHash names an article's words. White space does not count, so that a
// feed that indents anew revises nothing.
func ContentHash(title, text string) string {
	return Hash("content", singleSpaced(title), singleSpaced(text))
}

// singleSpaced puts one space wherever there is white space between words.
func singleSpaced(s string) string {
	space := true // before the first word
	for _, r := range s {
		if r != ' ' && unicode.IsSpace(r) || r == ' ' && space {
			return strings.Join(strings.Fields(s), " ")
		}
		space = r == ' '
	}
	if space {
		return strings.TrimSpace(s)
	}
	return s // as most text is
}

// CountID derives the id of the incident that a count was told above its range, or
// below, from a step on.
func CountID(topic, kind, of string, up bool, opening time.Time) string {
	return Hash("count", topic, kind, of, strconv.FormatBool(up), opening.UTC().Format(time.RFC3339))
}

// DarkID derives the id of the incident that a feed group is dark from an instant on.
func DarkID(group string, since time.Time) string {
	return Hash("dark", group, since.UTC().Format(time.RFC3339Nano))
}

// BlindID derives the id of the incident of hearing nothing since an instant.
func BlindID(since time.Time) string {
	return Hash("blind", since.UTC().Format(time.RFC3339Nano))
}

// ReportID derives the id of the notice of a report to a receiver: a place is told
// once of a time.
func ReportID(r *Report, receiver string) string {
	return Hash("notice", "report", r.Name, receiver, r.Channel, r.To.UTC().Format(time.RFC3339Nano))
}
