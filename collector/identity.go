package collector

import (
	"fmt"

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
	contents := make(map[timeline.Key]map[string]bool)
	for i := range items {
		identities[i] = p.keysOf(&items[i])
		content := timeline.ContentHash(items[i].Title, items[i].Text)
		for _, k := range identities[i] {
			if contents[k] == nil {
				contents[k] = make(map[string]bool, 1)
			}
			contents[k][content] = true
		}
	}
	for i, keys := range identities {
		kept := keys[:0]
		for _, k := range keys {
			if len(contents[k]) < worthless {
				kept = append(kept, k)
			}
		}
		identities[i] = kept
	}
	return identities
}
