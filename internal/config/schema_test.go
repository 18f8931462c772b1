package config

import (
	"bytes"
	"encoding"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"marsad/internal/config/scalar"
	"marsad/seeds"
)

// updateSchema writes what is made of the types and of config.yaml's comments:
//
//	go generate ./internal/config
var updateSchema = flag.Bool("update-schema", false, "write schema.json and docs/CONFIGURATION.md again")

// described is what config.yaml says of a key.
type described struct{ text, value string }

var (
	exampleLine = regexp.MustCompile(`(?m)^#( {2,}|[^ \n])`)
	keyLine     = regexp.MustCompile(`^( *)(- )?([A-Za-z_-]+):(?: +(.*))?$`)
	trailing    = regexp.MustCompile(`(?:^|\s)# (.*)$`)
)

// describe reads what the comments of the shipped file say of each key: behind it, or
// in the lines before it. Keys are paths as keyPaths gives them.
func describe(data []byte) map[string]described {
	type level struct {
		indent int
		path   string
	}
	about := map[string]described{}
	stack := []level{{-1, ""}}
	var block []string
	last := ""
	for line := range strings.SplitSeq(string(exampleLine.ReplaceAll(data, []byte("$1"))), "\n") {
		trimmed := strings.TrimSpace(line)
		indent := len(line) - len(strings.TrimLeft(line, " "))
		switch {
		case trimmed == "":
			block, last = nil, ""
			continue
		case strings.HasPrefix(trimmed, "#"):
			text := strings.TrimSpace(strings.TrimPrefix(trimmed, "#"))
			if d, ok := about[last]; ok && indent > 10 {
				about[last] = described{d.text + " " + text, d.value}
			} else {
				block = append(block, text)
			}
			continue
		}
		m := keyLine.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		column := len(m[1]) + len(m[2])
		for stack[len(stack)-1].indent >= len(m[1])+min(len(m[2]), 1) {
			stack = stack[:len(stack)-1]
		}
		if m[2] != "" {
			stack = append(stack, level{len(m[1]) + 1, stack[len(stack)-1].path + "[]"})
		}
		parent := stack[len(stack)-1].path
		path := joinPath(parent, m[3])
		if parent == "lexicons" {
			path = "lexicons.*"
		}
		stack = append(stack, level{column, path})
		value, text := m[4], ""
		if c := trailing.FindStringSubmatchIndex(value); c != nil && !strings.Contains(value[:c[0]], "# ") {
			value, text = strings.TrimSpace(value[:c[0]]), value[c[2]:c[3]]
		}
		if _, twice := about[path]; !twice {
			about[path] = described{strings.TrimSpace(strings.Join(block, " ") + " " + text), value}
			last = path
		}
		block = nil
	}
	return about
}

// choices are the keys of which a few words are known.
func choices(path string) []string {
	return map[string][]string{
		"language":         {"en", "ar"},
		"feeds[].identity": {"auto", "guid", "link", "content"},
		"lexicons.*.kind":  {"group", "person", "place"},
	}[path]
}

// variable matches a value that is filled in from the environment.
const variable = `\$\{`

// schemaOf describes what a type reads from YAML; see decoder.decode.
func schemaOf(t reflect.Type, path string, about map[string]described) map[string]any {
	s := map[string]any{}
	if text := about[path].text; text != "" {
		s["description"] = text
	}
	set := func(pattern string, types ...string) map[string]any {
		s["type"] = append(types, "null") // a key without a value is as if it were not there
		if pattern != "" {
			s["pattern"] = pattern + "|" + variable
		}
		return s
	}
	words := map[string]any{"type": []string{"string", "number", "boolean"}}
	if c := choices(path); c != nil {
		return set("^("+strings.Join(c, "|")+")$", "string")
	}
	if kind, ok := strings.CutPrefix(path, "seeds."); ok {
		groups := append(seeds.Groups(kind), "all")
		s["items"] = map[string]any{"enum": groups}
		return set("^("+strings.Join(groups, "|")+")$", "string", "array")
	}
	switch {
	case t.Kind() == reflect.Pointer:
		return schemaOf(t.Elem(), path, about)
	case t == reflect.TypeFor[time.Duration]():
		return set(`^([0-9.]+(ns|us|µs|ms|s|m|h|d|w))+$`, "string")
	case t == reflect.TypeFor[scalar.Secret]():
		return set("", "string", "number")
	case t == reflect.TypeFor[title]():
		s["additionalProperties"] = words
		return set("", "string", "object")
	case t.Name() == "words":
		s["items"] = words
		s["additionalProperties"] = map[string]any{"type": []string{"array", "null"}, "items": words}
		return set("", "array", "object")
	case reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()):
		s["items"] = words
		return set("", "string", "number", "boolean", "array")
	}
	switch t.Kind() {
	case reflect.Struct:
		properties := map[string]any{}
		for _, k := range keysOf(t) {
			key := joinPath(path, k.name)
			if k.file {
				properties[k.name] = map[string]any{
					"type": []string{"string", "null"}, "description": "File that holds " + strings.TrimSuffix(k.name, fileSuffix) + ".",
				}
				continue
			}
			properties[k.name] = schemaOf(t.FieldByIndex(k.index).Type, key, about)
		}
		s["properties"], s["additionalProperties"] = properties, false
		return set("", "object")
	case reflect.Slice:
		s["items"] = schemaOf(t.Elem(), path+"[]", about)
		return set("", "array")
	case reflect.Map:
		s["additionalProperties"] = schemaOf(t.Elem(), path+".*", about)
		return set("", "object")
	case reflect.Bool:
		return set("^(true|false)$", "boolean", "string")
	case reflect.Int:
		return set("^[0-9]+$", "integer", "string")
	default:
		return set("", "string", "number", "boolean")
	}
}

// addDefaults gives the keys of sections the defaults that the shipped file states.
func addDefaults(schema map[string]any, path string, about map[string]described) {
	properties, _ := schema["properties"].(map[string]any)
	for name, child := range properties {
		key, s := joinPath(path, name), child.(map[string]any)
		if _, section := s["properties"]; section {
			addDefaults(s, key, about)
			continue
		}
		value := about[key].value
		if value == "" || strings.Contains(value, "${") || s["type"].([]string)[0] == "array" {
			continue
		}
		var v any
		if err := yaml.Unmarshal([]byte(value), &v); err == nil && v != "" {
			s["default"] = v
		}
	}
}

func makeSchema(t *testing.T) []byte {
	t.Helper()
	data, err := os.ReadFile(shipped)
	if err != nil {
		t.Fatal(err)
	}
	about := describe(data)
	schema := schemaOf(reflect.TypeFor[file](), "", about)
	addDefaults(schema, "", about)
	schema["$schema"] = "http://json-schema.org/draft-07/schema#" // what editors understand
	schema["title"] = "Marsad's configuration (config.yaml, conf.d/*.yaml)"
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(schema); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// makeReference writes docs/CONFIGURATION.md: a table for each section.
func makeReference(t *testing.T) []byte {
	t.Helper()
	data, err := os.ReadFile(shipped)
	if err != nil {
		t.Fatal(err)
	}
	about := describe(data)
	head, err := os.ReadFile("testdata/configuration-head.md")
	if err != nil {
		t.Fatal(err)
	}
	out := bytes.NewBuffer(head)
	cell := strings.NewReplacer("|", `\|`, "\n", " ", "<", "&lt;")
	row := func(key, path string) {
		d, known := about[path]
		if !known {
			return // what holds it says what it is
		}
		value := ""
		if d.value != "" {
			value = "`" + strings.ReplaceAll(d.value, "|", `\|`) + "`"
		}
		fmt.Fprintf(out, "| `%s` | %s | %s |\n", key, value, cell.Replace(d.text))
	}
	var sections, plain []string
	for field := range reflect.TypeFor[file]().Fields() {
		name := field.Tag.Get("yaml")
		if len(keyPaths(field.Type, name)) == 0 {
			plain = append(plain, name)
			continue
		}
		sections = append(sections, name)
	}
	fmt.Fprint(out, "\n## Top level\n\n| key | default | |\n|---|---|---|\n")
	for _, name := range plain {
		row(name, name)
	}
	for _, section := range sections {
		fmt.Fprintf(out, "\n## %s\n\n%s\n\n| key | %s | |\n|---|---|---|\n", section, about[section].text,
			map[bool]string{true: "example", false: "default"}[section == "feeds" || section == "topics" || section == "lexicons" || section == "webhooks"])
		for field := range reflect.TypeFor[file]().Fields() {
			if field.Tag.Get("yaml") != section {
				continue
			}
			for _, path := range keyPaths(field.Type, section) {
				row(strings.TrimPrefix(strings.NewReplacer("[]", "", ".*", "").Replace(strings.TrimPrefix(path, section)), "."), path)
			}
		}
	}
	return out.Bytes()
}

// TestSchemaIsCurrent holds what is checked in to the types and to the comments of
// config.yaml.
func TestSchemaIsCurrent(t *testing.T) {
	for name, want := range map[string][]byte{"schema.json": makeSchema(t), "../../docs/CONFIGURATION.md": makeReference(t)} {
		if *updateSchema {
			if err := os.WriteFile(name, want, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if got, err := os.ReadFile(name); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not what the types and config.yaml say (%v): run go generate ./internal/config", name, err)
		}
	}
}

// TestEveryKeyIsDescribed keeps the reference from having empty rows.
func TestEveryKeyIsDescribed(t *testing.T) {
	data, err := os.ReadFile(shipped)
	if err != nil {
		t.Fatal(err)
	}
	about := describe(data)
	for _, section := range []string{"record", "web", "collector", "feeds[]", "topics[]", "alerts", "slack", "influx"} {
		described := 0
		for path := range about {
			if strings.HasPrefix(path, section+".") && about[path].text != "" {
				described++
			}
		}
		if described < 3 {
			t.Errorf("%d keys of %s are described", described, section)
		}
	}
}

// TestFilesFollowTheSchema has a validator of its own look at every file that Marsad
// takes, and at those that it does not.
func TestFilesFollowTheSchema(t *testing.T) {
	compiler := jsonschema.NewCompiler()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	if err := compiler.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	validate := func(data []byte) error {
		var v any
		if err := yaml.Unmarshal([]byte(maskVariables(strings.TrimPrefix(string(data), "\uFEFF"))), &v); err != nil {
			return err
		}
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		v, err = jsonschema.UnmarshalJSON(strings.NewReader(unmaskVariables(string(text))))
		if err != nil {
			t.Fatal(err)
		}
		return schema.Validate(v)
	}
	right, err := filepath.Glob("testdata/good/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(right, shipped, "../../deploy/marsad.yaml") {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := validate(data); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if name == shipped {
			if err := validate(exampleLine.ReplaceAll(data, []byte("$1"))); err != nil {
				t.Errorf("%s with its examples: %v", name, err)
			}
			if first, _, _ := strings.Cut(string(data), "\n"); first != "# yaml-language-server: $schema=internal/config/schema.json" {
				t.Errorf("%s does not tell editors of the schema: %s", name, first)
			}
		}
	}
	for _, wrong := range []string{
		"languge: en", "language: fr", "collector: {concurrency: many}", "alerts: {horizon: 6}", "feeds: {name: a}", "feeds: [{nam: a}]",
		"seeds: {feeds: [nowhere]}", "slack: token", "lexicons: {x: {kind: animal}}",
	} {
		if err := validate([]byte(wrong)); err == nil {
			t.Errorf("%q follows the schema", wrong)
		}
	}
}
