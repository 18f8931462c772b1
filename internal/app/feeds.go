package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"marsad/collector"
	"marsad/internal/config"
)

// FeedsTestOptions are the flags of `marsad feeds test`.
type FeedsTestOptions struct {
	Source string   // name or URL of a feed; with Files, the URL that they came from, or empty
	Files  []string // documents that were fetched before, instead of fetching
	Header []string // "Key: value" of the answer that the files came with
	Format string   // text or jsonl

	FullText bool // fetch the pages of the first items as well
}

// testedPages is how many pages a test of full_text fetches: they are a second apart.
const testedPages = 5

// FeedsTest shows what would be stored from a feed, and every repair that its
// document needed. In the text format a document that is no feed is an error; in
// JSON Lines it is a line like any other.
func FeedsTest(ctx context.Context, env Env, common Common, o FeedsTestOptions) error {
	write, ok := map[string]func(io.Writer, *collector.Inspection) error{"text": inspectionText, "jsonl": inspectionLine}[o.Format]
	if !ok {
		return fmt.Errorf("--format %q is none: write text or jsonl", o.Format)
	}
	cfg, err := common.configuration(env)
	if err != nil {
		return err
	}
	feed := testedFeed(cfg, o.Source)
	if len(o.Files) == 0 {
		pages := 0
		if o.FullText {
			pages = testedPages
		}
		inspection := collector.InspectFeed(ctx, cfg.Collector, &feed, cfg.Timezone, now(), pages)
		inspection.File = o.Source
		return write(env.Stdout, &inspection)
	}
	header, err := parseHeader(o.Header)
	if err != nil {
		return err
	}
	base, err := testedBase(feed.URL)
	if err != nil {
		return err
	}
	zone := cfg.Timezone
	if feed.Timezone != "" {
		if zone, err = time.LoadLocation(feed.Timezone); err != nil {
			return fmt.Errorf("feed %q: timezone: %w", feed.Name, err)
		}
	}
	for _, name := range o.Files {
		body, err := readAtMost(name, int64(cfg.Collector.MaxBytes))
		if err != nil {
			return err
		}
		inspection := collector.InspectDocument(body, header, base, zone, now())
		inspection.File = name
		if err := write(env.Stdout, &inspection); err != nil {
			return err
		}
	}
	return nil
}

// testedFeed is the feed of the configuration that has the name or the URL, or
// else one that has nothing but the URL.
func testedFeed(cfg *config.Config, source string) collector.Feed {
	for i := range cfg.Feeds {
		if f := &cfg.Feeds[i]; source != "" && (f.Name == source || f.URL == source) {
			return *f
		}
	}
	return collector.Feed{Name: "the feed", URL: source}
}

// testedBase reads the address that relative links count from; nil when there is
// none.
func testedBase(address string) (*url.URL, error) {
	if address == "" {
		return nil, nil
	}
	base, err := url.Parse(address)
	if err != nil || !base.IsAbs() {
		return nil, errors.New("with --file, the argument is the URL that the file came from, or the name of a feed: write it as in https://example.org/rss")
	}
	return base, nil
}

func parseHeader(lines []string) (http.Header, error) {
	header := make(http.Header, len(lines))
	for _, line := range lines {
		key, value, found := strings.Cut(line, ":")
		if !found || strings.TrimSpace(key) == "" {
			return nil, fmt.Errorf("--header %q: write it as in 'Content-Type: text/xml; charset=windows-1256'", line)
		}
		header.Add(strings.TrimSpace(key), strings.TrimSpace(value))
	}
	return header, nil
}

// readAtMost reads a file that is no larger than a body may be.
func readAtMost(name string, limit int64) ([]byte, error) {
	in, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	body, err := io.ReadAll(io.LimitReader(in, limit+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read %s: %w", name, err)
	case int64(len(body)) > limit:
		return nil, fmt.Errorf("%s is larger than %d bytes: collector.max_bytes allows more", name, limit)
	}
	return body, nil
}

// inspectionLine writes an inspection as a line of JSON.
func inspectionLine(out io.Writer, inspection *collector.Inspection) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(inspection)
}

// inspectionText writes an inspection for a person.
func inspectionText(out io.Writer, inspection *collector.Inspection) error {
	if inspection.Error != nil {
		return fmt.Errorf("%s: %s", inspection.File, *inspection.Error)
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "%s: %d items, %d repairs\n", inspection.Title, len(inspection.Entries), len(inspection.Repairs))
	for _, repair := range inspection.Repairs {
		fmt.Fprintf(table, "repaired: %s\n", repair)
	}
	for i := range inspection.Entries {
		entry := &inspection.Entries[i]
		published := "-"
		if entry.Published != nil {
			published = *entry.Published
		}
		fmt.Fprintf(table, "\n%d. %s\n", i+1, entry.Title)
		fmt.Fprintf(table, "   published\t%s\n   link\t%s\n   id\t%s\n   text\t%d characters\n",
			published, orDash(entry.Link), orDash(entry.ID), len([]rune(entry.Text)))
		switch p := entry.Page; {
		case p == nil:
		case p.Error != "":
			fmt.Fprintf(table, "   page\t%s: %s\n", p.Outcome, p.Error)
		default:
			fmt.Fprintf(table, "   page\t%d characters: %s\n", len([]rune(p.Text)), shorten(strings.Join(strings.Fields(p.Text), " "), 300))
		}
		if len(entry.Marks) > 0 {
			fmt.Fprintf(table, "   marks\t%s\n", strings.Join(entry.Marks, ", "))
		}
	}
	return table.Flush()
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
