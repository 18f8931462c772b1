package main

import (
	"errors"

	"github.com/spf13/cobra"

	"marsad/internal/app"
)

func configCommand(env app.Env, common *app.Common) *cobra.Command {
	c := &cobra.Command{
		Use:   "config",
		Short: "Show what holds and where it comes from, or the schema of the configuration",
		Args:  usage(cobra.NoArgs),
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(
		&cobra.Command{
			Use:   "show",
			Short: "Show every setting that holds with where it comes from: a file and line, or the default; no secrets",
			Args:  usage(cobra.NoArgs),
			RunE:  func(*cobra.Command, []string) error { return app.ConfigShow(env, *common) },
		},
		&cobra.Command{
			Use:   "schema",
			Short: "Print the JSON Schema of config.yaml, for editors",
			Long: `Print the JSON Schema of config.yaml, for editors that know the YAML language server:

  marsad config schema > config.schema.json

and as the first line of config.yaml:

  # yaml-language-server: $schema=config.schema.json`,
			Args: usage(cobra.NoArgs),
			RunE: func(*cobra.Command, []string) error { return app.ConfigSchema(env) },
		})
	return c
}

var errForgetWhat = errors.New("name one of --feed NAME and --topic NAME")

func forgetCommand(env app.Env, common *app.Common) *cobra.Command {
	var o app.ForgetOptions
	c := &cobra.Command{
		Use:   "forget --feed NAME | --topic NAME",
		Short: "Delete the history of a feed or topic that is no more in the configuration",
		Long: `Delete the history of a feed or topic that is no more in the configuration.

A feed or topic that is removed from the configuration keeps its past. This deletes
it: of a feed its articles with their facts, its polls and its share of the series; of
a topic its mentions, evaluations and incidents (articles stay). Points go from
InfluxDB, too. There is no way back but a backup: look with --dry-run first.`,
		Args: usage(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			if (o.Feed == "") == (o.Topic == "") {
				return usageError{errWithHelp(c, errForgetWhat)}
			}
			return app.Forget(c.Context(), env, *common, o)
		},
	}
	c.Flags().StringVar(&o.Feed, "feed", "", "`NAME` of the feed")
	c.Flags().StringVar(&o.Topic, "topic", "", "`NAME` of the topic")
	c.Flags().BoolVar(&o.DryRun, "dry-run", false, "say what would go, and delete nothing")
	return c
}
