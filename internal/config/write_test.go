package config

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"marsad/collector"
)

// loadText reads a configuration that is given as text, without seeds.
func loadText(t *testing.T, text string) []SharedFeed {
	t.Helper()
	env := emptyEnvironment()
	feeds, err := SharedFeeds("config.yaml", env.lookup, func(string) ([]byte, error) {
		return []byte("seeds: {feeds: [], topics: [], lexicons: []}\n" + text), nil
	})
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return feeds
}

// Words that YAML, or the variables of a configuration, would take for something
// else come back as they were.
func TestWrittenFeedsAreReadBack(t *testing.T) {
	disabled := false
	var feeds []SharedFeed
	for i, word := range []string{
		"plain", "yes", "null", "~", "12", "1e3", "0x1f", "2026-11-22", "10:30", "- dash", "# hash", "a # b", "a: b", "key:", "@at", "`tick",
		"*star", "&and", "!bang", "%per", "{a}", "[a]", "a, b", `"double"`, "'single'", `back\slash`, `\u0041`, "<<", "? x", "| x", "> x", "...", "---",
		"${NAME}", "$${NAME}", "${", "$", "$$", "مرصد: أخبار", "a\u00a0b", "\u200fأ", "trailing:", "true", "a\u2009b", "=", ".nan", "-1", "+", "🗞 News", "it's",
	} {
		feeds = append(feeds, SharedFeed{Feed: collector.Feed{
			Name: word, URL: "https://example.org/" + string(rune('a'+i%26)) + "?q=${x}&y=#" + string(rune('a'+i/26)), Title: word, Publisher: word, Label: []string{word, "b"},
		}})
	}
	feeds = append(feeds, SharedFeed{Feed: collector.Feed{
		Name: "whole", Was: "part", URL: "https://example.org/whole", Title: "Whole", Publisher: "Example", Country: "IQ", Lang: "ar", Timezone: "Asia/Baghdad",
		Schedule: "*/5 * * * *", Identity: "link", Enabled: &disabled,
	}})
	var out bytes.Buffer
	if err := WriteFeeds(&out, feeds); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(feeds, loadText(t, out.String())); diff != "" {
		t.Errorf("written and read back (-written +read):\n%s\n%s", diff, out.String())
	}
}

func TestWriteFeedsRefusesMoreThanAFileMayHold(t *testing.T) {
	feeds := make([]SharedFeed, 9)
	for i := range feeds {
		feeds[i].URL = "https://example.org/" + strings.Repeat("a", 1<<20)
	}
	var out bytes.Buffer
	if err := WriteFeeds(&out, feeds); err == nil || out.Len() > 0 {
		t.Errorf("error %v, %d bytes written", err, out.Len())
	}
}

// What is handed on holds no secret, wherever one may stand.
func TestSharedFeedsHoldNoSecrets(t *testing.T) {
	const text = `
seeds: {feeds: [], topics: [], lexicons: []}
feeds:
  - {name: headers, url: https://example.org/1, headers: {Authorization: s3cret}}
  - {name: user, url: "https://user:s3cret@example.org/2?a=b@c"}
  - {name: variable-user, url: "https://${USER}:${KEY}@example.org/3"}
  - {name: query, url: "https://user:s3cret@example.org/4?key=${KEY}"}
  - {name: escaped, url: "https://example.org/5?a=$${KEY}"}
  - {name: none, enabled: false}
`
	path := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	feeds, err := SharedFeeds(path, func(string) (string, bool) { return "s3cret", true }, os.ReadFile)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, f := range feeds {
		got[f.Name] = f.URL
		if f.Variable != (f.Name == "query") {
			t.Errorf("feed %s: Variable = %v", f.Name, f.Variable)
		}
		if f.Headers != nil {
			t.Errorf("feed %s has headers", f.Name)
		}
	}
	want := map[string]string{
		"headers": "https://example.org/1", "user": "https://example.org/2?a=b@c", "variable-user": "https://example.org/3",
		"query": "https://example.org/4?key=${KEY}", "escaped": "https://example.org/5?a=${KEY}", "none": "",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("addresses (-want +got):\n%s", diff)
	}
	var yaml, opml bytes.Buffer
	if err := WriteFeeds(&yaml, feeds); err != nil {
		t.Fatal(err)
	}
	if _, err := WriteOPML(&opml, "Feeds", feeds); err != nil {
		t.Fatal(err)
	}
	for _, out := range []string{yaml.String(), opml.String()} {
		if strings.Contains(out, "s3cret") {
			t.Errorf("a secret is written:\n%s", out)
		}
	}
}

func TestSharedFeedsOfTheSeeds(t *testing.T) {
	env := emptyEnvironment()
	feeds, err := SharedFeeds(BuiltIn, env.lookup, env.readFile)
	if err != nil {
		t.Fatal(err)
	}
	c, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	if len(feeds) != len(c.Feeds) || len(feeds) < 40 {
		t.Errorf("%d feeds, want %d", len(feeds), len(c.Feeds))
	}
	if _, err := SharedFeeds("missing.yaml", env.lookup, env.readFile); err == nil || !strings.Contains(err.Error(), fs.ErrNotExist.Error()) {
		t.Errorf("missing file: %v", err)
	}
}
