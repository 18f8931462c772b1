package config

import (
	"cmp"
	"fmt"
	"html"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"marsad/collector"
	"marsad/internal/schedule"
)

// importer makes feeds of outlines.
type importer struct {
	file         string
	groupAsLabel bool

	feeds    []importedFeed
	byKey    map[string]int    // index of feeds by addressKey
	known    map[string]string // configured feeds: name by addressKey
	reserved map[string]bool   // names of configured feeds, by foldName
	notes    Problems
	problems Problems
}

type importedFeed struct {
	SharedFeed

	at   position
	key  string // addressKey
	own  string // name that the file gives, or empty
	host string
}

func newImporter(file string, o OPMLOptions) *importer {
	im := &importer{
		file: file, groupAsLabel: o.GroupAsLabel,
		byKey: map[string]int{}, known: map[string]string{}, reserved: map[string]bool{},
	}
	for i := range o.Configured {
		f := &o.Configured[i]
		im.reserved[foldName(f.Name)] = true
		if u, err := url.Parse(f.URL); err == nil && f.URL != "" {
			im.known[addressKey(u)] = f.Name
		}
	}
	return im
}

// take takes an outline that names a feed. The error says that there are too
// many.
func (im *importer) take(o outline) error {
	address, u, err := feedAddress(&o)
	if err != nil {
		im.problem(o.at, err.Error(), "write the address of the feed whole, as in https://example.org/rss")
		return nil
	}
	labels := im.labels(&o)
	key := addressKey(u)
	if i, twice := im.byKey[key]; twice {
		first := &im.feeds[i]
		first.Label = im.union(o.at, first.Label, labels)
		im.note(o.at, fmt.Sprintf("%s is the feed of line %d again", quote(address), first.at.line), "it is taken once")
		return nil
	}
	if len(im.feeds) >= maxOPMLFeeds {
		return Problems{{
			File: im.file, Line: o.at.line, Column: o.at.column,
			Message: fmt.Sprintf("names more than %d feeds", maxOPMLFeeds), Remedy: "split the file",
		}}
	}
	own := func(name string) string { return oneLine(o.attrs[ownPrefix+name]) }
	f := importedFeed{at: o.at, key: key, own: own("name"), host: u.Hostname()}
	f.Feed = collector.Feed{
		URL: address, Title: im.title(&o), Lang: oneLine(o.attrs["language"]), Label: labels, Publisher: own("publisher"),
		Country: own("country"), Timezone: own("timezone"), Schedule: own("schedule"), Identity: own("identity"),
		FullText: own("full_text") == "true",
	}
	if strings.EqualFold(f.Lang, "unknown") { // what some readers write for none
		f.Lang = ""
	}
	if strings.EqualFold(o.attrs["iscomment"], "true") {
		disabled := false
		f.Enabled = &disabled
	}
	if im.correct(&f) {
		im.byKey[key] = len(im.feeds)
		im.feeds = append(im.feeds, f)
	}
	return nil
}

// title gives the title in one line, no longer than a title may be. Readers that
// escape twice are undone, but our own exports are not.
func (im *importer) title(o *outline) string {
	title := o.title()
	if o.attrs[ownPrefix+"name"] == "" {
		title = html.UnescapeString(title)
	}
	return im.cut(o.at, "title", title, maxTitle)
}

// cut makes one line of a text that is no longer than it may be.
func (im *importer) cut(at position, what, text string, most int) string {
	text = oneLine(text)
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	im.note(at, fmt.Sprintf("has a %s that is too long", what), fmt.Sprintf("its first %d characters are taken", most))
	return strings.TrimSpace(string(runes[:most]))
}

// labels gives the groups, when asked for, and the categories, each once.
func (im *importer) labels(o *outline) []string {
	given := splitCategories(o.attrs["category"])
	if im.groupAsLabel {
		given = append(slices.Clone(o.groups), given...)
	}
	return im.union(o.at, nil, given)
}

// union adds the labels that are not there yet, up to maxOPMLLabels.
func (im *importer) union(at position, labels, others []string) []string {
	for _, label := range others {
		label = im.cut(at, "label", label, maxName)
		if label == "" || slices.Contains(labels, label) {
			continue
		}
		if len(labels) == maxOPMLLabels {
			im.note(at, fmt.Sprintf("has more than %d labels", maxOPMLLabels), "the first of them are taken")
			break
		}
		labels = append(labels, label)
	}
	return labels
}

// correct leaves out the values that no configuration may have, and reports
// whether a feed is left.
func (im *importer) correct(f *importedFeed) bool {
	checked := f.Feed
	checked.Name = "feed" // it gets one later
	found := checkFeed(checked)
	if f.Schedule != "" {
		if _, err := schedule.Parse(f.Schedule, time.UTC); err != nil {
			found.add("schedule", "is not a cron spec", "write it in the configuration")
		}
	}
	for _, p := range found {
		value := map[string]*string{
			"title": &f.Title, "publisher": &f.Publisher, "country": &f.Country, "lang": &f.Lang,
			"timezone": &f.Timezone, "schedule": &f.Schedule, "identity": &f.Identity,
		}[p.Key]
		if value == nil {
			im.problem(f.at, quote(f.URL)+" "+p.Message, p.Remedy)
			return false
		}
		im.problem(f.at, fmt.Sprintf("%s: %s %s", p.Key, quote(*value), p.Message), "the feed is taken without it; "+p.Remedy)
		*value = ""
	}
	return true
}

// finish names the feeds: as the file does, or as the configuration names the
// feed of that address, or else by their titles. The names given go first, so
// that no title takes one of them.
func (im *importer) finish() []SharedFeed {
	taken := map[string]bool{}
	for i := range im.feeds {
		f := &im.feeds[i]
		name := f.own
		known := im.known[f.key]
		switch {
		case known != "":
			if name == "" || im.reserved[foldName(name)] {
				name = known
			}
			im.note(f.at, fmt.Sprintf("is the feed %s of the configuration", quote(known)), "keep one of the two entries")
		case im.reserved[foldName(name)]:
			name = ""
		}
		if name != "" && utf8.RuneCountInString(name) <= maxName && !taken[foldName(name)] {
			f.Name = name
			taken[foldName(name)] = true
		}
	}
	next := map[string]int{}
	feeds := make([]SharedFeed, 0, len(im.feeds))
	for i := range im.feeds {
		f := &im.feeds[i]
		if f.Name == "" {
			base := cmp.Or(slug(f.Title), slug(f.host), "feed")
			for f.Name = base; taken[foldName(f.Name)] || im.reserved[foldName(f.Name)]; {
				next[base]++
				f.Name = base + "-" + strconv.Itoa(next[base]+1)
			}
			taken[foldName(f.Name)] = true
			if f.own != "" {
				im.note(f.at, fmt.Sprintf("has the name %s, which another feed has", quote(f.own)), "it is taken as "+quote(f.Name))
			}
		}
		feeds = append(feeds, f.SharedFeed)
	}
	return feeds
}

// foldName is the same for names that a configuration takes for the same: those
// that strings.EqualFold does.
func foldName(name string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
			least = min(least, other)
		}
		return least
	}, name)
}

// maxSlug keeps names that are made from titles readable, in code points.
const maxSlug = 60

const tatweel = '\u0640' // lengthens Arabic words and means nothing

// slug makes a name of a title: its letters and digits in lower case, with a
// dash for what lies between. Empty when it has none.
func slug(title string) string {
	var b strings.Builder
	n, gap := 0, false
	for _, r := range strings.ToLower(norm.NFC.String(title)) {
		switch {
		case r == '\'', r == '’', r == tatweel: // inside a word
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r) && n > 0 && !gap:
			if gap && n > 0 {
				b.WriteByte('-')
				n++
			}
			b.WriteRune(r)
			gap = false
			n++
		default:
			gap = true
		}
		if n >= maxSlug-1 {
			break
		}
	}
	return b.String()
}

// feedAddress reads the address of an outline. "feed:" is how browsers once
// handed feeds to readers, and stands for http.
func feedAddress(o *outline) (address string, u *url.URL, err error) {
	address = strings.ReplaceAll(oneLine(o.address()), "&amp;", "&") // escaped twice
	address = strings.ReplaceAll(address, " ", "%20")
	if rest, found := strings.CutPrefix(address, "feed://"); found {
		address = "http://" + rest
	} else if rest, found := strings.CutPrefix(address, "feed:"); found {
		address = rest
	}
	u, err = url.Parse(address)
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" {
		return "", nil, fmt.Errorf("%s is not the address of a feed", quote(address))
	}
	return address, u, nil
}

// addressKey is the same for the addresses of one document: http and https are
// one, so are letter cases of the host, and a slash at the end.
func addressKey(u *url.URL) string {
	port := u.Port()
	if port == "80" || port == "443" {
		port = ""
	}
	return strings.ToLower(u.Hostname()) + ":" + port + strings.TrimSuffix(u.EscapedPath(), "/") + "?" + u.RawQuery
}

// oneLine makes one line of a text, without control characters and those that a
// configuration may not hold.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case isControl(r):
			return ' '
		case r == openBrace, r == closeBrace, r == '\uFEFF':
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

func (im *importer) problem(at position, message, remedy string) {
	im.problems = append(im.problems, Problem{File: im.file, Line: at.line, Column: at.column, Message: message, Remedy: remedy})
}

func (im *importer) note(at position, message, remedy string) {
	im.notes = append(im.notes, Problem{File: im.file, Line: at.line, Column: at.column, Message: message, Remedy: remedy})
}
