package collector

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/mmcdole/gofeed"
)

// sound are documents of each kind without any damage.
func sound() map[string]string {
	return map[string]string{
		"rss": rss(
			first+`<description><![CDATA[<p>One</p> ]] > two]]></description>`,
			second+`<description>&lt;p&gt;Three&lt;/p&gt; &amp;amp; four</description>`,
			third+`<media:group xmlns:media="http://search.yahoo.com/mrss/"><media:title>x</media:title></media:group>`,
		),
		"atom": `<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Example</title>` +
			`<entry><id>urn:a:1</id><title type="html">One</title><link href="https://example.org/1"/><updated>2025-01-12T07:00:00Z</updated>` +
			`<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Some <b>text</b></div></content></entry>` +
			`<entry><id>urn:a:2</id><title>Two</title><link href="https://example.org/2"/><source><id>urn:b</id><title>x</title></source></entry></feed>`,
		"rdf": `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel rdf:about="https://example.org/"><title>Example</title></channel>` +
			`<item rdf:about="https://example.org/1"><title>One</title><link>https://example.org/1</link></item>` +
			`<item rdf:about="https://example.org/2"><title>Two</title><link>https://example.org/2</link></item></rdf:RDF>`,
	}
}

// A document may be cut off at any byte: the items that are complete are the
// same as in the whole, and no other is given.
func TestCutAnywhere(t *testing.T) {
	for name, document := range sound() {
		t.Run(name, func(t *testing.T) {
			whole, err := ParseDocument([]byte(document), nil, nil, time.UTC)
			if err != nil || len(whole.Items) < 2 || len(whole.Repairs) > 0 {
				t.Fatalf("%d items, repairs %v, error %v", len(whole.Items), whole.Repairs, err)
			}
			for cut := range document {
				text := document[:cut]
				complete := strings.Count(text, "</item>") + strings.Count(text, "</entry>")
				doc, err := ParseDocument([]byte(text), nil, nil, time.UTC)
				if complete == 0 {
					var wrong *DocumentError
					if err != nil && !errors.As(err, &wrong) || len(doc.Items) > 0 {
						t.Fatalf("cut at %d: %d items, error %v", cut, len(doc.Items), err)
					}
					continue
				}
				if err != nil {
					t.Fatalf("cut at %d: %v", cut, err)
				}
				if diff := cmp.Diff(whole.Items[:complete], doc.Items); diff != "" {
					t.Fatalf("cut at %d: items (-want +got):\n%s", cut, diff)
				}
				if !doc.Cut || len(doc.Repairs) != 1 {
					t.Fatalf("cut at %d: Cut %t, repairs %v", cut, doc.Cut, doc.Repairs)
				}
			}
		})
	}
}

// A tag without its partner, put in anywhere, costs no item; nor does one that
// is missing.
func TestStrayTagAnywhere(t *testing.T) {
	document := rss(first, second, third)
	for at := strings.Index(document, "<item>"); at < strings.LastIndex(document, "</channel>"); at++ {
		if inTag(document, at) {
			continue
		}
		for _, stray := range []string{"<br>", "</p>", "<", "<p class=x>", "&", "]]>"} {
			doc, err := ParseDocument([]byte(document[:at]+stray+document[at:]), nil, nil, time.UTC)
			if err != nil || len(doc.Items) != 3 {
				t.Fatalf("%q at %d (…%s): %d items, error %v", stray, at, document[max(at-20, 0):at], len(doc.Items), err)
			}
		}
	}
}

// Damage done anywhere gives no item an id, an address or a date that it does not
// have: it would be another article.
func TestDamageAnywhere(t *testing.T) {
	documents := sound()
	documents["plain"] = rss(first, second, third)
	for name, document := range documents {
		t.Run(name, func(t *testing.T) {
			whole, err := ParseDocument([]byte(document), nil, nil, time.UTC)
			if err != nil {
				t.Fatal(err)
			}
			right := map[string]bool{"": true, time.Time{}.String(): true}
			for _, it := range whole.Items {
				right[it.GUID], right[it.Link], right[it.Published.String()] = true, true, true
			}
			start := max(strings.Index(document, "<item"), strings.Index(document, "<entry"))
			for at := start; at < len(document); at++ {
				for _, damage := range []string{"<b>\x01&nope", "</b>", "<"} {
					doc, err := ParseDocument([]byte(document[:at]+damage+document[at:]), nil, nil, time.UTC)
					if err != nil {
						t.Fatalf("%q at %d (…%s): %v", damage, at, document[max(at-20, 0):at], err)
					}
					for _, it := range doc.Items {
						if !right[it.GUID] || !right[it.Link] || !right[it.Published.String()] {
							t.Errorf("%q at %d (…%s): id %q, link %q, published %s", damage, at, document[max(at-20, 0):at], it.GUID, it.Link, it.Published)
						}
					}
				}
			}
		})
	}
}

func inTag(document string, at int) bool {
	return strings.LastIndexByte(document[:at], '<') > strings.LastIndexByte(document[:at], '>')
}

// Sound documents are parsed as they are.
func TestCheckMarkup(t *testing.T) {
	tests := []struct {
		name, text string
		want       markupState
	}{
		{"sound", `<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "b>">]><!-- > --><rss><a b="c>d"/><x>1 &lt; 2</x></rss> <!-- end -->`, markupState{depth: 2, sound: true}},
		{"tag not closed", `<rss><a></rss>`, markupState{depth: 2}},
		{"case differs", `<rss><a></A></rss>`, markupState{depth: 2}},
		{"stray", `<rss>1 < 2</rss>`, markupState{depth: 1}},
		{"cut", `<rss><a>`, markupState{depth: 2}},
		{"cut in a tag", `<rss></rss`, markupState{depth: 1}},
		{"text before", `x<rss></rss>`, markupState{depth: 1}},
		{"two roots", `<rss></rss><rss></rss>`, markupState{depth: 1}},
		{"CDATA in CDATA", `<rss><![CDATA[<![CDATA[]]></rss>`, markupState{depth: 1}},
		{"RDF", `<rdf:RDF><item rdf:about="x"></item></rdf:RDF>`, markupState{depth: 2, sound: true, rewrite: true}},
		{"text in an Atom link", `<feed><link>x</link></feed>`, markupState{depth: 2, sound: true, rewrite: true}},
		{"text in a link of RSS", `<rss><link>x</link></rss>`, markupState{depth: 2, sound: true}},
		{"dates", `<rss><pubDate>x</pubDate ></rss>`, markupState{depth: 2, sound: true, dates: []int{6, 17}}},
		{"dates in CDATA", `<rss><![CDATA[<pubDate>]]></rss>`, markupState{depth: 1, sound: true}},
		{"empty", ``, markupState{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, checkMarkup([]byte(tt.text)), cmp.AllowUnexported(markupState{})); diff != "" {
				t.Errorf("state (-want +got):\n%s", diff)
			}
		})
	}
}

// A document made to take long is given up in time: the work is bounded by its
// size, and what was bounded is named.
func TestRepairBudget(t *testing.T) {
	const size = 1 << 20
	for name, text := range map[string]string{
		"elements not closed": "<rss><channel><item><title>x</title></item><item>" + strings.Repeat("<guid>", size/6),
		"sections not closed": "<rss><channel><item><title>x</title></item><item>" + strings.Repeat("<a><![CDATA[</a>", size/16),
		"comments not closed": strings.Repeat("<!--", size/4),
		"doctypes not closed": strings.Repeat("<!a[", size/4),
		"quotes not closed":   strings.Repeat(`<a b="`, size/6),
		"siblings":            "<rss><channel><item><title>x</title></item><item>" + strings.Repeat("<b></i><guid>", size/13) + "</item></channel></rss>",
	} {
		t.Run(name, func(t *testing.T) {
			began := cpuTime(t)
			r, found := repairMarkup([]byte(text))
			if took := cpuTime(t) - began; took > 5*time.Second {
				t.Errorf("took %s of the processor", took)
			}
			if found && !r.cut {
				t.Errorf("not cut; repairs %v", r.notes)
			}
		})
	}
}

func FuzzRepairMarkup(f *testing.F) {
	folders, err := filepath.Glob("testdata/cases/*")
	if err != nil || len(folders) == 0 {
		f.Fatalf("no seeds found: %v", err)
	}
	for _, folder := range folders {
		f.Add(readCase(f, folder))
	}
	for _, document := range sound() {
		f.Add([]byte(document))
	}
	f.Add([]byte("<rss><A><title><guid ></guid></title><item>"))
	f.Add([]byte("<rss><desCription><![CDATA[<![CDATA[</desCription>"))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, found := repairMarkup([]byte(strings.ToValidUTF8(string(text), "\ufffd")))
		if !found {
			return
		}
		if state := checkMarkup(r.text); !state.sound {
			t.Errorf("%q repaired to what is not sound: %q", text, r.text)
		}
	})
}

func FuzzRepairJSON(f *testing.F) {
	for _, s := range []string{
		`{"version":"https://jsonfeed.org/version/1.1","items":[{"id":1,"title":["x"]},{"id":"2","title":"a\nb"},{"i`,
		`{"items":{}}`, `{"items":[]`, `[]`, `{`, `{"a":"\\"}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		r, found := repairJSON(text)
		if !found {
			return
		}
		if _, err := parseFeed(r.text); err != nil && !errors.Is(err, gofeed.ErrFeedTypeNotDetected) {
			t.Errorf("%q repaired to %q: %v", text, r.text, err)
		}
	})
}
