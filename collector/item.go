package collector

import (
	"net/url"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"
)

// readItem takes from a gofeed item what an article needs.
func readItem(it *gofeed.Item, base *url.URL, zone *time.Location) Item {
	item := Item{
		GUID:  strings.TrimSpace(it.GUID),
		Link:  itemLink(it, base),
		Title: plainTitle(it.Title),
		Text:  itemText(it),
	}
	item.Published, item.ZoneAssumed = itemDate(it, zone)
	return item
}

// itemText gives the longest of what the item says: some feeds have a teaser as
// content and the text as description.
func itemText(it *gofeed.Item) string {
	text := plainText(it.Description)
	if content := plainText(it.Content); len(content) > len(text) {
		text = content
	}
	if text == "" {
		text = plainText(extension(it, "media", "description"))
	}
	return text
}

// itemLink gives the item's address, absolute. A GUID that is an address stands
// in for a missing link: RSS 2.0 calls it a permalink.
func itemLink(it *gofeed.Item, base *url.URL) string {
	candidates := append([]string{it.Link}, it.Links...)
	for _, c := range append(candidates, atomLink(it), permalink(it.GUID)) {
		if c = strings.TrimSpace(c); c == "" {
			continue
		}
		u, err := url.Parse(c)
		if err != nil {
			continue
		}
		if base != nil {
			u = base.ResolveReference(u)
		}
		if isWeb(u) {
			return u.String()
		}
	}
	return ""
}

// atomLink gives the address in an Atom link that an item of RSS has.
func atomLink(it *gofeed.Item) string {
	for _, link := range it.Extensions["atom"]["link"] {
		if rel := link.Attrs["rel"]; rel == "" || rel == "alternate" {
			return link.Attrs["href"]
		}
	}
	return ""
}

func permalink(guid string) string {
	if guid = strings.TrimSpace(guid); strings.HasPrefix(guid, "http://") || strings.HasPrefix(guid, "https://") {
		return guid
	}
	return ""
}

func isWeb(u *url.URL) bool {
	return (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

// itemDate gives the first date of the item that can be read, in zone.
func itemDate(it *gofeed.Item, zone *time.Location) (published time.Time, assumed bool) {
	candidates := []struct {
		raw    string
		parsed *time.Time // by gofeed
	}{
		{it.Published, it.PublishedParsed},
		{extension(it, "dcterms", "issued"), nil},
		{extension(it, "dcterms", "created"), nil},
		{it.Updated, it.UpdatedParsed},
		{extension(it, "dcterms", "modified"), nil},
	}
	for _, c := range candidates {
		if t, assumed, ok := readDate(c.raw, zone); ok {
			return t.In(zone), assumed
		}
		if t, assumed, ok := adoptDate(c.raw, c.parsed, zone); ok {
			return t.In(zone), assumed
		}
	}
	return time.Time{}, false
}

// adoptDate takes gofeed's reading of a date in a form that readDate does not
// know. gofeed gives it in UTC; when the date names no zone, that is a local
// time of the feed's.
func adoptDate(raw string, parsed *time.Time, zone *time.Location) (t time.Time, assumed, ok bool) {
	raw = strings.ToUpper(strings.Join(strings.Fields(raw), " "))
	if parsed == nil || numeric.MatchString(raw) || !parsed.After(placeholders) {
		return time.Time{}, false, false
	}
	if _, named := cutZone(raw); named != nil {
		return *parsed, false, true
	}
	p := parsed.UTC()
	return time.Date(p.Year(), p.Month(), p.Day(), p.Hour(), p.Minute(), p.Second(), p.Nanosecond(), zone), true, true
}

// extension gives the value of an item's first extension element of that name.
func extension(it *gofeed.Item, prefix, name string) string {
	if values := it.Extensions[prefix][name]; len(values) > 0 {
		return values[0].Value
	}
	if group := it.Extensions[prefix]["group"]; len(group) > 0 {
		if values := group[0].Children[name]; len(values) > 0 {
			return values[0].Value
		}
	}
	return ""
}
