package config

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"

	"marsad/collector"
)

// brief is a feed in a line: name, address, title, language, labels.
func brief(feeds []SharedFeed) []string {
	lines := make([]string, 0, len(feeds))
	for _, f := range feeds {
		lines = append(lines, strings.Join([]string{f.Name, f.URL, f.Title, f.Lang, strings.Join(f.Label, "+")}, " | "))
	}
	return lines
}

func problemLines(problems Problems) []string {
	lines := make([]string, 0, len(problems))
	for _, p := range problems {
		lines = append(lines, p.String())
	}
	return lines
}

func body(outlines string) string {
	return "<opml version=\"2.0\"><head><title>x</title></head><body>\n" + outlines + "\n</body></opml>"
}

func TestReadOPML(t *testing.T) {
	tests := []struct {
		name     string
		opml     string
		labels   bool
		want     []string
		notes    []string
		problems []string
	}{
		{
			name: "plain", opml: body(`<outline text="Example News" type="rss" xmlUrl="https://example.org/rss" htmlUrl="https://example.org/" language="ar-IQ"/>`),
			want: []string{"example-news | https://example.org/rss | Example News | ar-IQ | "},
		},
		{
			name: "attributes and elements in any case", opml: `<OPML><Body><Outline TEXT='One' XMLURL='https://example.org/1'/><OUTLINE title="Two" xmlurl="https://example.org/2"></OUTLINE></Body></OPML>`,
			want: []string{"one | https://example.org/1 | One |  | ", "two | https://example.org/2 | Two |  | "},
		},
		{
			name: "groups three deep", labels: true,
			opml: body(`<outline text="Middle East"><outline text="Iraq"><outline title="Agencies"><outline text="A" xmlUrl="https://example.org/a"/></outline></outline>
<outline text="B" xmlUrl="https://example.org/b"/></outline><outline text="C" xmlUrl="https://example.org/c" category="/News/World,tag"/>`),
			want: []string{
				"a | https://example.org/a | A |  | Middle East+Iraq+Agencies",
				"b | https://example.org/b | B |  | Middle East",
				"c | https://example.org/c | C |  | News+World+tag",
			},
		},
		{
			name: "groups that nobody asked for", opml: body(`<outline text="G"><outline text="A" xmlUrl="https://example.org/a"/></outline>`),
			want: []string{"a | https://example.org/a | A |  | "},
		},
		{
			name: "entities, once, twice and unknown", opml: body(`<outline text="A &amp; B &quot;c&quot; &eacute;&nbsp;&#1605;" xmlUrl="https://example.org/?a=1&amp;b=2"/>
<outline text="C &amp;amp; D &unknown; E & F" xmlUrl="https://example.org/?a=1&amp;amp;b=3"/><outline text="G" xmlUrl="https://example.org/?a=1&b=4"/>`),
			want: []string{
				"a-b-c-é-م | https://example.org/?a=1&b=2 | A & B \"c\" é م |  | ",
				"c-d-unknown-e-f | https://example.org/?a=1&b=3 | C & D &unknown; E & F |  | ",
				"g | https://example.org/?a=1&b=4 | G |  | ",
			},
		},
		{
			name: "names", opml: body(`<outline text="News" xmlUrl="https://a.example/1"/><outline text="NEWS!" xmlUrl="https://a.example/2"/><outline text="news 2" xmlUrl="https://a.example/3"/>
<outline text="***" xmlUrl="https://www.example.org/4"/><outline xmlUrl="https://www.example.org/5"/><outline text="مرصـد الأخبار" xmlUrl="https://a.example/6"/><outline text="What's New?" xmlUrl="https://a.example/7"/>`),
			want: []string{
				"news | https://a.example/1 | News |  | ", "news-2 | https://a.example/2 | NEWS! |  | ", "news-2-2 | https://a.example/3 | news 2 |  | ",
				"www-example-org | https://www.example.org/4 | *** |  | ", "www-example-org-2 | https://www.example.org/5 |  |  | ",
				"مرصد-الأخبار | https://a.example/6 | مرصـد الأخبار |  | ", "whats-new | https://a.example/7 | What's New? |  | ",
			},
		},
		{
			name: "the same feed twice", labels: true,
			opml: body(`<outline text="X"><outline text="A" xmlUrl="http://Example.org/a/"/></outline>
<outline text="Y"><outline text="A too" xmlUrl="https://user:pw@example.org:443/a"/></outline>`),
			want:  []string{"a | http://Example.org/a/ | A |  | X+Y"},
			notes: []string{`f.opml:3:19: "https://...@example.org:443/a" is the feed of line 2 again; it is taken once`},
		},
		{
			name: "addresses", opml: body(`<outline text="A" xmlUrl="feed://example.org/a"/><outline text="B" xmlUrl="feed:https://example.org/b"/><outline text="C" type="rss" url="https://example.org/c d"/>
<outline text="D" xmlUrl="/d"/>
<outline text="E" xmlUrl="ftp://example.org/e"/>
<outline text="F" type="rss" htmlUrl="https://example.org/"/>
<outline text="G" type="link" url="https://example.org/g"/>
<outline text="a note"/><outline text="an empty group"></outline>`),
			want: []string{
				"a | http://example.org/a | A |  | ", "b | https://example.org/b | B |  | ", "c | https://example.org/c%20d | C |  | ",
			},
			problems: []string{
				`f.opml:3:1: "/d" is not the address of a feed; write the address of the feed whole, as in https://example.org/rss`,
				`f.opml:4:1: "ftp://example.org/e" is not the address of a feed; write the address of the feed whole, as in https://example.org/rss`,
				`f.opml:5:1: "F" has no address of a feed (xmlUrl); write it there, or find it with marsad feeds discover`,
				`f.opml:6:1: "G" has no address of a feed (xmlUrl); write it there, or find it with marsad feeds discover`,
			},
		},
		{
			name: "values that no configuration may have", opml: body(`<outline text="A" xmlUrl="https://example.org/a" language="Arabic"/><outline text="B" xmlUrl="https://example.org/b" language="unknown"/>`),
			want: []string{"a | https://example.org/a | A |  | ", "b | https://example.org/b | B |  | "},
			problems: []string{
				`f.opml:2:1: lang: "Arabic" is not the code of a language; the feed is taken without it; ` + languageRemedy,
			},
		},
		{
			name: "a title that is too long", opml: body(`<outline text="` + strings.Repeat("م ", 400) + `" xmlUrl="https://example.org/a"/>`),
			want:  []string{strings.TrimSuffix(strings.Repeat("م-", 30), "-") + " | https://example.org/a | " + strings.TrimSpace(strings.Repeat("م ", 150)) + " |  | "},
			notes: []string{"f.opml:2:1: has a title that is too long; its first 300 characters are taken"},
		},
		{
			name: "a label that is too long", labels: true,
			opml:  body(`<outline text="` + strings.Repeat("ab", 60) + `"><outline text="A" xmlUrl="https://example.org/a"/></outline>`),
			want:  []string{"a | https://example.org/a | A |  | " + strings.Repeat("ab", 50)},
			notes: []string{"f.opml:2:138: has a label that is too long; its first 100 characters are taken"},
		},
		{
			name: "more labels than a feed may have",
			opml: body(`<outline text="A" xmlUrl="https://example.org/a" category="` + strings.Join(strings.Split("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", ""), ",") + `"/>`),
			want: []string{
				"a | https://example.org/a | A |  | " + strings.Join(strings.Split("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWX", ""), "+"),
			},
			notes: []string{"f.opml:2:1: has more than 50 labels; the first of them are taken"},
		},
		{
			name: "a bare < in a title", opml: body(`<outline text="G"><outline text="A" xmlUrl="https://example.org/a"/>
<outline text="1 < 2" xmlUrl="https://example.org/b"/>
<outline text="C" xmlUrl="https://example.org/c"/></outline>
<outline text="D" xmlUrl="https://example.org/d"/>`), labels: true,
			want: []string{"a | https://example.org/a | A |  | G", "c | https://example.org/c | C |  | G", "d | https://example.org/d | D |  | "},
			problems: []string{
				"f.opml:3:1: is no XML: unescaped < inside quoted string; the outline that begins here is not taken: mend it, or export the file anew",
			},
		},
		{
			name: "a group that cannot be read", opml: body(`<outline text="1 < 2">
<outline text="A" xmlUrl="https://example.org/a"/></outline><outline text="B" xmlUrl="https://example.org/b"/>`), labels: true,
			want: []string{"a | https://example.org/a | A |  | ", "b | https://example.org/b | B |  | "},
			problems: []string{
				"f.opml:2:1: is no XML: unescaped < inside quoted string; the outline that begins here is not taken: mend it, or export the file anew",
			},
		},
		{
			name: "cut off in a tag", opml: "<opml><body><outline text=\"A\" xmlUrl=\"https://example.org/a\"/>\n<outline text=\"B\" xmlU",
			want:     []string{"a | https://example.org/a | A |  | "},
			problems: []string{"f.opml:2:1: ends in the middle; the file is cut off: export it anew; what stands before is taken"},
		},
		{
			name: "cut off between tags", opml: "<opml><body><outline text=\"G\"><outline text=\"A\" xmlUrl=\"https://example.org/a\"/>\n",
			want:     []string{"a | https://example.org/a | A |  | "},
			problems: []string{"f.opml:2:1: ends before </opml>; the file is cut off: export it anew; what stands before is taken"},
		},
		{
			name: "ends too many, attributes without quotes, control characters", opml: body("</outline><outline text=A xmlUrl=\"https://example.org/\x00a\"/>\x08</outline></outline><outline nothing text=\"B\x1f\" xmlUrl=\"https://example.org/b\"/>"),
			want: []string{"a | https://example.org/%20a | A |  | ", "b | https://example.org/b | B |  | "},
		},
		{
			name: "bytes that are no text", opml: body("<outline text=\"A\xff\" xmlUrl=\"https://example.org/a\"/>"),
			want:     []string{"a | https://example.org/a | A\uFFFD |  | "},
			problems: []string{"f.opml:1:1: holds bytes that are not text in its encoding; they are read as \uFFFD; name the encoding in the first line, as in <?xml version=\"1.0\" encoding=\"windows-1256\"?>"},
		},
		{
			name: "what a configuration gives a meaning", opml: body(`<outline text="${HOME} &#xFDD0;" xmlUrl="https://example.org/${x}"/>`),
			want: []string{"home | https://example.org/${x} | ${HOME} |  | "},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := ReadOPML("f.opml", []byte(test.opml), OPMLOptions{GroupAsLabel: test.labels})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, brief(got.Feeds)); diff != "" {
				t.Errorf("feeds (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(append([]string{}, test.notes...), problemLines(got.Notes)); diff != "" {
				t.Errorf("notes (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(append([]string{}, test.problems...), problemLines(got.Problems)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			checkImport(t, got.Feeds)
		})
	}
}

// checkImport fails unless the feeds are written as a configuration that is
// right and has the same feeds.
func checkImport(t *testing.T, feeds []SharedFeed) {
	t.Helper()
	var out bytes.Buffer
	if err := WriteFeeds(&out, feeds); err != nil {
		t.Fatal(err)
	}
	want := slices.Clone(feeds)
	for i := range want {
		want[i].URL = withoutUser(want[i].URL) // as those that are read back
	}
	if diff := cmp.Diff(brief(want), brief(loadText(t, out.String()))); diff != "" {
		t.Errorf("written and read back (-written +read):\n%s\n%s", diff, out.String())
	}
}

func TestReadOPMLInItsEncoding(t *testing.T) {
	const plain = `<opml><body><outline text="مرصد" xmlUrl="https://example.org/a"/></body></opml>`
	arabic, err := charmap.Windows1256.NewEncoder().String(plain)
	if err != nil {
		t.Fatal(err)
	}
	var little, big []byte
	for _, u := range utf16.Encode([]rune(plain)) {
		little = append(little, byte(u), byte(u>>8))
		big = append(big, byte(u>>8), byte(u))
	}
	for name, data := range map[string]string{
		"UTF-8":                     plain,
		"UTF-8 with BOM":            "\uFEFF" + plain,
		"windows-1256":              `<?xml version="1.0" encoding="windows-1256"?>` + arabic,
		"UTF-8 that says otherwise": `<?xml version='1.0' encoding='windows-1256'?>` + plain,
		"UTF-16":                    "\xFF\xFE" + string(little),
		"UTF-16, big end first":     "\xFE\xFF" + string(big),
		"UTF-16 without BOM":        string(little),
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ReadOPML("f.opml", []byte(data), OPMLOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if len(got.Feeds) != 1 || got.Feeds[0].Title != "مرصد" || len(got.Problems) > 0 {
				t.Errorf("feeds %v, problems %v", brief(got.Feeds), got.Problems)
			}
		})
	}
}

func TestReadOPMLRefuses(t *testing.T) {
	many := func(n int, outline func(i int) string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(outline(i))
		}
		return body(b.String())
	}
	feed := func(i int) string { return fmt.Sprintf("<outline text=\"a\" xmlUrl=\"https://example.org/%d\"/>\n", i) }
	for _, test := range []struct{ name, opml, want string }{
		{"nothing", "", "f.opml:1:1: is not OPML; export the feeds from your reader"},
		{"a web page", "<!doctype html><html><head><title>x</title></head></html>", "is not OPML"},
		{"JSON", `{"feeds":[]}`, "is not OPML"},
		{"no feeds", body(`<outline text="a note"/>`), "names no feeds; export them"},
		{"too large", body(strings.Repeat(" ", MaxOPMLBytes)), "is larger than 16 MiB; split the file"},
		{"too many feeds", many(maxOPMLFeeds+1, feed), "f.opml:20002:1: names more than 20000 feeds; split the file"},
		{"too many outlines", many(100_000, func(int) string { return "<outline text='a'/>\n" }), "f.opml:50002:1: has more than 50000 outlines; split the file"},
		{"too deep", many(10_000, func(int) string { return "<outline text='a'>\n" }), "f.opml:102:1: has outlines that are nested more than 100 deep; export the feeds anew, in fewer folders"},
		{"nothing but faults", many(200, func(int) string { return "<outline text='<'>\n" }), "f.opml:102:1: has more than 100 places that are no XML; export the feeds anew"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := ReadOPML("f.opml", []byte(test.opml), OPMLOptions{})
			var problems Problems
			if !errors.As(err, &problems) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %q", err, test.want)
			}
		})
	}
}

// As many feeds as are taken make a configuration that can be read.
func TestReadOPMLTakesManyFeeds(t *testing.T) {
	var b strings.Builder
	for i := range maxOPMLFeeds {
		fmt.Fprintf(&b, `<outline text="مرصد الأخبار العربية" xmlUrl="https://www.example.org/feeds/category/%d/rss.xml" language="ar"/>`, i)
	}
	got, err := ReadOPML("f.opml", []byte(body(b.String())), OPMLOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := WriteFeeds(&out, got.Feeds); err != nil || len(got.Feeds) != maxOPMLFeeds {
		t.Fatalf("%d feeds, %d bytes: %v", len(got.Feeds), out.Len(), err)
	}
	if last := got.Feeds[maxOPMLFeeds-1].Name; last != "مرصد-الأخبار-العربية-20000" {
		t.Errorf("last name %q", last)
	}
}

func TestReadOPMLKeepsConfiguredNames(t *testing.T) {
	configured := []collector.Feed{{Name: "BBC", URL: "http://bbc.example/rss"}, {Name: "news", URL: "https://other.example/"}}
	got, err := ReadOPML("f.opml", []byte(`<opml xmlns:m="urn:marsad:feed"><body>
<outline text="BBC News" xmlUrl="https://bbc.example/rss"/>
<outline text="News" xmlUrl="https://a.example/"/>
<outline text="More" m:name="News" xmlUrl="https://b.example/"/>
<outline text="Mine" m:name="mine" xmlUrl="https://other.example/"/></body></opml>`), OPMLOptions{Configured: configured})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{
		"BBC | https://bbc.example/rss | BBC News |  | ", "news-2 | https://a.example/ | News |  | ",
		"b-example | https://b.example/ |  |  | ", "mine | https://other.example/ |  |  | ",
	}, brief(got.Feeds)); diff != "" {
		t.Errorf("feeds (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{
		`f.opml:2:1: is the feed "BBC" of the configuration; keep one of the two entries`,
		`f.opml:4:1: has the name "News", which another feed has; it is taken as "b-example"`,
		`f.opml:5:1: is the feed "news" of the configuration; keep one of the two entries`,
	}, problemLines(got.Notes)); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}
}

func TestOPMLThereAndBack(t *testing.T) {
	disabled := false
	feeds := []SharedFeed{
		{Feed: collector.Feed{Name: "plain", URL: "https://example.org/1"}},
		{Feed: collector.Feed{Name: "titled", URL: "https://example.org/2?a=1&b=2", Title: `A & "B" <c> &amp; د`, Lang: "ar"}},
		{Feed: collector.Feed{
			Name: "whole", URL: "https://example.org/3", Title: "Whole", Publisher: "Example", Country: "IQ", Lang: "ar", Timezone: "Asia/Baghdad",
			Schedule: "*/5 * * * *", Identity: "link", FullText: true, Label: []string{"agency", "a,b", "c/d", "100%", "%2C"}, Enabled: &disabled,
		}},
	}
	env := emptyEnvironment()
	seeds, err := SharedFeeds(BuiltIn, env.lookup, env.readFile)
	if err != nil {
		t.Fatal(err)
	}
	feeds = append(feeds, seeds...)
	unusable := []SharedFeed{{Feed: collector.Feed{Name: "none"}}, {Feed: collector.Feed{Name: "secret", URL: "https://example.org/${KEY}"}, Variable: true}}
	var out bytes.Buffer
	leftOut, err := WriteOPML(&out, "Feeds", append(unusable, feeds...))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"none", "secret"}, leftOut); diff != "" {
		t.Errorf("left out (-want +got):\n%s", diff)
	}
	got, err := ReadOPML("f.opml", out.Bytes(), OPMLOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(feeds, got.Feeds); diff != "" {
		t.Errorf("feeds (-exported +imported):\n%s\n%s", diff, out.String()[:2000])
	}
	if len(got.Notes)+len(got.Problems) > 0 {
		t.Errorf("notes %v, problems %v", got.Notes, got.Problems)
	}
}

// Whatever a file holds, what is taken of it is a configuration that is right,
// and every problem has a place.
func FuzzReadOPML(f *testing.F) {
	for _, seed := range []string{
		body(`<outline text="A" xmlUrl="https://example.org/a"/>`),
		body(`<outline text="G"><outline text="1 < 2" xmlUrl="https://example.org/b" language="xx" category="/a,b%2C"/></outline>`),
		`<opml xmlns:m="urn:marsad:feed"><outline m:name="ſ" m:schedule="@every 0s" m:country="iq" xmlUrl="http://u:p@e:80?${A}"/><outline m:name="S" xmlUrl="feed:http://é/ x"/>`,
		"\xFF\xFE<\x00o\x00", "<?xml version='1.0' encoding='utf-7'?><outline xmlurl=http:///>\xff",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := ReadOPML("f.opml", data, OPMLOptions{GroupAsLabel: true})
		if err != nil {
			return
		}
		for _, p := range append(got.Problems, got.Notes...) {
			if p.Line < 1 || p.Column < 1 || p.Message == "" || p.Remedy == "" {
				t.Errorf("problem without place or remedy: %+v", p)
			}
		}
		checkImport(t, got.Feeds)
	})
}
