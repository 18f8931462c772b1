package collector

import (
	"net/url"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"
)

// readItem takes from a gofeed item what an article needs.
func readItem(it *gofeed.Item, base *url.URL, zone *time.Location, order dayOrder) Item {
	item := Item{
		GUID:  strings.TrimSpace(it.GUID),
		Link:  itemLink(it, base),
		Title: plainTitle(it.Title),
	}
	item.Summary, item.Text = itemText(it)
	item.Published, item.ZoneAssumed = itemDate(it, zone, order)
	return item
}

// itemText gives the item's description, and the longest of what the item says:
// some feeds have a teaser as content and the text as description.
func itemText(it *gofeed.Item) (summary, text string) {
	summary = plainText(it.Description)
	if summary == "" {
		summary = plainText(extension(it, "media", "description"))
	}
	text = summary
	if it.Content != it.Description {
		if content := plainText(it.Content); len(content) > len(text) {
			text = content
		}
	}
	if summary == "" {
		summary = text
	}
	return summary, text
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

// itemDates are the strings that date the item, the best first.
func itemDates(it *gofeed.Item) []string {
	return []string{
		it.Published,
		extension(it, "dcterms", "issued"), extension(it, "dcterms", "created"),
		it.Updated,
		extension(it, "dcterms", "modified"),
	}
}

// itemDate gives the first date of the item that can be read, in zone.
func itemDate(it *gofeed.Item, zone *time.Location, order dayOrder) (published time.Time, assumed bool) {
	for _, raw := range itemDates(it) {
		if raw = strings.TrimSpace(raw); raw == "" {
			continue
		}
		if t, assumed, ok := readDate(raw, zone, order); ok {
			return t.In(zone), assumed
		}
	}
	return time.Time{}, false
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
