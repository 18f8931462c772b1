package app

import (
	"context"
	"fmt"
	"io"
	"time"

	"marsad/collector"
)

// FeedsDiscover shows the feeds of the site at the address; format is text or
// json. A site without any is an error.
func FeedsDiscover(ctx context.Context, env Env, common Common, address, format string) error {
	write, ok := map[string]func(io.Writer, []collector.FoundFeed) error{"text": foundText, "json": foundJSON}[format]
	if !ok {
		return fmt.Errorf("--format %q is none: write text or json", format)
	}
	cfg, err := common.configuration(env)
	if err != nil {
		return err
	}
	found, err := collector.DiscoverFeeds(ctx, cfg.Collector, address, cfg.Timezone, now())
	if err != nil {
		return err
	}
	return write(env.Stdout, found)
}

func foundText(out io.Writer, found []collector.FoundFeed) error {
	for i := range found {
		f := &found[i]
		about := "cannot be read: " + f.Error
		if f.Error == "" {
			newest := "none of them dated"
			if !f.Newest.IsZero() {
				newest = "newest " + f.Newest.Format(time.RFC3339)
			}
			about = fmt.Sprintf("%s: %d items, %s", orDash(f.Title), f.Items, newest)
		}
		if _, err := fmt.Fprintf(out, "%s\n  %s\n", printable(f.URL), printable(about)); err != nil {
			return err
		}
	}
	return nil
}

// foundLine is a found feed as a program reads it.
type foundLine struct {
	URL    string               `json:"url"`
	Origin collector.FeedOrigin `json:"origin"`
	Title  string               `json:"title"`
	Lang   string               `json:"lang"`
	Items  int                  `json:"items"`
	Newest *time.Time           `json:"newest"` // null when no item has a date
	Error  *string              `json:"error"`  // null when the feed was read
}

// foundJSON writes one object, whose feeds are those found.
func foundJSON(out io.Writer, found []collector.FoundFeed) error {
	lines := make([]foundLine, 0, len(found))
	for i := range found {
		f := &found[i]
		line := foundLine{URL: f.URL, Origin: f.Origin, Title: f.Title, Lang: f.Lang, Items: f.Items}
		if !f.Newest.IsZero() {
			line.Newest = &f.Newest
		}
		if f.Error != "" {
			line.Error = &f.Error
		}
		lines = append(lines, line)
	}
	return writeJSON(out, struct {
		Feeds []foundLine `json:"feeds"`
	}{lines})
}
