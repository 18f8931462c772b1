package influx

import (
	"context"
	"fmt"
	"iter"
	"sync"

	"marsad/timeline"
)

const (
	// stretchChanges is how many changes are read at once. An article's change has
	// some ten points, so that Config.Batch points make about one write.
	stretchChanges = 500
	// spell is how many stretches are done in one turn.
	spell = 20
)

// stretch is a part of the log, made ready to be sent.
type stretch struct {
	batch   batch
	changes int   // that were wanted
	last    int64 // sequence number of its last change
	more    bool  // there may be changes after it
}

// stretches gives up to a spell of stretches of the log after a number, those
// changes of them that are wanted. While one is being sent the next is read and
// made ready, and no more than that, so that neither the server nor this end waits
// for the other, and memory is that of two. What was read ahead is given up with
// the turn: by the next one another may have written what it came to since.
func (p *Projector) stretches(ctx context.Context, after int64, wanted func(*timeline.Change) bool) iter.Seq2[stretch, error] {
	type result struct {
		stretch
		err error
	}
	return func(yield func(stretch, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		ready := make(chan result)
		var reader sync.WaitGroup
		reader.Go(func() {
			defer close(ready)
			speller := speller{}
			for range spell {
				s, err := p.read(ctx, &speller, after, wanted)
				select {
				case ready <- result{s, err}:
				case <-ctx.Done():
					return
				}
				if err != nil || !s.more {
					return
				}
				after = s.last
			}
		})
		defer reader.Wait()
		defer cancel()
		for r := range ready {
			if !yield(r.stretch, r.err) {
				return
			}
		}
		if ctx.Err() != nil {
			yield(stretch{}, context.Cause(ctx))
		}
	}
}

// read reads the stretch after a number and makes it ready.
func (p *Projector) read(ctx context.Context, speller *speller, after int64, wanted func(*timeline.Change) bool) (stretch, error) {
	changes, err := p.source.Changes(ctx, after, stretchChanges)
	if err != nil {
		return stretch{}, fmt.Errorf("change log after %d: %w", after, err)
	}
	s := stretch{last: after, more: len(changes) == stretchChanges}
	if len(changes) > 0 {
		s.last = changes[len(changes)-1].Seq
	}
	kept := changes[:0]
	for i := range changes {
		if wanted(&changes[i]) {
			kept = append(kept, changes[i])
		}
	}
	s.changes, s.batch = len(kept), speller.fold(kept)
	return s, nil
}
