// Command browser looks at pages in a headless Chromium and says what is wrong with
// them: what the console says, what the Content-Security-Policy stopped, requests to
// other hosts, dialogs that opened, width beyond the window, and what axe-core finds
// serious or critical.
//
// It reads looks as JSON, one a line, and answers each with a line. It is a module of
// its own, so that nobody who builds Marsad needs a driver of browsers.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"

	"github.com/chromedp/chromedp"
)

// look is a page to be looked at.
type look struct {
	URL        string `json:"url"`
	Width      int64  `json:"width"`
	Height     int64  `json:"height"`
	Dark       bool   `json:"dark"`
	Screenshot string `json:"screenshot"` // a file to be written; empty: none
	Eval       string `json:"eval"`       // a promise or a value in JavaScript, awaited when the page is there
}

// finding is what was found.
type finding struct {
	URL      string   `json:"url"`
	Problems []string `json:"problems"`
	Value    any      `json:"value"` // of eval
}

// lookTimeout is how long one look may take.
const lookTimeout = 30 * time.Second

func main() {
	chromium := flag.String("chromium", "chromium", "the browser")
	axe := flag.String("axe", "", "axe.min.js of axe-core; empty: pages are not held to it")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, *chromium, *axe)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "browser:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, chromium, axe string) error {
	script := ""
	if axe != "" {
		text, err := os.ReadFile(axe)
		if err != nil {
			return err
		}
		script = string(text)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium), chromedp.Flag("no-sandbox", true), chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("force-prefers-reduced-motion", true))
	ctx, end := chromedp.NewExecAllocator(ctx, options...)
	defer end()
	ctx, endTab := chromedp.NewContext(ctx)
	defer endTab()
	w, err := newWatcher(ctx)
	if err != nil {
		return err
	}
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		var l look
		if err := json.Unmarshal(in.Bytes(), &l); err != nil {
			return fmt.Errorf("look: %w", err)
		}
		found, err := w.look(ctx, &l, script)
		if err != nil {
			return fmt.Errorf("%s: %w", l.URL, err)
		}
		if err := json.NewEncoder(os.Stdout).Encode(found); err != nil {
			return err
		}
	}
	return in.Err()
}
