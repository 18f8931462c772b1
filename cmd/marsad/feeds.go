package main

import (
	"github.com/spf13/cobra"

	"marsad/internal/app"
)

func feedsCommand(env app.Env, common *app.Common) *cobra.Command {
	var format string
	c := &cobra.Command{
		Use:   "feeds",
		Short: "Show how the feeds are, those in trouble first; try, find, import and export feeds",
		Long: `Show how each feed of the record is, those in trouble first:

  failing   the last poll saw nothing; below it stands why
  silent    polled well, but nothing new for twice as long as it ever was quiet
            within its last 20 articles (at least a day)
  waiting   not polled yet
  ok        polled well
  archive   filled by marsad load, never polled
  disabled  not in config.yaml any more, or enabled: false

NEWEST is the age of the newest article that the feed had first, ARTICLES their
number, NEXT the time to the next poll (due: marsad is not running, or about to
poll), RHYTHM the usual time between two, LAST what became of the last one.`,
		Args: usage(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			return app.FeedsList(c.Context(), env, *common, format)
		},
	}
	c.Flags().StringVar(&format, "format", "text", "`FORM` of the answer: text or json")
	c.AddCommand(feedsTestCommand(env, common), feedsDiscoverCommand(env, common),
		feedsImportCommand(env, common), feedsExportCommand(env, common))
	return c
}

func feedsTestCommand(env app.Env, common *app.Common) *cobra.Command {
	var o app.FeedsTestOptions
	c := &cobra.Command{
		Use:   "test NAME|URL",
		Short: "Show what would be stored from a feed, and what had to be repaired",
		Long: `Show what would be stored from a feed, and every repair that its document needed.

Nothing is stored. With --file the document is read from the file instead of
being fetched; --header gives the header that it came with, NAME or URL the
address that its relative links count from.`,
		Args: usage(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 1 {
				o.Source = args[0]
			}
			if o.Source == "" && len(o.Files) == 0 {
				return usageError{errWithHelp(c, errFeedsTestWhat)}
			}
			return app.FeedsTest(c.Context(), env, *common, o)
		},
	}
	flags := c.Flags()
	flags.StringVar(&o.Format, "format", "text", "`FORM` of the answer: text or jsonl")
	flags.BoolVar(&o.FullText, "full-text", false, "fetch the pages of the first five items as well, as full_text: true does")
	flags.StringArrayVar(&o.Files, "file", nil, "read the document from `FILE`; may be given several times")
	flags.StringArrayVar(&o.Header, "header", nil, "`LINE` of the header that the file came with, as in 'Content-Type: text/xml'; may be given several times")
	return c
}

func feedsDiscoverCommand(env app.Env, common *app.Common) *cobra.Command {
	var format string
	c := &cobra.Command{
		Use:   "discover URL",
		Short: "Find the feeds of a site",
		Long: `Find the feeds of a site: those that the page at URL names, else those at the
usual addresses (/feed, /rss, /rss.xml, /atom.xml, /feed.xml, /index.xml).

Each is fetched and read, one after the other, under the limits of collector;
what is shown is its address, title, number of items and newest date.`,
		Args: usage(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			return app.FeedsDiscover(c.Context(), env, *common, args[0], format)
		},
	}
	c.Flags().StringVar(&format, "format", "text", "`FORM` of the answer: text or json")
	return c
}

func feedsImportCommand(env app.Env, common *app.Common) *cobra.Command {
	var o app.FeedsImportOptions
	c := &cobra.Command{
		Use:   "import FILE.opml",
		Short: "Make entries for config.yaml of another reader's feeds (OPML)",
		Long: `Write the feeds of an OPML file, as another feed reader exports it, as the section
feeds of a config.yaml on standard output. - is standard input.

Names are made from the titles. A feed that config.yaml has keeps its name there,
so that its history goes on; one that is listed twice is taken once. Both are told
on standard error. Of a damaged file everything is taken that can be read, and the
rest named with its line; the exit status is 1 then.

    marsad feeds import reader.opml > feeds.yaml && marsad check feeds.yaml`,
		Args: usage(cobra.ExactArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error {
			o.File = args[0]
			return app.FeedsImport(env, *common, o)
		},
	}
	c.Flags().BoolVar(&o.GroupAsLabel, "group-as-label", false, "make labels of the groups (folders) that a feed is in")
	return c
}

func feedsExportCommand(env app.Env, common *app.Common) *cobra.Command {
	var format string
	c := &cobra.Command{
		Use:   "export",
		Short: "Write the feeds for other readers (OPML), or for another config.yaml",
		Long: `Write the feeds of config.yaml and of the seeds it takes on standard output, as
OPML 2.0 or as the section feeds of a config.yaml.

Headers, users and passwords in addresses, and the values of ${VARIABLES} are
left out. A key that is written out in the path or the query of an address is
not: put it into a variable.`,
		Args: usage(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			return app.FeedsExport(env, *common, format)
		},
	}
	c.Flags().StringVar(&format, "format", "opml", "`FORM` of the list: opml or yaml")
	return c
}
