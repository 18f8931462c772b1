package collector

import (
	"bytes"
	"encoding/json"
	"slices"
)

// Repairs of a JSON Feed.
const (
	repairControls = "line breaks and control characters in strings made spaces"
	repairTypes    = "values of another type than JSON Feed has left out"
)

// feedMembers and itemMembers are the members of a JSON Feed that are read (JSON
// Feed 1.1); all of them are strings.
var (
	feedMembers = []string{"version", "title", "home_page_url", "language"}
	itemMembers = []string{
		"id", "url", "external_url", "title", "content_html", "content_text", "summary",
		"date_published", "date_modified",
	}
)

// repairJSON makes a JSON Feed that gofeed can read out of one that is nearly
// that: cut off, with line breaks in its strings, or with members of another type
// than they should be, for each of which gofeed gives up the whole. ok is false
// when there is no feed in it.
func repairJSON(text []byte) (r repaired, ok bool) {
	text, controls := dropControls(text)
	if controls {
		r.notes = append(r.notes, repairControls)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber() // ids may be numbers
	if open, err := decoder.Token(); err != nil || open != json.Delim('{') {
		return repaired{}, false
	}
	members := make(map[string]any)
	var items []map[string]any
	for !r.cut && decoder.More() {
		key, err := decoder.Token()
		if err == nil && key == "items" {
			items = r.readItems(decoder)
			continue
		}
		var value any
		if err == nil {
			err = decoder.Decode(&value)
		}
		if err != nil {
			r.cut = true
			break
		}
		if name, isName := key.(string); isName {
			members[name] = value
		}
	}
	if _, err := decoder.Token(); err != nil && !slices.Contains(r.notes, repairLostItem) {
		r.cut = true
		r.notes = append(r.notes, repairCutOff)
	}
	feed := r.keep(members, feedMembers)
	if items != nil {
		feed["items"] = items
	}
	encoded, err := json.Marshal(feed)
	if err != nil || items == nil && feed["version"] == nil {
		return repaired{}, false
	}
	r.text = encoded
	return r, true
}

// dropControls makes spaces of the control characters of JSON, which it forbids
// in strings and which mean nothing elsewhere; found says that some stood in
// strings.
func dropControls(text []byte) (dropped []byte, found bool) {
	dropped = bytes.Clone(text)
	inString, escaped := false, false
	for i, c := range dropped {
		switch {
		case escaped:
			escaped = false
		case c == '\\':
			escaped = inString
		case c == '"':
			inString = !inString
		}
		if c < ' ' {
			dropped[i] = ' '
			found = found || inString
		}
	}
	return dropped, found
}

// readItems reads the array of items as far as it goes.
func (r *repaired) readItems(decoder *json.Decoder) []map[string]any {
	items := []map[string]any{}
	if open, err := decoder.Token(); err != nil || open != json.Delim('[') {
		r.cut = true
		return nil
	}
	for decoder.More() {
		var members map[string]any
		if err := decoder.Decode(&members); err != nil {
			r.cut = true
			r.notes = append(r.notes, repairLostItem)
			return items
		}
		items = append(items, r.keep(members, itemMembers))
	}
	if _, err := decoder.Token(); err != nil {
		r.cut = true
	}
	return items
}

// keep gives those of the members that are read and are strings, or numbers in
// the place of strings.
func (r *repaired) keep(members map[string]any, names []string) map[string]any {
	kept := make(map[string]any, len(names))
	for _, name := range names {
		switch value := members[name].(type) {
		case nil:
		case string:
			kept[name] = value
		case json.Number:
			kept[name] = value.String()
		default:
			if !slices.Contains(r.notes, repairTypes) {
				r.notes = append(r.notes, repairTypes)
			}
		}
	}
	return kept
}
