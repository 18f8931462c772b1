package collector

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/html/charset"
)

// Page is the prose of a web page.
type Page struct {
	Title string // plain text, one line
	Text  string // plain text, a paragraph a line
}

// FetchPage reads the web page at the address, under the same limits and rules
// as a poll. The text is all that is not navigation, form, script or style; which
// of it is the article is not decided. Errors do not quote the address, which may
// hold a password.
func FetchPage(ctx context.Context, cfg Config, address string) (Page, error) {
	u, err := url.Parse(address)
	if err != nil || !isWeb(u) {
		return Page{}, errors.New("not a web address: write it as in https://example.org/article")
	}
	f, err := newFetcher(&cfg, nil)
	if err != nil {
		return Page{}, err
	}
	defer f.closeIdle()
	a, err := f.get(ctx, &source{name: u.Host, url: u})
	if err != nil {
		return Page{}, errors.New(f.fetchFailure(err, a.url).message)
	}
	if failed := statusFailure(a, false); failed != nil {
		return Page{}, fmt.Errorf("%s: %s", a.url.Host, failed.message)
	}
	return readPage(a.body, a.header.Get("Content-Type"))
}

// readPage reads a page in the encoding that the header, or else the page, names.
func readPage(body []byte, contentType string) (Page, error) {
	decoded, err := charset.NewReader(bytes.NewReader(body), contentType)
	if err != nil {
		return Page{}, fmt.Errorf("page cannot be decoded: %w", err)
	}
	root, err := html.Parse(decoded)
	if err != nil {
		return Page{}, fmt.Errorf("page cannot be read: %w", err)
	}
	var title, prose strings.Builder
	collectProse(root, &title, &prose)
	return Page{
		Title: strings.Join(strings.Fields(strings.Map(dropInvisible, title.String())), " "),
		Text:  foldSpace(prose.String()),
	}, nil
}

func collectProse(n *html.Node, title, prose *strings.Builder) {
	switch n.Type {
	case html.TextNode:
		prose.WriteString(n.Data)
		return
	case html.ElementNode:
		switch n.DataAtom {
		case atom.Title:
			if n.FirstChild != nil && title.Len() == 0 {
				title.WriteString(n.FirstChild.Data)
			}
			return
		case atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Nav, atom.Form, atom.Button, atom.Svg, atom.Iframe:
			return
		default:
		}
		if endsLine(n.DataAtom) {
			prose.WriteString("\n\n")
			defer prose.WriteString("\n\n")
		}
	case html.ErrorNode, html.DocumentNode, html.CommentNode, html.DoctypeNode, html.RawNode:
	}
	for kid := n.FirstChild; kid != nil; kid = kid.NextSibling {
		collectProse(kid, title, prose)
	}
}
