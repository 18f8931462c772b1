package main

import (
	"github.com/spf13/cobra"

	"marsad/internal/app"
)

func takedownCommand(env app.Env, common *app.Common) *cobra.Command {
	var o app.RulingOptions
	c := &cobra.Command{
		Use:   "takedown ARTICLE",
		Short: "Take an article down: out of the record, the series, incidents and messages",
		Long: `Take an article down, wherever its words are: the article with its facts and
revisions, its share of the series, its points in InfluxDB, and what incidents and
their messages quote of it. Messages that showed it are edited when marsad runs. There
is no way back: the article is not recorded again while its feed's items are
remembered (collector.remember). Its id stays, with who took it down and why.`,
		Args: usage(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			return app.TakeDown(c.Context(), env, *common, args[0], o)
		},
	}
	c.Flags().StringVar(&o.By, "by", "", "`NAME` of who says so")
	c.Flags().StringVar(&o.Why, "why", "", "`REASON`, kept")
	return c
}
