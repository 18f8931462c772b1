// Command build builds the InfluxDB server that the tests of timeline/influx
// run against, and prints where it is.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"

	"marsad/timeline/influx/influxtest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	path, err := influxtest.Build(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		os.Exit(1)
	}
	fmt.Println(path)
}
