// Package sqlite is the record: one SQLite file that keeps the articles with
// their text and facts, what has been seen, the ledger of polls, the step
// counts, evaluations, incidents, the outbox of notices and the change log.
//
// # Promises
//
// A call that writes happens whole or not at all, also when the process is
// killed. There is one writer, so that writes from many goroutines wait for each
// other, and polls that have waited may be committed together; readers see the
// record as it was when they began and hold nobody up.
//
// Writing again what is recorded changes nothing. Content ids name everything
// outside; the integer ids of the file stay inside.
//
// The record reads no clock. Times come with the data, or as arguments.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"marsad/timeline"
)

// Options are what the record takes from other sections of config.yaml.
type Options struct {
	// Step is the width of the grid on which articles are counted; it divides a
	// day. 10 minutes when 0. When it changes, the counts are made anew.
	Step time.Duration
	// StoryCap is how many articles of a story count. 5 when 0. Likewise.
	StoryCap int
	// Beside is for a program that writes beside the one that keeps the record, which
	// may be running: the counts are left as they were made, whatever Step and StoryCap
	// say, for the other counts on for the old grid; and the record is made or migrated
	// only while nobody keeps it.
	Beside bool
	// Remember is how long an item that no feed has any more is known. For ever
	// when 0, and in any case for as long as its article is kept.
	Remember time.Duration
	// Stories puts articles into stories; when nil each is a story of its own. It
	// is this record's alone.
	Stories Grouper
	// Events puts events into happenings; when nil each is one of its own. Likewise.
	Events EventGrouper
	// Writing is told of each write that begins to wait for its turn, and what it gives
	// of its end. By many goroutines at once; may be nil.
	Writing func() (ended func())
	// Logger is told of migrations and of counts made anew; may be nil.
	Logger *slog.Logger
}

// Grouper tells which articles are one text. It knows the newest articles of
// the record, in their order; what it answers follows from those that were added
// and nothing else, so that every replay groups alike. It is used by one
// goroutine at a time.
type Grouper interface {
	// Sign gives what the story of an article is told by. It depends on the article
	// alone.
	Sign(a *timeline.Article) timeline.Signature
	// Near gives the articles, by their numbers, that are one text with the signed
	// one. sharing are those of the record that share a key with it and were
	// published in the signature's time, in the order of the record.
	Near(sig *timeline.Signature, sharing []timeline.StoryMatch) []int64
	// Add puts an article behind those that were added before, and gives the number
	// of the first that is still of use.
	Add(p timeline.Printed) (oldest int64)
	// Reset forgets all articles.
	Reset()
}

// Record is an open record. Its methods may be called from many goroutines.
type Record struct {
	path string
	lock *flock.Flock // nil: another process may keep the record
	cfg  Config
	opts Options
	log  *slog.Logger

	zones zones

	readers   *sql.DB
	pool      *readerPool // of their connections
	writers   *sql.DB     // of one connection
	conn      *sql.Conn   // that connection
	writer    *session    // its statements; used by whoever has the turn
	turn      chan struct{}
	queue     writeQueue
	flush     func(path string) error // brings a file to the disk
	unchecked bool                    // foreign keys are not looked up by the writer
	states    states
	seen      int64  // what the writer was told of others (PRAGMA data_version)
	prints    prints // of whoever has the turn, and so are
	events    remembered
}

const (
	readerConns = 4
	busyTimeout = 10 * time.Second // for other processes with the file; ours take turns

	// writerCache is how many KB of pages the writer has at hand; each takes twice its
	// size of memory. What a group of polls changes beyond that goes to the log before
	// its end: with 2 MB a first poll took a tenth more of the processor, with 16 no
	// less than with 6.
	writerCache = 6000
)

// Open opens the record at cfg.Path, which it creates, with its folder, when it
// is not there, and migrates when it is of an earlier version. A file that is
// not a record, or one of a later version, is refused and left as it is, and so is
// one that another process keeps, unless opts.Beside is set.
func Open(ctx context.Context, cfg Config, opts Options) (*Record, error) {
	opts, err := opts.withDefaults()
	if err != nil {
		return nil, err
	}
	if cfg.Path == "" {
		return nil, errors.New("record has no path: set record.path, as in data/marsad.db")
	}
	if err := os.MkdirAll(filepath.Dir(cfg.Path), 0o750); err != nil {
		return nil, fmt.Errorf("record %s: %w; %s", cfg.Path, err, pathRemedy)
	}
	if err := makeFile(cfg.Path); err != nil {
		return nil, fmt.Errorf("record %s: %w; %s", cfg.Path, err, pathRemedy)
	}
	r := &Record{path: cfg.Path, cfg: cfg, opts: opts, log: opts.Logger, turn: make(chan struct{}, 1), queue: newWriteQueue(), flush: flushFile}
	if err := r.open(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("record %s: %w", cfg.Path, withRemedy(err)), r.Close())
	}
	return r, nil
}

// makeFile makes an empty file for the record where there is none: for its owner and
// group, while SQLite's own would be for everybody. A file that is there is not so
// much as opened, since closing it would let go of SQLite's locks on it.
func makeFile(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o640)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}

// OpenToRead opens the record at cfg.Path for a program that only looks: the file
// is neither made nor migrated nor written to, and what would write is refused.
// Another process may be writing to it meanwhile. A file of an earlier version
// that lacks something is refused, with what to do. Beside is understood.
func OpenToRead(ctx context.Context, cfg Config, opts Options) (*Record, error) {
	opts, err := opts.withDefaults()
	if err != nil {
		return nil, err
	}
	r := &Record{path: cfg.Path, cfg: cfg, opts: opts, log: opts.Logger, turn: make(chan struct{}, 1)}
	if err = r.openReaders("ro"); err == nil {
		err = r.lookFirst(ctx)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("record %s: %w", cfg.Path, withRemedy(err)), r.Close())
	}
	return r, nil
}

// lookFirst checks that the file can be read and takes its grid.
func (r *Record) lookFirst(ctx context.Context) error {
	steps, err := readMigrations(migrations)
	if err != nil {
		return err
	}
	return r.read(ctx, func(s *session) error {
		versions, err := all(ctx, s, scanVersion, versionQuery)
		if err != nil {
			return err
		}
		if err := checkReadable(versions[0], steps); err != nil {
			return err
		}
		grids, err := all(ctx, s, column[string], `SELECT value FROM meta WHERE key = 'grid'`)
		if err != nil || len(grids) == 0 {
			return err
		}
		return r.takeGrid(grids[0])
	})
}

func (o Options) withDefaults() (Options, error) {
	if o.Step == 0 {
		o.Step = 10 * time.Minute
	}
	if o.StoryCap == 0 {
		o.StoryCap = 5
	}
	if o.Step < time.Second || (24*time.Hour)%o.Step != 0 {
		return o, fmt.Errorf("step of %s does not divide a day: set alerts.step to 10m, 15m, 1h or the like", o.Step)
	}
	if o.StoryCap < 0 {
		return o, fmt.Errorf("story cap of %d is negative: set alerts.story_cap to 1 or more", o.StoryCap)
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o, nil
}

func (r *Record) open(ctx context.Context) (err error) {
	if !r.opts.Beside {
		if r.lock, err = keep(r.path); err != nil {
			return err
		}
	}
	if r.writers, err = sql.Open("sqlite", dsn(r.path, "rwc",
		"synchronous(NORMAL)", "foreign_keys(1)", fmt.Sprintf("cache_size(-%d)", writerCache),
		// 16 MB of log before it is written back: several polls share one sync.
		"wal_autocheckpoint(4000)", "journal_size_limit(67108864)",
		// Undoing one write of a group takes memory and no file.
		"temp_store(MEMORY)")); err != nil {
		return err
	}
	r.writers.SetMaxOpenConns(1)
	if r.conn, err = r.writers.Conn(ctx); err != nil {
		return err
	}
	if err := r.migrate(ctx); err != nil {
		return err
	}
	r.writer = newSession(r.writers)
	r.writer.conn = r.conn
	if err := r.openReaders("rw"); err != nil {
		return err
	}
	return r.alignSteps(ctx)
}

// openReaders makes ready what reads; mode is SQLite's for opening the file.
func (r *Record) openReaders(mode string) (err error) {
	if r.readers, err = sql.Open("sqlite", dsn(r.path, mode, "query_only(1)", "cache_size(-2000)")); err != nil {
		return err
	}
	r.readers.SetMaxOpenConns(readerConns)
	r.readers.SetMaxIdleConns(readerConns)
	r.pool = newReaderPool(readerConns, func() *session { return newSession(r.readers) })
	return nil
}

// dsn names the file to the driver. Any byte may stand in the path.
func dsn(path, mode string, pragmas ...string) string {
	q := url.Values{"_txlock": {"immediate"}, "mode": {mode}}
	q.Add("_pragma", fmt.Sprintf("busy_timeout(%d)", busyTimeout.Milliseconds()))
	for _, p := range pragmas {
		q.Add("_pragma", p)
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

// Close waits for the write that is under way and closes the record.
func (r *Record) Close() error {
	r.turn <- struct{}{}
	defer func() { <-r.turn }()
	var errs []error
	if r.writer != nil {
		errs = append(errs, r.writer.close())
	} else if r.conn != nil {
		errs = append(errs, r.conn.Close())
	}
	if r.pool != nil {
		errs = append(errs, r.pool.close())
	}
	if r.readers != nil {
		errs = append(errs, r.readers.Close())
	}
	if r.writers != nil {
		errs = append(errs, r.writers.Close())
	}
	if r.lock != nil {
		errs = append(errs, r.lock.Close())
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("record %s: %w", r.path, err)
	}
	return nil
}
