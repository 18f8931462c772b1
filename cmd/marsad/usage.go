package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
)

// What is missing in the arguments.
var (
	errExplainWhat   = errors.New("name one of a text (FILE, URL or -), --incident ID or --alarm TOPIC")
	errFeedsTestWhat = errors.New("name a feed (NAME or URL) or --file FILE")
)

// usage makes the errors of an argument check usage errors.
func usage(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if err := check(c, args); err != nil {
			return usageError{errWithHelp(c, err)}
		}
		return nil
	}
}

func errWithHelp(c *cobra.Command, err error) error {
	return fmt.Errorf("%w; see '%s --help'", err, c.CommandPath())
}
