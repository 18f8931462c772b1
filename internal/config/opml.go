package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"marsad/collector"
)

// MaxOPMLBytes is the largest OPML file that is read.
const MaxOPMLBytes = 16 << 20

// The other limits of an OPML file. No reader's list of feeds comes near them,
// and what they let through makes a configuration that can be read.
const (
	maxOPMLFeeds    = 20_000
	maxOPMLOutlines = 50_000 // feeds, groups and all else
	maxOPMLDepth    = 100    // outlines in outlines
	maxOPMLFaults   = 100    // places that are no XML
	maxOPMLLabels   = 50     // of one feed
)

// OPML is what a list of feeds comes down to.
type OPML struct {
	// Feeds are right as entries of config.yaml: their names are unique, their
	// addresses too, and what was wrong with their other keys is left out. An
	// address has the user and password that the file has.
	Feeds []SharedFeed

	// Notes say what was changed or joined without a loss: feeds that are listed
	// twice, feeds that the configuration has.
	Notes Problems

	// Problems say what could not be taken.
	Problems Problems
}

// OPMLOptions say how a list of feeds is to be taken.
type OPMLOptions struct {
	GroupAsLabel bool             // the titles of the outlines around a feed become its labels
	Configured   []collector.Feed // feeds that there are: they keep their names
}

// ReadOPML reads a list of feeds in OPML 1.0, 1.1 or 2.0, as feed readers export
// it; name is that of the file, for problems. It takes elements and attributes in
// any case, any encoding that is named or can be told (BOM, XML declaration), the
// entities of HTML, and goes on behind what is no XML. Categories become labels.
// The attributes of an export of ours (see [WriteOPML]) are read too.
//
// The error is of type [Problems]: the file is no OPML, or beyond the limits,
// and nothing of it is taken.
func ReadOPML(name string, data []byte, o OPMLOptions) (OPML, error) {
	refuse := func(message, remedy string) (OPML, error) {
		return OPML{}, Problems{{File: name, Line: 1, Column: 1, Message: message, Remedy: remedy}}
	}
	if len(data) > MaxOPMLBytes {
		return refuse(fmt.Sprintf("is larger than %d MiB", MaxOPMLBytes>>20), "split the file")
	}
	text, sound := decodeOPML(data)
	im := newImporter(name, o)
	r := outlineReader{name: name, text: text, feed: im.take}
	if !sound {
		r.report(0, "holds bytes that are not text in its encoding; they are read as \uFFFD", `name the encoding in the first line, as in <?xml version="1.0" encoding="windows-1256"?>`)
	}
	if err := r.read(); err != nil {
		return OPML{}, err
	}
	switch {
	case r.outlines == 0 && !r.isOPML:
		return refuse("is not OPML", "export the feeds from your reader as OPML; what a web page offers is found with marsad feeds discover URL")
	case len(im.feeds) == 0 && len(r.problems)+len(im.problems) == 0:
		return refuse("names no feeds", "export them from your reader as OPML, with their addresses (xmlUrl)")
	}
	result := OPML{Feeds: im.finish(), Notes: im.notes, Problems: append(r.problems, im.problems...)}
	for _, list := range []Problems{result.Notes, result.Problems} { // in the order of the file
		slices.SortStableFunc(list, func(a, b Problem) int {
			return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
		})
	}
	return result, nil
}

// outline is an element of OPML that names a feed, or tries to.
type outline struct {
	at     position
	attrs  map[string]string // by name in lower case; those of our namespace with ownPrefix
	groups []string          // titles of the outlines around it, outermost first
}

const ownPrefix = "marsad:"

// address gives the address of the feed as it is written; nothing for an outline
// that is a group, a link or a note.
func (o *outline) address() string {
	if address := o.attrs["xmlurl"]; address != "" {
		return address
	}
	switch strings.ToLower(o.attrs["type"]) {
	case "rss", "atom", "feed":
		return o.attrs["url"]
	}
	return ""
}

// title gives the title as it is written. An export of ours has one of its own,
// or none, whatever its text says.
func (o *outline) title() string {
	if title := strings.TrimSpace(o.attrs["title"]); title != "" || o.attrs[ownPrefix+"name"] != "" {
		return title
	}
	return o.attrs["text"]
}

// label is what a person calls the outline.
func (o *outline) label() string {
	if title := oneLine(o.title()); title != "" {
		return title
	}
	return oneLine(o.attrs["text"])
}
