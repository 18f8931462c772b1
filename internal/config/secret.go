package config

import (
	"errors"
	"fmt"
	"io/fs"
	"reflect"
	"strings"

	"marsad/internal/config/scalar"
)

// decodeSecret reads a secret. One that needs a variable which is not set is
// empty as a whole, so that a file may name secrets that not every machine has.
func (d *decoder) decodeSecret(n *node, target *scalar.Secret, path string) {
	d.hidden[path] = true
	if !d.expect(n, scalarKind, path, "write a single value") {
		return
	}
	f := fillVariables(n.text, d.lookup)
	switch {
	case f.broken:
		d.report(path, "has a ${ that does not begin the name of a variable", "write ${NAME}, or $${ for these characters themselves")
	case len(f.unset) == 0 && f.text != "": // else the key with fileSuffix may have it
		*target = scalar.NewSecret(strings.TrimRight(f.text, "\r\n"))
	}
}

// decodeSecretFile reads a secret from the file that the pair names. The mapping
// is the one that holds the pair, and possibly the secret itself.
func (d *decoder) decodeSecretFile(mapping *node, p pair, v reflect.Value, path string) {
	key, direct := joinPath(path, p.key), strings.TrimSuffix(p.key, fileSuffix)
	d.nodes[key] = p.value
	if p.value.kind == nullKind {
		return
	}
	secret := d.readSecret(p.value, key)
	for _, other := range mapping.pairs {
		if secret != "" && other.key == direct && d.hasText(other.value) {
			d.add(p.at, key, "is given beside "+direct, "keep one of the two")
		}
	}
	// Without its file a secret is not missing besides.
	d.bad[joinPath(path, direct)] = d.bad[joinPath(path, direct)] || d.bad[key]
	if secret != "" {
		v.Set(reflect.ValueOf(scalar.NewSecret(secret)))
	}
}

// readSecret gives what the file holds that n names; nothing when n names none.
func (d *decoder) readSecret(n *node, key string) string {
	name, ok := d.scalar(n, key)
	if !ok || name == "" {
		return ""
	}
	data, err := d.readFile(name)
	if err != nil {
		d.report(key, fmt.Sprintf("cannot be read: %v", cause(err)), "name a file that holds the secret and nothing else, readable by this user")
		return ""
	}
	secret := strings.TrimSpace(string(data))
	if secret == "" {
		d.report(key, "is an empty file", "write the secret into it")
	}
	return secret
}

// hasText reports whether anything is left of a secret once its variables are
// filled in.
func (d *decoder) hasText(n *node) bool {
	f := fillVariables(n.text, d.lookup)
	return f.text != "" && len(f.unset) == 0
}

// cause takes the path out of an error of a file, for messages that have it.
func cause(err error) error {
	if inPath, ok := errors.AsType[*fs.PathError](err); ok {
		return inPath.Err
	}
	return err
}
