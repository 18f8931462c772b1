package alerts

import (
	"context"
	"log/slog"

	"marsad/timeline"
)

// LogNotifier writes notices to the log. It is what a team has that has set up
// no other receiver.
type LogNotifier struct{ Logger *slog.Logger }

// Notify implements [Notifier]. Its receipts name the channel "log"; it does not
// fail.
func (l LogNotifier) Notify(_ context.Context, n timeline.Notice) (timeline.Receipt, error) {
	i := &n.Incident
	headlines := make([]string, len(i.Headlines))
	for k, h := range i.Headlines {
		headlines[k] = h.Title
	}
	l.Logger.Info("notice", "kind", n.Kind, "incident", i.ID, "topic", i.Topic, "title", i.Title,
		"severity", i.Severity, "opened", i.Opened, "window", i.Window, "observed", i.Observed,
		"expected", i.Expected, "total", i.Total, "publishers", i.Publishers, "headlines", headlines)
	return timeline.Receipt{Channel: "log"}, nil
}
