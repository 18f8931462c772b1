package app

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestCommandsKeepTheGrid runs the commands that open the record beside a daemon,
// with a config.yaml that was edited since the daemon was started. The counts
// stay as the daemon made them.
func TestCommandsKeepTheGrid(t *testing.T) {
	t.Parallel()
	for name, run := range map[string]func(ctx context.Context, env Env, common Common, dir string) error{
		"feeds": func(ctx context.Context, env Env, common Common, _ string) error {
			return FeedsList(ctx, env, common, "text")
		},
		"explain --incident": func(ctx context.Context, env Env, common Common, _ string) error {
			if err := Explain(ctx, env, common, ExplainOptions{Incident: "none"}); !strings.Contains(err.Error(), "not in the record") {
				return err
			}
			return nil
		},
		"load": func(ctx context.Context, env Env, common Common, dir string) error {
			empty := filepath.Join(dir, "empty.jsonl")
			if err := os.WriteFile(empty, nil, 0o600); err != nil {
				return err
			}
			return Load(ctx, env, common, []string{empty})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, mainJob)
			keeper, err := openRecord(t.Context(), s.cfg, s.log, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer keeper.Close()
			s.load(t, history(time.Now(), 1))
			before, err := keeper.Counts(t.Context(), "merger", time.Time{}, time.Now())
			if err != nil || len(before) == 0 {
				t.Fatalf("counts %v, %v", before, err)
			}

			path := filepath.Join(s.dir, "config.yaml")
			edited := strings.NewReplacer("RECORD", s.cfg.Record.Path, "step: 10m", "step: 1h").Replace(mainJob)
			if err := os.WriteFile(path, []byte(edited), 0o600); err != nil {
				t.Fatal(err)
			}
			env := Env{Stdout: io.Discard, Stderr: t.Output(), LookupEnv: func(string) (string, bool) { return "", false }}
			if err := run(t.Context(), env, Common{Config: path, LogLevel: "warn", LogFormat: "text"}, s.dir); err != nil {
				t.Fatal(err)
			}
			after, err := keeper.Counts(t.Context(), "merger", time.Time{}, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(before, after); diff != "" {
				t.Errorf("counts (-before +after):\n%s", diff)
			}
		})
	}
}
