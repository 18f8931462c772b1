// Package seeds is the starter data that is built into the program: feeds,
// topics and a lexicon of groups, people and places. It is written in the format
// of config.yaml, so that whoever wants to change an entry copies it from here;
// an entry of config.yaml replaces the seed of the same name.
//
// Addresses of feeds come from public lists, named beside each, and are
// unverified. This package hands out bytes: reading them is the business of the
// configuration, which reads them as it reads config.yaml.
package seeds

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// The kinds of starter data. Each is a folder and the key of config.yaml that
// its files hold.
const (
	Feeds    = "feeds"    // a file is a group of feeds
	Topics   = "topics"   // a file is a topic
	Lexicons = "lexicons" // a file is a group of entities
)

//go:embed feeds/*.yaml topics/*.yaml lexicons/*.yaml
var files embed.FS

// Files returns the starter data as files: KIND/GROUP.yaml.
func Files() fs.FS { return files }

// Groups returns the names of the groups of a kind, sorted, as the section seeds
// of config.yaml selects them. An unknown kind has none.
func Groups(kind string) []string {
	entries, err := files.ReadDir(kind)
	if err != nil {
		return nil
	}
	groups := make([]string, 0, len(entries))
	for _, e := range entries {
		groups = append(groups, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	return groups
}

// Read returns the YAML of a group and the name of its file, for messages. The
// error of a group that does not exist names those that do.
func Read(kind, group string) (data []byte, name string, err error) {
	if groups := Groups(kind); !slices.Contains(groups, group) {
		return nil, "", fmt.Errorf("seeds: no %s named %q: there are %s", kind, group, strings.Join(groups, ", "))
	}
	name = path.Join(kind, group+".yaml")
	if data, err = files.ReadFile(name); err != nil {
		return nil, "", fmt.Errorf("seeds: %w", err)
	}
	return data, path.Join("seeds", name), nil
}
