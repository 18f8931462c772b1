// Package config reads config.yaml: one file that an operator writes by hand,
// and that is either taken as a whole or refused with everything that is wrong
// in it at once.
//
// Each section's type, defaults and yaml tags belong to the package that the
// section is for; this package composes them, decodes them from the YAML tree,
// so that each mistake has its line, merges the starter data in, and checks what
// can be checked without network or record. A value [Load] returns needs no
// further checks.
//
// # Values
//
// ${NAME} in a value is replaced by the environment variable, $${ stands for ${.
// A variable that is not set is a problem, but for secrets, which are empty then.
// For each secret key x there is a key x_file, naming a file that holds it.
// Durations have units from ns to h, and d and w; sizes have kB, MB, GB or KiB,
// MiB, GiB. A key without a value is as if it were not there. Anchors, aliases
// and merge keys work, tags are refused.
//
// # Drop-ins
//
// The files conf.d/*.yaml beside config.yaml are laid over it, in the order of their
// names. Sections are merged key by key, and a later value takes the place of an
// earlier one, lists too. But entries of feeds, topics and webhooks are added to those
// before, one with the same name in its place and whole; and so are lexicons, whose
// keys are their names. Each file is YAML by itself: anchors are its own.
package config

import (
	"io/fs"
	"reflect"
	"time"

	// Zones are named in config.yaml, and not every machine knows them.
	_ "time/tzdata"

	"marsad/alerts"
	"marsad/alerts/slack"
	"marsad/alerts/webhook"
	"marsad/collector"
	"marsad/internal/web"
	"marsad/seeds"
	"marsad/timeline"
	"marsad/timeline/influx"
	"marsad/timeline/sqlite"
	"marsad/timeline/story"
)

// Config is everything that can be set, complete and checked.
type Config struct {
	Source    string         // path of the file, or BuiltIn
	Timezone  *time.Location // of page and notices, and of feeds without their own
	Language  string         // of page and notices: en or ar
	Record    sqlite.Config
	Stories   story.Config
	Web       web.Config // BaseURL is set
	Collector collector.Config
	Seeds     seeds.Config

	// Feeds are those of the selected seeds and the file's own; Publisher,
	// Timezone, Schedule, Identity and Enabled are set. Names are unique
	// without regard to case. One that is not enabled may be without URL.
	Feeds []collector.Feed
	// SeedFeeds is how many of them are of the seeds and not replaced.
	SeedFeeds int

	// FeedGroups are the groups that feeds belong to: those of the starter data, and
	// labels. By name.
	FeedGroups []alerts.FeedGroup

	// Entities are those of the selected seeds and the file's own lexicons.
	Entities []timeline.Entity

	// Topics are those of the selected seeds and the file's own. Their queries
	// compile.
	Topics []Topic

	Alerts alerts.Config
	Slack  slack.Config

	// Webhooks are complete; names are unique.
	Webhooks []webhook.Config

	Influx  influx.Config
	Grafana Grafana
	Cluster Cluster
}

// BuiltIn is the Source of a configuration that no file was read for.
const BuiltIn = "built-in defaults"

// Topic is a topic with the rule it alarms by; the rule's budget is set.
type Topic struct {
	timeline.Topic

	Was      string        // its name before
	ReadBack time.Duration // how far back kept articles are read for it when it is new; 0: all
	Alert    alerts.Rule
}

// Grafana is the section grafana.
type Grafana struct {
	URL string `yaml:"url"` // for links; empty when there is none
}

// Cluster is the section cluster.
type Cluster struct {
	NATS NATS `yaml:"nats"`
}

// NATS is the section cluster.nats. This version runs on one machine, so that
// its URL is empty.
type NATS struct {
	URL string `yaml:"url"`
}

// Load reads the file at path, and those of the folder conf.d beside it; see
// [Drop-ins]. Variables are looked up with lookup, as
// os.LookupEnv does; the file itself and those that hold secrets are read with
// readFile, as os.ReadFile does, relative paths as they are.
//
// The error is of type [Problems] when the file was read and is wrong;
// errors.Is(err, fs.ErrNotExist) holds when there is none at path.
func Load(path string, lookup func(env string) (string, bool), readFile func(name string) ([]byte, error)) (*Config, error) {
	env := environment{lookup, readFile}
	own, doc, err := decodeFiles(path, env)
	if err != nil {
		return nil, err
	}
	_, c, err := resolveFile(own, doc, env)
	return c, err
}

// Default gives what holds without a file: all seeds, a record below the working
// directory, a page on loopback, no Slack and no InfluxDB. It fails only when the
// seeds themselves are wrong.
func Default() (*Config, error) {
	return load(BuiltIn, nil, environment{
		lookup:   func(string) (string, bool) { return "", false },
		readFile: func(string) ([]byte, error) { return nil, fs.ErrNotExist },
	})
}

func load(source string, data []byte, env environment) (*Config, error) {
	_, c, err := loadEntries(source, data, env)
	return c, err
}

// loadEntries gives what was read along with the configuration it makes.
func loadEntries(source string, data []byte, env environment) (*resolver, *Config, error) {
	own, doc := decodeFile(source, data, env)
	return resolveFile(own, doc, env)
}

// resolveFile makes a configuration of what was decoded.
func resolveFile(own *file, doc *document, env environment) (*resolver, *Config, error) {
	r := newResolver(own, doc)
	r.addSeeds(env)
	r.addOwn()
	c := r.resolve()
	if err := r.problems().err(); err != nil {
		return nil, nil, err
	}
	return r, c, nil
}

// decodeFile reads one file over the defaults.
func decodeFile(name string, data []byte, env environment) (*file, *document) {
	doc := readDocument(name, data)
	return decodeDocument(doc, env), doc
}

func decodeDocument(doc *document, env environment) *file {
	f := defaultFile()
	d := &decoder{document: doc, environment: env}
	d.decode(doc.root, reflect.ValueOf(&f).Elem(), "")
	return &f
}
