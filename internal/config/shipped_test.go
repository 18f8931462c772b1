package config

import (
	"io/fs"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"marsad/internal/config/scalar"
	"marsad/seeds"
)

// shipped is the file that an operator reads and edits.
const shipped = "../../config.yaml"

func emptyEnvironment() environment {
	return environment{
		lookup:   func(string) (string, bool) { return "", false },
		readFile: func(string) ([]byte, error) { return nil, fs.ErrNotExist },
	}
}

// The shipped file states every default, so that it must say what holds
// without it.
func TestShippedFileStatesTheDefaults(t *testing.T) {
	env := emptyEnvironment()
	c, err := Load(shipped, env.lookup, os.ReadFile)
	if err != nil {
		t.Fatal(err)
	}
	defaults, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	diff := cmp.Diff(defaults, c, cmpopts.IgnoreFields(Config{}, "Source"), cmpopts.EquateComparable(),
		cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() }),
		cmp.Comparer(func(a, b scalar.Secret) bool { return a.Reveal() == b.Reveal() }))
	if diff != "" {
		t.Errorf("config.yaml differs from the defaults (-default +config.yaml):\n%s", diff)
	}
}

// Its examples are commented out; with them it has every key there is.
func TestShippedFileHasEveryKey(t *testing.T) {
	data, err := os.ReadFile(shipped)
	if err != nil {
		t.Fatal(err)
	}
	example := regexp.MustCompile(`(?m)^#( {2,}|[^ \n])`)
	if n := len(example.FindAll(data, -1)); n < 20 {
		t.Fatalf("%d lines of examples", n)
	}
	data = example.ReplaceAll(data, []byte("$1"))
	env := emptyEnvironment()
	if _, err := load("config.yaml", data, env); err != nil {
		t.Errorf("with its examples the file is refused:\n%v", err)
	}
	_, doc := decodeFile("config.yaml", data, env)
	given := map[string]bool{}
	for path := range doc.nodes {
		path = regexp.MustCompile(`\[\d+\]`).ReplaceAllString(path, "[]")
		path = regexp.MustCompile(`^(lexicons\.)[^.]+`).ReplaceAllString(path, "$1*")
		given[path] = true
	}
	wanted := keyPaths(reflect.TypeFor[file](), "")
	if len(wanted) < 70 {
		t.Fatalf("only %d keys are looked for", len(wanted))
	}
	for _, path := range wanted {
		if !given[path] {
			t.Errorf("config.yaml does not have the key %s", path)
		}
	}
}

// keyPaths gives the paths of all keys below a type, but for those that name the
// file of a secret: the file describes them once.
func keyPaths(t reflect.Type, path string) []string {
	switch t.Kind() {
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Struct {
			return keyPaths(t.Elem(), path+"[]")
		}
	case reflect.Map:
		if t.Elem().Kind() == reflect.Struct {
			return keyPaths(t.Elem(), path+".*")
		}
	case reflect.Struct:
		var all []string
		for _, k := range keysOf(t) {
			if !k.file {
				key := joinPath(path, k.name)
				all = append(all, key)
				all = append(all, keyPaths(t.FieldByIndex(k.index).Type, key)...)
			}
		}
		return all
	default:
	}
	return nil
}

// The groups that the comments offer are those there are.
func TestShippedFileNamesTheSeeds(t *testing.T) {
	data, err := os.ReadFile(shipped)
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{seeds.Feeds, seeds.Topics, seeds.Lexicons} {
		if list := "or a list of: " + strings.Join(seeds.Groups(kind), ", "); !strings.Contains(string(data), list) {
			t.Errorf("config.yaml does not say %q", list)
		}
	}
}
