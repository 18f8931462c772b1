package app

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"marsad/internal/config"
)

// FeedsImportOptions are the flags of `marsad feeds import`.
type FeedsImportOptions struct {
	File         string // OPML; - is standard input
	GroupAsLabel bool   // the titles of the outlines around a feed become its labels
}

// FeedsImport writes the feeds of an OPML file as the section feeds of a
// configuration. What was joined or renamed is told on standard error. What could
// not be taken is an error at the end; everything else is written by then.
func FeedsImport(env Env, common Common, o FeedsImportOptions) error {
	cfg, err := common.configuration(env)
	if err != nil {
		return err
	}
	data, err := readOPML(env, o.File)
	if err != nil {
		return err
	}
	opml, err := config.ReadOPML(o.File, data, config.OPMLOptions{GroupAsLabel: o.GroupAsLabel, Configured: cfg.Feeds})
	if err != nil {
		return err
	}
	if len(opml.Feeds) > 0 {
		if err := config.WriteFeeds(env.Stdout, opml.Feeds); err != nil {
			return err
		}
	}
	for i, note := range opml.Notes {
		if i == maxBadLines {
			fmt.Fprintf(env.Stderr, "and %d notes more\n", len(opml.Notes)-i)
			break
		}
		fmt.Fprintln(env.Stderr, note)
	}
	return notTaken(len(opml.Feeds), opml.Problems)
}

// notTaken makes one error of what could not be taken beside the feeds that were.
func notTaken(feeds int, problems config.Problems) error {
	if len(problems) == 0 {
		return nil
	}
	told := problems[:min(len(problems), maxBadLines)]
	more := ""
	if n := len(problems) - len(told); n > 0 {
		more = fmt.Sprintf("\nand %d more", n)
	}
	if feeds == 0 {
		return fmt.Errorf("nothing could be taken:\n%w%s", told, more)
	}
	return fmt.Errorf("not all could be taken, everything else is written:\n%w%s", told, more)
}

// readOPML reads a file that is no larger than OPML may be, and a byte of one
// that is, so that it is refused.
func readOPML(env Env, name string) ([]byte, error) {
	in, err := openSource(env, name)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	data, err := io.ReadAll(io.LimitReader(in, config.MaxOPMLBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return data, nil
}

// FeedsExport writes the configuration's feeds, those of the seeds included, for
// others: without headers, without users and passwords, and without the values
// of variables. The format is opml or yaml. Feeds that OPML cannot hold are named
// on standard error.
func FeedsExport(env Env, common Common, format string) error {
	if format != "opml" && format != "yaml" {
		return fmt.Errorf("--format %q is none: write opml or yaml", format)
	}
	cfg, err := common.configuration(env)
	if err != nil {
		return err
	}
	feeds, err := config.SharedFeeds(cfg.Source, env.LookupEnv, os.ReadFile)
	if err != nil {
		return err
	}
	if len(feeds) == 0 {
		return errors.New("there are no feeds to export: add some under feeds in config.yaml, or take seeds")
	}
	var out bytes.Buffer // so that nothing is written of what fails
	if format == "yaml" {
		err = config.WriteFeeds(&out, feeds)
	} else {
		var leftOut []string
		leftOut, err = config.WriteOPML(&out, "Feeds of Marsad", feeds)
		for _, name := range leftOut {
			fmt.Fprintf(env.Stderr, "feed %q is left out: it has no address that another reader could use; --format yaml has it\n", name)
		}
	}
	if err != nil {
		return err
	}
	_, err = env.Stdout.Write(out.Bytes())
	return err
}
