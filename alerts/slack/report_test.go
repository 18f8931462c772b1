package slack_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"marsad/alerts/slack"
	"marsad/timeline"
)

func aReport() *timeline.Report {
	to := time.Date(2017, time.May, 20, 5, 0, 0, 0, time.UTC)
	toll := 20.0
	return &timeline.Report{
		Name: timeline.ReportDaily, From: to.Add(-24 * time.Hour), To: to,
		Incidents: []timeline.IncidentReport{
			{
				ID: "i1", Topic: "merger", Title: "Group merger <!channel>", State: timeline.IncidentResolved, Severity: "high", HasOpened: true, HasGone: true,
				Opened: to.Add(-4 * time.Hour), Resolved: to.Add(-time.Hour), Total: 43, Publishers: 9, Headline: "اندماج | الجماعات > *", URL: "https://example.org/1",
			},
			{ID: "i2", Topic: "truce", Title: "Truce", State: timeline.IncidentOpen, Severity: "critical", Opened: to.Add(-48 * time.Hour), Articles: 7, Total: 80, Publishers: 12},
			{ID: "i3", Kind: timeline.Blind, Topic: timeline.NoTopic, State: timeline.IncidentResolved, Severity: "critical", HasGone: true, Resolved: to},
			{ID: "i4", Kind: timeline.Dark, Topic: timeline.NoTopic, Title: "agencies", State: timeline.IncidentOpen, Severity: "notice", HasOpened: true, Opened: to},
		},
		Topics: []timeline.TopicReport{{
			Topic: "merger", Title: "Group merger", Observed: 43, Expected: 2.51,
			Figures: []timeline.Figure{{Best: &toll, Kind: "killed", Bound: timeline.AtLeast, By: "police", Publisher: "Example News"}},
		}},
		Feeds:  []timeline.FeedReport{{Name: "dead", Title: "Dead <@U123>", Condition: timeline.FeedGone, LastSuccess: to.Add(-72 * time.Hour)}},
		Beyond: 3,
	}
}

func reportNotice(r *timeline.Report) timeline.Notice {
	return timeline.Notice{ID: timeline.ReportID(r, ""), Kind: timeline.NoticeReport, Report: r}
}

// TestReport writes a report in the team's language and time; what a fake Slack
// takes is within its limits and escaped.
func TestReport(t *testing.T) {
	for language, want := range map[string][]string{
		"en": {
			"Daily digest", "2017-05-20", "08:00 +03", "opened ", "04:00", "over ", "07:00", "articles: 43, publishers: 9", "grew by 7 articles", "still open",
			"Marsad is blind", "agencies", "43, expected 2.5", "New figures", "20", "at least", "Example News", "gone for good", "Not shown here: 3 more",
			"اندماج", "!channel&gt;", "Severity: critical",
		},
		"ar": {"الموجز اليومي", "بدأ ", "انتهى ", "ما زال مفتوحًا", "والمتوقع", "أرقام جديدة", "لم يعد موجودًا", "لم يُعرض هنا"},
	} {
		t.Run(language, func(t *testing.T) {
			f := newFakeSlack(t)
			o := options()
			o.Language = language
			n := newNotifier(t, botConfig(f), o)
			for _, name := range []string{timeline.ReportDaily, timeline.ReportWeekly, timeline.ReportQuiet} {
				r := aReport()
				r.Name = name
				if _, err := n.Notify(t.Context(), reportNotice(r)); err != nil {
					t.Fatal(err)
				}
			}
			posts := f.got()
			if len(posts) != 3 {
				t.Fatalf("%d posts", len(posts))
			}
			contains(t, &posts[0], want...)
			for _, text := range posts[0].mrkdwn() {
				if strings.Contains(text, "<!channel>") || strings.Contains(text, "<@U123>") {
					t.Errorf("not escaped: %s", text)
				}
			}
			for i := range posts {
				if strings.Contains(posts[i].all(), "{") {
					t.Errorf("a word is left open: %s", posts[i].all())
				}
			}
		})
	}
}

// TestReportWithinLimits writes reports of far too much, and of nothing.
func TestReportWithinLimits(t *testing.T) {
	f := newFakeSlack(t)
	n := newNotifier(t, botConfig(f), options())
	much := aReport()
	long := strings.Repeat("كلمة word ", 600)
	for range 5 {
		much.Incidents = append(much.Incidents, much.Incidents...)
		much.Topics = append(much.Topics, much.Topics...)
		much.Feeds = append(much.Feeds, much.Feeds...)
	}
	for k := range much.Incidents {
		much.Incidents[k].Title, much.Incidents[k].Headline = long, long
	}
	for k := range much.Topics {
		much.Topics[k].Title = long
	}
	none := &timeline.Report{Name: timeline.ReportDaily, From: much.From, To: much.To}
	for _, r := range []*timeline.Report{much, none} {
		if _, err := n.Notify(t.Context(), reportNotice(r)); err != nil {
			t.Fatal(err) // the fake refuses what is beyond a limit
		}
	}
	posts := f.got()
	contains(t, &posts[0], "Not shown here: 3 more")
	contains(t, &posts[1], "Nothing to tell.")
}

// TestReportThroughFaults meets the first two calls of a report with each fault,
// with a restart after every attempt: it is in the channel once.
func TestReportThroughFaults(t *testing.T) {
	for name, fault := range faults {
		for _, both := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/twice %t", name, both), func(t *testing.T) {
				t.Parallel()
				k := newDesk(t, botConfig)
				writes := 0
				k.slack.faulty(func(w http.ResponseWriter, r *http.Request, method string, do http.HandlerFunc) bool {
					if !strings.HasPrefix(method, "chat.") {
						return false
					}
					if writes++; writes > 1 && (!both || writes > 2) {
						return false
					}
					fault(w, r, do)
					return true
				})
				r := aReport()
				notice := reportNotice(r)
				notice.Created, notice.NextTry = k.now, k.now
				for range 2 { // the second is the same
					if err := k.record.CommitTelling(t.Context(), timeline.Telling{Report: r.Name, Until: r.To, Notices: []timeline.Notice{notice}}); err != nil {
						t.Fatal(err)
					}
				}
				k.settle(k.restart)
				if top := k.slack.channel(); len(top) != 1 {
					t.Errorf("%d messages, want one", len(top))
				}
				if stats, err := k.record.Stats(t.Context()); err != nil || stats.Pending+stats.Failed > 0 {
					t.Errorf("%d notices pending, %d given up, %v", stats.Pending, stats.Failed, err)
				}
			})
		}
	}
}

// TestReportGoesTo finds the channel of a report, and its webhook.
func TestReportGoesTo(t *testing.T) {
	f := newFakeSlack(t)
	n := newNotifier(t, botConfig(f), options())
	for channel, want := range map[string]string{"": "#watch", "#digest": "#digest"} {
		r := aReport()
		r.Channel = channel
		notice := reportNotice(r)
		if got := n.Channel(&notice); got != want {
			t.Errorf("%q goes to %q, want %q", channel, got, want)
		}
	}
	crisis := reportNotice(aReport())
	crisis.Receiver = "#crisis"
	if got := n.Channel(&crisis); got != "#crisis" {
		t.Errorf("a route's goes to %q", got)
	}
	hook := newNotifier(t, hookConfig(f), options())
	receipt, err := hook.Notify(t.Context(), reportNotice(aReport()))
	if err != nil || receipt.Channel != slack.WebhookChannel || len(f.got()) != 1 {
		t.Errorf("by webhook: %+v, %v, %d posts", receipt, err, len(f.got()))
	}
}
