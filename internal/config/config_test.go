package config_test

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"marsad/internal/config"
	"marsad/internal/config/scalar"
	"marsad/timeline"
)

var update = flag.Bool("update", false, "write what the bad files give beside them, to be read before it is kept")

// The environment of all tests: nothing in it may appear in a problem.
const (
	hiddenValue  = "hunter2-from-the-environment"
	hiddenSecret = "hunter2"
)

func lookup(env string) (string, bool) {
	value, set := map[string]string{
		"SECRET_VALUE": hiddenValue,
		"EXAMPLE_AUTH": "Bearer " + hiddenSecret,
		"SLACK_TOKEN":  "xoxb-" + hiddenSecret,
	}[env]
	return value, set
}

// readFile serves the secrets that test files name, and reads all else.
func readFile(name string) ([]byte, error) {
	switch name {
	case "secret":
		return []byte(hiddenSecret + "\n"), nil
	case "empty":
		return []byte("\n"), nil
	}
	return os.ReadFile(name)
}

func load(t *testing.T, path string) *config.Config {
	t.Helper()
	c, err := config.Load(path, lookup, readFile)
	if err != nil {
		t.Fatalf("%s is refused:\n%v", path, err)
	}
	return c
}

func loadText(t *testing.T, text string) (*config.Config, error) {
	t.Helper()
	return config.Load("config.yaml", lookup, func(name string) ([]byte, error) {
		if name == "config.yaml" {
			return []byte(text), nil
		}
		return readFile(name)
	})
}

func testFiles(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %d files, %v", pattern, len(files), err)
	}
	return files
}

// Each file in testdata/bad has one mistake, but for several.yaml; beside it
// stands what is to be said about it.
func TestBadFiles(t *testing.T) {
	for _, path := range testFiles(t, "testdata/bad/*.yaml") {
		t.Run(filepath.Base(path), func(t *testing.T) {
			_, err := config.Load(path, lookup, readFile)
			var problems config.Problems
			if !errors.As(err, &problems) {
				t.Fatalf("error is %v, want problems", err)
			}
			if len(problems) != 1 && filepath.Base(path) != "several.yaml" {
				t.Errorf("%d problems, want one:\n%v", len(problems), err)
			}
			if strings.Contains(err.Error(), hiddenSecret) {
				t.Errorf("a secret is given away:\n%v", err)
			}
			got := strings.ReplaceAll(err.Error(), path, "config.yaml") + "\n"
			wantPath := strings.TrimSuffix(path, ".yaml") + ".txt"
			if *update {
				if err := os.WriteFile(wantPath, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(wantPath)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestGoodFiles(t *testing.T) {
	for _, path := range testFiles(t, "testdata/good/*.yaml") {
		t.Run(filepath.Base(path), func(t *testing.T) {
			if c := load(t, path); c.Source != path {
				t.Errorf("Source = %q, want %q", c.Source, path)
			}
		})
	}
}

func TestMissingFile(t *testing.T) {
	_, err := config.Load(filepath.Join(t.TempDir(), "config.yaml"), lookup, os.ReadFile)
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error = %v, want one that is fs.ErrNotExist", err)
	}
}

func TestDefault(t *testing.T) {
	c, err := config.Default()
	if err != nil {
		t.Fatal(err)
	}
	if c.Source != config.BuiltIn || len(c.Feeds) < 40 || len(c.Topics) < 5 || len(c.Entities) < 20 {
		t.Errorf("Source %q with %d feeds, %d topics and %d entities", c.Source, len(c.Feeds), len(c.Topics), len(c.Entities))
	}
	if c.Web.BaseURL != "http://127.0.0.1:8780" {
		t.Errorf("BaseURL = %q", c.Web.BaseURL)
	}
	empty := load(t, "testdata/good/empty.yaml")
	if diff := cmp.Diff(c, empty, compareConfigs, cmpopts.IgnoreFields(config.Config{}, "Source")); diff != "" {
		t.Errorf("an empty file differs from the defaults:\n%s", diff)
	}
}

// compareConfigs compares what cmp does not look into.
var compareConfigs = cmp.Options{
	cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() }),
	cmp.Comparer(func(a, b scalar.Secret) bool { return a.Reveal() == b.Reveal() }),
	cmpopts.EquateComparable(),
}

func TestFlowFile(t *testing.T) {
	c := load(t, "testdata/good/flow.yaml")
	own := c.Feeds[len(c.Feeds)-1]
	if own.Name != "example" || own.Lang != "ar" || own.Headers["Authorization"].Reveal() != "Bearer "+hiddenSecret {
		t.Errorf("feed = %+v", own)
	}
	topic := c.Topics[len(c.Topics)-1]
	if topic.Name != "example-merger" || topic.Alert.Channel != "#watch" || topic.Title["ar"] != "اندماج الجماعات" {
		t.Errorf("topic = %+v", topic)
	}
	if len(c.Topics) != 2 {
		t.Errorf("%d topics, want the seed that is selected and the file's own", len(c.Topics))
	}
	if c.Slack.Token.Reveal() != "xoxb-"+hiddenSecret || c.Influx.Token.Reveal() != hiddenSecret {
		t.Error("the secrets of environment and file are not taken")
	}
	if !c.Web.Token.IsZero() || !c.Collector.Proxy.IsZero() {
		t.Error("a secret whose variable is not set is not empty")
	}
	if all := fmt.Sprintf("%v %+v", c, c); strings.Contains(all, hiddenSecret) {
		t.Error("printing the configuration gives a secret away")
	}
}

func TestInfluxOff(t *testing.T) {
	if c := load(t, "testdata/good/influx-off.yaml"); c.Influx.Enabled() {
		t.Error("InfluxDB is on without a url")
	}
}

func TestMinimalFile(t *testing.T) {
	c := load(t, "testdata/good/minimal.yaml")
	if len(c.Feeds) != 1 || len(c.Topics) != 0 || len(c.Entities) != 0 {
		t.Fatalf("%d feeds, %d topics, %d entities", len(c.Feeds), len(c.Topics), len(c.Entities))
	}
	feed := c.Feeds[0]
	if feed.Publisher != "minimal" || feed.Timezone != "UTC" || feed.Schedule != "*/10 * * * *" ||
		feed.Identity != "auto" || feed.Enabled == nil || !*feed.Enabled {
		t.Errorf("feed = %+v", feed)
	}
	if c.Influx.Retention != 30*24*time.Hour {
		t.Errorf("influx.retention = %s, want record.keep", c.Influx.Retention)
	}
}

func TestAnchors(t *testing.T) {
	c := load(t, "testdata/good/anchors.yaml")
	if len(c.Feeds) != 2 || c.Feeds[1].Name != "second" || c.Feeds[1].Lang != "ar" || c.Feeds[1].URL != "https://example.org/second" {
		t.Errorf("feeds = %+v", c.Feeds)
	}
	if c.Timezone.String() != "Asia/Baghdad" {
		t.Errorf("timezone = %s", c.Timezone)
	}
}

func TestOwnEntriesTakeTheSeedsPlace(t *testing.T) {
	defaults, err := config.Default()
	if err != nil {
		t.Fatal(err)
	}
	c, err := loadText(t, `
feeds:
  - {name: BBC-Africa, enabled: false}
topics:
  - {name: coup, title: Putsch, any: {en: [putsch], ar: [انقلاب]}}
lexicons:
  isis: {kind: group, aliases: {en: [ISIS]}}
`)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Feeds) != len(defaults.Feeds) || len(c.Topics) != len(defaults.Topics) || len(c.Entities) != len(defaults.Entities) {
		t.Errorf("%d feeds, %d topics, %d entities; want as many as the seeds", len(c.Feeds), len(c.Topics), len(c.Entities))
	}
	for _, feed := range c.Feeds {
		if strings.EqualFold(feed.Name, "bbc-africa") && *feed.Enabled {
			t.Error("the seed is not switched off")
		}
	}
	for _, topic := range c.Topics {
		want := timeline.Text{"und": "Putsch"}
		if topic.Name == "coup" && !cmp.Equal(topic.Title, want) {
			t.Errorf("title = %v, want %v", topic.Title, want)
		}
		if topic.Name == "coup" && !cmp.Equal(topic.Any, []string{"putsch", "انقلاب"}) {
			t.Errorf("any = %v", topic.Any)
		}
		if topic.Alert.FalseAlarms != c.Alerts.FalseAlarms {
			t.Errorf("topic %s has the budget %v, want the section's", topic.Name, topic.Alert.FalseAlarms)
		}
	}
}

func TestVariables(t *testing.T) {
	for _, test := range []struct{ path, want string }{
		{"plain", "plain"},
		{"${SECRET_VALUE}", hiddenValue},
		{"a-${SECRET_VALUE}-b", "a-" + hiddenValue + "-b"},
		{"$${SECRET_VALUE}", "${SECRET_VALUE}"},
		{"$5", "$5"},
		{"$", "$"},
	} {
		c, err := loadText(t, fmt.Sprintf("record: {path: %s}\n", test.path))
		if err != nil {
			t.Errorf("%s: %v", test.path, err)
			continue
		}
		if c.Record.Path != test.want {
			t.Errorf("%s gives %q, want %q", test.path, c.Record.Path, test.want)
		}
	}
}

func TestBaseURL(t *testing.T) {
	for _, test := range []struct{ web, want string }{
		{"{}", "http://127.0.0.1:8780"},
		{"{listen: ':9000', token: t}", "http://localhost:9000"},
		{"{listen: '[::]:9000', token: t}", "http://localhost:9000"},
		{"{listen: '[::1]:9000'}", "http://[::1]:9000"},
		{"{base_url: https://watch.example.org/}", "https://watch.example.org"},
	} {
		c, err := loadText(t, "web: "+test.web+"\n")
		if err != nil {
			t.Errorf("%s: %v", test.web, err)
			continue
		}
		if c.Web.BaseURL != test.want {
			t.Errorf("%s: BaseURL = %q, want %q", test.web, c.Web.BaseURL, test.want)
		}
	}
}

// A file of thousands of feeds is read in well under a second.
func TestManyFeeds(t *testing.T) {
	var b strings.Builder
	b.WriteString("seeds: {feeds: [], topics: [], lexicons: []}\nfeeds:\n")
	const n = 3000
	for i := range n {
		fmt.Fprintf(&b, "  - {name: feed-%d, url: 'https://example.org/%d', lang: ar, headers: {X-Key: '%d'}}\n", i, i, i)
	}
	c, err := loadText(t, b.String())
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Feeds) != n {
		t.Errorf("%d feeds, want %d", len(c.Feeds), n)
	}
}

// What is beyond the limits is refused at once, however large it is.
func TestLimits(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"bytes", strings.Repeat("# nothing\n", 1<<20), "config.yaml:1:1: is larger than 8 MiB; write less into it"},
		{"brackets", strings.Repeat("[", 1<<20), "config.yaml:1:65: nests values more than 64 deep; mind indentation, quotes and brackets"},
		{"lines", "feeds:\n" + strings.Repeat(" [\n", 1<<18), "config.yaml:66:2: nests values more than 64 deep; mind indentation, quotes and brackets"},
		{"dashes", strings.Repeat("- ", 1<<18), "config.yaml:1:129: nests values more than 64 deep; mind indentation, quotes and brackets"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := loadText(t, test.text); err == nil || err.Error() != test.want {
				t.Errorf("error = %v, want %s", err, test.want)
			}
		})
	}
}

// Aliases of aliases are followed and not copied, and fields bound their depth.
func TestAliasBomb(t *testing.T) {
	var b strings.Builder
	b.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n")
	for i := range 20 {
		fmt.Fprintf(&b, "a%d: &a%d [%s*a%d]\n", i+1, i+1, strings.Repeat(fmt.Sprintf("*a%d, ", i), 9), i)
	}
	b.WriteString("feeds:\n  - {name: a, url: 'https://example.org/', label: *a20}\n")
	_, err := loadText(t, b.String())
	var problems config.Problems
	if !errors.As(err, &problems) || len(problems) > 50 {
		t.Errorf("%d problems: %v", len(problems), err)
	}
}

// Polls at one host are kept apart, unless several are let go to it at once.
func TestHostInterval(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"":                         time.Second,
		"collector: {per_host: 4}": 0,
		"collector: {per_host: 4, host_interval: 3s}": 3 * time.Second,
		"collector: {host_interval: 0s}":              0,
	} {
		cfg, err := loadText(t, text)
		if err != nil {
			t.Fatal(err)
		}
		if got := cfg.Collector.HostInterval; got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}
