package deploy_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// nfpm is what the description of our package may have (nfpm.goreleaser.com).
type nfpm struct {
	Name, Arch, Platform, Version, Section, Priority, Maintainer, Description, License string

	Umask    int
	Contents []struct {
		Src, Dst, Type string
		Expand         bool
		FileInfo       struct{ Mode int } `yaml:"file_info"`
	}
	Scripts map[string]string
}

// What the package names is there, and what the service runs is in the package.
func TestPackage(t *testing.T) {
	var p nfpm
	decode(t, "nfpm.yaml", &p)
	packaged := map[string]bool{}
	for _, c := range p.Contents {
		packaged[c.Dst] = true
		if strings.HasPrefix(c.Src, "${DIST}") {
			if !c.Expand {
				t.Errorf("%s: the variable is not replaced without expand", c.Src)
			}
			continue // release.sh makes it
		}
		if _, err := os.Stat(filepath.Join("..", c.Src)); err != nil {
			t.Error(err)
		}
	}
	for when, script := range p.Scripts {
		if info, err := os.Stat(filepath.Join("..", script)); err != nil || info.Mode()&0o111 == 0 {
			t.Errorf("%s: script %s cannot be run: %v", when, script, err)
		}
	}
	unit := read(t, "marsad.service")
	start := regexp.MustCompile(`(?m)^ExecStart=(\S+) run --config (\S+)$`).FindStringSubmatch(unit)
	if start == nil || !packaged[start[1]] || !packaged[start[2]] {
		t.Errorf("the service runs %q, which is not in the package", start)
	}
	for _, want := range []string{"Type=notify", "DynamicUser=yes", "ProtectSystem=strict", "NoNewPrivileges=yes", "WatchdogSec="} {
		if !strings.Contains(unit, "\n"+want) {
			t.Errorf("the service has no %s", want)
		}
	}
}

// The image runs nothing as root, and whoever starts it asks for its health in the
// same way.
func TestImage(t *testing.T) {
	image := read(t, "Dockerfile")
	health := regexp.MustCompile(`(?m)^HEALTHCHECK .*CMD \[(.*)\]$`).FindStringSubmatch(image)
	if health == nil {
		t.Fatal("the image does not say how it is")
	}
	asked := strings.ReplaceAll(strings.ReplaceAll(health[1], `"`, ""), ", ", " ")
	if compose := strings.ReplaceAll(read(t, "compose.yaml"), ", ", " "); !strings.Contains(compose, "[CMD "+asked+"]") {
		t.Errorf("compose.yaml does not ask %s", asked)
	}
	last := image[strings.LastIndex(image, "\nFROM "):]
	if !regexp.MustCompile(`(?m)^USER [1-9]\d*:[1-9]\d*$`).MatchString(last) {
		t.Error("the image runs as root")
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
