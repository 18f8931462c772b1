package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strings"

	"github.com/schollz/progressbar/v3"

	"marsad/timeline/sqlite"
)

// Backup copies the record to a new file and says what it came to.
func Backup(ctx context.Context, env Env, common Common, to string) error {
	cfg, err := common.configuration(env)
	if err != nil {
		return err
	}
	if err := checkRecordExists(cfg); err != nil {
		return err
	}
	if err := sqlite.Backup(ctx, cfg.Record.Path, to, pagesProgress(env, "copying pages")); err != nil {
		return err
	}
	info, err := os.Stat(to)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(env.Stdout, "record %s is backed up to %s: %d bytes, checked\n", cfg.Record.Path, to, info.Size())
	return err
}

// Restore puts a backup in the place of the record.
func Restore(ctx context.Context, env Env, common Common, from string) error {
	cfg, err := common.configuration(env)
	if err != nil {
		return err
	}
	aside := cfg.Record.Path + ".before-" + now().UTC().Format("20060102T150405Z")
	if err := sqlite.Restore(ctx, from, cfg.Record.Path, aside, pagesProgress(env, "copying pages")); err != nil {
		return err
	}
	said := ""
	if _, err := os.Stat(aside); err == nil {
		said = "; what was there is " + aside
	}
	_, err = fmt.Fprintf(env.Stdout, "record %s is restored from %s%s\n", cfg.Record.Path, from, said)
	return err
}

// pagesProgress shows how far work on a file is.
func pagesProgress(env Env, what string) sqlite.Progress {
	var bar *progressbar.ProgressBar
	return func(done, total int64) {
		if bar == nil {
			bar = progress(env, total, what)
		}
		_ = bar.Set64(done) // that nobody sees how far it is stops nothing
	}
}

// Repair checks the record and, when it is damaged, saves what can be read of it in
// a new file; to may be empty for one next to it.
func Repair(ctx context.Context, env Env, common Common, to string) error {
	cfg, err := common.configuration(env)
	if err != nil {
		return err
	}
	if err := checkRecordExists(cfg); err != nil {
		return err
	}
	path := cfg.Record.Path
	err = sqlite.Check(ctx, path)
	damaged, ok := errors.AsType[*sqlite.DamagedError](err)
	if !ok {
		if err == nil {
			_, err = fmt.Fprintf(env.Stdout, "record %s is whole: nothing to repair\n", path)
		}
		return err
	}
	fmt.Fprintf(env.Stdout, "record %s is damaged:\n", path)
	for _, problem := range damaged.Problems {
		fmt.Fprintf(env.Stdout, "  %s\n", problem)
	}
	if to == "" {
		to = path + ".repaired-" + now().UTC().Format("20060102T150405Z")
	}
	saved, err := sqlite.Salvage(ctx, path, to, pagesProgress(env, "saving tables"))
	if err != nil {
		return err
	}
	return printSalvaged(env.Stdout, &saved, path, to)
}

func printSalvaged(out io.Writer, s *sqlite.Salvaged, path, to string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "what can be read is saved in %s: %d articles; lost: %d\n", to, s.Articles, s.LostArticles)
	for i := range s.Tables {
		t := &s.Tables[i]
		fmt.Fprintf(&b, "  table %s: %d rows saved", t.Name, t.Rows)
		for _, g := range t.Gaps {
			if g.Last == math.MaxInt64 {
				fmt.Fprintf(&b, "; none from number %d on", g.First)
			} else {
				fmt.Fprintf(&b, "; none of numbers %d to %d", g.First, g.Last)
			}
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "record %s is as it was. If there is no newer backup, put the saved one in its place:\n  marsad restore %s\nand, with InfluxDB, run marsad project afterwards.\n", path, to)
	_, err := io.WriteString(out, b.String())
	return err
}
