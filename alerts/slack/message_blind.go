package slack

import (
	"strconv"

	slackapi "github.com/slack-go/slack"

	"marsad/timeline"
)

// blind is the message of an incident that is of no topic: no feed answers. What
// the team must know is that quiet means nothing meanwhile.
func (r renderer) blind(i *timeline.Incident) message {
	w := r.words.Blind
	since := fill(w["since"], "time", isolate(i.Opened.In(r.zone).Format("2006-01-02 15:04 MST")), "feeds", isolate(strconv.Itoa(i.Total)))
	title, lead := w["opening"], since+"\n"+w["meaning"]
	if i.State == timeline.IncidentResolved {
		title, lead = w["resolution"], fill(w["ended"], "duration", isolate(r.words.duration(i.Resolved.Sub(i.Opened))))+"\n"+since
	}
	return message{text: title + "\n" + lead, blocks: []slackapi.Block{
		slackapi.NewHeaderBlock(plainText(title, maxHeader)), plainSection(lead),
	}}
}
