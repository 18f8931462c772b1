// Command marsad watches the news for a team: it polls feeds, reads the dates,
// counts and topics of each new article, keeps them in one file, and tells the
// team when a topic is suddenly in the news.
//
// This package turns arguments and signals into calls of internal/app and does
// nothing else. Exit status: 0 done, 1 failed, 2 called wrongly.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"marsad/internal/app"
)

func main() { os.Exit(run()) }

func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// After the first signal the second one ends the process at once.
	context.AfterFunc(ctx, stop)

	// One that comes while another is worked on is worked on after it.
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)

	env := app.Env{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, LookupEnv: os.LookupEnv, Hangup: hangup}
	err := command(env).ExecuteContext(ctx)
	var usage usageError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &usage):
		fmt.Fprintf(os.Stderr, "marsad: %v\n", err)
		return 2
	default:
		fmt.Fprintf(os.Stderr, "marsad: %v\n", err)
		return 1
	}
}
