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

// Release is a release of InfluxDB that is tested against.
type Release struct {
	Version  string
	tool     string // folder of its tool module under tools
	pkg      string
	variable string // of the environment that names another binary
}

// V2 is the newest release of version 2 that builds with Go alone.
func V2() Release {
	return Release{"2.0.0-beta.8", "influxd", "github.com/influxdata/influxdb/v2/cmd/influxd", "MARSAD_INFLUXD"}
}

// V1 is the last release of version 1.
func V1() Release {
	return Release{"1.8.10", "influxd18", "github.com/influxdata/influxdb/cmd/influxd", "MARSAD_INFLUXD18"}
}

// BuildCommand builds the servers and keeps them in the user's cache. It takes
// some minutes the first time.
const BuildCommand = "go run ./timeline/influx/influxtest/build"

// requireVariable is 1 in the environment where tests may not go without.
const requireVariable = "MARSAD_REQUIRE_INFLUXD"

// Path is where the server's binary is or would be: $MARSAD_INFLUXD or
// $MARSAD_INFLUXD18, else marsad/influxd-VERSION in the user's cache.
func (r Release) Path() (string, error) {
	if path := os.Getenv(r.variable); path != "" {
		return path, nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("no place to keep the server in: %w; set %s", err, r.variable)
	}
	name := "influxd-" + r.Version
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(cache, "marsad", name), nil
}

// Build builds the server from its tool module, unless it is there already, and
// returns its path. The working directory must be inside Marsad's module.
func (r Release) Build(ctx context.Context) (string, error) {
	path, err := r.Path()
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
	source := filepath.Join(filepath.Dir(strings.TrimSpace(string(module))), "tools", r.tool)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return "", err
	}
	// Several packages' tests may build at once; the last rename wins.
	unfinished := fmt.Sprintf("%s.%d", path, os.Getpid())
	build := exec.CommandContext(ctx, "go", "build", "-C", source, "-trimpath", "-ldflags=-s -w -X main.version="+r.Version, "-o", unfinished, r.pkg)
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=", "GOWORK=off")
	if output, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building %s in %s: %w\n%s", r.pkg, source, err, output)
	}
	return path, os.Rename(unfinished, path)
}
