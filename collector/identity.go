package collector

import (
	"fmt"
	"slices"

	"marsad/timeline"
)

// policy is how the items of a feed are told apart.
type policy struct {
	order      []timeline.KeyKind // of the keys, the deciding one first
	learns     bool               // GUIDs decide as long as nothing speaks against them
	wholeLinks bool               // parameters of tracking are part of an address
}

// parsePolicy reads the key identity of a feed. Whatever is asked for, an item
// that lacks it is told by the next key, so that no item goes without.
func parsePolicy(s string) (policy, error) {
	switch s {
	case "", "auto":
		return policy{order: []timeline.KeyKind{timeline.KeyGUID, timeline.KeyLink, timeline.KeyContent}, learns: true}, nil
	case "guid":
		return policy{order: []timeline.KeyKind{timeline.KeyGUID, timeline.KeyLink, timeline.KeyContent}}, nil
	case "link":
		return policy{order: []timeline.KeyKind{timeline.KeyLink, timeline.KeyGUID, timeline.KeyContent}}, nil
	case "content":
		return policy{order: []timeline.KeyKind{timeline.KeyContent, timeline.KeyGUID, timeline.KeyLink}}, nil
	default:
		return policy{}, fmt.Errorf("%q is no policy: write auto, guid, link or content", s)
	}
}

// given is the policy for a feed of these habits. GUIDs that are not believed are
// not even remembered: a feed that makes them up with every poll would fill the
// record with them.
func (p policy) given(h timeline.Habits) policy {
	p.wholeLinks = h.Links != ""
	if p.learns && h.GUIDs != "" {
		p.order, p.learns = []timeline.KeyKind{timeline.KeyLink, timeline.KeyContent}, false
	}
	return p
}

// doubting is the policy for one document that speaks against its GUIDs. New ones
// of known items are remembered, in case they stay.
func (p policy) doubting(why timeline.Mark) policy {
	p.order = []timeline.KeyKind{timeline.KeyLink, timeline.KeyContent}
	if why == timeline.MarkGUIDChurn {
		p.order = append(p.order, timeline.KeyGUID)
	}
	return p
}

// worthless is how many different texts under one key in one document show that
// the key tells nothing apart: a GUID that is the same for all, the home page as
// every link. Two are a text and its correction.
const worthless = 3

// keysOf gives the keys of the item that exist, in the order of the policy, and
// among them always the content key.
func (p policy) keysOf(it *Item) []timeline.Key {
	keys := make([]timeline.Key, 0, len(p.order))
	for _, kind := range p.order {
		value := ""
		switch kind {
		case timeline.KeyGUID:
			value = it.GUID
		case timeline.KeyLink:
			value = it.Link
			if !p.wholeLinks {
				value = linkKey(value)
			}
		case timeline.KeyContent:
			value = timeline.ContentHash(it.Title, it.Text)
		}
		if value != "" {
			keys = append(keys, timeline.Key{Kind: kind, Value: value})
		}
	}
	return keys
}

// identify gives each item its keys, without those that are worthless in this
// document.
func (p policy) identify(items []Item) [][]timeline.Key {
	identities := make([][]timeline.Key, len(items))
	uses := make(map[timeline.Key]keyUse, 2*len(items))
	for i := range items {
		keys := p.keysOf(&items[i])
		identities[i] = keys
		content := contentOf(keys)
		for _, k := range keys {
			uses[k] = uses[k].with(content)
		}
	}
	for i, keys := range identities {
		identities[i] = slices.DeleteFunc(keys, func(k timeline.Key) bool { return uses[k].contents >= worthless })
	}
	return identities
}

// contentOf gives the content among an item's keys, the hash of its words.
func contentOf(keys []timeline.Key) string {
	if k := keyOf(keys, timeline.KeyContent); k != nil {
		return k.Value
	}
	return ""
}

// keyOf gives the key of a kind; nil when there is none.
func keyOf(keys []timeline.Key, kind timeline.KeyKind) *timeline.Key {
	if i := slices.IndexFunc(keys, func(k timeline.Key) bool { return k.Kind == kind }); i >= 0 {
		return &keys[i]
	}
	return nil
}

// keyUse counts the different contents under a key, as far as worthless.
type keyUse struct {
	contents      int
	first, second string
}

func (u keyUse) with(content string) keyUse {
	switch {
	case u.contents == 0:
		u.first, u.contents = content, 1
	case u.contents == 1 && content != u.first:
		u.second, u.contents = content, 2
	case u.contents == 2 && content != u.first && content != u.second:
		u.contents = worthless
	}
	return u
}

// linksMerge reports whether most of the document's links name different items
// and are one without the parameters that elsewhere say where a reader came from.
func linksMerge(items []Item) bool {
	type place struct{ link, title string }
	places := make(map[string]place, len(items)) // of the first item with the short link
	linked, merged := 0, 0
	for i := range items {
		it := &items[i]
		if it.Link == "" {
			continue
		}
		linked++
		short := linkKey(it.Link)
		first, found := places[short]
		switch {
		case !found:
			places[short] = place{it.Link, it.Title}
		case first.link != it.Link && first.title != it.Title:
			merged++
		}
	}
	return merged > 0 && 2*merged >= linked-1
}
