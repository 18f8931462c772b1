package webhook

import (
	"net/url"
	"strings"
	"time"

	"marsad/timeline"
)

// Version is that of the schema of events. It changes when a field is taken away
// or means something else; receivers are to ignore fields they do not know.
const Version = 1

// event is what is sent: one thing that happened to an incident. docs/WEBHOOK.md
// is its schema.
type event struct {
	Type      string    `json:"type"`
	Version   int       `json:"version"`
	Timestamp time.Time `json:"timestamp"` // of what happened
	Data      data      `json:"data"`
}

type data struct {
	Incident incident `json:"incident"`
	News     *news    `json:"news"` // of incident.news and incident.escalated, else null
}

// The types of events.
var types = map[timeline.NoticeKind]string{
	timeline.NoticeOpening:    "incident.opened",
	timeline.NoticeUpdate:     "incident.updated",
	timeline.NoticeThread:     "incident.news",
	timeline.NoticeEscalation: "incident.escalated",
	timeline.NoticeResolution: "incident.resolved",
}

// incident has the names of the API's incidents where it has the same. Nothing in
// it is the receiver's to know of other receivers, such as where Slack has it.
type incident struct {
	ID         string                    `json:"id"`
	Topic      string                    `json:"topic"`
	Kind       string                    `json:"kind"`
	Title      string                    `json:"title"`
	State      string                    `json:"state"`
	Severity   string                    `json:"severity"`
	URL        string                    `json:"url"`
	Opened     time.Time                 `json:"opened"`
	Updated    time.Time                 `json:"updated"`
	Resolved   *time.Time                `json:"resolved"`
	Observed   int                       `json:"observed"`
	Expected   float64                   `json:"expected"`
	Upper      float64                   `json:"upper"`
	Exposure   float64                   `json:"exposure"`
	P          float64                   `json:"p"`
	Weeks      float64                   `json:"weeks"`
	Window     string                    `json:"window"`
	Total      int                       `json:"total"`
	Publishers int                       `json:"publishers"`
	Langs      []string                  `json:"langs"`
	Stories    []timeline.HeadlineJSON   `json:"stories"`
	Figures    []timeline.FigureJSON     `json:"figures"`
	Events     []happened                `json:"events"`
	Series     []seriesPoint             `json:"series"`
	Joined     []joined                  `json:"joined"`
	Change     *timeline.CountChangeJSON `json:"change"` // of a count, else null
	Feeds      []string                  `json:"feeds"`

	Acknowledged *timeline.ResponseJSON `json:"acknowledged"`
	Feedback     *timeline.FeedbackJSON `json:"feedback"`
	Silence      *timeline.SilenceJSON  `json:"silence"`
}

type happened struct {
	Text      string    `json:"text"`
	Lo        time.Time `json:"lo"`
	Hi        time.Time `json:"hi"`
	Precision string    `json:"precision"`
	Planned   bool      `json:"planned"`
	Publisher string    `json:"publisher"`
	URL       string    `json:"url"`
}

type seriesPoint struct {
	Step     time.Time `json:"t"`
	Observed int       `json:"n"`
	Expected float64   `json:"expected"`
}

type joined struct {
	ID         string     `json:"id"`
	Topic      string     `json:"topic"`
	Title      string     `json:"title"`
	State      string     `json:"state"`
	Severity   string     `json:"severity"`
	Opened     time.Time  `json:"opened"`
	Updated    time.Time  `json:"updated"`
	Resolved   *time.Time `json:"resolved"`
	Observed   int        `json:"observed"`
	Expected   float64    `json:"expected"`
	P          float64    `json:"p"`
	Weeks      float64    `json:"weeks"`
	Window     string     `json:"window"`
	Total      int        `json:"total"`
	Publishers int        `json:"publishers"`
}

type news struct {
	Severity string                  `json:"severity"`
	Stories  []timeline.HeadlineJSON `json:"stories"`
	Figures  []changeFigure          `json:"figures"`
	Joined   []joined                `json:"joined"`
}

type changeFigure struct {
	timeline.FigureJSON

	Was *timeline.FigureJSON `json:"was"`
}

// eventOf says the notice. now decides whether the topic is silent.
func eventOf(n *timeline.Notice, baseURL string, now time.Time) event {
	e := event{Type: types[n.Kind], Version: Version, Timestamp: n.Created.UTC(), Data: data{Incident: incidentOf(&n.Incident, now)}}
	if baseURL != "" {
		e.Data.Incident.URL = strings.TrimRight(baseURL, "/") + "/incidents/" + url.PathEscape(n.Incident.ID)
	}
	if n.Kind == timeline.NoticeThread || n.Kind == timeline.NoticeEscalation {
		e.Data.News = &news{
			Severity: n.News.Severity, Stories: timeline.EncodeHeadlines(n.News.Headlines),
			Figures: list(n.News.Figures, changeOf), Joined: list(n.News.Joined, joinedOf),
		}
	}
	return e
}

func incidentOf(i *timeline.Incident, now time.Time) incident {
	return incident{
		ID: i.ID, Topic: i.Topic, Kind: i.Kind.Name(), Title: i.Title, State: string(i.State), Severity: i.Severity,
		Opened: i.Opened.UTC(), Updated: i.Updated.UTC(), Resolved: timeline.EncodeTime(i.Resolved),
		Observed: i.Observed, Expected: i.Expected, Upper: i.Upper, Exposure: i.Exposure, P: i.P, Weeks: i.Weeks,
		Window: timeline.FormatWindow(i.Window), Total: i.Total, Publishers: i.Publishers,
		Langs:   list(i.Langs, func(l string) string { return l }),
		Stories: timeline.EncodeHeadlines(i.Headlines), Figures: timeline.EncodeFigures(i.Figures), Events: list(i.Events, happenedOf),
		Series: list(i.Series, func(p timeline.SeriesPoint) seriesPoint { return seriesPoint{p.Step.UTC(), p.Observed, p.Expected} }),
		Change: timeline.EncodeCountChange(i.Change),
		Joined: list(i.Joined, joinedOf), Feeds: list(i.Feeds, func(f string) string { return f }),
		Acknowledged: i.Acknowledged.Encode(), Feedback: i.Feedback.Encode(), Silence: i.Silence.Encode(now),
	}
}

func changeOf(f timeline.FigureNews) changeFigure {
	out := changeFigure{FigureJSON: timeline.EncodeFigure(&f.Figure)}
	if f.Was != nil {
		was := timeline.EncodeFigure(f.Was)
		out.Was = &was
	}
	return out
}

func happenedOf(e timeline.DatedEvent) happened {
	return happened{e.Text, e.Interval.Lo.UTC(), e.Interval.Hi.UTC(), string(e.Precision), e.Planned, e.Publisher, e.URL}
}

func joinedOf(j timeline.Joined) joined {
	return joined{
		ID: j.Incident, Topic: j.Topic, Title: j.Title, State: string(j.State), Severity: j.Severity,
		Opened: j.Opened.UTC(), Updated: j.Updated.UTC(), Resolved: timeline.EncodeTime(j.Resolved),
		Observed: j.Observed, Expected: j.Expected, P: j.P, Weeks: j.Weeks, Window: timeline.FormatWindow(j.Window),
		Total: j.Total, Publishers: j.Publishers,
	}
}

// list is never null in JSON.
func list[A, B any](all []A, of func(A) B) []B {
	out := make([]B, 0, len(all))
	for _, a := range all {
		out = append(out, of(a))
	}
	return out
}
