package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A backup is taken while polls are recorded: it is the record of one moment, with
// all that was committed before it began, and nothing half.
func TestBackup(t *testing.T) {
	dir := t.TempDir()
	path, to := filepath.Join(dir, "record.db"), filepath.Join(dir, "backup.db")
	r := openTest(t, path)
	syncFeed(t, r)
	const before = 20
	for i := range before {
		if err := r.CommitPoll(t.Context(), testPoll(i, 10)); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	var writing sync.WaitGroup
	writing.Go(func() {
		for i := before; ctx.Err() == nil; i++ {
			if err := r.CommitPoll(t.Context(), testPoll(i, 1)); err != nil {
				t.Error(err)
			}
		}
	})
	var told []int64
	err := Backup(t.Context(), path, to, func(done, total int64) { told = append(told, done, total) })
	cancel()
	writing.Wait()
	if err != nil {
		t.Fatal(err)
	}
	if n := len(told); n == 0 || told[n-1] != told[n-2] {
		t.Errorf("progress %v", told)
	}
	if files, _ := filepath.Glob(to + "*"); !cmp.Equal(files, []string{to}) {
		t.Errorf("the backup is %v, want one file", files)
	}
	if info, err := os.Stat(to); err != nil || info.Mode().Perm()&0o007 != 0 {
		t.Errorf("the backup is for everybody: %v, %v", info.Mode(), err)
	}
	checkRecord(t, to)
	copied := openTest(t, to)
	stats, err := copied.Stats(t.Context())
	if err != nil || stats.Polls < before || stats.Articles != stats.Polls+9*before {
		t.Errorf("stats %+v, %v", stats, err)
	}
}

func TestBackupRefuses(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "record.db")
	r := openTest(t, path)
	syncFeed(t, r)
	taken, text := filepath.Join(dir, "taken"), filepath.Join(dir, "text")
	for _, name := range []string{taken, text} {
		if err := os.WriteFile(name, []byte("something else"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		name, from, to, want string
	}{
		{"a file that is there", path, taken, "there is a file already"},
		{"no record", filepath.Join(dir, "none"), filepath.Join(dir, "new"), "set record.path"},
		{"no database", text, filepath.Join(dir, "new"), "not a database"},
		{"no folder", path, filepath.Join(dir, "none", "new"), "no such file or directory"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if err := Backup(t.Context(), test.from, test.to, nil); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %q in it", err, test.want)
			}
		})
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Backup(ended, path, filepath.Join(dir, "new"), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
	left, _ := filepath.Glob(filepath.Join(dir, "new*"))
	if data, _ := os.ReadFile(taken); string(data) != "something else" || len(left) > 0 {
		t.Errorf("the file that was there says %q; left behind: %v", data, left)
	}
}

// What is restored is the backup; what was there is kept; a process that keeps the
// record is in the way.
func TestRestore(t *testing.T) {
	dir := t.TempDir()
	path, backup, aside := filepath.Join(dir, "record.db"), filepath.Join(dir, "backup.db"), filepath.Join(dir, "aside.db")
	r, err := Open(t.Context(), testConfig(path), testOptions())
	if err != nil {
		t.Fatal(err)
	}
	syncFeed(t, r)
	want := contents(t, r)
	if err := Backup(t.Context(), path, backup, nil); err != nil {
		t.Fatal(err)
	}
	if err := r.CommitPoll(t.Context(), testPoll(1, 5)); err != nil {
		t.Fatal(err)
	}
	later := contents(t, r)
	if err := Restore(t.Context(), backup, path, aside, nil); !errors.Is(err, errKept) || !strings.Contains(err.Error(), fmt.Sprintf("number %d: end that first", os.Getpid())) {
		t.Errorf("restored beside the process that keeps it: %v", err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if err := Restore(t.Context(), filepath.Join(dir, "none"), path, aside, nil); err == nil {
		t.Error("restored from nothing")
	}
	if err := Restore(t.Context(), backup, path, aside, nil); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]map[string][]string{path: want, aside: later, backup: want} {
		if diff := cmp.Diff(want, contents(t, openTest(t, name))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// A second process that would keep the record is refused, and one that only reads
// is not. When the first ends, however that is, the second may.
func TestKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "record.db")
	r, err := Open(t.Context(), testConfig(path), testOptions())
	if err != nil {
		t.Fatal(err)
	}
	_, err = Open(t.Context(), testConfig(path), testOptions())
	if !errors.Is(err, errKept) || !strings.Contains(err.Error(), "one marsad at a time") {
		t.Errorf("opened twice: %v", err)
	}
	reader, err := OpenToRead(t.Context(), testConfig(path), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(reader.Close(), r.Close()); err != nil {
		t.Fatal(err)
	}
	openTest(t, path)
}

// A record is backed up before it is migrated, and not migrated under a process
// that keeps it.
func TestMigrationBackup(t *testing.T) {
	path := oldRecord(t)
	cfg, opts := testConfig(path), testOptions()
	cfg.MigrationBackup, opts.Beside = true, true
	lock, err := keep(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), cfg, opts); !errors.Is(err, errKept) || !strings.Contains(err.Error(), "of version 4 and has to be migrated") {
		t.Errorf("migrated under another process: %v", err)
	}
	if err := lock.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path+".version4", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := Open(t.Context(), cfg, opts)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := Check(t.Context(), path+".version4-2"); err != nil {
		t.Error(err)
	}
	if version, err := versionOf(t.Context(), path+".version4-2"); err != nil || version != 4 {
		t.Errorf("the backup is of version %d, %v", version, err)
	}
}
