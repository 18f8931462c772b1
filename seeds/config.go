package seeds

import (
	"slices"
	"strings"
)

// Config is the section seeds of config.yaml: which groups of the starter data
// to use.
type Config struct {
	Feeds    Selection `yaml:"feeds"`
	Topics   Selection `yaml:"topics"`
	Lexicons Selection `yaml:"lexicons"`
}

// DefaultConfig is what holds where config.yaml says nothing: everything.
func DefaultConfig() Config {
	all := Selection{All: true}
	return Config{Feeds: all, Topics: all, Lexicons: all}
}

// Selection is "all" or a list of names; an empty list is none.
type Selection struct {
	All   bool
	Names []string
}

// UnmarshalText implements encoding.TextUnmarshaler; the items of a list are
// joined with commas.
func (s *Selection) UnmarshalText(text []byte) error {
	*s = Selection{}
	for name := range strings.SplitSeq(string(text), ",") {
		switch name = strings.TrimSpace(name); name {
		case "":
		case "all":
			s.All = true
		default:
			s.Names = append(s.Names, name)
		}
	}
	return nil
}

// Has reports whether the name is selected.
func (s Selection) Has(name string) bool {
	return s.All || slices.Contains(s.Names, name)
}
