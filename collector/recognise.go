package collector

import (
	"context"
	"fmt"
	"time"

	"marsad/timeline"
)

// candidate is an item that may become an article.
type candidate struct {
	item     *Item
	identity timeline.Identity
	known    timeline.Known
}

// recognition is what the record knows of a document's items.
type recognition struct {
	candidates []candidate
	rejected   map[string]int // items by reason
	habits     timeline.Habits
	marks      []timeline.Mark

	// Of the items that have a GUID and are known: those it was believed of, those
	// that came under a new one, and those whose GUID was another item's before.
	// Of those that are new, those whose link or words are known.
	believed, renewed, reused, alike int

	moved bool // the document was found to have new GUIDs for known items
}

// enoughDoubts is how many documents in a row have to speak against a feed's
// GUIDs for them not to be believed any more. A site that moves speaks once.
const enoughDoubts = 2

// recognise finds which of the document's items are known. In a feed whose keys
// are not chosen for it the deciding key is not believed blindly: see secondLook.
// A document most of whose known items contradict their GUIDs is read without
// them, and the feed for good when that goes on.
func (c *Collector) recognise(ctx context.Context, s *source, old *timeline.FeedState, doc *Document) (*recognition, error) {
	habits := old.Habits
	var marks []timeline.Mark
	if habits.Links == "" && linksMerge(doc.Items) {
		habits.Links = timeline.MarkLinksMerge
		marks = append(marks, habits.Links)
	}
	p := s.identity.given(habits)
	r, err := c.lookUp(ctx, s, old, doc, p, "")
	if err != nil {
		return nil, err
	}
	if p.learns {
		switch doubt := r.doubt(habits.Doubts > 0); {
		case doubt != "":
			if r, err = c.lookUp(ctx, s, old, doc, p.doubting(doubt), doubt); err != nil {
				return nil, err
			}
			marks = append(marks, doubt)
			if habits.Doubts++; habits.Doubts >= enoughDoubts {
				habits.GUIDs = doubt
				c.logger.Warn("GUIDs of the feed are not believed any more: link or words decide", "feed", s.name, "mark", doubt)
			}
		case r.believed > 0:
			habits.Doubts = 0
		}
	}
	r.habits, r.marks = habits, marks
	return r, nil
}

// doubt says what speaks against the document's GUIDs; empty when nothing does.
// After a document that did, less is enough.
func (r *recognition) doubt(again bool) timeline.Mark {
	switch {
	case r.reused > r.believed:
		return timeline.MarkGUIDReuse
	case r.renewed > r.believed, again && r.believed == 0 && r.alike > 0:
		return timeline.MarkGUIDChurn
	}
	return ""
}

// lookUp asks the record for the document's items as the policy tells them apart,
// knowing what already speaks against their GUIDs.
func (c *Collector) lookUp(ctx context.Context, s *source, old *timeline.FeedState, doc *Document, p policy, doubt timeline.Mark) (*recognition, error) {
	r := c.admit(s, doc, p)
	r.moved = doubt == timeline.MarkGUIDChurn
	ids := make([]timeline.Identity, len(r.candidates))
	for i := range r.candidates {
		ids[i] = r.candidates[i].identity
	}
	known, err := c.known(ctx, s, ids)
	if err != nil {
		return nil, err
	}
	for i := range r.candidates {
		r.candidates[i].known = known[i]
	}
	if s.identity.learns && !old.LastSuccess.IsZero() { // there is nothing to compare a first document with
		if err := c.secondLook(ctx, s, r); err != nil {
			return nil, err
		}
	}
	r.rejectTwins()
	return r, nil
}

func (c *Collector) known(ctx context.Context, s *source, ids []timeline.Identity) ([]timeline.Known, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	known, err := c.record.Known(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("known items of feed %q: %w", s.name, err)
	}
	if len(known) != len(ids) {
		return nil, fmt.Errorf("known items of feed %q: %d answers to %d questions", s.name, len(known), len(ids))
	}
	return known, nil
}

// secondLook asks for the other keys of items whose deciding key is new, or goes
// with other words than before, and finds
//
//   - known articles under new keys: two of link, words and date are theirs. One
//     is not enough: sites give many articles one link, agencies many sites one
//     text, and midnight is the date of a whole day.
//   - other articles under known GUIDs: neither link nor words nor date are those
//     of the article that had the GUID before.
func (c *Collector) secondLook(ctx context.Context, s *source, r *recognition) error {
	var questions []timeline.Identity
	var of []int // index of the candidate
	for i := range r.candidates {
		cand := &r.candidates[i]
		if !cand.isOdd() {
			if cand.hasGUID() {
				r.believed++
			}
			continue
		}
		for _, kind := range []timeline.KeyKind{timeline.KeyLink, timeline.KeyContent} {
			if k := keyOf(cand.identity.Keys, kind); k != nil {
				questions = append(questions, timeline.Identity{Feed: s.name, Publisher: s.publisher, Keys: []timeline.Key{*k}})
				of = append(of, i)
			}
		}
	}
	answers, err := c.known(ctx, s, questions)
	if err != nil {
		return err
	}
	witnesses := make(map[int]witness, len(r.candidates))
	for q, answer := range answers {
		w := witnesses[of[q]]
		if questions[q].Keys[0].Kind == timeline.KeyLink {
			w.hasLink, w.link = true, answer
		} else {
			w.content = answer
		}
		witnesses[of[q]] = w
	}
	for i := range r.candidates {
		w, asked := witnesses[i]
		if !asked {
			continue
		}
		cand := &r.candidates[i]
		switch found := w.agreeOn(cand.item, r.moved); {
		case cand.known.Article == "" && found.Article != "":
			cand.known = found
			if cand.hasGUID() {
				r.renewed++
			}
		case cand.known.Article == "":
			if cand.hasGUID() && (w.link.Article != "" || w.content.Article != "") {
				r.alike++
			}
		case !cand.hasGUID():
		case w.contradicts(cand):
			r.reused++
		default:
			r.believed++
		}
	}
	return nil
}

// isOdd reports whether the deciding key is new, or known for other words.
func (cand *candidate) isOdd() bool {
	return cand.known.Article == "" || cand.known.Content != contentOf(cand.identity.Keys)
}

// hasGUID reports whether a GUID decides.
func (cand *candidate) hasGUID() bool { return cand.identity.Keys[0].Kind == timeline.KeyGUID }

// witness is what the record knows of an item's lesser keys.
type witness struct {
	hasLink       bool
	link, content timeline.Known
}

// agreeOn gives the article that two of the item's link, words and date are of.
// Where a feed has moved its words are enough: its links are new, and many dates.
func (w *witness) agreeOn(it *Item, moved bool) timeline.Known {
	switch {
	case moved && w.content.InFeed:
		return w.content
	case w.content.Article != "" && w.content.Article == w.link.Article:
		return w.content
	case w.content.Article != "" && sameDate(it, w.content):
		return w.content
	case w.link.Article != "" && sameDate(it, w.link) && hasClock(it.Published):
		return w.link
	}
	return timeline.Known{}
}

// contradicts reports whether nothing but its GUID says that the item is the
// article that it is known as.
func (w *witness) contradicts(cand *candidate) bool {
	return w.hasLink && w.link.Article != cand.known.Article && w.content.Article != cand.known.Article &&
		!sameDate(cand.item, cand.known) && !cand.item.Partial
}

func sameDate(it *Item, known timeline.Known) bool {
	return !it.Published.IsZero() && it.Published.Equal(known.Published)
}

// hasClock reports whether the date is more than a day.
func hasClock(t time.Time) bool {
	for _, t := range []time.Time{t, t.UTC()} {
		if h, m, s := t.Clock(); h+m+s == 0 {
			return false
		}
	}
	return true
}

// rejectTwins leaves out items that were recognised as the same article as
// another one of the document.
func (r *recognition) rejectTwins() {
	seen := make(map[string]bool, len(r.candidates))
	kept := r.candidates[:0]
	for _, cand := range r.candidates {
		if id := cand.known.Article; id != "" {
			if seen[id] {
				r.reject(ReasonDuplicate)
				continue
			}
			seen[id] = true
		}
		kept = append(kept, cand)
	}
	r.candidates = kept
}

// admit rejects the items that cannot become articles, and names the reasons.
func (c *Collector) admit(s *source, doc *Document, p policy) *recognition {
	r := &recognition{candidates: make([]candidate, 0, len(doc.Items))}
	seen := make(map[timeline.Key]bool, len(doc.Items))
	for i, keys := range p.identify(doc.Items) {
		item := &doc.Items[i]
		switch {
		case i >= c.maxItems:
			r.reject(ReasonTooMany)
		case item.Title == "" && item.Text == "":
			r.reject(ReasonEmpty)
		case item.Partial && keys[0].Kind == timeline.KeyContent:
			r.reject(ReasonPartial)
		case seen[keys[0]]:
			r.reject(ReasonDuplicate)
		default:
			seen[keys[0]] = true
			r.candidates = append(r.candidates, candidate{
				item: item, identity: timeline.Identity{Feed: s.name, Publisher: s.publisher, Keys: keys},
			})
		}
	}
	return r
}

func (r *recognition) reject(reason string) {
	if r.rejected == nil {
		r.rejected = make(map[string]int)
	}
	r.rejected[reason]++
}
