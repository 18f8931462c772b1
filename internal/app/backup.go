package app

import (
	"context"
	"fmt"
	"os"

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
