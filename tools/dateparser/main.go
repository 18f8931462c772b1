// Command dateparser compares Marsad's reading with go-dateparser's search for
// dates, on the same texts in the same run: those of timeline/extract's own test
// data. It prints megabytes a second of processor time, and their ratio. Marsad
// reads dates, counts and other quantities in that time, go-dateparser dates.
//
//	go -C tools/dateparser run . [-seconds 5]
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	dps "github.com/markusmobius/go-dateparser"

	"marsad/timeline"
	"marsad/timeline/extract"
)

func main() {
	seconds := flag.Int("seconds", 3, "processor `SECONDS` for each of the readers and languages")
	flag.Parse()
	if err := run(time.Duration(*seconds) * time.Second); err != nil {
		fmt.Fprintln(os.Stderr, "dateparser:", err)
		os.Exit(1)
	}
}

func run(budget time.Duration) error {
	kinds, err := extract.ReadKinds(os.DirFS("../../seeds/kinds"))
	if err != nil {
		return err
	}
	reader, err := extract.New(extract.Options{Kinds: kinds})
	if err != nil {
		return err
	}
	published := time.Date(2017, 5, 20, 12, 0, 0, 0, time.UTC)
	fmt.Println("language  texts     MB  marsad MB/s  go-dateparser MB/s  ratio  dates of marsad  of go-dateparser")
	for _, lang := range []string{"en", "ar"} {
		texts, err := readTexts(lang)
		if err != nil {
			return err
		}
		size := 0
		for _, t := range texts {
			size += len(t)
		}
		var ours, theirs int
		our := speed(budget, size, func() {
			ours = 0
			for _, t := range texts {
				facts := reader.Read(&timeline.Article{Lang: lang, Text: t, Published: published})
				ours += len(facts.Dates)
			}
		})
		parser := dps.Parser{}
		config := dps.Configuration{CurrentTime: published, Languages: []string{lang}}
		their := speed(budget, size, func() {
			theirs = 0
			for _, t := range texts {
				// What it cannot read is not found; that is its answer.
				_, found, err := parser.Search(&config, t)
				if err == nil {
					theirs += len(found)
				}
			}
		})
		fmt.Printf("%-8s %6d %6.2f %12.2f %19.3f %6.0f %16d %17d\n",
			lang, len(texts), float64(size)/1e6, our/1e6, their/1e6, our/their, ours, theirs)
	}
	return nil
}

// readTexts makes short articles of the texts of the test data, without what is
// expected of them.
func readTexts(lang string) ([]string, error) {
	names, err := filepath.Glob("../../timeline/extract/testdata/" + lang + ".*facts.txt")
	if err != nil || len(names) == 0 {
		return nil, fmt.Errorf("texts in %s: found %v: run it in tools/dateparser: %w", lang, names, err)
	}
	var lines []string
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(string(data)) {
			if line = strings.TrimSuffix(line, "\n"); line != "" && !strings.ContainsAny(line[:1], "#@ \t") {
				lines = append(lines, line)
			}
		}
	}
	const linesEach = 20 // a short article
	var texts []string
	for chunk := range slices.Chunk(lines, linesEach) {
		texts = append(texts, strings.Join(chunk, "\n"))
	}
	return texts, nil
}

// speed runs once unmeasured and then as often as the budget of processor time
// allows, and gives bytes a second of it.
func speed(budget time.Duration, size int, read func()) float64 {
	read()
	began := cpuTime()
	for turns := 1; ; turns++ {
		read()
		if took := cpuTime() - began; took >= budget {
			return float64(size) * float64(turns) / took.Seconds()
		}
	}
}

// cpuTime is the processor time that the process has taken.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err) // RUSAGE_SELF is always there
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
