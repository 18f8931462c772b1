package extract_test

import (
	"os"
	"testing"

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
