package app

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"marsad/timeline"
	"marsad/timeline/story"
)

// What different sources say of one happening stands together, and what is said of
// another on the same date does not.
func TestCountLines(t *testing.T) {
	t.Parallel()
	said := func(publisher, happening, text string, lo, hi float64) story.Reference {
		return story.Reference{
			Publisher: publisher, Happening: happening,
			Counts: []timeline.CountJSON{{Kind: "fighters", Text: text, Lo: &lo, Hi: &hi}},
		}
	}
	got := countLines(&story.RankedDate{Counts: []story.Reference{
		said("P", "a", "12,000-15,000", 12000, 15000), said("Q", "b", "40", 40, 40), said("R", "a", "31,000", 31000, 31000),
	}})
	if diff := cmp.Diff([]string{
		"fighters: from 12000 to 31000", "12,000-15,000: P", "31,000: R", "40: Q",
	}, got); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}
