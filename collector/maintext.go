package collector

import (
	"bytes"
	"errors"
	"fmt"
	"mime"
	"net/url"
	"strings"
	"unicode/utf8"

	"codeberg.org/readeck/go-readability/v2"
	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"

	"marsad/timeline"
	"marsad/timeline/text"
)

// maxElements is how many elements a page may have. Finding the main text goes
// over them many times.
const maxElements = 50_000

// mainText gives the text of the article on a page, as plain text, a paragraph a
// line. It must be longer than what the feed has of it, and about the same.
func mainText(body []byte, contentType string, at *url.URL, title, known string) (string, *failure) {
	if failed := notPage(body, contentType); failed != nil {
		return "", failed
	}
	root, err := html.Parse(bytes.NewReader(decodePage(body, contentType)))
	if err != nil {
		return "", &failure{timeline.OutcomeNotPage, "the page cannot be read: " + err.Error()}
	}
	heading, main, err := findMain(root, at)
	main = withoutHeading(main, title, heading)
	switch {
	case err != nil:
		return "", &failure{timeline.OutcomeNoText, "no article is found on the page: " + err.Error()}
	case utf8.RuneCountInString(main) <= utf8.RuneCountInString(known):
		return "", &failure{timeline.OutcomeNoText, fmt.Sprintf("the page has no more text than the feed (%d characters)", utf8.RuneCountInString(main))}
	case !speaksOf(title, heading+" "+main):
		return "", &failure{timeline.OutcomeOtherText, "the page has another text: few words of the title are in it"}
	}
	return main, nil
}

// notPage says that an answer is no HTML.
func notPage(body []byte, contentType string) *failure {
	media, _, err := mime.ParseMediaType(contentType)
	switch {
	case err != nil || media == "":
		if isWebPage(bytes.TrimSpace(body)) {
			return nil
		}
		return &failure{timeline.OutcomeNotPage, "not a web page (no content type)"}
	case media == "text/html" || media == "application/xhtml+xml":
		return nil
	}
	return &failure{timeline.OutcomeNotPage, fmt.Sprintf("not a web page (%s)", oneLine(media))}
}

// decodePage gives the page in UTF-8: from the encoding that header or page name,
// or else from the one that its text shows.
func decodePage(body []byte, contentType string) []byte {
	enc, name, certain := charset.DetermineEncoding(body, contentType)
	if !certain && isDefault(name) {
		text, _ := toUTF8(body, "")
		return text
	}
	return decodeAs(body, enc)
}

// findMain finds the article of a page. The library may meet pages that it was
// never tried on: a panic costs this page and not the process.
func findMain(root *html.Node, at *url.URL) (heading, main string, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("reader gave up: %v", r)
		}
	}()
	parser := readability.NewParser()
	parser.MaxElemsToParse = maxElements
	article, err := parser.ParseAndMutate(root, at)
	if err != nil {
		return "", "", err
	}
	if article.Node == nil {
		return "", "", errors.New("no text")
	}
	var title, prose strings.Builder
	collectProse(article.Node, &title, &prose)
	return article.Title(), foldSpace(strings.Map(dropInvisible, prose.String())), nil
}

// withoutHeading drops the first line of the text when it is the title again.
func withoutHeading(main string, titles ...string) string {
	line, rest, _ := strings.Cut(main, "\n")
	line = text.Fold(line)
	for _, title := range titles { // a page's own goes on with the name of its site
		if title = text.Fold(title); title != "" && (line == title || line != "" && strings.HasPrefix(title, line)) {
			return rest
		}
	}
	return main
}

// speaksOf reports whether at least half of the title's words of three letters
// and more are in the text, as written or behind the particles of Arabic. A wall
// of consent, a login, an error that comes with status 200 have few of them.
func speaksOf(title, page string) bool {
	inPage := make(map[string]bool)
	for _, word := range wordsOf(page) {
		inPage[word] = true
	}
	words, found := 0, 0
	for _, token := range text.Read(title).Tokens {
		if token.Class != text.Word || utf8.RuneCountInString(token.Folded) < 3 {
			continue
		}
		words++
		if inPage[token.Folded] {
			found++
			continue
		}
		for _, stem := range text.Stems(token) {
			if inPage[stem.Folded] {
				found++
				break
			}
		}
	}
	return 2*found >= words
}

// wordsOf gives the folded words of a text, and what they are behind particles.
func wordsOf(s string) []string {
	var words []string
	for _, token := range text.Read(s).Tokens {
		if token.Class != text.Word {
			continue
		}
		words = append(words, token.Folded)
		for _, stem := range text.Stems(token) {
			words = append(words, stem.Folded)
		}
	}
	return words
}
