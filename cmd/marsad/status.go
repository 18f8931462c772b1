package main

import (
	"github.com/spf13/cobra"

	"marsad/internal/app"
)

func statusCommand(env app.Env, common *app.Common) *cobra.Command {
	var format string
	c := &cobra.Command{
		Use:   "status",
		Short: "Say how Marsad is: feeds, stages, incidents, notices, disk; exit status 1 when something is wrong",
		Long: `Say how Marsad is: from the record, which is only read, and from the Marsad that
runs on it, which is asked at web.listen. The exit status is 1 when something is
wrong, and the last lines say what: not running or not ready, most feeds failing,
notices refused or waiting for long, InfluxDB behind, the disk nearly full.`,
		Args: usage(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			return app.Status(c.Context(), env, *common, format)
		},
	}
	c.Flags().StringVar(&format, "format", "text", "`FORM` of the answer: text or json")
	return c
}
