package web

import (
	"time"

	"marsad/timeline"
	"marsad/timeline/story"
)

// happeningJSON is a happening: the event that tells of it first, and beside it
// all that do.
type happeningJSON struct {
	eventJSON
	Happening  string       `json:"happening"`
	Interval   [2]string    `json:"interval"` // the narrowest that is told: first day or instant, and end, exclusive
	Grain      string       `json:"grain"`    // its precision
	Happened   bool         `json:"happened"` // told as more than planned
	First      time.Time    `json:"first"`    // publication of the earliest source
	Publishers int          `json:"publishers"`
	Mentions   int          `json:"mentions"` // of which sources has the first 200, on lists the first 3 and the last 9
	Who        []namedJSON  `json:"who"`
	Where      []namedJSON  `json:"where"`
	Sources    []sourceJSON `json:"sources"`
	Tallies    []tallyJSON  `json:"tallies"`
}

type namedJSON struct {
	Name       string `json:"name"`
	Publishers int    `json:"publishers"`
}

type sourceJSON struct {
	Article   string    `json:"article"`
	Story     string    `json:"story"`
	Publisher string    `json:"publisher"`
	Lang      string    `json:"lang"`
	URL       string    `json:"url"`
	Title     string    `json:"title"`
	Published time.Time `json:"published"`
	Revision  int       `json:"revision"`
	Sentence  string    `json:"sentence"`
	Planned   bool      `json:"planned"`
	Denies    bool      `json:"denies"`
}

// tallyJSON is what is said of one kind of count: the least and the most that
// stand, and what most publishers say.
type tallyJSON struct {
	Kind string     `json:"kind"`
	Lo   *float64   `json:"lo"`
	Best *float64   `json:"best"`
	Hi   *float64   `json:"hi"`
	Said []saidJSON `json:"said"`
}

type saidJSON struct {
	Text       string         `json:"text"`
	Lo         *float64       `json:"lo"`
	Best       *float64       `json:"best"`
	Hi         *float64       `json:"hi"`
	Bound      timeline.Bound `json:"bound"`
	By         string         `json:"by"`
	Publisher  string         `json:"publisher"`
	Article    string         `json:"article"`
	Published  time.Time      `json:"published"`
	Revision   int            `json:"revision"`   // of the article
	Until      *time.Time     `json:"until"`      // when the article was revised and said so no more; null: it says so
	Revises    bool           `json:"revises"`    // the speaker's own earlier value
	Superseded bool           `json:"superseded"` // by the speaker's own later value
}

func happeningJSONOf(h timeline.Happening) happeningJSON {
	a := story.Tell(&h)
	lead := eventJSONOf(h.Mentions[0])
	layout := time.RFC3339
	if a.Precision.IsCalendar() {
		layout = time.DateOnly
	}
	out := happeningJSON{
		eventJSON: lead, Happening: a.ID, Grain: string(a.Precision), Happened: !a.Planned,
		Interval: [2]string{a.Interval.Lo.Format(layout), a.Interval.Hi.Format(layout)},
		First:    a.First, Publishers: a.Publishers, Mentions: a.All,
		Who: namedJSONOf(a.Actors), Where: namedJSONOf(a.Places),
		Sources: make([]sourceJSON, 0, len(a.Sources)), Tallies: make([]tallyJSON, 0, len(a.Figures)),
	}
	for i := range a.Sources {
		s := &a.Sources[i]
		out.Sources = append(out.Sources, sourceJSON{
			s.Article.ID, s.Article.Story, s.Article.Publisher, s.Article.Lang, s.Article.URL, s.Article.Title,
			s.Article.Published, s.Article.Revision, s.Sentence, s.Event.Planned, s.Denies,
		})
	}
	for _, f := range a.Figures {
		t := tallyJSON{Kind: f.Kind, Lo: f.Lo, Best: f.Best, Hi: f.Hi, Said: make([]saidJSON, 0, len(f.Said))}
		for i := range f.Said {
			s := &f.Said[i]
			t.Said = append(t.Said, saidJSON{
				s.Text, s.Count.Lo, s.Count.Best, s.Count.Hi, s.Count.Bound, s.By, s.Publisher, s.Article, s.Published, s.Revision, timeline.EncodeTime(s.Until), s.Revises, s.Superseded,
			})
		}
		out.Tallies = append(out.Tallies, t)
	}
	return out
}

func namedJSONOf(names []story.Named) []namedJSON {
	out := make([]namedJSON, 0, len(names))
	for _, n := range names {
		out = append(out, namedJSON(n))
	}
	return out
}
