// Package app is where the parts of Marsad meet. It builds them from the
// configuration, hands each what it needs in the form of the small interfaces
// that it declared, owns every goroutine, and is the only reader of the clock.
//
// Each command of the command line is one exported function here.
package app

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"runtime/debug"
	"time"

	"github.com/mattn/go-isatty"

	"marsad/internal/config"
)

// Env is the world that a command sees.
type Env struct {
	Stdin     io.Reader
	Stdout    io.Writer
	Stderr    io.Writer
	LookupEnv func(name string) (string, bool) // as os.LookupEnv
	Hangup    <-chan os.Signal                 // asks a running Marsad to read its configuration again; nil: never
}

// Common are the flags that every command has.
type Common struct {
	Config    string // file; empty: defaultConfig if it exists, else the built-in defaults
	LogLevel  string // debug, info, warn or error
	LogFormat string // text or json
}

const defaultConfig = "config.yaml"

// logger writes to the environment's standard error.
func (c Common) logger(env Env) (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		return nil, fmt.Errorf("--log-level %q is none: write debug, info, warn or error", c.LogLevel)
	}
	o := &slog.HandlerOptions{Level: level}
	switch c.LogFormat {
	case "text":
		return slog.New(slog.NewTextHandler(env.Stderr, o)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(env.Stderr, o)), nil
	}
	return nil, fmt.Errorf("--log-format %q is none: write text or json", c.LogFormat)
}

// configuration reads the file that the flags name. Without any, the built-in
// defaults hold; the configuration knows its source.
func (c Common) configuration(env Env) (*config.Config, error) {
	if source := c.source(); source != config.BuiltIn {
		return config.Load(source, env.LookupEnv, os.ReadFile)
	}
	return config.Default()
}

// source gives the file that the configuration is in, or that it is built in.
func (c Common) source() string {
	if c.Config != "" {
		return c.Config
	}
	if _, err := os.Stat(defaultConfig); errors.Is(err, fs.ErrNotExist) {
		return config.BuiltIn
	}
	return defaultConfig
}

// setup gives what most commands begin with: the configuration and a logger.
func (c Common) setup(env Env) (*config.Config, *slog.Logger, error) {
	logger, err := c.logger(env)
	if err != nil {
		return nil, nil, err
	}
	cfg, err := c.configuration(env)
	return cfg, logger, err
}

// isTerminal reports whether a person watches what is written.
func isTerminal(out io.Writer) bool {
	f, ok := out.(*os.File)
	return ok && isatty.IsTerminal(f.Fd())
}

// now is the clock.
func now() time.Time { return time.Now() }

// Version is the version that the binary was built from: a release's tag, or
// "devel" with the commit where that is known.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "devel"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return "devel-" + s.Value[:12]
		}
	}
	return "devel"
}

// PrintVersion prints the version and what it was built with.
func PrintVersion(env Env) error {
	goVersion := "an unknown Go"
	if info, ok := debug.ReadBuildInfo(); ok {
		goVersion = info.GoVersion
	}
	_, err := fmt.Fprintf(env.Stdout, "marsad %s (%s)\n", Version(), goVersion)
	return err
}
