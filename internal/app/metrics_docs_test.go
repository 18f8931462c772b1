package app

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
)

// aDaemon gives one that has every part, and runs nothing.
func aDaemon(t *testing.T) *daemon {
	t.Helper()
	s := newSite(t, mainJob+"influx: {url: http://127.0.0.1:1, org: news, token: t}\n")
	service, err := newService(t.Context(), s.cfg, s.log, edges{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := service.record.Close(); err != nil {
			t.Error(err)
		}
	})
	return service.current.Load()
}

// described gives the metrics of a running Marsad as docs/METRICS.md has them: name,
// labels, help. Those of Go and of the process are its libraries' and are left out.
func described(t *testing.T, d *daemon) (rows []string) {
	t.Helper()
	form := regexp.MustCompile(`^Desc\{fqName: "([^"]*)", help: "(.*)", unit: "[^"]*", constLabels: \{([^}]*)\}, variableLabels: \{([^}]*)\}\}$`)
	for _, registry := range []*prometheus.Registry{d.metrics.registry, d.watchParts()} {
		descs := make(chan *prometheus.Desc)
		go func() {
			defer close(descs)
			registry.Describe(descs)
		}()
		for desc := range descs {
			found := form.FindStringSubmatch(desc.String())
			if found == nil {
				t.Fatalf("%s is described in another way", desc)
			}
			name, help, labels := found[1], found[2], found[4]
			if constant, _, ok := strings.Cut(found[3], "="); ok {
				labels = constant
			}
			if !fromLibraries(name) {
				rows = append(rows, fmt.Sprintf("| `%s` | %s | %s |", name, strings.ReplaceAll(labels, ",", ", "), help))
			}
		}
	}
	slices.Sort(rows)
	return rows
}

// fromLibraries reports whether a metric is one of Go's, the process's or promhttp's.
func fromLibraries(name string) bool {
	return regexp.MustCompile(`^marsad_(go|process|promhttp)_`).MatchString(name)
}

// TestMetricsAreDocumented compares docs/METRICS.md with the metrics of a daemon, both
// ways.
func TestMetricsAreDocumented(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/METRICS.md")
	if err != nil {
		t.Fatal(err)
	}
	row := regexp.MustCompile("(?m)^(\\| `marsad_[^|]*\\|[^|]*\\|[^|]*\\|) ([^|]*) \\|$")
	var documented []string
	for _, found := range row.FindAllStringSubmatch(string(text), -1) {
		documented = append(documented, found[1])
		if len(found[2]) < len("see") {
			t.Errorf("%s does not say what to do", found[1])
		}
	}
	slices.Sort(documented)
	if diff := cmp.Diff(described(t, aDaemon(t)), documented); diff != "" {
		t.Errorf("docs/METRICS.md is not what there is (-there is +documented):\n%s", diff)
	}
}

// TestMetricsAreNamed looks up every metric that a document or a dashboard names.
func TestMetricsAreNamed(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, row := range described(t, aDaemon(t)) {
		name := strings.Trim(strings.Fields(row)[1], "`")
		for _, suffix := range []string{"", "_bucket", "_sum", "_count"} { // of histograms
			known[name+suffix] = true
		}
	}
	var paths []string
	for _, pattern := range []string{"../../docs/*.md", "../../README.md", "../../deploy/grafana/dashboards/*.json"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %d files (%v)", pattern, len(found), err)
		}
		paths = append(paths, found...)
	}
	name := regexp.MustCompile(`\bmarsad_[a-z_]+`)
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range name.FindAllString(string(text), -1) {
			switch {
			case known[found], fromLibraries(found), slices.Contains(notMetrics(), found):
			default:
				t.Errorf("%s names %s, which there is not", path, found)
			}
		}
	}
}

// notMetrics are other things that begin like metrics.
func notMetrics() []string { return []string{"marsad_events", "marsad_notice", "marsad_"} }
