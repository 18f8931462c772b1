package extract_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"marsad/timeline/extract"
)

func TestReadKindsSaysWhatIsWrong(t *testing.T) {
	for _, tt := range []struct{ name, file, data, want string }{
		{"no file", "killed.yaml", "", "no file *.txt"},
		{"no section", "en.txt", "# head\nkilled\n", `en.txt:2: "killed" stands before the first [section]`},
		{"open bracket", "en.txt", "[killed\n", `en.txt:1: section "[killed" lacks its closing bracket`},
		{"empty way", "en.txt", "[killed]\n\nkilled | | slain\n", `en.txt:3: "killed | | slain" has an empty way to write it`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := extract.ReadKinds(fstest.MapFS{tt.file: {Data: []byte(tt.data)}})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error is %v, want one with %q", err, tt.want)
			}
		})
	}
}
