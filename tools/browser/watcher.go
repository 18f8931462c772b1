package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// watcher notes what goes wrong in a tab.
type watcher struct {
	mu       sync.Mutex
	host     string // of the page that is looked at
	problems []string
}

func (w *watcher) note(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.problems = append(w.problems, fmt.Sprintf(format, args...))
}

// newWatcher listens to the tab of ctx.
func newWatcher(ctx context.Context) (*watcher, error) {
	w := &watcher{}
	err := chromedp.Listen(ctx, func(event any) {
		switch e := event.(type) {
		case *runtime.EventConsoleAPICalled:
			if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning || e.Type == runtime.ConsoleAPICalledTypeAssert {
				w.note("console %s: %s", e.Type, argumentsOf(e))
			}
		case *runtime.EventExceptionThrown:
			w.note("exception: %s", e.ExceptionDetails.Text)
		case *log.EventEntryAdded: // what the Content-Security-Policy stops is here, too
			if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
				w.note("%s %s: %s %s", e.Entry.Source, e.Entry.Level, e.Entry.Text, e.Entry.URL)
			}
		case *network.EventRequestWillBeSent:
			if u, err := url.Parse(e.Request.URL); err == nil && u.Scheme != "data" && u.Host != w.lookedAt() {
				w.note("request to elsewhere: %.200s", e.Request.URL)
			}
		case *page.EventJavascriptDialogOpening:
			w.note("dialog: %s", e.Message)
			go func() { // the tab waits for it; that it opened is noted
				_, _ = chromedp.Call(ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
			}()
		}
	})
	if err != nil {
		return nil, err
	}
	if _, err := chromedp.Call(ctx, log.Enable, cdp.Empty{}); err != nil {
		return nil, err
	}
	_, err = chromedp.Call(ctx, network.Enable, network.EnableParams{})
	return w, err
}

func argumentsOf(e *runtime.EventConsoleAPICalled) string {
	var words []string
	for _, a := range e.Args {
		words = append(words, string(a.Value)+a.Description)
	}
	return strings.Join(words, " ")
}

func (w *watcher) lookedAt() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.host
}

// take gives what was noted, and begins anew for another host.
func (w *watcher) take(host string) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	taken := w.problems
	w.host, w.problems = host, nil
	return taken
}

// tooWide names the elements that reach out of the window at either side, the
// outermost ones; what scrolls by itself may.
const tooWide = `(() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const wide = Array.from(document.querySelectorAll("body *")).filter((e) => {
    const box = e.getBoundingClientRect();
    return (box.right > width + 1 || box.left < -1) && !e.closest(".wide, .skip, svg *");
  });
  return ["scrolls to " + document.documentElement.scrollWidth + " of " + width + ": " + wide.slice(0, 3).map((e) => e.outerHTML.slice(0, 160)).join(" | ")];
})()`

// axeRun gives what axe-core finds serious or critical, each with where.
const axeRun = `;axe.run(document, {resultTypes: ["violations"]}).then((r) => r.violations
  .filter((v) => v.impact === "serious" || v.impact === "critical")
  .map((v) => v.impact + " " + v.id + ": " + v.help + ": " + v.nodes.slice(0, 3).map((n) => n.html.slice(0, 200) + " (" + (n.any[0] || n.all[0] || n.none[0] || {message: ""}).message + ")").join(" | ")))`

// look looks at a page.
func (w *watcher) look(ctx context.Context, l *look, axe string) (*finding, error) {
	ctx, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	at, err := url.Parse(l.URL)
	if err != nil {
		return nil, err
	}
	w.take(at.Host)
	scheme := "light"
	if l.Dark {
		scheme = "dark"
	}
	if _, err := chromedp.Call(ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: l.Width, Height: l.Height, DeviceScaleFactor: 1, Mobile: l.Width < 600,
	}); err != nil {
		return nil, err
	}
	if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	}); err != nil {
		return nil, err
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(l.URL)); err != nil {
		return nil, err
	}
	found, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](tooWide))
	if err != nil {
		return nil, err
	}
	if axe != "" {
		barriers, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](axe+axeRun, chromedp.EvalAwaitPromise))
		if err != nil {
			return nil, err
		}
		found = append(found, barriers...)
	}
	f := &finding{URL: l.URL}
	if l.Eval != "" {
		if f.Value, err = chromedp.Run(ctx, chromedp.Evaluate[any](l.Eval, chromedp.EvalAwaitPromise)); err != nil {
			return nil, err
		}
	}
	if l.Screenshot != "" {
		png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
		if err != nil {
			return nil, err
		}
		if err := os.WriteFile(l.Screenshot, png, 0o644); err != nil {
			return nil, err
		}
	}
	f.Problems = append(w.take(at.Host), found...)
	return f, nil
}
