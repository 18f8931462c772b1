package sqlite

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// maxGroup is how many writes are committed together at most: few enough that
// the last of them waits for a fraction of a second.
const maxGroup = 32

// pendingWrite is a call of write that waits to be committed.
type pendingWrite struct {
	ctx   context.Context //nolint:containedctx // that of the call, for as long as it lasts
	do    func(ctx context.Context, in *intake) error
	kind  writeKind
	whole bool          // it refers to rows that are there, and takes none away
	done  chan struct{} // closed when it is committed, or failed with err
	err   error
}

// writeKind says how a write goes with others.
type writeKind int

const (
	alone    writeKind = iota // in a transaction of its own
	together                  // with those that wait as well
	patient                   // and waits for others
)

// patience is how long a write waits for others that are to be committed with it:
// less than anybody would notice, and enough for the polls that are under way. A
// poll that found nothing costs a third when it is committed with nine others.
const patience = 10 * time.Millisecond

// writeQueue is the writes that wait for whoever has the turn, oldest first.
type writeQueue struct {
	mu      sync.Mutex
	waiting []*pendingWrite
	hurry   chan struct{} // of one token: those who wait may go
}

func newWriteQueue() writeQueue { return writeQueue{hurry: make(chan struct{}, 1)} }

func (q *writeQueue) push(w *pendingWrite) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = append(q.waiting, w)
	if !q.isPatient() {
		select {
		case q.hurry <- struct{}{}:
		default:
		}
	}
}

// isPatient reports whether everybody can wait for others; q is locked.
func (q *writeQueue) isPatient() bool {
	return len(q.waiting) < maxGroup && !slices.ContainsFunc(q.waiting, func(w *pendingWrite) bool { return w.kind != patient })
}

// gather waits for further writes while all that wait are patient.
func (q *writeQueue) gather() {
	q.mu.Lock()
	select {
	case <-q.hurry: // of a group before
	default:
	}
	waits := q.isPatient()
	q.mu.Unlock()
	if !waits {
		return
	}
	enough := time.NewTimer(patience)
	defer enough.Stop()
	select {
	case <-q.hurry:
	case <-enough.C:
	}
}

// remove takes a write out and says whether it was still waiting.
func (q *writeQueue) remove(w *pendingWrite) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	i := slices.Index(q.waiting, w)
	if i < 0 {
		return false
	}
	q.waiting = slices.Delete(q.waiting, i, i+1)
	return true
}

// next takes out what is committed next: one write, or several that may go
// together.
func (q *writeQueue) next() []*pendingWrite {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := slices.IndexFunc(q.waiting, func(w *pendingWrite) bool { return w.kind == alone })
	if n < 0 {
		n = len(q.waiting)
	}
	n = min(max(n, 1), maxGroup, len(q.waiting))
	group := slices.Clone(q.waiting[:n])
	q.waiting = slices.Delete(q.waiting, 0, n)
	return group
}

var errReadOnly = errors.New("opened to be read only")

// write runs f in a transaction of its own and commits what it did, unless it
// fails or ctx ends meanwhile.
//
// The statements run without the cancellation of ctx: they would be broken off
// one by one. f looks at ctx itself where it goes through much.
func (r *Record) write(ctx context.Context, f func(ctx context.Context, s *session) error) error {
	return r.enqueue(&pendingWrite{
		ctx: ctx, kind: alone, done: make(chan struct{}),
		do: func(ctx context.Context, in *intake) error { return f(ctx, in.s) },
	})
}

// takeIn is write for what brings articles.
func (r *Record) takeIn(ctx context.Context, f func(ctx context.Context, in *intake) error) error {
	return r.enqueue(&pendingWrite{ctx: ctx, do: f, kind: alone, whole: true, done: make(chan struct{})})
}

// writeTogether is takeIn for what comes often and is short. Those that come while
// another write is at work are committed together, for a commit costs as many
// pages as were changed, and they change many of the same; one that nobody waits
// for is patient. When one of them fails, all are undone and each is run again by
// itself, so that f may run twice.
func (r *Record) writeTogether(ctx context.Context, kind writeKind, f func(ctx context.Context, in *intake) error) error {
	return r.enqueue(&pendingWrite{ctx: ctx, do: f, kind: kind, whole: true, done: make(chan struct{})})
}

// enqueue waits until the write is committed or has failed.
func (r *Record) enqueue(w *pendingWrite) error {
	if err := w.ctx.Err(); err != nil { // select would choose by chance
		return err
	}
	if r.writer == nil {
		return errReadOnly
	}
	if r.opts.Writing != nil {
		defer r.opts.Writing()()
	}
	r.queue.push(w)
	select {
	case <-w.done:
	case r.turn <- struct{}{}:
		defer func() { <-r.turn }()
		for !w.isDone() {
			r.queue.gather()
			r.commit(r.queue.next())
		}
	case <-w.ctx.Done():
		if r.queue.remove(w) {
			return w.ctx.Err()
		}
		<-w.done // somebody is at it
	}
	return w.err
}

func (w *pendingWrite) isDone() bool {
	select {
	case <-w.done:
		return true
	default:
		return false
	}
}

// commit commits the writes together, or else each that can be by itself. Whoever
// calls it has the turn.
func (r *Record) commit(group []*pendingWrite) {
	err := r.transact(group)
	for i, w := range group {
		if w.err = err; err != nil && len(group) > 1 {
			w.err = r.transact(group[i : i+1])
		}
		close(w.done)
	}
}

// transact runs the writes in one transaction.
func (r *Record) transact(group []*pendingWrite) error {
	ctx := context.WithoutCancel(group[0].ctx)
	if slices.ContainsFunc(group, func(w *pendingWrite) bool { return w.kind != patient }) {
		if err := r.checkReferences(ctx, !group[0].whole); err != nil {
			return err
		}
	}
	if err := r.writer.begin(ctx, `BEGIN IMMEDIATE`); err != nil {
		return err
	}
	in := newIntake(r.writer)
	err := r.runAll(ctx, group, in)
	if err == nil {
		_, err = r.writer.exec(ctx, `COMMIT`)
	}
	if err != nil {
		_, _ = r.writer.exec(ctx, `ROLLBACK`) // err is what went wrong
		r.writer.forgetRows()                 // some of them may be gone again
		r.forgetPrints()
		r.forgetEventPrints()
		return err
	}
	r.states.commit(in.polled)
	return nil
}

func (r *Record) runAll(ctx context.Context, group []*pendingWrite, in *intake) error {
	if err := r.seeOthers(ctx, in.s); err != nil {
		return err
	}
	for _, w := range group {
		if err := w.do(context.WithoutCancel(w.ctx), in); err != nil {
			return err
		}
		if err := w.ctx.Err(); err != nil {
			return err
		}
	}
	return r.closeIntake(ctx, in)
}

// checkReferences sets whether SQLite looks up what each new row refers to. What
// brings articles has just inserted or found that itself, and twenty look-ups an
// article are a twelfth of what recording it takes; what deletes needs them. To
// change it has all statements prepared again, so that it stays as it is until it
// matters.
func (r *Record) checkReferences(ctx context.Context, on bool) error {
	if r.unchecked == !on {
		return nil
	}
	statement := `PRAGMA foreign_keys = ON`
	if !on {
		statement = `PRAGMA foreign_keys = OFF`
	}
	if _, err := r.writer.exec(ctx, statement); err != nil {
		return err
	}
	r.unchecked = !on
	return nil
}

// seeOthers forgets what is remembered of the record when another process has
// written to it since the last transaction.
func (r *Record) seeOthers(ctx context.Context, s *session) error {
	was := r.seen
	err := s.get(ctx, `PRAGMA data_version`, nil, &r.seen)
	if r.seen != was {
		s.forgetRows()
		r.states.forget()
	}
	return err
}

// readerPool is the connections that read. The one used last is used first, so
// that one cache is warm, and not all.
type readerPool struct {
	slots chan struct{} // as many as may read at once
	mu    sync.Mutex
	idle  []*session
}

func newReaderPool(n int, open func() *session) *readerPool {
	p := &readerPool{slots: make(chan struct{}, n)}
	for range n {
		p.idle = append(p.idle, open())
	}
	return p
}

func (p *readerPool) take(ctx context.Context) (*session, error) {
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.idle[len(p.idle)-1]
	p.idle = p.idle[:len(p.idle)-1]
	return s, nil
}

func (p *readerPool) give(s *session) {
	p.mu.Lock()
	p.idle = append(p.idle, s)
	p.mu.Unlock()
	<-p.slots
}

// read runs f on the record as it is when f first looks.
func (r *Record) read(ctx context.Context, f func(s *session) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s, err := r.pool.take(ctx)
	if err != nil {
		return err
	}
	defer r.pool.give(s)
	whole := context.WithoutCancel(ctx)
	if err := s.begin(whole, `BEGIN`); err != nil {
		return err
	}
	defer func() { _, _ = s.exec(whole, `ROLLBACK`) }() // it wrote nothing
	return f(s)
}

// close waits for the reads that are under way and closes the connections.
func (p *readerPool) close() error {
	var errs []error
	for range cap(p.slots) {
		p.slots <- struct{}{}
	}
	for _, s := range p.idle {
		errs = append(errs, s.close())
	}
	for range cap(p.slots) {
		<-p.slots // a read from now on fails, rather than wait
	}
	return errors.Join(errs...)
}
