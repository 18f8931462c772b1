package config

import (
	"encoding"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"marsad/internal/config/scalar"
)

// environment is what configuration takes from outside the file.
type environment struct {
	lookup   func(env string) (string, bool)
	readFile func(name string) ([]byte, error)
}

// decoder fills Go values from the nodes of one document, going by the yaml tags
// of structs. Problems are reported, and whatever has one keeps the value it had
// before: the defaults.
type decoder struct {
	*document
	environment
}

// nodeDecoder is a type that has more than one form in YAML.
type nodeDecoder interface {
	decodeNode(d *decoder, n *node, path string)
}

// defaulter is an entry of a list that has defaults.
type defaulter interface{ setDefaults() }

// decode fills v, which must be settable.
func (d *decoder) decode(n *node, v reflect.Value, path string) {
	d.nodes[path] = n
	if n.kind == nullKind {
		if n.swallowed {
			d.add(n.at, path, "has no value, as what follows # is a comment", `quote a value that begins with #, as in "#watch"`)
		}
		return
	}
	switch target := v.Addr().Interface().(type) {
	case nodeDecoder:
		target.decodeNode(d, n, path)
		return
	case *time.Duration:
		if text, ok := d.scalar(n, path); ok {
			parsed, err := scalar.ParseDuration(text)
			if err != nil {
				d.reportError(path, err, text)
				return
			}
			*target = parsed
		}
		return
	case *scalar.Secret:
		d.decodeSecret(n, target, path)
		return
	case encoding.TextUnmarshaler:
		d.decodeText(n, target, path)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		value := reflect.New(v.Type().Elem())
		d.decode(n, value.Elem(), path)
		v.Set(value)
	case reflect.Struct:
		d.decodeStruct(n, v, path)
	case reflect.Slice:
		d.decodeList(n, v, path)
	case reflect.Map:
		d.decodeMap(n, v, path)
	default:
		d.decodeScalar(n, v, path)
	}
}

func (d *decoder) decodeStruct(n *node, v reflect.Value, path string) {
	if !d.expect(n, mappingKind, path, "indent its keys below it, or write {key: value}") {
		return
	}
	keys := keysOf(v.Type())
	for _, p := range n.pairs {
		key := joinPath(path, p.key)
		field, known := keys.find(p.key)
		switch {
		case !known:
			d.add(p.at, key, "is not a known key", keys.remedy(p.key))
		case field.file:
			d.decodeSecretFile(n, p, v.FieldByIndex(field.index), path)
		default:
			d.decode(p.value, v.FieldByIndex(field.index), key)
		}
	}
}

func (d *decoder) decodeList(n *node, v reflect.Value, path string) {
	if !d.expect(n, listKind, path, "write it in brackets, as in [a, b], or with a dash before each item") {
		return
	}
	list := reflect.MakeSlice(v.Type(), len(n.items), len(n.items))
	for i, item := range n.items {
		if entry, ok := reflect.TypeAssert[defaulter](list.Index(i).Addr()); ok {
			entry.setDefaults()
		}
		d.decode(item, list.Index(i), itemPath(path, i))
		if item.kind == nullKind {
			d.report(itemPath(path, i), "is empty", "write the item or remove the dash")
		}
	}
	v.Set(list)
}

func (d *decoder) decodeMap(n *node, v reflect.Value, path string) {
	if !d.expect(n, mappingKind, path, "indent its keys below it, or write {key: value}") {
		return
	}
	m := reflect.MakeMapWithSize(v.Type(), len(n.pairs))
	for _, p := range n.pairs {
		value := reflect.New(v.Type().Elem()).Elem()
		d.decode(p.value, value, joinPath(path, p.key))
		m.SetMapIndex(reflect.ValueOf(p.key).Convert(v.Type().Key()), value)
	}
	v.Set(m)
}

func (d *decoder) decodeScalar(n *node, v reflect.Value, path string) {
	text, ok := d.scalar(n, path)
	if !ok {
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Bool:
		if text != "true" && text != "false" {
			d.report(path, "is neither true nor false", "write true or false")
			return
		}
		v.SetBool(text == "true")
	case reflect.Int:
		i, err := strconv.Atoi(text)
		if err != nil {
			d.report(path, "is not a whole number", "write it in digits, as in 32")
			return
		}
		v.SetInt(int64(i))
	default:
		panic(fmt.Sprintf("config: %s: a field of type %s cannot be read from YAML", path, v.Type()))
	}
}

// decodeText gives a type that reads itself the text, and for a list its items,
// joined with commas.
func (d *decoder) decodeText(n *node, target encoding.TextUnmarshaler, path string) {
	var text string
	ok := true
	if n.kind == listKind {
		items := make([]string, len(n.items))
		for i, item := range n.items {
			d.nodes[itemPath(path, i)] = item
			var itemOK bool
			items[i], itemOK = d.scalar(item, itemPath(path, i))
			ok = ok && itemOK
		}
		text = strings.Join(items, ",")
	} else {
		text, ok = d.scalar(n, path)
	}
	if !ok {
		return
	}
	// What cannot be read must leave the default alone.
	fresh := reflect.New(reflect.TypeOf(target).Elem())
	if err := fresh.Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(text)); err != nil {
		d.reportError(path, err, text)
		return
	}
	reflect.ValueOf(target).Elem().Set(fresh.Elem())
}

// scalar gives the text of a single value with its variables filled in.
func (d *decoder) scalar(n *node, path string) (string, bool) {
	if !d.expect(n, scalarKind, path, "write a single value") {
		return "", false
	}
	f := fillVariables(n.text, d.lookup)
	if f.broken {
		d.report(path, "has a ${ that does not begin the name of a variable", "write ${NAME}, or $${ for these characters themselves")
		return "", false
	}
	if len(f.unset) > 0 {
		d.report(path, fmt.Sprintf("needs the environment variable %s, which is not set", f.unset[0]), "set it, or write the value here")
		return "", false
	}
	return f.text, true
}

// expect reports a value of another kind than wanted.
func (d *decoder) expect(n *node, want kind, path, remedy string) bool {
	if n.kind == want {
		return true
	}
	d.report(path, fmt.Sprintf("is %s, not %s", n.kind, want), remedy)
	return false
}

// reportError reports the error of what reads the value itself, of the form
// `"value" is not ...: write ...`. A value that came from the environment is not
// shown, nor what was found in it.
func (d *document) reportError(path string, err error, text string) {
	message, remedy := err.Error(), ""
	for _, mark := range []string{": write ", "; write "} {
		if before, after, found := strings.Cut(message, mark); found {
			message, remedy = before, "write "+after
			break
		}
	}
	rest, quoted := strings.CutPrefix(message, strconv.Quote(text))
	n := d.nodes[path]
	switch single := n != nil && n.kind == scalarKind; {
	case d.hidden[path], single && n.text != text:
		message = "cannot be read"
	case quoted:
		message = strings.TrimLeft(rest, ": ")
	case single:
		message = "cannot be read: " + message
	}
	d.report(path, message, remedy)
}
