package deploy_test

import (
	"errors"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"marsad/internal/config"
)

// decode reads a YAML file into v, which has to have all its keys.
func decode(t *testing.T, path string, v any) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.UnmarshalWithOptions(data, v, yaml.Strict()); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

// compose is what a compose file of ours may have (compose-spec.io).
type compose struct {
	Name     string
	Services map[string]struct {
		Build       map[string]string
		Image       string
		Restart     string
		Ports       []string
		Environment map[string]string
		Volumes     []string
		Secrets     []string
		Healthcheck struct {
			Test        []string
			Interval    string
			Timeout     string
			StartPeriod string `yaml:"start_period"`
			Retries     int
		}
		DependsOn map[string]map[string]string `yaml:"depends_on"`
	}
	Volumes map[string]map[string]string
	Secrets map[string]struct{ File string }
}

func TestCompose(t *testing.T) {
	var c compose
	decode(t, "compose.yaml", &c)
	for name, s := range c.Services {
		if !regexp.MustCompile(`:(\d+\.\d+\.\d+|local)$`).MatchString(s.Image) || s.Image == "marsad:local" && s.Build == nil {
			t.Errorf("%s: image %q is not pinned to a release", name, s.Image)
		}
		if len(s.Healthcheck.Test) < 2 || s.Healthcheck.Retries == 0 {
			t.Errorf("%s: nobody checks its health", name)
		}
		for _, port := range s.Ports {
			if !strings.HasPrefix(port, "127.0.0.1:") {
				t.Errorf("%s: port %s can be reached from other machines", name, port)
			}
		}
		for _, secret := range s.Secrets {
			if c.Secrets[secret].File == "" {
				t.Errorf("%s: secret %s is not declared", name, secret)
			}
		}
		for key, value := range s.Environment {
			if strings.HasSuffix(key, "_FILE") && !slices.Contains(s.Secrets, strings.TrimPrefix(value, "/run/secrets/")) {
				t.Errorf("%s: %s names %s, which it is not given", name, key, value)
			}
		}
		for _, volume := range s.Volumes {
			from, _, _ := strings.Cut(volume, ":")
			if _, err := os.Stat(from); strings.HasPrefix(from, ".") && err != nil {
				t.Errorf("%s: %v", name, err)
			} else if _, declared := c.Volumes[from]; !strings.HasPrefix(from, ".") && !declared {
				t.Errorf("%s: volume %s is not declared", name, from)
			}
		}
		for other, how := range s.DependsOn {
			if _, ok := c.Services[other]; !ok || how["condition"] != "service_healthy" {
				t.Errorf("%s waits for %s, %v", name, other, how)
			}
		}
	}
}

// TestComposedConfig reads Marsad's configuration in the composition, and follows
// what it names.
func TestComposedConfig(t *testing.T) {
	var c compose
	decode(t, "compose.yaml", &c)
	const secret = "a secret of some length"
	cfg, err := config.Load("marsad.yaml", func(string) (string, bool) { return "", false }, func(name string) ([]byte, error) {
		switch {
		case path.Dir(name) != "/run/secrets":
			return os.ReadFile(name)
		case slices.Contains(c.Services["marsad"].Secrets, path.Base(name)):
			return []byte(secret + "\n"), nil
		}
		return nil, fs.ErrNotExist
	})
	if err != nil {
		t.Fatal(err)
	}
	if cfg.Web.Token.Reveal() != secret || cfg.Influx.Token.Reveal() != secret {
		t.Error("the tokens are not those of the files")
	}
	if cfg.Grafana.URL != "http://127.0.0.1:3000" || !slices.Contains(c.Services["grafana"].Ports, "127.0.0.1:3000:3000") {
		t.Errorf("notices link to %s, which Grafana does not publish", cfg.Grafana.URL)
	}
	if u, err := url.Parse(cfg.Influx.URL); err != nil || c.Services[u.Hostname()].Image == "" {
		t.Errorf("%s is no service (%v)", cfg.Influx.URL, err)
	}
}

func TestProvisioning(t *testing.T) {
	var c compose
	decode(t, "compose.yaml", &c)
	var sources struct {
		APIVersion  int `yaml:"apiVersion"`
		Datasources []struct {
			Name, UID, Type, Access, URL string
			IsDefault                    bool              `yaml:"isDefault"`
			BasicAuth                    bool              `yaml:"basicAuth"`
			BasicAuthUser                string            `yaml:"basicAuthUser"`
			JSONData                     map[string]string `yaml:"jsonData"`
			SecureJSONData               map[string]string `yaml:"secureJsonData"`
		}
	}
	decode(t, "grafana/provisioning/datasources/marsad.yaml", &sources)
	var uids []string
	for _, s := range sources.Datasources {
		uids = append(uids, s.UID)
		u, err := url.Parse(s.URL)
		if err != nil || c.Services[u.Hostname()].Image == "" || s.Type != "influxdb" || s.JSONData["version"] != "InfluxQL" {
			t.Errorf("data source %+v (%v)", s, err)
		}
		for _, value := range s.SecureJSONData {
			_, file, found := strings.Cut(value, "$__file{/run/secrets/")
			if !found || !slices.Contains(c.Services["grafana"].Secrets, strings.TrimSuffix(file, "}")) {
				t.Errorf("data source %s: %s is no file that Grafana is given", s.Name, value)
			}
		}
	}
	for uid, data := range dashboards(t) {
		for _, name := range []string{"marsad", "marsad-events"} {
			if strings.Contains(string(data), `"value": "`+name+`"`) && !slices.Contains(uids, name) {
				t.Errorf("%s: the data source %s is not provisioned", uid, name)
			}
		}
	}
	var providers struct {
		APIVersion int `yaml:"apiVersion"`
		Providers  []struct {
			Name, Folder, Type string
			DisableDeletion    bool              `yaml:"disableDeletion"`
			AllowUIUpdates     bool              `yaml:"allowUiUpdates"`
			Options            map[string]string `yaml:"options"`
		}
	}
	decode(t, "grafana/provisioning/dashboards/marsad.yaml", &providers)
	mounted := slices.ContainsFunc(c.Services["grafana"].Volumes, func(v string) bool {
		return len(providers.Providers) == 1 && strings.HasPrefix(v, "./grafana/dashboards:"+providers.Providers[0].Options["path"]+":")
	})
	if home := c.Services["grafana"].Environment["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]; !mounted || dashboards(t)[strings.TrimSuffix(filepath.Base(home), ".json")] == nil {
		t.Errorf("Grafana finds no dashboards: %+v, home %s", providers, home)
	}
}

// TestSecrets runs the script that makes the secrets, twice: what is there stays.
func TestSecrets(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("it is a shell script")
	}
	script, err := os.ReadFile("secrets.sh")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	copied := filepath.Join(dir, "secrets.sh")
	if err := os.WriteFile(copied, script, 0o700); err != nil {
		t.Fatal(err)
	}
	var c compose
	decode(t, "compose.yaml", &c)
	before := make(map[string]string)
	for range 2 {
		if out, err := exec.CommandContext(t.Context(), "sh", copied).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		for name, secret := range c.Secrets {
			data, err := os.ReadFile(filepath.Join(dir, secret.File))
			if errors.Is(err, fs.ErrNotExist) || len(data) < 32 || before[name] != "" && before[name] != string(data) {
				t.Errorf("secret %s: %q, was %q (%v)", name, data, before[name], err)
			}
			before[name] = string(data)
		}
	}
}
