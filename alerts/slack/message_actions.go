package slack

import (
	"net/url"
	"strconv"
	"strings"

	slackapi "github.com/slack-go/slack"

	"marsad/timeline"
)

// The action ids of the links among the buttons; see also [ActionAck] and the
// others that people answer an incident with.
const (
	ActionTimeline = "open_timeline"
	ActionGrafana  = "open_grafana"
)

// The block ids of the two rows of buttons.
const (
	BlockActions  = "marsad_actions"
	BlockFeedback = "marsad_feedback"
)

// ways is how to go on from the message: links, and buttons when somebody listens
// to them. Slack warns of any button that nobody answers, a link's too.
func (r renderer) ways(i *timeline.Incident) []slackapi.Block {
	page, grafana := r.page(i), r.charts(i)
	if !r.interactive {
		var links []string
		for _, l := range []struct{ address, label string }{{page, r.words.Page}, {grafana, r.words.Grafana}} {
			if l.address != "" {
				links = append(links, link(l.address, l.label))
			}
		}
		if links == nil {
			return nil
		}
		return []slackapi.Block{mrkdwnSection(strings.Join(links, "  ·  "))}
	}
	words := r.words.Actions
	button := func(action string) *slackapi.ButtonBlockElement {
		return slackapi.NewButtonBlockElement(action, i.ID, plainText(words[action], maxButton))
	}
	var row []slackapi.BlockElement
	for _, l := range []struct{ action, address string }{{ActionTimeline, page}, {ActionGrafana, grafana}} {
		if l.address != "" {
			b := button(l.action)
			b.URL, b.Value = l.address, ""
			row = append(row, b)
		}
	}
	if i.State == timeline.IncidentOpen {
		row = append(row, button(ActionAck).WithStyle(slackapi.StylePrimary),
			button(ActionSnooze1h), button(ActionSnooze4h), button(ActionSnooze24h), button(ActionMute))
	}
	var blocks []slackapi.Block
	if len(row) > 0 {
		blocks = append(blocks, slackapi.NewActionBlock(BlockActions, row...))
	}
	return append(blocks, slackapi.NewActionBlock(BlockFeedback, button(ActionLabelTrue), button(ActionLabelFalse), button(ActionLabelDuplicate)))
}

// maxButton is Slack's limit of a button's text; maxButtonURL of its address.
const (
	maxButton    = 75
	maxButtonURL = 3000
)

// page is the address of the incident's page.
func (r renderer) page(i *timeline.Incident) string {
	if r.baseURL == "" {
		return ""
	}
	return fitting(r.baseURL + "/incidents/" + url.PathEscape(i.ID))
}

// The uids of the dashboards in deploy/grafana/dashboards that incidents lead to.
const (
	dashboardTopic      = "marsad-topic"
	dashboardCollection = "marsad-collection" // of an incident that is no topic's
)

// charts is the address of the dashboard, for the topic and the incident's time:
// the one that is configured, or Marsad's own where only Grafana is.
func (r renderer) charts(i *timeline.Incident) string {
	u, err := url.Parse(r.grafana)
	if r.grafana == "" || err != nil {
		return ""
	}
	q := u.Query()
	if !strings.Contains(u.Path, "/d/") {
		uid := dashboardTopic
		if i.Kind == timeline.Blind {
			uid = dashboardCollection
		} else if i.Window > 0 {
			q.Set("var-window", timeline.FormatWindow(i.Window))
		}
		u = u.JoinPath("d", uid)
	}
	if i.Kind != timeline.Blind {
		q.Set("var-topic", i.Topic)
	}
	q.Set("from", strconv.FormatInt(i.Opened.Add(-8*i.Window).UnixMilli(), 10))
	q.Set("to", "now")
	if i.State == timeline.IncidentResolved {
		q.Set("to", strconv.FormatInt(i.Resolved.UnixMilli(), 10))
	}
	u.RawQuery = q.Encode()
	return fitting(u.String())
}

// fitting leaves out an address that Slack would refuse.
func fitting(address string) string {
	if lengthOf(address) > maxButtonURL {
		return ""
	}
	return address
}
