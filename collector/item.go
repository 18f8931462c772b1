package collector

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"
	ext "github.com/mmcdole/gofeed/extensions"
)

// readItem takes from a gofeed item what an article needs.
func readItem(it *gofeed.Item, base *url.URL, zone *time.Location, order orderHint) Item {
	item := Item{
		GUID:  itemGUID(it),
		Link:  itemLink(it, base),
		Title: plainTitle(it.Title),
	}
	if item.Title == "" {
		item.Title = plainTitle(extension(it, "media", "title"))
	}
	item.Summary, item.Text = itemText(it)
	if date, ok := itemDate(it, zone, order); ok {
		item.Published, item.ZoneAssumed, item.OrderAssumed = date.at.In(zone), date.zoneAssumed, date.orderAssumed
	}
	return item
}

// itemGUID gives the item's id, also of RSS that writes it as other formats do.
func itemGUID(it *gofeed.Item) string {
	for _, s := range []string{it.GUID, it.Custom["id"], extension(it, "dc", "identifier")} {
		if s = strings.TrimSpace(strings.Map(dropInvisible, s)); s != "" {
			return s
		}
	}
	return ""
}

// itemText gives the item's description, and the longest of what the item says:
// some feeds have a teaser as content and the text as description.
func itemText(it *gofeed.Item) (summary, text string) {
	summary = plainText(it.Description)
	if summary == "" {
		summary = plainText(otherText(it))
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

// otherText gives the text of an item that has neither description nor content.
func otherText(it *gofeed.Item) string {
	if it.Content != "" {
		return ""
	}
	for _, s := range []string{
		it.Custom["summary"], it.Custom["body"], it.Custom["fullitem"], it.Custom["content"],
		it.Custom["full-text"], it.Custom["fulltext"], it.Custom["text"], it.Custom["abstract"], it.Custom["excerpt"],
		extension(it, "xhtml", "body"), extension(it, "media", "description"),
	} {
		if s != "" {
			return s
		}
	}
	return ""
}

// published gives the item's date of publication as the document has it.
func published(it *gofeed.Item) string {
	if hidden := it.Custom[hiddenName]; hidden != "" {
		return hidden
	}
	return it.Published
}

// itemDates are the strings that date the item, the best first.
func itemDates(it *gofeed.Item) []string {
	return []string{
		published(it),
		extension(it, "dcterms", "issued"), extension(it, "dcterms", "created"),
		it.Published, it.Custom["published"], it.Custom["date"], it.Custom["pub_date"], it.Custom["created"],
		it.Updated, it.Custom["updated"],
		extension(it, "dcterms", "modified"), it.Custom["modified"],
	}
}

// itemDate gives the first date of the item that can be read.
func itemDate(it *gofeed.Item, zone *time.Location, order orderHint) (r dateReading, ok bool) {
	for _, raw := range itemDates(it) {
		if raw = strings.TrimSpace(raw); raw == "" {
			continue
		}
		if r, ok = readDate(raw, zone, order); ok {
			return r, true
		}
	}
	return dateReading{}, false
}

// extension gives the value of an item's first extension element of that name,
// also when it stands in one of Media RSS that holds others.
func extension(it *gofeed.Item, prefix, name string) string {
	elements := it.Extensions[prefix]
	if values := elements[name]; len(values) > 0 {
		return extensionText(&values[0])
	}
	for _, holder := range []string{"group", "content"} {
		for _, h := range elements[holder] {
			if values := h.Children[name]; len(values) > 0 {
				return extensionText(&values[0])
			}
		}
	}
	return ""
}

// extensionText gives the text of an extension element, or that of the elements
// in it.
func extensionText(e *ext.Extension) string {
	if e.Value != "" || len(e.Children) == 0 {
		return e.Value
	}
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(e.Children)) {
		for i := range e.Children[name] {
			if name != "script" && name != "style" {
				parts = append(parts, extensionText(&e.Children[name][i]))
			}
		}
	}
	return strings.Join(parts, " ")
}
