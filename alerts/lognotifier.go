package alerts

import (
	"context"
	"fmt"
	"log/slog"

	"marsad/timeline"
)

// LogNotifier writes notices to the log. It is what a team has that has set up
// no other receiver.
type LogNotifier struct{ Logger *slog.Logger }

// Notify implements [Notifier]. Its receipts name the channel "log"; it does not
// fail.
func (l LogNotifier) Notify(_ context.Context, n timeline.Notice) (timeline.Receipt, error) {
	if n.Kind == timeline.NoticeReport {
		l.report(n.Report)
		return timeline.Receipt{Channel: "log"}, nil
	}
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

func (l LogNotifier) report(r *timeline.Report) {
	var incidents, topics, feeds []string
	for _, i := range r.Incidents {
		incidents = append(incidents, i.Topic+": "+string(i.State))
	}
	for _, t := range r.Topics {
		topics = append(topics, fmt.Sprintf("%s: %d, %.1f expected", t.Topic, t.Observed, t.Expected))
	}
	for _, f := range r.Feeds {
		feeds = append(feeds, f.Name+": "+string(f.Condition))
	}
	l.Logger.Info("notice", "kind", timeline.NoticeReport, "report", r.Name, "from", r.From, "to", r.To,
		"incidents", incidents, "topics", topics, "feeds", feeds, "beyond", r.Beyond)
}
