package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"marsad/collector"
	"marsad/internal/config"
	"marsad/timeline"
	"marsad/timeline/extract"
	"marsad/timeline/text"
)

// Check reads the configuration and says what it holds, or fails with every
// mistake in it.
func Check(env Env, common Common) error {
	cfg, err := common.configuration(env)
	if err != nil {
		return err
	}
	return printCheck(env, cfg)
}

// CheckSeeds checks all of the built-in starter data.
func CheckSeeds(env Env) error {
	cfg, err := config.Default()
	if err != nil {
		return err
	}
	return printCheck(env, cfg)
}

// printCheck says what a configuration holds, and what of that is the starter data.
func printCheck(env Env, cfg *config.Config) error {
	own := ""
	if cfg.Source != config.BuiltIn && cfg.SeedFeeds > 0 {
		own = fmt.Sprintf("; %d of the feeds are the starter data's, which seeds: {feeds: []} leaves out", cfg.SeedFeeds)
	}
	_, err := fmt.Fprintf(env.Stdout, "%s: right: %d feeds, %d topics, %d entities%s\n",
		cfg.Source, len(cfg.Feeds), len(cfg.Topics), len(cfg.Entities), own)
	return err
}

// ExplainOptions are the flags of `marsad explain`.
type ExplainOptions struct {
	Source   string // file, URL or -
	Format   string // text, json or jsonl
	Topic    string // why it is or is not on this topic
	Incident string // instead of a text: why this incident was raised
	Alarm    string // instead of a text: why this topic alarms, or does not
	Ref      string
	Lang     string
}

// Explain shows what is read out of a text.
func Explain(ctx context.Context, env Env, common Common, o ExplainOptions) error {
	cfg, err := common.configuration(env)
	if err != nil {
		return err
	}
	if o.Incident != "" {
		return explainRecordedIncident(ctx, env, common, cfg, o.Incident)
	}
	if o.Alarm != "" {
		return explainAlarm(ctx, env, common, cfg, o)
	}
	ref := now().In(cfg.Timezone)
	if o.Ref != "" {
		if ref, err = parseRef(o.Ref, cfg.Timezone); err != nil {
			return err
		}
	}
	if o.Topic != "" {
		return explainTopic(ctx, env, cfg, o)
	}
	reader, err := newReader(cfg)
	if err != nil {
		return err
	}
	if o.Format == "jsonl" {
		in, err := openSource(env, o.Source)
		if err != nil {
			return err
		}
		defer in.Close()
		return explainLines(ctx, reader, o.Source, in, env.Stdout, ref)
	}
	a, err := readSource(ctx, env, cfg, o.Source)
	if err != nil {
		return err
	}
	a.Published, a.Lang = ref, o.Lang
	switch o.Format {
	case "json":
		return explainJSON(env.Stdout, &a, reader.Read(&a))
	case "text":
		return explainText(env.Stdout, &a, reader.Read(&a))
	}
	return fmt.Errorf("--format %q is none: write text, json or jsonl", o.Format)
}

func openSource(env Env, source string) (io.ReadCloser, error) {
	if source == "-" {
		return io.NopCloser(env.Stdin), nil
	}
	return os.Open(source)
}

// readSource reads the text to explain: of a web page its title and prose, else
// what is there.
func readSource(ctx context.Context, env Env, cfg *config.Config, source string) (timeline.Article, error) {
	if strings.HasPrefix(source, "http://") || strings.HasPrefix(source, "https://") {
		page, err := collector.FetchPage(ctx, cfg.Collector, source)
		if err != nil {
			return timeline.Article{}, err
		}
		return timeline.Article{ID: source, URL: source, Title: page.Title, Text: page.Text}, nil
	}
	in, err := openSource(env, source)
	if err != nil {
		return timeline.Article{}, err
	}
	defer in.Close()
	data, err := io.ReadAll(io.LimitReader(in, maxLine+1))
	switch {
	case err != nil:
		return timeline.Article{}, fmt.Errorf("read %s: %w", source, err)
	case len(data) > maxLine:
		return timeline.Article{}, fmt.Errorf("%s is longer than %d bytes: explain a part of it", source, maxLine)
	}
	return timeline.Article{ID: source, Text: strings.ToValidUTF8(string(data), "\uFFFD")}, nil
}

// explainTopic shows the parts of a topic's query that the text has and those
// that it lacks.
func explainTopic(ctx context.Context, env Env, cfg *config.Config, o ExplainOptions) error {
	a, err := readSource(ctx, env, cfg, o.Source)
	if err != nil {
		return err
	}
	matcher, err := extract.NewMatcher(pageTopics(cfg), cfg.Entities)
	if err != nil {
		return err
	}
	reading := a.Reading()
	why, err := matcher.Why(o.Topic, text.Read(reading))
	if err != nil {
		return err
	}
	return printTopic(env.Stdout, reading, why)
}

// Load takes archives into the record. Lines that could not be taken are an
// error at the end; everything else is in the record by then.
func Load(ctx context.Context, env Env, common Common, files []string) error {
	cfg, logger, err := common.setup(env)
	if err != nil {
		return err
	}
	reader, err := newReader(cfg)
	if err != nil {
		return err
	}
	boundMemory(env.LookupEnv)
	record, err := openRecordBeside(ctx, cfg, logger)
	if err != nil {
		return err
	}
	defer record.Close()
	started := now()
	var result LoadResult
	l := &loader{record: record, reader: reader, feeds: archiveFeeds(cfg), now: now, progress: func(r LoadResult) {
		logger.Debug("archive being loaded", "added", r.Added, "known", r.Known)
	}}
	for _, name := range files {
		if err := loadFile(ctx, env, l, name, &result); err != nil {
			return err
		}
	}
	fmt.Fprintf(env.Stdout, "%d lines: %d articles added, %d known before, %d not taken; %s\n",
		result.Lines, result.Added, result.Known, len(result.Bad)+result.More, now().Sub(started).Round(time.Millisecond))
	return result.err()
}

func loadFile(ctx context.Context, env Env, l *loader, name string, result *LoadResult) error {
	in, err := openSource(env, name)
	if err != nil {
		return err
	}
	defer in.Close()
	return l.load(ctx, name, in, result)
}

// err gives the lines that were not taken.
func (r *LoadResult) err() error {
	if len(r.Bad) == 0 {
		return nil
	}
	errs := make([]error, 0, len(r.Bad)+1)
	for _, e := range r.Bad {
		errs = append(errs, e)
	}
	if r.More > 0 {
		errs = append(errs, fmt.Errorf("and %d lines more", r.More))
	}
	return fmt.Errorf("not taken, everything else is recorded:\n%w", errors.Join(errs...))
}

// archiveFeeds is what the configuration says of feeds that an archive may name,
// be it by their name or by their address. Names go first.
func archiveFeeds(cfg *config.Config) map[string]archiveFeed {
	feeds := make(map[string]archiveFeed, len(cfg.Feeds))
	for i := range cfg.Feeds {
		f := &cfg.Feeds[i]
		zone, err := time.LoadLocation(f.Timezone)
		if err != nil {
			zone = cfg.Timezone // the configuration was checked: it knows all zones
		}
		lang, err := primaryLanguage(f.Lang)
		if err != nil {
			lang = "" // likewise
		}
		known := archiveFeed{name: f.Name, publisher: f.Publisher, country: f.Country, lang: lang, zone: zone}
		feeds[f.URL] = known
		feeds[f.Name] = known
	}
	return feeds
}
