package timelinetest

import (
	"strings"
	"time"

	"marsad/timeline"
)

// EventGrouper takes for one happening what sentences tell that speak of the same
// date and end in the same "at PLACE." It remembers EventsKept events.
type EventGrouper struct{ added []timeline.EventPrint }

// EventsKept is how many events an EventGrouper remembers.
const EventsKept = 40

// Sign gives the date and the place.
func (g *EventGrouper) Sign(a *timeline.Article, e *timeline.Event, _ []timeline.Count) []byte {
	_, place, found := strings.Cut(e.Sentence.Of(a.Reading()), " at ")
	if !found {
		return nil
	}
	return []byte(e.Interval.Lo.Format(time.DateOnly) + place)
}

// Near gives the events of the same print, the newest first.
func (g *EventGrouper) Near(signed []byte) (near []timeline.EventPrint) {
	for _, p := range g.added {
		if len(signed) > 0 && string(p.Print) == string(signed) {
			near = append([]timeline.EventPrint{p}, near...)
		}
	}
	return near
}

// Add remembers the event.
func (g *EventGrouper) Add(p timeline.EventPrint) (oldest int64) {
	g.added = append(g.added, p)
	if len(g.added) <= EventsKept {
		return 0
	}
	g.added = g.added[1:]
	return g.added[0].Article
}

// Reset forgets all events.
func (g *EventGrouper) Reset() (limit int) {
	g.added = nil
	return EventsKept
}
