package timeline

import "time"

// The parts of an incident as they leave the program, alike in the API and in what
// programs are sent. Times are in UTC; no list is null.

// HeadlineJSON is the form of a Headline.
type HeadlineJSON struct {
	Story      string    `json:"story"`
	Article    string    `json:"article"`
	Title      string    `json:"title"`
	URL        string    `json:"url"`
	Publisher  string    `json:"publisher"`
	Publishers int       `json:"publishers"`
	Lang       string    `json:"lang"`
	Published  time.Time `json:"published"`
}

// FigureJSON is the form of a Figure.
type FigureJSON struct {
	Text      string   `json:"text"`
	Lo        *float64 `json:"lo"`
	Best      *float64 `json:"best"`
	Hi        *float64 `json:"hi"`
	Bound     Bound    `json:"bound"`
	Object    string   `json:"object"`
	Kind      string   `json:"kind"`
	By        string   `json:"by"`
	Publisher string   `json:"publisher"`
	URL       string   `json:"url"`
}

// CountChangeJSON is the form of a CountChange.
type CountChangeJSON struct {
	Kind string    `json:"kind"`
	Of   string    `json:"of"`
	Was  RangeJSON `json:"was"`
	Now  RangeJSON `json:"now"`
}

// RangeJSON is the form of a Range.
type RangeJSON struct {
	Lo         float64      `json:"lo"`
	Hi         float64      `json:"hi"`
	Publishers int          `json:"publishers"`
	Figures    []FigureJSON `json:"figures"`
}

// ResponseJSON is who did something, as the receiver of notices names people, and
// when.
type ResponseJSON struct {
	By string    `json:"by"`
	At time.Time `json:"at"`
}

// FeedbackJSON is the form of a Feedback.
type FeedbackJSON struct {
	Label Label `json:"label"`
	ResponseJSON
}

// SilenceJSON is the form of a Silence.
type SilenceJSON struct {
	Until *time.Time `json:"until"` // null: until it is lifted
	ResponseJSON
}

// Name is the kind in words for programs: that of a rise is "rise".
func (k IncidentKind) Name() string {
	if k == Rise {
		return "rise"
	}
	return string(k)
}

// EncodeHeadlines gives the form of each.
func EncodeHeadlines(headlines []Headline) []HeadlineJSON {
	out := make([]HeadlineJSON, 0, len(headlines))
	for _, h := range headlines {
		h.Published = h.Published.UTC()
		out = append(out, HeadlineJSON(h))
	}
	return out
}

// EncodeFigures gives the form of each.
func EncodeFigures(figures []Figure) []FigureJSON {
	out := make([]FigureJSON, 0, len(figures))
	for i := range figures {
		out = append(out, EncodeFigure(&figures[i]))
	}
	return out
}

// EncodeFigure gives the form of f.
func EncodeFigure(f *Figure) FigureJSON {
	return FigureJSON{f.Text, f.Lo, f.Best, f.Hi, f.Bound, f.Object, f.Kind, f.By, f.Publisher, f.URL}
}

// EncodeCountChange gives the form of c, nil of none.
func EncodeCountChange(c *CountChange) *CountChangeJSON {
	if c == nil {
		return nil
	}
	told := func(r *Range) RangeJSON { return RangeJSON{r.Lo, r.Hi, r.Publishers, EncodeFigures(r.Figures)} }
	return &CountChangeJSON{c.Kind, c.Of, told(&c.Was), told(&c.Now)}
}

// Encode gives the form of a, nil where nobody acknowledged.
func (a Acknowledgement) Encode() *ResponseJSON {
	if a.At.IsZero() {
		return nil
	}
	return &ResponseJSON{a.By, a.At.UTC()}
}

// Encode gives the form of f, nil of none.
func (f Feedback) Encode() *FeedbackJSON {
	if f.Label == "" {
		return nil
	}
	return &FeedbackJSON{f.Label, ResponseJSON{f.By, f.At.UTC()}}
}

// Encode gives the form of s, nil where it does not hold at now.
func (s Silence) Encode(now time.Time) *SilenceJSON {
	if !s.Active(now) {
		return nil
	}
	return &SilenceJSON{EncodeTime(s.Until), ResponseJSON{s.By, s.At.UTC()}}
}

// EncodeTime gives t in UTC, nil for the zero time.
func EncodeTime(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}
