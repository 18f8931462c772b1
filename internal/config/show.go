package config

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"marsad/internal/config/scalar"
)

// Setting is a value that holds, and where it comes from. It is as it is written, with
// ${NAME} not filled in; that of a secret is whether there is one.
type Setting struct {
	Key    string // path, as in alerts.horizon; entries by their names, as in feeds[example].url
	Value  string
	Source string // file:line, "default", or what else it follows from
}

// Settings gives what holds in the file at path with those that are laid over it, in
// the order of the sections: every setting, and of entries what the files say. Entries
// of the starter data are one setting each kind. An empty path is no file. Errors are
// as those of Load.
func Settings(path string, lookup func(env string) (string, bool), readFile func(name string) ([]byte, error)) ([]Setting, error) {
	env := environment{lookup, readFile}
	var (
		own *file
		doc *document
		err error
	)
	if path == "" {
		own, doc = decodeFile(BuiltIn, nil, env)
	} else if own, doc, err = decodeFiles(path, env); err != nil {
		return nil, err
	}
	r, _, err := resolveFile(own, doc, env)
	if err != nil {
		return nil, err
	}
	l := &lister{doc: doc, defaults: defaultsOf(schema)}
	l.section(reflect.ValueOf(own).Elem(), "")
	seedsOf(l, "feeds", r.feeds)
	seedsOf(l, "topics", r.topics)
	seedsOf(l, "lexicons", r.entities)
	return l.settings, nil
}

// lister collects settings.
type lister struct {
	doc      *document
	defaults map[string]string
	settings []Setting
}

func (l *lister) add(key, value, source string) {
	l.settings = append(l.settings, Setting{key, value, source})
}

// section lists the keys of a section, and of those in it.
func (l *lister) section(v reflect.Value, path string) {
	for _, k := range keysOf(v.Type()) {
		key := joinPath(path, k.name)
		field := v.FieldByIndex(k.index)
		n := l.doc.nodes[key]
		switch {
		case k.file:
		case field.Type() == reflect.TypeFor[scalar.Secret]():
			l.secret(field.Interface().(scalar.Secret), key)
		case hasEntries(key) || key == "lexicons":
			l.entries(n, key)
		case field.Kind() == reflect.Struct && keysOf(field.Type()) != nil:
			l.section(field, key)
		case l.doc.gives(key):
			l.add(key, l.written(n, key), l.placeOf(n))
		default:
			value, follows := format(field), "default"
			if text, known := l.defaults[key]; known && value == "" {
				value = text
			}
			if d, known := l.defaults[key]; known && value != d && value != quoted(d) {
				follows = "follows from other settings"
			}
			l.add(key, value, follows)
		}
	}
}

func (l *lister) secret(s scalar.Secret, key string) {
	value, source := "(not set)", "default"
	if !s.IsZero() {
		value = "(set)"
	}
	for _, key := range []string{key, key + fileSuffix} {
		if l.doc.gives(key) {
			n := l.doc.nodes[key]
			source = l.placeOf(n)
			for rest := n.text; rest != ""; rest = rest[1:] {
				if name, ok := variableName(rest); ok {
					source += " ${" + name + "}"
				}
			}
			if strings.HasSuffix(key, fileSuffix) {
				source += " " + n.text
			}
		}
	}
	l.add(key, value, source)
}

// entries lists what the files say of entries.
func (l *lister) entries(n *node, path string) {
	if n == nil {
		return
	}
	for i, entry := range n.items {
		name := strconv.Itoa(i)
		for _, p := range entry.pairs {
			if p.key == "name" {
				name = p.value.text
			}
		}
		for _, p := range entry.pairs {
			l.add(fmt.Sprintf("%s[%s].%s", path, name, p.key), l.written(p.value, joinPath(itemPath(path, i), p.key)), l.placeOf(p.value))
		}
	}
	for _, p := range n.pairs {
		l.add(joinPath(path, p.key), l.written(p.value, joinPath(path, p.key)), l.placeOf(p.value))
	}
}

// written gives a value as it is in the file, in one line, without secrets.
func (l *lister) written(n *node, path string) string {
	if l.doc.hidden[path] {
		return "(set)"
	}
	var parts []string
	switch n.kind {
	case listKind:
		for i, item := range n.items {
			parts = append(parts, l.written(item, itemPath(path, i)))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case mappingKind:
		for _, p := range n.pairs {
			parts = append(parts, p.key+": "+l.written(p.value, joinPath(path, p.key)))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case scalarKind:
		return withoutPassword(quoted(n.text))
	default:
		return ""
	}
}

// placeOf says where a value stands.
func (l *lister) placeOf(n *node) string {
	name := n.at.file
	if name == "" {
		name = l.doc.name
	}
	return fmt.Sprintf("%s:%d", name, n.at.line)
}

// seedsOf lists the names of the entries that are of the starter data.
func seedsOf[T any](l *lister, kind string, entries []entry[T]) {
	n := 0
	for _, e := range entries {
		if e.doc.seed {
			n++
		}
	}
	if n > 0 {
		l.add(kind, fmt.Sprintf("(%d of the starter data)", n), "seeds."+kind)
	}
}

// format writes a value as it is written in config.yaml; nothing for one that has a
// form of its own.
func format(v reflect.Value) string {
	if d, ok := reflect.TypeAssert[time.Duration](v); ok {
		return spell(d)
	}
	switch v.Kind() {
	case reflect.String:
		return quoted(v.String())
	case reflect.Bool, reflect.Int:
		return fmt.Sprint(v.Interface())
	default:
		return ""
	}
}

// quoted puts a text into quotation marks that is not plainly one value of YAML.
func quoted(text string) string {
	if text == "" || strings.ContainsAny(text, "#\"'{}[],*&!|>%@`\n") || strings.Contains(text, ": ") {
		return strconv.Quote(text)
	}
	return text
}

// defaultsOf reads the defaults out of the schema, by key.
func defaultsOf(schema []byte) map[string]string {
	type object struct {
		Default    any                        `json:"default"`
		Properties map[string]json.RawMessage `json:"properties"`
	}
	all := map[string]string{}
	var read func(data []byte, path string)
	read = func(data []byte, path string) {
		var o object
		if json.Unmarshal(data, &o) != nil {
			return // the schema is our own, and tested
		}
		if o.Default != nil {
			all[path] = fmt.Sprint(o.Default)
		}
		for key, child := range o.Properties {
			read(child, joinPath(path, key))
		}
	}
	read(schema, "")
	return all
}
