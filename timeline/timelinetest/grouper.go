package timelinetest

import (
	"strings"
	"time"

	"marsad/timeline"
)

// Grouper puts articles into one story that were published within a day of each
// other and have the same title, or texts that begin with the same "Wire NAME.".
type Grouper struct{ added []timeline.Printed }

// Sign gives the title as the key and the name of the wire as the print.
func (g *Grouper) Sign(a *timeline.Article) timeline.Signature {
	const day = 24 * time.Hour
	wire, _, _ := strings.Cut(a.Text, ".")
	if !strings.HasPrefix(wire, "Wire ") {
		wire = ""
	}
	return timeline.Signature{
		Keys: []string{a.Title}, Print: []byte(wire), From: a.Published.Add(-day), To: a.Published.Add(day),
	}
}

// Near gives those that share the title or the wire.
func (g *Grouper) Near(sig *timeline.Signature, sharing []timeline.StoryMatch) (near []int64) {
	for _, m := range sharing {
		near = append(near, m.Article)
	}
	for _, p := range g.added {
		inTime := !p.Published.Before(sig.From) && p.Published.Before(sig.To)
		if inTime && len(p.Print) > 0 && string(p.Print) == string(sig.Print) {
			near = append(near, p.Number)
		}
	}
	return near
}

// Add remembers the article for good.
func (g *Grouper) Add(p timeline.Printed) (oldest int64) {
	g.added = append(g.added, p)
	return g.added[0].Number
}

// Reset forgets all articles.
func (g *Grouper) Reset() { g.added = nil }
