package seeds_test

import (
	"io/fs"
	"testing"

	"marsad/seeds"
)

func TestKindsHasItsLanguages(t *testing.T) {
	for _, name := range []string{"ar.txt", "en.txt", "fr.txt"} {
		if data, err := fs.ReadFile(seeds.Kinds(), name); err != nil || len(data) == 0 {
			t.Errorf("kinds of counts in %s: %d bytes, %v", name, len(data), err)
		}
	}
}
