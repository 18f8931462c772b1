package seeds_test

import (
	"bytes"
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"marsad/seeds"
)

func TestEveryFileIsAGroup(t *testing.T) {
	found := 0
	err := fs.WalkDir(seeds.Files(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		found++
		kind, file, _ := strings.Cut(name, "/")
		data, shown, err := seeds.Read(kind, strings.TrimSuffix(file, ".yaml"))
		if err != nil {
			return err
		}
		if shown != "seeds/"+name {
			t.Errorf("%s: named %s", name, shown)
		}
		if !bytes.Contains(data, []byte("\n"+kind+":\n")) {
			t.Errorf("%s: has no key %s", name, kind)
		}
		if bytes.ContainsRune(data, '\t') {
			t.Errorf("%s: a tab, which YAML does not take", name)
		}
		if !bytes.HasPrefix(data, []byte("# ")) {
			t.Errorf("%s: does not begin with a comment that says what it is", name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if found < 12 {
		t.Errorf("%d files: some are not embedded", found)
	}
}

func TestGroups(t *testing.T) {
	for _, tt := range []struct {
		kind string
		want []string // some of them
	}{
		{seeds.Feeds, []string{"middle-east", "world", "un-relief", "arabic-press"}},
		{seeds.Topics, []string{"group-merger", "ceasefire", "mass-casualty", "displacement", "coup"}},
		{seeds.Lexicons, []string{"groups", "people", "places"}},
	} {
		have := " " + strings.Join(seeds.Groups(tt.kind), " ") + " "
		for _, group := range tt.want {
			if !strings.Contains(have, " "+group+" ") {
				t.Errorf("%s: no %s among%s", tt.kind, group, have)
			}
		}
	}
	if groups := seeds.Groups("nothing"); groups != nil {
		t.Errorf("an unknown kind has the groups %q", groups)
	}
}

func TestReadNamesWhatThereIs(t *testing.T) {
	_, _, err := seeds.Read(seeds.Feeds, "nowhere")
	if err == nil || !strings.Contains(err.Error(), "middle-east") {
		t.Errorf("error of an unknown group = %v", err)
	}
}

// A line scan, so that it holds whatever reads the files.
func TestFeeds(t *testing.T) {
	line := regexp.MustCompile(`(?m)^ +(?:- )?([a-z]+): +(.*?)(?: +# (.*))?$`)
	names, urls := map[string]bool{}, map[string]bool{}
	languages := map[string]int{}
	for _, group := range seeds.Groups(seeds.Feeds) {
		data, file, err := seeds.Read(seeds.Feeds, group)
		if err != nil {
			t.Fatal(err)
		}
		publishers := 0
		for _, m := range line.FindAllStringSubmatch(string(data), -1) {
			key, value, comment := m[1], m[2], m[3]
			switch key {
			case "name":
				if names[value] {
					t.Errorf("%s: a second feed is named %s", file, value)
				}
				names[value] = true
				if !strings.Contains(comment, "unverified") {
					t.Errorf("%s: %s does not say where it is from", file, value)
				}
			case "url":
				if urls[value] {
					t.Errorf("%s: %s is polled twice", file, value)
				}
				urls[value] = true
			case "publisher":
				publishers++
			case "lang":
				languages[value]++
			}
		}
		if want := strings.Count(string(data), "  - name: "); publishers != want {
			t.Errorf("%s: %d publishers for %d feeds", file, publishers, want)
		}
	}
	if len(names) < 40 || len(urls) != len(names) {
		t.Errorf("%d feeds with %d addresses, want 40 or more", len(names), len(urls))
	}
	if languages["ar"] < 20 || languages["en"] < 20 {
		t.Errorf("feeds by language: %v", languages)
	}
}
