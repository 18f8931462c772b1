package app

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// versionAt is where a SQLite file has the version that its program gave it (file
// format, 1.3.12), four bytes.
const versionAt = 60

// TestCommandsThatRead runs the commands that only look where there is no record,
// where there is one of an earlier version, and where there is one: they make
// none, bring none up to date, and change nothing.
func TestCommandsThatRead(t *testing.T) {
	t.Parallel()
	projected := strings.Replace(mainJob, "\ntopics:", "\ninflux: {url: \"http://127.0.0.1:1\", org: o, token: t}\ntopics:", 1)
	for name, run := range map[string]func(context.Context, Env, Common) error{
		"feeds":   func(ctx context.Context, env Env, common Common) error { return FeedsList(ctx, env, common, "text") },
		"stories": func(ctx context.Context, env Env, common Common) error { return Stories(ctx, env, common, "text") },
		"story": func(ctx context.Context, env Env, common Common) error {
			return Story(ctx, env, common, "none", "text")
		},
		"facts":     func(ctx context.Context, env Env, common Common) error { return ListFacts(ctx, env, common, "none") },
		"corrected": ExportFacts,
		"explain --incident": func(ctx context.Context, env Env, common Common) error {
			return Explain(ctx, env, common, ExplainOptions{Incident: "none"})
		},
		"explain --alarm": func(ctx context.Context, env Env, common Common) error {
			return Explain(ctx, env, common, ExplainOptions{Alarm: "merger"})
		},
		"timeline": func(ctx context.Context, env Env, common Common) error {
			return Timeline(ctx, env, common, TimelineOptions{Topic: "merger", Dates: 3, Format: "text"})
		},
		"backtest": func(ctx context.Context, env Env, common Common) error {
			return Backtest(ctx, env, common, BacktestOptions{Format: "text"})
		},
		"export": func(ctx context.Context, env Env, common Common) error {
			return Export(ctx, env, common, ExportOptions{Kind: "articles", Format: "csv"})
		},
		"project --dry-run": func(ctx context.Context, env Env, common Common) error {
			return Project(ctx, env, common, ProjectOptions{DryRun: true})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, projected)
			command := func() error {
				path := filepath.Join(s.dir, "config.yaml")
				if err := os.WriteFile(path, []byte(strings.ReplaceAll(projected, "RECORD", s.cfg.Record.Path)), 0o600); err != nil {
					t.Fatal(err)
				}
				env := Env{Stdout: io.Discard, Stderr: t.Output(), LookupEnv: func(string) (string, bool) { return "", false }}
				return run(t.Context(), env, Common{Config: path, LogLevel: "warn", LogFormat: "text"})
			}
			if err := command(); err == nil || !strings.Contains(err.Error(), "is not there yet: start marsad") {
				t.Errorf("without a record: error %v", err)
			}
			if _, err := os.Stat(s.cfg.Record.Path); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("without a record one was made, or its place cannot be read: %v", err)
			}

			s.load(t, history(time.Now(), 1))
			whole := read(t, s.cfg.Record.Path)
			if err := command(); err != nil && !strings.Contains(err.Error(), "none") {
				t.Errorf("with a record: error %v", err)
			}
			if !cmp.Equal(whole, read(t, s.cfg.Record.Path)) {
				t.Error("the record was changed")
			}

			copy(whole[versionAt:], []byte{0, 0, 0, 4})
			if err := os.WriteFile(s.cfg.Record.Path, whole, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := command(); err == nil || !strings.Contains(err.Error(), "of version 4") || !strings.Contains(err.Error(), "start marsad once") {
				t.Errorf("with a record of an earlier version: error %v", err)
			}
			if !cmp.Equal(whole, read(t, s.cfg.Record.Path)) {
				t.Error("the record of an earlier version was changed")
			}
		})
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
