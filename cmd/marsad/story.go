package main

import (
	"github.com/spf13/cobra"

	"marsad/internal/app"
)

func storyCommand(env app.Env, common *app.Common) *cobra.Command {
	var format string
	c := &cobra.Command{
		Use:   "story [ID]",
		Short: "Show a story with its articles, or the newest stories; split and merge stories",
		Long: `Show a story with its articles, or the newest stories.

A story is one text, told by one or more publishers: copies under other headlines,
shortened, extended or lightly edited. + marks the articles that count in series:
the first of each publisher, up to alerts.story_cap.`,
		Args: usage(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return app.Stories(c.Context(), env, *common, format)
			}
			return app.Story(c.Context(), env, *common, args[0], format)
		},
	}
	c.PersistentFlags().StringVar(&format, "format", "text", "`FORM` of the answer: text or json")
	var o app.RulingOptions
	split := &cobra.Command{
		Use:   "split ID ARTICLE...",
		Short: "Take articles out of a story, into one of their own",
		Long: `Take articles out of a story, into one of their own.

The correction is kept by itself: it holds when articles are read or loaded again.
Steps that are final (older than alerts.horizon) stay as they were counted.`,
		Args: usage(cobra.MinimumNArgs(2)),
		RunE: func(c *cobra.Command, args []string) error {
			return app.SplitStory(c.Context(), env, *common, args[0], args[1:], o, format)
		},
	}
	merge := &cobra.Command{
		Use:   "merge ID STORY...",
		Short: "Put the articles of other stories into a story",
		Long: `Put the articles of the other stories into the first one. The correction is kept
as that of a split is.`,
		Args: usage(cobra.MinimumNArgs(2)),
		RunE: func(c *cobra.Command, args []string) error {
			return app.MergeStories(c.Context(), env, *common, args[0], args[1:], o, format)
		},
	}
	for _, x := range []*cobra.Command{split, merge} {
		x.Flags().StringVar(&o.By, "by", "", "`NAME` of who says so")
		x.Flags().StringVar(&o.Why, "why", "", "`REASON`, kept with the correction")
	}
	c.AddCommand(split, merge)
	return c
}
