package app

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestRepair overwrites a page in the middle of a record, as a disk may: Marsad
// says so, and from the damaged file comes one that goes on.
func TestRepair(t *testing.T) {
	t.Parallel()
	s := newSite(t, mainJob)
	s.load(t, history(time.Now(), 9))
	path := s.cfg.Record.Path
	var out bytes.Buffer
	env := Env{Stdout: &out, Stderr: t.Output(), LookupEnv: func(string) (string, bool) { return "", false }}
	common := Common{Config: filepath.Join(s.dir, "config.yaml"), LogLevel: "warn", LogFormat: "text"}
	if err := Repair(t.Context(), env, common, ""); err != nil || !strings.Contains(out.String(), "is whole: nothing to repair") {
		t.Errorf("%v, %q", err, out.String())
	}
	damage(t, path)
	damaged := read(t, path)
	to := path + ".new"
	out.Reset()
	if err := Repair(t.Context(), env, common, to); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"is damaged:", "what can be read is saved in " + to, "marsad restore " + to} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("it does not say %q:\n%s", want, out.String())
		}
	}
	if !bytes.Equal(damaged, read(t, path)) {
		t.Error("the damaged file was changed")
	}
	if err := Restore(t.Context(), env, common, to); err != nil {
		t.Fatal(err)
	}
	out.Reset()
	if err := Repair(t.Context(), env, common, ""); err != nil || !strings.Contains(out.String(), "is whole") {
		t.Errorf("after restoring: %v, %s", err, out.String())
	}
}

// damage overwrites every seventh page of a record's second half.
func damage(t *testing.T, path string) {
	t.Helper()
	const page = 4096
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	for at := info.Size() / page / 2; at < info.Size()/page; at += 7 {
		if _, err := f.WriteAt(bytes.Repeat([]byte{0xA5}, page), at*page); err != nil {
			t.Fatal(err)
		}
	}
}
