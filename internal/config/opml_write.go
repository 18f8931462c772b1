package config

import (
	"cmp"
	"encoding/xml"
	"io"
	"net/url"
	"strings"
)

// opmlNamespace is that of the attributes in which an export keeps what OPML has
// no attribute for, as OPML 2.0 asks of extensions.
const opmlNamespace = "urn:marsad:feed"

// opmlFile is OPML 2.0 (http://opml.org/spec2.opml).
type opmlFile struct {
	XMLName   xml.Name      `xml:"opml"`
	Version   string        `xml:"version,attr"`
	Namespace string        `xml:"xmlns:marsad,attr"`
	Title     string        `xml:"head>title"`
	Outlines  []opmlOutline `xml:"body>outline"`
}

// opmlOutline is a feed. Its attributes without prefix are those of OPML.
type opmlOutline struct {
	Text      string `xml:"text,attr"`
	Title     string `xml:"title,attr,omitempty"`
	Type      string `xml:"type,attr"`
	URL       string `xml:"xmlUrl,attr"`
	Lang      string `xml:"language,attr,omitempty"`
	Category  string `xml:"category,attr,omitempty"`
	IsComment string `xml:"isComment,attr,omitempty"`
	Name      string `xml:"marsad:name,attr"`
	Publisher string `xml:"marsad:publisher,attr,omitempty"`
	Country   string `xml:"marsad:country,attr,omitempty"`
	Timezone  string `xml:"marsad:timezone,attr,omitempty"`
	Schedule  string `xml:"marsad:schedule,attr,omitempty"`
	Identity  string `xml:"marsad:identity,attr,omitempty"`
	FullText  bool   `xml:"marsad:full_text,attr,omitempty"`
}

// WriteOPML writes the feeds as OPML 2.0 under the title. Labels become
// categories, feeds that are not enabled are commented out (isComment), and what
// only Marsad knows stands in attributes of its own namespace, so that
// [ReadOPML] gives the same feeds. Left out are the feeds that no other reader
// could fetch, without an address or with a variable in it: their names come back.
func WriteOPML(w io.Writer, title string, feeds []SharedFeed) (leftOut []string, err error) {
	file := opmlFile{Version: "2.0", Namespace: opmlNamespace, Title: title}
	for i := range feeds {
		f := &feeds[i]
		if f.URL == "" || f.Variable {
			leftOut = append(leftOut, f.Name)
			continue
		}
		o := opmlOutline{
			Text: cmp.Or(f.Title, f.Name), Title: f.Title, Type: "rss", URL: f.URL,
			Lang: f.Lang, Category: joinCategories(f.Label), Name: f.Name, Publisher: f.Publisher,
			Country: f.Country, Timezone: f.Timezone, Schedule: f.Schedule, Identity: f.Identity, FullText: f.FullText,
		}
		if f.Enabled != nil && !*f.Enabled {
			o.IsComment = "true"
		}
		file.Outlines = append(file.Outlines, o)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return leftOut, err
	}
	encoder := xml.NewEncoder(w)
	encoder.Indent("", "  ")
	if err := encoder.Encode(file); err != nil {
		return leftOut, err
	}
	_, err = io.WriteString(w, "\n")
	return leftOut, err
}

// joinCategories writes labels as tags of a category attribute. Commas and
// slashes, which part tags and levels there, are escaped as in a URL.
func joinCategories(labels []string) string {
	tags := make([]string, len(labels))
	for i, label := range labels {
		tags[i] = categoryEscapes.Replace(label)
	}
	return strings.Join(tags, ",")
}

var categoryEscapes = strings.NewReplacer("%", "%25", ",", "%2C", "/", "%2F")

// splitCategories reads the labels of a category attribute: of each category all
// levels.
func splitCategories(category string) []string {
	var labels []string
	for tag := range strings.SplitSeq(category, ",") {
		for level := range strings.SplitSeq(tag, "/") {
			if unescaped, err := url.PathUnescape(level); err == nil {
				level = unescaped
			}
			labels = append(labels, level)
		}
	}
	return labels
}
