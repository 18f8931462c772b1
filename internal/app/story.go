package app

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"marsad/alerts"
	"marsad/timeline"
	"marsad/timeline/sqlite"
)

// newestStories is how many stories are listed.
const newestStories = 50

// Stories lists the newest stories of the record.
func Stories(ctx context.Context, env Env, common Common, format string) error {
	return withStories(ctx, env, common, format, openRecordToRead, func(d *storyTeller) error {
		page, err := d.record.Stories(ctx, timeline.Query{Limit: newestStories})
		if err != nil {
			return err
		}
		if format == "json" {
			items := make([]storyLine, 0, len(page.Items))
			for i := range page.Items {
				items = append(items, storyLineOf(&page.Items[i]))
			}
			return writeJSON(env.Stdout, struct {
				Items []storyLine `json:"items"`
			}{items})
		}
		table := tabwriter.NewWriter(env.Stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "STORY\tFIRST\tARTICLES\tPUBLISHERS\tTITLE")
		for i := range page.Items {
			s := &page.Items[i]
			fmt.Fprintf(table, "%s\t%s\t%d\t%d\t%s\n", s.ID, d.clock(s.First), s.Articles, len(s.Publishers), s.Title)
		}
		return table.Flush()
	})
}

// Story shows a story with its articles.
func Story(ctx context.Context, env Env, common Common, id, format string) error {
	return withStories(ctx, env, common, format, openRecordToRead, func(d *storyTeller) error { return d.show(ctx, id) })
}

// SplitStory takes articles out of a story, into one of their own, and shows it.
func SplitStory(ctx context.Context, env Env, common Common, id string, articles []string, o RulingOptions, format string) error {
	return withStories(ctx, env, common, format, openExistingRecord, func(d *storyTeller) error {
		split, err := d.SplitStory(ctx, id, articles, o.By, o.Why)
		if err != nil {
			return err
		}
		return d.show(ctx, split)
	})
}

// MergeStories puts the articles of the stories into the first and shows it.
func MergeStories(ctx context.Context, env Env, common Common, into string, stories []string, o RulingOptions, format string) error {
	return withStories(ctx, env, common, format, openExistingRecord, func(d *storyTeller) error {
		if err := d.MergeStories(ctx, into, stories, o.By, o.Why); err != nil {
			return err
		}
		return d.show(ctx, into)
	})
}

// RulingOptions say who corrects a story, and why.
type RulingOptions struct{ By, Why string }

// storyDesk is where stories are corrected, by command and from the page.
type storyDesk struct {
	record *sqlite.Record
	alerts alerts.Config
}

// SplitStory takes articles out of a story, into one of their own.
func (d *storyDesk) SplitStory(ctx context.Context, id string, articles []string, by, why string) (split string, err error) {
	return d.record.SplitStory(ctx, id, articles, d.ruling(by, why))
}

// MergeStories puts the articles of the stories into the first.
func (d *storyDesk) MergeStories(ctx context.Context, into string, stories []string, by, why string) error {
	return d.record.MergeStories(ctx, into, stories, d.ruling(by, why))
}

// ruling is one of now; the steps before the horizon are final.
func (d *storyDesk) ruling(by, why string) timeline.Ruling {
	at, step := now(), d.alerts.Step
	return timeline.Ruling{At: at, Since: timeline.StepStart(at.Add(-d.alerts.Horizon), step).Add(step), By: by, Why: why}
}

// storyTeller is what the commands on stories work with.
type storyTeller struct {
	storyDesk

	zone   *time.Location
	format string
	out    io.Writer
}

func withStories(ctx context.Context, env Env, common Common, format string, open openRecordFunc, do func(*storyTeller) error) error {
	if format != "text" && format != "json" {
		return fmt.Errorf("--format %q is none: write text or json", format)
	}
	cfg, logger, err := common.setup(env)
	if err != nil {
		return err
	}
	record, err := open(ctx, cfg, logger)
	if err != nil {
		return err
	}
	defer record.Close()
	return do(&storyTeller{storyDesk{record, cfg.Alerts}, cfg.Timezone, format, env.Stdout})
}

// clock spells an instant in the configuration's zone.
func (d *storyTeller) clock(t time.Time) string {
	return t.In(d.zone).Format("2006-01-02 15:04")
}

func (d *storyTeller) show(ctx context.Context, id string) error {
	detail, err := d.record.Story(ctx, id)
	if err != nil {
		return err
	}
	if d.format == "json" {
		return writeJSON(d.out, storyDetailLineOf(&detail))
	}
	s := &detail.Story
	fmt.Fprintf(d.out, "%s\nstory %s, %s to %s, %s by %s\n", s.Title, s.ID, d.clock(s.First), d.clock(s.Last),
		plural(s.Articles, "article", "articles"), strings.Join(s.Publishers, ", "))
	if len(s.Topics) > 0 {
		fmt.Fprintf(d.out, "topics: %s\n", strings.Join(s.Topics, ", "))
	}
	fmt.Fprintln(d.out)
	table := tabwriter.NewWriter(d.out, 0, 0, 2, ' ', 0)
	for i := range detail.Members {
		m := &detail.Members[i]
		mark := " "
		if m.Counted {
			mark = "+"
		}
		fmt.Fprintf(table, "%s %s\t%s\t%s\t%s%s\n", mark, m.Article.ID, d.clock(m.Article.Published), m.Article.Publisher,
			m.Article.Title, d.ruled(s.ID, m))
	}
	for _, m := range detail.Moved {
		fmt.Fprintf(table, "- %s\tmoved to story %s by correction of %s%s\n", m.Article, m.Story, d.clock(m.Ruled), saidBy(m.By, m.Why))
	}
	return table.Flush()
}

// ruled says by which correction an article is in the story; nothing when by none.
func (d *storyTeller) ruled(id string, m *timeline.StoryMember) string {
	switch m.Was {
	case "":
		return ""
	case id:
		return fmt.Sprintf("  (kept here by correction of %s%s)", d.clock(m.Ruled), saidBy(m.By, m.Why))
	}
	return fmt.Sprintf("  (from story %s by correction of %s%s)", m.Was, d.clock(m.Ruled), saidBy(m.By, m.Why))
}

// saidBy says who corrected something and why, as far as he told.
func saidBy(by, why string) (said string) {
	if by != "" {
		said += " by " + by
	}
	if why != "" {
		said += ": " + why
	}
	return said
}

// storyLine is a story in JSON, as the API has it.
type storyLine struct {
	ID         string     `json:"id"`
	Title      string     `json:"title"`
	URL        string     `json:"url"`
	Lang       string     `json:"lang"`
	First      *time.Time `json:"first"`
	Last       *time.Time `json:"last"`
	Articles   int        `json:"articles"`
	Publishers []string   `json:"publishers"`
	Topics     []string   `json:"topics"` // never null
}

func storyLineOf(s *timeline.Story) storyLine {
	return storyLine{
		ID: s.ID, Title: s.Title, URL: s.URL, Lang: s.Lang, First: timeline.EncodeTime(s.First), Last: timeline.EncodeTime(s.Last),
		Articles: s.Articles, Publishers: s.Publishers, Topics: append([]string{}, s.Topics...),
	}
}

type storyDetailLine struct {
	storyLine

	Members []memberLine `json:"members"`
	Moved   []moveLine   `json:"moved"`
}

type memberLine struct {
	Article   string     `json:"article"`
	Publisher string     `json:"publisher"`
	Published *time.Time `json:"published"`
	URL       string     `json:"url"`
	Title     string     `json:"title"`
	Counted   bool       `json:"counted"`
	Was       string     `json:"was"`   // the story it was in before a correction; empty
	Ruled     *time.Time `json:"ruled"` // null
	By        string     `json:"by"`
	Why       string     `json:"why"`
}

type moveLine struct {
	Article string     `json:"article"`
	Story   string     `json:"story"`
	Ruled   *time.Time `json:"ruled"`
	By      string     `json:"by"`
	Why     string     `json:"why"`
}

func storyDetailLineOf(d *timeline.StoryDetail) storyDetailLine {
	line := storyDetailLine{
		storyLine: storyLineOf(&d.Story),
		Members:   make([]memberLine, 0, len(d.Members)),
		Moved:     make([]moveLine, 0, len(d.Moved)),
	}
	for i := range d.Members {
		m := &d.Members[i]
		line.Members = append(line.Members, memberLine{
			Article: m.Article.ID, Publisher: m.Article.Publisher, Published: timeline.EncodeTime(m.Article.Published),
			URL: m.Article.URL, Title: m.Article.Title, Counted: m.Counted, Was: m.Was, Ruled: timeline.EncodeTime(m.Ruled), By: m.By, Why: m.Why,
		})
	}
	for _, m := range d.Moved {
		line.Moved = append(line.Moved, moveLine{Article: m.Article, Story: m.Story, Ruled: timeline.EncodeTime(m.Ruled), By: m.By, Why: m.Why})
	}
	return line
}
