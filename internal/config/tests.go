package config

import (
	"fmt"
	"reflect"
	"slices"
	"time"

	"marsad/timeline"
)

// Tests are unit tests of topics and of their alarms, as a file for `marsad test`
// has them.
type Tests struct {
	Source   string // path of the file
	Cases    []TestCase
	Entities []timeline.Entity // of the configuration and of the file
}

// TestCase is what is expected of one topic: of texts, of a series, or of both.
type TestCase struct {
	Topic          Topic
	Match, NoMatch []TestText // texts that are on the topic, and that are not
	Series         Series     // nil for none
	Line           int        // of the series in the file
	Step           time.Duration
	Fires          bool
	// After and Before hold the first alarm: it must be raised in a step that begins
	// so long after the series does or later, and before Before. Zero: at any time.
	After, Before time.Duration
}

// TestText is a text and where it stands in the file.
type TestText struct {
	Text string
	Line int
}

// testsFile is the shape of a file of tests.
type testsFile struct {
	Lexicons map[string]lexicon `yaml:"lexicons"`
	Topics   []topicEntry       `yaml:"topics"`
	Tests    []testEntry        `yaml:"tests"`
}

type testEntry struct {
	Topic   string        `yaml:"topic"`
	Match   words         `yaml:"match"`
	NoMatch words         `yaml:"no_match"`
	Series  Series        `yaml:"series"`
	Step    time.Duration `yaml:"step"`
	Fires   bool          `yaml:"fires"`
	After   time.Duration `yaml:"after"`
	Before  time.Duration `yaml:"before"`
}

func (t *testEntry) setDefaults() { t.Step = time.Hour }

// LoadTests reads the tests at path together with the configuration whose topics
// they are of, from the file source, or from [BuiltIn]. Topics and entities that the
// tests file has itself come to those, and take the place of those of the same
// name. For lookup, readFile and the error see [Load].
func LoadTests(source, path string, lookup func(env string) (string, bool), readFile func(name string) ([]byte, error)) (*Tests, error) {
	env := environment{lookup, readFile}
	var data []byte
	if source != BuiltIn {
		var err error
		if data, err = readFile(source); err != nil {
			return nil, fmt.Errorf("configuration %s cannot be read: %w", source, cause(err))
		}
	}
	testsData, err := readFile(path)
	if err != nil {
		return nil, fmt.Errorf("tests %s cannot be read: %w", path, cause(err))
	}
	own, doc := decodeFile(source, data, env)
	r := newResolver(own, doc)
	r.addSeeds(env)
	r.addOwn()

	tests := readDocument(path, testsData)
	var f testsFile
	(&decoder{document: tests, environment: env}).decode(tests.root, reflect.ValueOf(&f).Elem(), "")
	r.docs = append(r.docs, tests)
	r.add(&file{Lexicons: f.Lexicons, Topics: f.Topics}, tests)
	c := r.resolve()
	cases := testCases(tests, f.Tests, c.Topics)
	if err := r.problems().err(); err != nil {
		return nil, err
	}
	return &Tests{Source: path, Cases: cases, Entities: c.Entities}, nil
}

// testCases makes the cases of the entries, and reports what is wrong with them.
func testCases(doc *document, entries []testEntry, topics []Topic) []TestCase {
	if len(entries) == 0 {
		doc.report("tests", "there are none", "write tests: [{topic: name, match: [text], no_match: [text]}]")
	}
	var cases []TestCase
	for i, e := range entries {
		path := itemPath("tests", i)
		if !doc.sound(path) {
			continue // what lacks is a consequence
		}
		at := slices.IndexFunc(topics, func(t Topic) bool { return t.Name == e.Topic })
		var f findings
		switch {
		case e.Topic == "":
			f.add("topic", "is missing", "write the name of the topic that is tested")
		case at < 0:
			f.add("topic", "is no topic of the configuration nor of this file", "write one of "+listOf(topicNames(topics)))
		case len(e.Match)+len(e.NoMatch) == 0 && e.Series == nil:
			f.add("", "expects nothing", "write texts as match and no_match, or a series and whether it fires")
		case e.Series != nil && !doc.gives(joinPath(path, "fires")):
			f.add("fires", "is missing", "write true or false: whether the series raises an alarm")
		case e.Series == nil && doc.gives(joinPath(path, "fires")):
			f.add("series", "is missing", "write what was counted in each step, as in 2x400 40")
		case e.Step < time.Minute:
			f.add("step", "is not a minute or more", "write a duration, as in 1h")
		case e.Before > 0 && e.Before <= e.After:
			f.add("before", "is not later than after", "write a later time")
		}
		doc.reportAll(path, f)
		if at < 0 {
			continue
		}
		c := TestCase{
			Topic: topics[at], Series: e.Series, Step: e.Step, Fires: e.Fires, After: e.After, Before: e.Before,
			Match: doc.texts(e.Match, joinPath(path, "match")), NoMatch: doc.texts(e.NoMatch, joinPath(path, "no_match")),
		}
		if n := doc.nodes[joinPath(path, "series")]; n != nil {
			c.Line = n.at.line
		}
		cases = append(cases, c)
	}
	return cases
}

// texts gives the items of a list with their lines.
func (d *document) texts(list words, path string) []TestText {
	texts := make([]TestText, len(list))
	for i, text := range list {
		texts[i].Text = text
		if n := d.nodes[itemPath(path, i)]; n != nil {
			texts[i].Line = n.at.line
		}
	}
	return texts
}

func topicNames(topics []Topic) []string {
	names := make([]string, len(topics))
	for i := range topics {
		names[i] = topics[i].Name
	}
	return names
}
