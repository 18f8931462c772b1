// Command build builds the InfluxDB servers that the tests of timeline/influx
// run against, and prints where they are.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"

	"marsad/timeline/influx/influxtest"
)

func main() {
	if err := build(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func build() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	for _, release := range []influxtest.Release{influxtest.V2(), influxtest.V1()} {
		path, err := release.Build(ctx)
		if err != nil {
			return fmt.Errorf("build: %w", err)
		}
		fmt.Println(path)
	}
	return nil
}
