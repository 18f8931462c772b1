package extract_test

import (
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"marsad/timeline"
	"marsad/timeline/extract"
)

// TestVersion holds a reader's version to what its readings depend on.
func TestVersion(t *testing.T) {
	kinds, err := extract.ReadKinds(os.DirFS("../../seeds/kinds"))
	if err != nil {
		t.Fatal(err)
	}
	version := func(o extract.Options) string {
		t.Helper()
		r, err := extract.New(o)
		if err != nil {
			t.Fatal(err)
		}
		a := timeline.Article{Text: "12 killed"}
		if facts := r.Read(&a); facts.Version != r.Version() || facts.Version == "" {
			t.Errorf("facts of version %q by a reader of %q", facts.Version, r.Version())
		}
		return r.Version()
	}
	isis := timeline.Entity{Name: "isis", Kind: "group", Aliases: map[string][]string{"en": {"ISIS"}, "ar": {"داعش"}}}
	un := timeline.Entity{Name: "un", Kind: "group", Aliases: map[string][]string{"en": {"UN"}}}
	base := extract.Options{Kinds: kinds, Entities: []timeline.Entity{isis, un}}
	want := version(base)
	same := base
	same.Topics = []timeline.Topic{{Name: "t", Query: "merger"}}
	same.Entities = []timeline.Entity{un, isis}
	if version(same) != want {
		t.Error("other topics, or entities in another order, are another version")
	}
	daesh := isis
	daesh.Aliases = map[string][]string{"en": {"ISIS", "Daesh"}, "ar": {"داعش"}}
	for name, o := range map[string]extract.Options{
		"without kinds":    {Entities: base.Entities},
		"without entities": {Kinds: kinds},
		"with an alias":    {Kinds: kinds, Entities: []timeline.Entity{daesh, un}},
	} {
		if version(o) == want {
			t.Errorf("a reader %s has the same version", name)
		}
	}
}

var update = flag.Bool("update", false, "write down how the texts of testdata/reading.txt are read, once the version tells it")

// TestReadingVersion fails when a fixed set of texts comes to be read otherwise by a
// reader that has the version of before: records would keep what was read then.
// testdata/reading.version has the version and the hash of what was read by it, and is
// written anew for each version, so that no change of the grammar hides behind one of words.
func TestReadingVersion(t *testing.T) {
	const name = "testdata/reading.version"
	texts, err := os.ReadFile("testdata/reading.txt")
	if err != nil {
		t.Fatal(err)
	}
	r := newReader(t)
	var read []string
	for line := range strings.Lines(string(texts)) {
		lang, line, ok := strings.Cut(line, " ")
		if !ok || lang == "#" {
			continue
		}
		facts := r.Read(&timeline.Article{Lang: lang, Text: line, Published: time.Date(2017, 5, 20, 12, 0, 0, 0, time.UTC)})
		facts.Version = ""
		data, err := json.Marshal(facts)
		if err != nil {
			t.Fatal(err)
		}
		read = append(read, string(data))
	}
	if len(read) < 200 {
		t.Fatalf("testdata/reading.txt has %d texts", len(read))
	}
	known, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	version, hash, _ := strings.Cut(strings.TrimSpace(string(known)), " ")
	now := timeline.Hash(read...)
	switch {
	case now == hash && version == r.Version():
	case version == r.Version():
		t.Errorf("the texts are read otherwise by a reader of the same version: count readingVersion up, then run with -update")
	case *update:
		if err := os.WriteFile(name, []byte(r.Version()+" "+now+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("the version of reading is another (words do that too): run with -update")
	}
}
