package main

import (
	"slices"
	"time"

	"github.com/spf13/cobra"

	"marsad/internal/app"
)

// usageError is a mistake in the arguments rather than in what they name.
type usageError struct{ error }

// command builds the command line. `marsad` alone is `marsad run`.
func command(env app.Env) *cobra.Command {
	var common app.Common
	run := runCommand(env, &common)
	root := &cobra.Command{
		Use:               "marsad",
		Short:             "Watch the news: poll feeds, keep a timeline, tell the team when a topic takes off",
		Args:              usage(cobra.NoArgs),
		RunE:              run.RunE,
		SilenceUsage:      true,
		SilenceErrors:     true,
		DisableAutoGenTag: true,
	}
	root.SetIn(env.Stdin)
	root.SetOut(env.Stdout)
	root.SetErr(env.Stderr)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usageError{errWithHelp(c, err)}
	})
	flags := root.PersistentFlags()
	flags.StringVarP(&common.Config, "config", "c", "", "configuration `FILE` (default: config.yaml in the working directory, else the built-in defaults)")
	flags.StringVar(&common.LogLevel, "log-level", "info", "`LEVEL` of the log: debug, info, warn or error")
	flags.StringVar(&common.LogFormat, "log-format", "text", "`FORM` of the log: text or json")
	root.AddCommand(run, checkCommand(env, &common), explainCommand(env, &common), testCommand(env, &common), loadCommand(env, &common),
		projectCommand(env, &common), detectCommand(env), feedsCommand(env, &common), timelineCommand(env, &common),
		storyCommand(env, &common), factCommand(env, &common), takedownCommand(env, &common), backtestCommand(env, &common), exportCommand(env, &common),
		backupCommand(env, &common), restoreCommand(env, &common), repairCommand(env, &common), slackCommand(env, &common), forgetCommand(env, &common),
		configCommand(env, &common), healthCommand(env, &common), statusCommand(env, &common), versionCommand(env))
	return root
}

func runCommand(env app.Env, common *app.Common) *cobra.Command {
	return &cobra.Command{
		Use:   "run",
		Short: "Collect, read, keep and tell until interrupted (what marsad does without a command)",
		Args:  usage(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			return app.Run(c.Context(), env, *common)
		},
	}
}

func checkCommand(env app.Env, common *app.Common) *cobra.Command {
	var seeds, probe bool
	c := &cobra.Command{
		Use:   "check [FILE]",
		Short: "Check a configuration and name every mistake with its line and its remedy",
		Long: `Check a configuration and name every mistake with its line and its remedy.

With --probe everybody is asked whom it names: each feed once, within the limits of
polls, InfluxDB (may both buckets be written), Slack (the token and the channels) and the
hosts of webhooks. Nothing goes on record, and nobody is told anything. The exit status
is 1 when something is wrong.

Own feeds and topics add to the built-in starter data; seeds: {feeds: [], topics: []}
leaves that out.`,
		Args: usage(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 1 {
				common.Config = args[0]
			}
			if seeds {
				return app.CheckSeeds(env)
			}
			if probe {
				return app.Probe(c.Context(), env, *common)
			}
			return app.Check(env, *common)
		},
	}
	c.Flags().BoolVar(&probe, "probe", false, "ask every feed, InfluxDB, Slack and the hosts of webhooks as well")
	c.Flags().BoolVar(&seeds, "seeds", false, "check all of the built-in starter feeds, topics and lexicons instead")
	return c
}

func explainCommand(env app.Env, common *app.Common) *cobra.Command {
	var o app.ExplainOptions
	c := &cobra.Command{
		Use:   "explain FILE|URL|-",
		Short: "Show the dates, counts and topics that are read out of a text, and by which rule",
		Long: `Show the dates, counts, other quantities and topics that are read out of a text.

FILE is plain text, or JSON Lines of {"id","lang","ref","text"} with --format jsonl;
URL is a web page; - is standard input. Offsets in JSON count Unicode code points.`,
		Args: usage(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 1 {
				o.Source = args[0]
			}
			if given := slices.DeleteFunc([]string{o.Source, o.Incident, o.Alarm}, func(s string) bool { return s == "" }); len(given) != 1 {
				return usageError{errWithHelp(c, errExplainWhat)}
			}
			return app.Explain(c.Context(), env, *common, o)
		},
	}
	flags := c.Flags()
	flags.StringVar(&o.Format, "format", "text", "`FORM` of the answer: text, json or jsonl")
	flags.StringVar(&o.Topic, "topic", "", "say why the text is or is not on the topic `NAME`")
	flags.StringVar(&o.Incident, "incident", "", "say why the incident `ID` of the record was raised, instead of reading a text")
	flags.StringVar(&o.Alarm, "alarm", "", "say why the `TOPIC` alarms or does not, at --ref, instead of reading a text")
	flags.StringVar(&o.Ref, "ref", "", "`INSTANT` that relative dates count from (default: now)")
	flags.StringVar(&o.Lang, "lang", "", "`LANGUAGE` of the text, as in ar or en (default: by its script)")
	return c
}

func testCommand(env app.Env, common *app.Common) *cobra.Command {
	return &cobra.Command{
		Use:   "test RULES.yaml...",
		Short: "Run unit tests of topics and alarms: texts that match or not, series that fire or not",
		Long: `Run unit tests of topics and alarms.

  tests:
    - topic: group-merger
      match:    [ISIS and al-Qaeda plan to merge]
      no_match: [Two banks plan a merger]
    - topic: group-merger
      series: 2x400 40
      fires: true

The topics are those of the configuration; the file may have topics and lexicons of
its own. Each test that fails is named by its line. docs/TOPICS.md has the notation.`,
		Args: usage(cobra.MinimumNArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error {
			return app.Test(env, *common, args)
		},
	}
}

func loadCommand(env app.Env, common *app.Common) *cobra.Command {
	return &cobra.Command{
		Use:   "load FILE.jsonl...",
		Short: "Take archives into the record; what is loaded is history and fires nothing",
		Long: `Take archives into the record: JSON Lines of {"id","feed","url","title","text","lang","published","publisher"}.

Loading again adds nothing. Feeds that config.yaml does not name become archive
feeds. What is loaded counts as history and never fires an alert. - is standard input.`,
		Args: usage(cobra.MinimumNArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			return app.Load(c.Context(), env, *common, args)
		},
	}
}

func projectCommand(env app.Env, common *app.Common) *cobra.Command {
	var o app.ProjectOptions
	c := &cobra.Command{
		Use:   "project",
		Short: "Write the record to InfluxDB again; writing twice changes nothing",
		Long: `Write the record to InfluxDB again; writing twice changes nothing.

A running Marsad projects by itself. This is for buckets that lost points, or that
were made anew. --from and --to are times of recording, not of publication: a date
(2017-05-20, which is meant whole), a time in RFC 3339, or how long ago (-30d).`,
		Args: usage(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			return app.Project(c.Context(), env, *common, o)
		},
	}
	flags := c.Flags()
	flags.StringVar(&o.From, "from", "", "leave out what was recorded before this `TIME`")
	flags.StringVar(&o.To, "to", "", "leave out what was recorded after this `TIME`")
	flags.BoolVar(&o.DryRun, "dry-run", false, "count the points and ask the server nothing")
	return c
}

func detectCommand(env app.Env) *cobra.Command {
	var o app.DetectOptions
	c := &cobra.Command{
		Use:   "detect",
		Short: "Judge any series of counts: standard input and output, in JSON Lines",
		Long: `Judge any series of counts as the alarm judges topics. On standard input, in time order:

  {"series":"name","t":"2026-01-05T10:00:00Z","count":3,"exposure":120}

t is the start of the step; exposure is how much was collected at all, and may be
left out. A step without a line is not covered. On standard output, for each line:

  {"series","t","score","p","expected","upper","alarm"}

score is larger the rarer, and comparable between series. p is the probability of
so much in the most telling window, expected and upper are its mean and the count
that alarms. Without --step, SPIKE_STEP_SECONDS in the environment sets the step.`,
		Args: usage(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			return app.Detect(c.Context(), env, o)
		},
	}
	c.Flags().DurationVar(&o.Step, "step", 0, "`WIDTH` of a step (default 1h)")
	c.Flags().StringVar(&o.Budget, "budget", "1/4w", "false alarms that a series may have: `N/T`")
	return c
}

func timelineCommand(env app.Env, common *app.Common) *cobra.Command {
	var o app.TimelineOptions
	c := &cobra.Command{
		Use:   "timeline TOPIC",
		Short: "Show the dates that tell a topic best, each in one or two sentences",
		Long: `Show the dates that tell a topic best: those that most stories report, and that
papers come back to weeks later. Each has one or two sentences, and the counts that
were named with it, side by side.

Dates are those that articles speak of, not those of publication. --from and --to
take a date (2017-05-20, which is meant whole), a time in RFC 3339, or how long ago
(-30d).`,
		Args: usage(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			o.Topic = args[0]
			return app.Timeline(c.Context(), env, *common, o)
		},
	}
	flags := c.Flags()
	flags.StringVar(&o.From, "from", "", "leave out dates before this `TIME`")
	flags.StringVar(&o.To, "to", "", "leave out dates after this `TIME`")
	flags.IntVar(&o.Dates, "dates", 20, "how many dates at most: `N`")
	flags.StringVar(&o.Format, "format", "text", "`FORM` of the answer: text, md, json or ics")
	return c
}

func backtestCommand(env app.Env, common *app.Common) *cobra.Command {
	var o app.BacktestOptions
	c := &cobra.Command{
		Use:   "backtest",
		Short: "Try topics and rules on the articles of the record: what would have fired, and what did",
		Long: `Try topics and rules on the articles of the record: what would have fired, next to
what did. The topics are read again in all articles, and the steps closed one by
one, by the code of a running Marsad. The record is only read.

  marsad backtest --config new.yaml --from 2026-05-01

What was loaded from an archive is taken as if it had been collected when it was
published. --from and --to take a date, a time in RFC 3339, or how long ago (-30d);
without them it is the last 30 days of the record.`,
		Args: usage(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			return app.Backtest(c.Context(), env, *common, o)
		},
	}
	flags := c.Flags()
	flags.StringVar(&o.From, "from", "", "begin at this `TIME`; what lies before is learnt from")
	flags.StringVar(&o.To, "to", "", "end at this `TIME`")
	flags.StringVar(&o.Topic, "topic", "", "try the topic `NAME` alone")
	flags.StringVar(&o.Format, "format", "text", "`FORM` of the answer: text, json or csv")
	return c
}

func healthCommand(env app.Env, common *app.Common) *cobra.Command {
	return &cobra.Command{
		Use:   "health",
		Short: "Ask the daemon on this machine whether it is alive, as a container does",
		Args:  usage(cobra.NoArgs),
		RunE:  func(c *cobra.Command, _ []string) error { return app.Health(c.Context(), env, *common) },
	}
}

func versionCommand(env app.Env) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  usage(cobra.NoArgs),
		RunE:  func(*cobra.Command, []string) error { return app.PrintVersion(env) },
	}
}

func slackCommand(env app.Env, common *app.Common) *cobra.Command {
	var o app.SlackTestOptions
	test := &cobra.Command{
		Use:   "test",
		Short: "Post a sample incident and walk it through its life: opening, growth, escalation, resolution",
		Args:  usage(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			return app.SlackTest(c.Context(), env, *common, o)
		},
	}
	test.Flags().StringVar(&o.Channel, "channel", "", "`CHANNEL` to post in (default: slack.channel)")
	test.Flags().DurationVar(&o.Pause, "pause", 3*time.Second, "`TIME` between two steps")
	parent := &cobra.Command{Use: "slack", Short: "Try the connection to Slack", Args: usage(cobra.NoArgs)}
	parent.AddCommand(test)
	return parent
}
