package slack_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"marsad/internal/config/scalar"
	"marsad/timeline"
)

var rewrite = flag.Bool("rewrite", false, "write the messages of testdata anew")

// TestMessagesAsRead holds the messages of an incident's life, as text, against
// what was read and found good.
func TestMessagesAsRead(t *testing.T) {
	for _, language := range []string{"en", "ar"} {
		t.Run(language, func(t *testing.T) {
			f := newFakeSlack(t)
			cfg, o := botConfig(f), options()
			cfg.AppToken = scalar.NewSecret("xapp-1")
			o.Language, o.Grafana = language, "https://grafana.example.org/d/news"
			n := newNotifier(t, cfg, o)
			i := incident()
			i.Weeks = 8
			if language == "ar" {
				i.Title = "اندماج الجماعات"
			}
			var announced timeline.Receipt
			say := func(kind timeline.NoticeKind, news timeline.News) {
				i.Announced = announced
				receipt, err := n.Notify(t.Context(), timeline.Notice{ID: timeline.NoticeID(i.ID, kind), Kind: kind, Incident: i, News: news})
				if err != nil {
					t.Fatal(err)
				}
				if kind == timeline.NoticeOpening {
					announced = receipt
				}
			}
			say(timeline.NoticeOpening, timeline.News{})
			i.Total = 29
			i.Acknowledged = timeline.Acknowledgement{By: "U024BE7LH", At: i.Opened.Add(5 * time.Minute)}
			was := i.Figures[1]
			i.Figures[1].Lo, i.Figures[1].Best, i.Figures[1].Hi = new(2500.0), new(2500.0), new(2500.0)
			say(timeline.NoticeThread, timeline.News{Headlines: i.Headlines[:1], Figures: []timeline.FigureNews{{Figure: i.Figures[1], Was: &was}}})
			i.Severity = "critical"
			say(timeline.NoticeEscalation, timeline.News{Severity: "critical"})
			say(timeline.NoticeUpdate, timeline.News{})
			i.State, i.Total, i.Resolved = timeline.IncidentResolved, 43, i.Opened.Add(29*time.Hour)
			i.Updated, i.Feedback = i.Resolved, timeline.Feedback{Label: timeline.LabelTrue, By: "U024BE7LH", At: i.Resolved}
			say(timeline.NoticeResolution, timeline.News{})
			i.Kind, i.State, i.Observed = timeline.Fall, timeline.IncidentOpen, 0
			say(timeline.NoticeOpening, timeline.News{})

			var b strings.Builder
			for _, p := range f.got() {
				fmt.Fprintf(&b, "==== %s%s\n%s\n", p.Method, map[bool]string{true: ", also in the channel"}[p.Broadcast], p.read())
			}
			path := filepath.Join("testdata", language+".messages.txt")
			if *rewrite {
				if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if b.String() != string(want) {
				t.Errorf("the messages changed; read them, and if they are right run the test with -rewrite:\n%s", &b)
			}
		})
	}
}

// read is the message as a person reads it. Marks of direction are left out.
func (p *post) read() string {
	var b strings.Builder
	fmt.Fprintf(&b, "(%s)\n", strings.ReplaceAll(p.Text, "\n", " / "))
	for i := range p.Blocks {
		switch block := &p.Blocks[i]; block.Type {
		case "header":
			fmt.Fprintf(&b, "# %s\n", block.Text.Text)
		case "divider":
			fmt.Fprintln(&b, "----")
		case "actions":
			for _, e := range block.Elements {
				fmt.Fprintf(&b, "[%s] ", e.Text.Text)
			}
			fmt.Fprintln(&b)
		case "data_visualization":
			fmt.Fprintf(&b, "<%s>", block.Title)
			for _, s := range block.Chart.Series {
				fmt.Fprintf(&b, " %s:", s.Name)
				for _, point := range s.Data {
					fmt.Fprintf(&b, " %g", *point.Value)
				}
			}
			fmt.Fprintln(&b)
		default:
			for _, text := range block.texts() {
				fmt.Fprintln(&b, text.Text)
			}
		}
	}
	return strings.NewReplacer("\u2068", "", "\u2069", "", "\u200e", "", "\u200f", "").Replace(b.String())
}
