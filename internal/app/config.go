package app

import (
	"fmt"
	"os"
	"text/tabwriter"

	"marsad/internal/config"
)

// ConfigShow prints what holds, and where each value comes from, without secrets.
func ConfigShow(env Env, common Common) error {
	path := common.source()
	if path == config.BuiltIn {
		path = ""
	}
	settings, err := config.Settings(path, env.LookupEnv, os.ReadFile)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(env.Stdout, 0, 0, 2, ' ', 0)
	for _, s := range settings {
		fmt.Fprintf(w, "%s: %s\t# %s\n", s.Key, s.Value, s.Source)
	}
	return w.Flush()
}

// ConfigSchema prints the JSON Schema of a configuration.
func ConfigSchema(env Env) error {
	_, err := env.Stdout.Write(config.Schema())
	return err
}
