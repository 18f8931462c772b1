package config

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"marsad/collector"
)

// SharedFeed is a feed as it may be handed on: its entry as the file has it,
// without headers, and without user and password in the address.
type SharedFeed struct {
	collector.Feed

	// Variable says that the URL holds ${NAME} where the environment, and maybe
	// a secret, goes: the address is of use on a machine that has the same.
	Variable bool
}

// SharedFeeds gives the feeds of the file at path and of the seeds it selects, in
// the order of [Config.Feeds]. The path may be [BuiltIn]; the arguments and the
// errors are those of [Load]. Defaults are not filled in.
func SharedFeeds(path string, lookup func(env string) (string, bool), readFile func(name string) ([]byte, error)) ([]SharedFeed, error) {
	var data []byte
	if path != BuiltIn {
		var err error
		if data, err = readFile(path); err != nil {
			return nil, fmt.Errorf("configuration %s cannot be read: %w", path, cause(err))
		}
	}
	r, _, err := loadEntries(path, data, environment{lookup, readFile})
	if err != nil {
		return nil, err
	}
	feeds := make([]SharedFeed, 0, len(r.feeds))
	for _, e := range r.feeds {
		feeds = append(feeds, share(e))
	}
	return feeds, nil
}

func share(e entry[collector.Feed]) SharedFeed {
	shared := SharedFeed{Feed: e.value}
	shared.Headers = nil
	if n, found := e.doc.nodes[joinPath(e.path, "url")]; found && hasVariable(n.text) {
		if written := withoutUser(n.text); hasVariable(written) {
			shared.URL, shared.Variable = written, true
			return shared
		}
	}
	shared.URL = withoutUser(shared.URL)
	return shared
}

// hasVariable reports whether the environment has a say in the text.
func hasVariable(text string) bool {
	return fillVariables(text, func(string) (string, bool) { return "", true }).any
}

// withoutUser takes user and password out of an address. It looks at the text
// alone, as that may hold ${NAME}, which no URL does.
func withoutUser(address string) string {
	start, end := authority(address)
	if at := strings.LastIndexByte(address[start:end], '@'); at >= 0 {
		return address[:start] + address[start+at+1:]
	}
	return address
}

// authority finds the part of an address that holds the host.
func authority(address string) (start, end int) {
	scheme := strings.Index(address, "://")
	if scheme < 0 {
		return 0, 0
	}
	start = scheme + len("://")
	if length := strings.IndexAny(address[start:], "/?#"); length >= 0 {
		return start, start + length
	}
	return start, len(address)
}

// writtenFeed is an entry of the section feeds as it is written: no key without
// a value.
type writtenFeed struct {
	Name        string   `yaml:"name"`
	Was         string   `yaml:"was,omitempty"`
	URL         string   `yaml:"url,omitempty"`
	Title       string   `yaml:"title,omitempty"`
	Publisher   string   `yaml:"publisher,omitempty"`
	Country     string   `yaml:"country,omitempty"`
	Lang        string   `yaml:"lang,omitempty"`
	Timezone    string   `yaml:"timezone,omitempty"`
	Schedule    string   `yaml:"schedule,omitempty"`
	Identity    string   `yaml:"identity,omitempty"`
	FullText    bool     `yaml:"full_text,omitempty"`
	Conditional *bool    `yaml:"conditional,omitempty"`
	Label       []string `yaml:"label,omitempty,flow"`
	Enabled     *bool    `yaml:"enabled,omitempty"`
}

// WriteFeeds writes the section feeds of a config.yaml. [Load] reads the same
// feeds back, provided that they are right. The error says that there would be
// more of them than a file may hold, or is that of w.
func WriteFeeds(w io.Writer, feeds []SharedFeed) error {
	section := struct {
		Feeds []writtenFeed `yaml:"feeds"`
	}{make([]writtenFeed, 0, len(feeds))}
	for i := range feeds {
		section.Feeds = append(section.Feeds, feeds[i].written())
	}
	root, err := yaml.ValueToNode(section, yaml.IndentSequence(true))
	if err != nil {
		return fmt.Errorf("feeds cannot be written as YAML: %w", err)
	}
	ast.Walk(quoter{}, root)
	text := root.String() + "\n"
	if len(text) > maxFileBytes {
		return errFileTooLarge
	}
	_, err = io.WriteString(w, text)
	return err
}

// quoter puts every text into quotation marks that is not plainly a text. The
// encoder quotes what the YAML specification asks for, but leaves bare some of
// what its own parser, or another, takes for something else.
type quoter struct{}

// Visit implements ast.Visitor.
func (q quoter) Visit(n ast.Node) ast.Visitor {
	s, ok := n.(*ast.StringNode)
	if !ok {
		return q
	}
	if strings.HasPrefix(s.Value, `"`) { // quoted by the encoder, as a Go string
		if bare, err := strconv.Unquote(s.Value); err == nil {
			s.Value = bare
		}
	}
	s.Token.Type = token.StringType
	if !plainText().MatchString(s.Value) || token.IsNeedQuoted(s.Value) {
		s.Token.Type = token.SingleQuoteType
	}
	return q
}

// plainText matches what needs no quotation marks anywhere in YAML.
// Its letters of all scripts take 7 MB to compile, which a daemon has no use for.
var plainText = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^\p{L}[\p{L}\p{M}\p{Nd} ._/@+&=?-]*(:[\p{L}/][\p{L}\p{M}\p{Nd}._/@+&=?-]*)?$`)
})

var errFileTooLarge = errors.New("feeds need more than the 8 MiB that a configuration may have: take fewer")

func (f *SharedFeed) written() writtenFeed {
	address := f.URL
	if !f.Variable {
		address = escapeVariables(address)
	}
	labels := make([]string, len(f.Label))
	for i, label := range f.Label {
		labels[i] = escapeVariables(label)
	}
	return writtenFeed{
		Name:        escapeVariables(f.Name),
		Was:         escapeVariables(f.Was),
		URL:         address,
		Title:       escapeVariables(f.Title),
		Publisher:   escapeVariables(f.Publisher),
		Country:     f.Country,
		Lang:        f.Lang,
		Timezone:    f.Timezone,
		Schedule:    f.Schedule,
		Identity:    f.Identity,
		FullText:    f.FullText,
		Conditional: f.Conditional,
		Label:       labels,
		Enabled:     f.Enabled,
	}
}

// escapeVariables writes a text so that filling in variables gives it back.
func escapeVariables(text string) string { return strings.ReplaceAll(text, "${", "$${") }
