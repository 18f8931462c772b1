package config

import (
	"reflect"
	"strings"

	"marsad/internal/config/scalar"
)

// fileSuffix is what the key of a secret ends in when it names a file that holds
// the secret.
const fileSuffix = "_file"

// keys are those of a struct, in its order.
type keys []structKey

type structKey struct {
	name  string
	index []int // of the field
	file  bool  // name is that of a secret and fileSuffix
}

func keysOf(t reflect.Type) keys {
	var all keys
	for field := range t.Fields() {
		name, option, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		switch {
		case option == "inline":
			for _, k := range keysOf(field.Type) {
				k.index = append([]int{field.Index[0]}, k.index...)
				all = append(all, k)
			}
		case name != "":
			all = append(all, structKey{name: name, index: field.Index})
			if field.Type == reflect.TypeFor[scalar.Secret]() {
				all = append(all, structKey{name: name + fileSuffix, index: field.Index, file: true})
			}
		}
	}
	return all
}

func (ks keys) find(name string) (structKey, bool) {
	for _, k := range ks {
		if k.name == name {
			return k, true
		}
	}
	return structKey{}, false
}

func (ks keys) remedy(name string) string {
	names := make([]string, len(ks))
	for i, k := range ks {
		names[i] = k.name
	}
	if similar, ok := nearest(name, names); ok {
		return "did you mean " + similar + "?"
	}
	return "known are " + listOf(names)
}
