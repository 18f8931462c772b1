package config

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Whatever a file holds, reading it ends without panic, and every problem has a
// place in the file and gives nothing of the environment away.
func FuzzDecode(f *testing.F) {
	for _, pattern := range []string{"testdata/bad/*.yaml", "testdata/good/*.yaml", shipped} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			f.Fatalf("%s: %d files, %v", pattern, len(files), err)
		}
		for _, path := range files {
			data, err := os.ReadFile(path)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	const value = "Uu7-value-of-the-environment"
	env := environment{
		lookup:   func(string) (string, bool) { return value, true },
		readFile: func(string) ([]byte, error) { return []byte(value), nil },
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		own, doc := decodeFile("config.yaml", data, env)
		r := newResolver(own, doc)
		r.addOwn()
		if c := r.resolve(); c == nil {
			t.Fatal("nothing is given")
		}
		lines := 1 + bytes.Count(data, []byte("\n"))
		for _, p := range doc.problems {
			if p.Line < 1 || p.Line > lines || p.Column < 1 || p.Message == "" {
				t.Errorf("problem without a place in %d lines: %+v", lines, p)
			}
			if strings.Contains(p.String(), value) {
				t.Errorf("problem gives the environment away: %s", p)
			}
		}
	})
}

func TestNearest(t *testing.T) {
	known := []string{"schedule", "url", "title", "timezone", "lang"}
	for _, test := range []struct{ name, want string }{
		{"scheduel", "schedule"},
		{"Schedule", "schedule"},
		{"time_zone", "timezone"},
		{"lnag", "lang"},
		{"uri", "url"},
		{"password", ""},
		{"", ""},
	} {
		if got, _ := nearest(test.name, known); got != test.want {
			t.Errorf("nearest(%q) = %q, want %q", test.name, got, test.want)
		}
	}
}

func TestQuote(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"plain", `"plain"`},
		{"https://user:pass@example.org/a@b", `"https://...@example.org/a@b"`},
		{"https://a@b@example.org", `"https://...@example.org"`},
		{"https://example.org/a@b", `"https://example.org/a@b"`},
		{strings.Repeat("م", 70), `"` + strings.Repeat("م", 60) + `..."`},
	} {
		if got := quote(test.text); got != test.want {
			t.Errorf("quote(%q) = %s, want %s", test.text, got, test.want)
		}
	}
}
