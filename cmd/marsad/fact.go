package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"marsad/internal/app"
)

func factCommand(env app.Env, common *app.Common) *cobra.Command {
	c := &cobra.Command{
		Use:   "fact",
		Short: "Correct or hide dates, counts and events that were misread",
		Long: `Correct or hide dates, counts and events that were misread.

A correction is bound to the words that were read and what was read out of them. It
holds when the article is read again, revised elsewhere, or loaded again.`,
		Args: usage(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	var o app.FactOptions
	hide := &cobra.Command{
		Use:   "hide ARTICLE FACT",
		Short: "Hide a fact",
		Args:  usage(cobra.ExactArgs(2)),
		RunE: func(c *cobra.Command, args []string) error {
			o.Article, o.Fact = args[0], args[1]
			return app.CorrectFact(c.Context(), env, *common, o)
		},
	}
	correct := &cobra.Command{
		Use:   "correct ARTICLE FACT FIELD=VALUE...",
		Short: "Give a fact other values",
		Long: `Give a fact other values. A count has lo, best, hi (nothing behind = where it is not
said), bound, kind, of, by and negated; a date or an event has lo, hi (the first day
or instant that is not of it), precision and relation.`,
		Args: usage(cobra.MinimumNArgs(3)),
		RunE: func(c *cobra.Command, args []string) error {
			o.Article, o.Fact, o.Set = args[0], args[1], make(map[string]string, len(args)-2)
			for _, arg := range args[2:] {
				field, value, ok := strings.Cut(arg, "=")
				if !ok {
					return usageError{errWithHelp(c, fmt.Errorf("%q is no FIELD=VALUE", arg))}
				}
				o.Set[field] = value
			}
			return app.CorrectFact(c.Context(), env, *common, o)
		},
	}
	for _, x := range []*cobra.Command{hide, correct} {
		x.Flags().StringVar(&o.By, "by", "", "`NAME` of who says so")
		x.Flags().StringVar(&o.Why, "why", "", "`REASON`, kept with the correction")
	}
	c.AddCommand(&cobra.Command{
		Use:   "list ARTICLE",
		Short: "List the facts of an article, with their ids and corrections",
		Args:  usage(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			return app.ListFacts(c.Context(), env, *common, args[0])
		},
	}, hide, correct, &cobra.Command{
		Use:   "restore ARTICLE FACT",
		Short: "Take a correction back",
		Args:  usage(cobra.ExactArgs(2)),
		RunE: func(c *cobra.Command, args []string) error {
			return app.RestoreFact(c.Context(), env, *common, args[0], args[1])
		},
	}, &cobra.Command{
		Use:   "export",
		Short: "Write all corrections as test vectors in JSON Lines",
		Args:  usage(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			return app.ExportFacts(c.Context(), env, *common)
		},
	})
	return c
}
