package main

import (
	"github.com/spf13/cobra"

	"marsad/internal/app"
	"marsad/timeline/export"
)

func exportCommand(env app.Env, common *app.Common) *cobra.Command {
	var o app.ExportOptions
	c := &cobra.Command{
		Use:       "export TABLE",
		ValidArgs: export.Kinds(),
		Short:     "Write a table of the record on standard output: CSV or JSON Lines",
		Long: `Write a table of the record on standard output, newest first:

  articles   with their text and topics
  mentions   an article that speaks of a topic, with the words that matched
  counts     with their bounds, what is counted, who said so and the sentence
  events     by the date of the event, with the clause that tells of it
  incidents  by when they opened
  polls      the ledger
  series     steps of the topics, oldest first: counted, collected, expected

--from and --to select by the time named here, else by publication; they take a
date (2017-05-20, which is meant whole), a time in RFC 3339, or how long ago (-30d).

CSV begins with a byte order mark, so that spreadsheets read Arabic as it is; a
text that they would take for a formula has an apostrophe in front. The dates of a
topic as iCalendar: marsad timeline TOPIC --format ics.`,
		Args: usage(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			o.Kind = args[0]
			return app.Export(c.Context(), env, *common, o)
		},
	}
	flags := c.Flags()
	flags.StringVar(&o.From, "from", "", "leave out what is before this `TIME`")
	flags.StringVar(&o.To, "to", "", "leave out what is after this `TIME`")
	flags.StringVar(&o.Topic, "topic", "", "what is on the topic `NAME` alone")
	flags.StringVar(&o.Format, "format", "csv", "`FORM` of the table: csv or jsonl")
	return c
}
