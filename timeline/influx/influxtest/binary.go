package influxtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// Version is the release of InfluxDB that is tested against: the newest of
// version 2 that builds with Go alone.
const Version = "2.0.0-beta.8"

// BuildCommand builds the server and keeps it in the user's cache. It takes a
// few minutes the first time.
const BuildCommand = "go run ./timeline/influx/influxtest/build"

const serverPackage = "github.com/influxdata/influxdb/v2/cmd/influxd"

// Environment variables that say where the server is and whether tests may go
// without.
const (
	binaryVariable  = "MARSAD_INFLUXD"
	requireVariable = "MARSAD_REQUIRE_INFLUXD"
)

// Path is where the server's binary is or would be: $MARSAD_INFLUXD, else
// marsad/influxd-VERSION in the user's cache.
func Path() (string, error) {
	if path := os.Getenv(binaryVariable); path != "" {
		return path, nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("no place to keep the server in: %w; set %s", err, binaryVariable)
	}
	name := "influxd-" + Version
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(cache, "marsad", name), nil
}

// Build builds the server from the tool module tools/influxd, unless it is there
// already, and returns its path. The working directory must be inside Marsad's
// module.
func Build(ctx context.Context) (string, error) {
	path, err := Path()
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(path); err == nil || !errors.Is(err, os.ErrNotExist) {
		return path, err
	}
	module, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("finding the module: %w", err)
	}
	source := filepath.Join(filepath.Dir(strings.TrimSpace(string(module))), "tools", "influxd")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return "", err
	}
	// Several packages' tests may build at once; the last rename wins.
	unfinished := fmt.Sprintf("%s.%d", path, os.Getpid())
	build := exec.CommandContext(ctx, "go", "build", "-C", source, "-trimpath", "-ldflags=-s -w", "-o", unfinished, serverPackage)
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=", "GOWORK=off")
	if output, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building %s in %s: %w\n%s", serverPackage, source, err, output)
	}
	return path, os.Rename(unfinished, path)
}
