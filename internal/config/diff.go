package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"marsad/collector"
	"marsad/internal/config/scalar"
	"marsad/timeline"
)

// Diff is how one configuration differs from another. Names are as they are in the
// newer one, but for what was removed; keys are paths as in alerts.horizon. It holds
// no values, some of which are secrets.
type Diff struct {
	Feeds, Topics, Entities Changes
	Settings                []string // keys of other sections, in their order
	// Restart are those of them that go on as they were until Marsad is restarted.
	Restart []string
}

// Changes are those of entries that have names.
type Changes struct {
	Added, Removed []string
	Renamed        []string // as "new (was old)"
	Changed        []string // as "name (url, schedule)"
}

// IsZero reports whether nothing differs.
func (d *Diff) IsZero() bool {
	return d.Feeds.isZero() && d.Topics.isZero() && d.Entities.isZero() && len(d.Settings) == 0
}

func (c *Changes) isZero() bool {
	return len(c.Added)+len(c.Removed)+len(c.Renamed)+len(c.Changed) == 0
}

// restartKeys are settings that hold for as long as the process runs: what is open
// rests on them.
func restartKeys() []string {
	return []string{"record.path", "web.listen", "alerts.step", "alerts.story_cap"}
}

// Since gives how c differs from the configuration before.
func (c *Config) Since(before *Config) Diff {
	d := Diff{
		Feeds: changesOf(before.Feeds, c.Feeds, func(f *collector.Feed) (name, was string) { return f.Name, f.Was }),
		Topics: changesOf(before.Topics, c.Topics, func(t *Topic) (name, was string) {
			return t.Name, t.Was
		}),
		Entities: changesOf(before.Entities, c.Entities, func(e *timeline.Entity) (name, was string) { return e.Name, "" }),
	}
	for _, s := range []struct {
		key         string
		before, now any
	}{
		{"timezone", before.Timezone.String(), c.Timezone.String()},
		{"language", before.Language, c.Language},
		{"record", before.Record, c.Record},
		{"stories", before.Stories, c.Stories},
		{"web", before.Web, c.Web},
		{"collector", before.Collector, c.Collector},
		{"alerts", before.Alerts, c.Alerts},
		{"slack", before.Slack, c.Slack},
		{"webhooks", before.Webhooks, c.Webhooks},
		{"influx", before.Influx, c.Influx},
		{"grafana", before.Grafana, c.Grafana},
	} {
		d.Settings = append(d.Settings, changedKeys(s.key, reflect.ValueOf(s.before), reflect.ValueOf(s.now))...)
	}
	for _, key := range restartKeys() {
		if slices.Contains(d.Settings, key) {
			d.Restart = append(d.Restart, key)
		}
	}
	return d
}

// AsRunning gives c with the settings that a process keeps until it is restarted as
// they are in the configuration that it runs with.
func (c *Config) AsRunning(running *Config) *Config {
	as := *c
	if as.Web.BaseURL == defaultBaseURL(as.Web.Listen) {
		as.Web.BaseURL = defaultBaseURL(running.Web.Listen)
	}
	as.Record.Path = running.Record.Path
	as.Web.Listen = running.Web.Listen
	as.Alerts.Step, as.Alerts.StoryCap = running.Alerts.Step, running.Alerts.StoryCap
	return &as
}

// changesOf compares entries by their names.
func changesOf[T any](before, after []T, names func(*T) (name, was string)) (c Changes) {
	old := make(map[string]*T, len(before))
	for i := range before {
		name, _ := names(&before[i])
		old[name] = &before[i]
	}
	kept := make(map[string]bool, len(after))
	for i := range after {
		name, was := names(&after[i])
		now, same := reflect.ValueOf(&after[i]).Elem(), old[name]
		switch {
		case same != nil:
			kept[name] = true
			keys := slices.DeleteFunc(changedKeys("", reflect.ValueOf(same).Elem(), now), func(key string) bool { return key == "was" })
			if len(keys) > 0 {
				c.Changed = append(c.Changed, fmt.Sprintf("%s (%s)", name, strings.Join(keys, ", ")))
			}
		case was != "" && old[was] != nil:
			kept[was] = true
			c.Renamed = append(c.Renamed, fmt.Sprintf("%s (was %s)", name, was))
		default:
			c.Added = append(c.Added, name)
		}
	}
	for i := range before {
		if name, _ := names(&before[i]); !kept[name] {
			c.Removed = append(c.Removed, name)
		}
	}
	return c
}

// changedKeys gives the paths of the keys below path whose values differ. A list or a
// map is one value.
func changedKeys(path string, before, after reflect.Value) (keys []string) {
	if before.Kind() != reflect.Struct || before.Type() == reflect.TypeFor[scalar.Secret]() || !hasKeys(before.Type()) {
		if !reflect.DeepEqual(before.Interface(), after.Interface()) {
			return []string{path}
		}
		return nil
	}
	for field := range before.Type().Fields() {
		if !field.IsExported() {
			continue
		}
		key := path
		if name := keyOfField(&field); name != "" {
			key = joinPath(path, name)
		}
		keys = append(keys, changedKeys(key, before.FieldByIndex(field.Index), after.FieldByIndex(field.Index))...)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// keyOfField gives the key of a field: that of its tag, else its own name in lower
// case; none for what is inlined.
func keyOfField(field *reflect.StructField) string {
	name, option, _ := strings.Cut(field.Tag.Get("yaml"), ",")
	switch {
	case option == "inline" || field.Anonymous:
		return ""
	case name != "":
		return name
	}
	return strings.ToLower(field.Name)
}

// hasKeys reports whether a struct is written as a mapping, and not as one value.
func hasKeys(t reflect.Type) bool {
	for field := range t.Fields() {
		if field.Tag.Get("yaml") != "" || field.Anonymous {
			return true
		}
	}
	return t == reflect.TypeFor[timeline.Topic]() || t == reflect.TypeFor[timeline.Entity]()
}
