package collector

import (
	"bytes"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// feedTypes are the media types that web pages give links to feeds.
var feedTypes = []string{"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"}

// maxHead is how much of a web page is searched for links to feeds, in bytes:
// they stand in its head.
const maxHead = 256 << 10

// feedsOfPage gives the addresses of the feeds that a web page names, in its
// order, absolute where base is given.
func feedsOfPage(page []byte, base *url.URL) []string {
	var feeds []string
	tokens := html.NewTokenizer(bytes.NewReader(page[:min(len(page), maxHead)]))
	for {
		switch tokens.Next() {
		case html.ErrorToken:
			return feeds
		case html.StartTagToken, html.SelfClosingTagToken:
			token := tokens.Token()
			if token.DataAtom != atom.Link {
				continue
			}
			if feed := linkedFeed(token.Attr, base); feed != "" && !slices.Contains(feeds, feed) {
				feeds = append(feeds, feed)
			}
		default:
		}
	}
}

// linkedFeed gives the address of a link to a feed, or nothing.
func linkedFeed(attrs []html.Attribute, base *url.URL) string {
	var rel, media, href string
	for _, a := range attrs {
		switch a.Key {
		case "rel":
			rel = strings.ToLower(a.Val)
		case "type":
			media = strings.ToLower(strings.TrimSpace(a.Val))
		case "href":
			href = strings.TrimSpace(a.Val)
		}
	}
	if !slices.Contains(strings.Fields(rel), "alternate") || !slices.Contains(feedTypes, media) || href == "" {
		return ""
	}
	u, err := url.Parse(href)
	if err != nil {
		return ""
	}
	if base != nil {
		u = base.ResolveReference(u)
	}
	return u.Redacted()
}
