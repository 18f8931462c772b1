package main

import (
	"github.com/spf13/cobra"

	"marsad/internal/app"
)

func backupCommand(env app.Env, common *app.Common) *cobra.Command {
	return &cobra.Command{
		Use:   "backup FILE",
		Short: "Copy the record to a new file, while Marsad runs, and check the copy",
		Long: `Copy the record to a new file, while Marsad runs, and check the copy. The backup is
the record of one moment, in one file; a file that is there is never overwritten.`,
		Args: usage(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			return app.Backup(c.Context(), env, *common, args[0])
		},
	}
}

func restoreCommand(env app.Env, common *app.Common) *cobra.Command {
	return &cobra.Command{
		Use:   "restore FILE",
		Short: "Put a backup in the place of the record, which is kept under another name",
		Long: `Put a copy of a backup, once it is checked, in the place of the record. Marsad must
not run meanwhile. The record that was there is kept next to it, under a name that
ends in the time; the backup stays as it is.

What came in since the backup was made is fetched again where feeds still have it.`,
		Args: usage(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			return app.Restore(c.Context(), env, *common, args[0])
		},
	}
}

func repairCommand(env app.Env, common *app.Common) *cobra.Command {
	var to string
	c := &cobra.Command{
		Use:   "repair",
		Short: "Check the record, and save what can be read of a damaged one in a new file",
		Long: `Check the record; that takes seconds for each gigabyte, and Marsad may run. When it
is damaged, save what can be read of it in a new file, for which Marsad must not
run, and say what is lost. The damaged file is only read: marsad restore puts the
saved one, or a backup, in its place.`,
		Args: usage(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			return app.Repair(c.Context(), env, *common, to)
		},
	}
	c.Flags().StringVar(&to, "to", "", "new `FILE` for what is saved (default: next to the record)")
	return c
}
