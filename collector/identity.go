package collector

import (
	"fmt"
	"slices"

	"marsad/timeline"
)

// policy is the order in which a feed's keys decide.
type policy []timeline.KeyKind

// parsePolicy reads the key identity of a feed. Whatever is asked for, an item
// that lacks it is told by the next key, so that no item goes without.
func parsePolicy(s string) (policy, error) {
	switch s {
	case "", "auto", "guid":
		return policy{timeline.KeyGUID, timeline.KeyLink, timeline.KeyContent}, nil
	case "link":
		return policy{timeline.KeyLink, timeline.KeyGUID, timeline.KeyContent}, nil
	case "content":
		return policy{timeline.KeyContent, timeline.KeyGUID, timeline.KeyLink}, nil
	default:
		return nil, fmt.Errorf("%q is no policy: write auto, guid, link or content", s)
	}
}

// worthless is how many different texts under one key in one document show that
// the key tells nothing apart: a GUID that is the same for all, the home page as
// every link. Two are a text and its correction.
const worthless = 3

// keysOf gives the keys of the item that exist, in the order of the policy. The
// content key always exists.
func (p policy) keysOf(it *Item) []timeline.Key {
	keys := make([]timeline.Key, 0, len(p))
	for _, kind := range p {
		value := ""
		switch kind {
		case timeline.KeyGUID:
			value = it.GUID
		case timeline.KeyLink:
			value = linkKey(it.Link)
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
	for _, k := range keys {
		if k.Kind == timeline.KeyContent {
			return k.Value
		}
	}
	return ""
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
