package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"sync"

	"github.com/mmcdole/gofeed"
)

// floor is the least that a poller can do: fetch with validators, parse, and
// insert what is new, one transaction a feed. It repairs, reads and indexes
// nothing, and keeps no ledger. What Marsad costs is given beside it, so that the
// figures of two machines can be compared.
type floor struct {
	db     *sql.DB
	mu     sync.Mutex
	etags  map[string]string
	bodies map[string][sha256.Size]byte
}

func newFloor(ctx context.Context, path string) (*floor, error) {
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	_, err = db.ExecContext(ctx, `CREATE TABLE items (guid TEXT PRIMARY KEY, title TEXT, link TEXT, text TEXT, published INTEGER)`)
	return &floor{db: db, etags: map[string]string{}, bodies: map[string][sha256.Size]byte{}}, err
}

// poll looks at the feeds once, several at a time.
func (f *floor) poll(ctx context.Context, urls []string) error {
	return eachOf(urls, func(url string) error { return f.look(ctx, url) })
}

func (f *floor) look(ctx context.Context, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return err
	}
	f.mu.Lock()
	req.Header.Set("If-None-Match", f.etags[url])
	f.mu.Unlock()
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusNotModified {
		return nil
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	hash := sha256.Sum256(body)
	f.mu.Lock()
	same := f.bodies[url] == hash
	f.etags[url], f.bodies[url] = resp.Header.Get("ETag"), hash
	f.mu.Unlock()
	if same {
		return nil
	}
	feed, err := gofeed.NewParser().Parse(bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("%s: %w", url, err)
	}
	return f.insert(ctx, feed.Items)
}

func (f *floor) insert(ctx context.Context, items []*gofeed.Item) error {
	tx, err := f.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	insert, err := tx.PrepareContext(ctx, `INSERT INTO items VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`)
	if err != nil {
		return err
	}
	defer insert.Close()
	for _, it := range items {
		if _, err := insert.ExecContext(ctx, it.GUID, it.Title, it.Link, it.Description, it.PublishedParsed.Unix()); err != nil {
			return err
		}
	}
	return tx.Commit()
}
