package collector

import (
	"net/url"
	"strings"

	"github.com/mmcdole/gofeed"
)

// itemLink gives the item's address, absolute. A GUID that is an address stands
// in for a missing link: RSS 2.0 calls it a permalink.
func itemLink(it *gofeed.Item, base *url.URL) string {
	if link := absoluteLink(it.Link, base); link != "" {
		return link
	}
	for _, candidate := range it.Links {
		if link := absoluteLink(candidate, base); link != "" {
			return link
		}
	}
	if link := absoluteLink(atomLink(it), base); link != "" {
		return link
	}
	return absoluteLink(permalink(it.GUID), base)
}

// absoluteLink gives an address of the web as an absolute one, or nothing. One
// that names a host and no scheme is taken for https where there is no base.
func absoluteLink(raw string, base *url.URL) string {
	raw = strings.TrimSpace(strings.Map(dropBreaks, raw))
	if raw == "" {
		return ""
	}
	raw = strings.ReplaceAll(raw, "&amp;", "&") // escaped twice
	u, err := url.Parse(raw)
	if err != nil {
		u, err = url.Parse(escapePercent(raw))
	}
	if err != nil {
		return ""
	}
	switch {
	case base != nil:
		u = base.ResolveReference(u)
	case u.Scheme == "" && u.Host != "":
		u.Scheme = "https"
	}
	if !isWeb(u) {
		return ""
	}
	return u.String()
}

// escapePercent escapes the signs of percent that escape nothing: "100%-sure".
func escapePercent(raw string) string {
	var out strings.Builder
	for i := range len(raw) {
		out.WriteByte(raw[i])
		if raw[i] == '%' && (i+2 >= len(raw) || !isHex(raw[i+1]) || !isHex(raw[i+2])) {
			out.WriteString("25")
		}
	}
	return out.String()
}

func isHex(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f' }

// dropBreaks drops what an address never holds and feeds put into it: the line
// breaks of a long one, marks of direction.
func dropBreaks(r rune) rune {
	if r == '\n' || r == '\r' || r == '\t' {
		return -1
	}
	return dropInvisible(r)
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

// linkKey is the address as an identity: without the parameters that say where a
// reader came from, which differ from feed to feed and from poll to poll. Only
// those are dropped that are known for nothing else.
func linkKey(link string) string {
	before, query, found := strings.Cut(link, "?")
	if !found {
		return link
	}
	query, fragment, hasFragment := strings.Cut(query, "#")
	kept := make([]string, 0, 4)
	for parameter := range strings.SplitSeq(query, "&") {
		name, _, _ := strings.Cut(parameter, "=")
		if !isTracking(strings.ToLower(name)) {
			kept = append(kept, parameter)
		}
	}
	key := before
	if len(kept) > 0 {
		key += "?" + strings.Join(kept, "&")
	}
	if hasFragment {
		key += "#" + fragment
	}
	return key
}

func isTracking(name string) bool {
	switch name {
	case "fbclid", "gclid", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "twclid", "igshid", "mc_cid", "mc_eid", "_ga", "_gl",
		"at_medium", "at_campaign", "at_link_id", "at_link_type", "at_link_origin", "at_format", "at_ptr_name", "at_bbc_team",
		"ns_source", "ns_mchannel", "ns_campaign", "ns_linkname", "ns_fee", "xtor", "wt.mc_id", "cmpid", "ocid", "__twitter_impression":
		return true
	default:
		return strings.HasPrefix(name, "utm_")
	}
}
