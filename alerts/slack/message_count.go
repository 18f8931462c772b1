package slack

import (
	"cmp"

	slackapi "github.com/slack-go/slack"

	"marsad/timeline"
)

// counted is the message of a count that is told beyond the range in which it was
// known: both ranges first, then who told the former one and who tells the new one.
func (r renderer) counted(i *timeline.Incident) message {
	w, c := r.words.Count, cmp.Or(i.Change, &timeline.CountChange{})
	of, kind := isolate(name(cmp.Or(c.OfTitle, c.Of))), named(r.words.Kinds, c.Kind)
	said := func(phrase string) string {
		return fill(phrase, "of", of, "kind", kind,
			"was", isolate(rangeText(&c.Was)), "was_publishers", number(float64(c.Was.Publishers)),
			"now", isolate(rangeText(&c.Now)), "publishers", number(float64(i.Publishers)), "total", number(float64(i.Total)))
	}
	title, lead := w["opening"], said(w["now"])+"\n"+said(w["was"])
	if i.State == timeline.IncidentResolved {
		title, lead = w["resolution"], said(w["ended"])+"\n"+lead
	}
	title = said(title)
	var d draft
	d.add(header(title, r.subject(i)))
	d.add(plainSection(lead))
	if answered := r.answered(i); answered != "" {
		d.add(mrkdwnSection(answered))
	}
	ending := r.ending(i)
	d.reserve(ending)
	d.add(r.listedFigures(w["new_figures"], i.Figures)...)
	d.add(r.listedFigures(w["old_figures"], c.Was.Figures)...)
	d.add(r.headlines(i)...)
	text := fill(title, "topic", isolate(truncate(r.subject(i), maxHeader))) + "\n" + lead
	return message{text: mrkdwnLines(text), blocks: append(d.blocks, ending...)}
}

func (r renderer) listedFigures(title string, figures []timeline.Figure) []slackapi.Block {
	var lines []string
	for k := range figures[:min(len(figures), maxFigures)] {
		lines = append(lines, r.figure(&figures[k]))
	}
	return listed(title, lines)
}

// rangeText writes "12,000–15,000", or one number where both ends are the same.
func rangeText(g *timeline.Range) string {
	if g.Lo == g.Hi {
		return number(g.Lo)
	}
	return number(g.Lo) + "–" + number(g.Hi)
}
