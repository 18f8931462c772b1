package slack

import (
	"strings"

	slackapi "github.com/slack-go/slack"

	"marsad/timeline"
)

// dark is the message of an incident that is of no topic: a group of feeds is heard
// no more while others are.
func (r renderer) dark(i *timeline.Incident) message {
	w := r.words.Dark
	names := make([]string, 0, len(i.Feeds)+1)
	for _, feed := range i.Feeds {
		names = append(names, isolate(name(feed)))
	}
	if more := i.Observed - len(i.Feeds); more > 0 {
		names = append(names, fill(w["more"], "n", number(float64(more))))
	}
	feeds := fill(w["feeds"], "names", strings.Join(names, r.words.Separator))
	title, lead := w["opening"], fill(w["since"],
		"dark", number(float64(i.Observed)), "feeds", number(float64(i.Total)), "time", isolate(r.instant(i.Opened)))+"\n"+feeds+"\n"+w["meaning"]
	if i.State == timeline.IncidentResolved {
		title, lead = w["resolution"], fill(w["ended"], "duration", isolate(r.words.duration(i.Resolved.Sub(i.Opened))))+"\n"+feeds
	}
	title = fill(title, "group", isolate(name(i.Title)))
	blocks := []slackapi.Block{slackapi.NewHeaderBlock(plainText(title, maxHeader)), plainSection(lead)}
	if page := fitting(r.baseURL + "/feeds"); r.baseURL != "" && page != "" {
		blocks = append(blocks, mrkdwnSection(link(page, w["page"])))
	}
	return message{text: mrkdwnLines(title + "\n" + lead), blocks: blocks}
}
