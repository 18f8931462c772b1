package config

import (
	_ "embed"
	"slices"
)

//go:generate go test -run TestSchemaIsCurrent . -update-schema

//go:embed schema.json
var schema []byte

// Schema gives the JSON Schema (draft 7) of a file of configuration, for editors. What
// it says of each key are the comments of the shipped config.yaml. [Load] finds more
// mistakes.
func Schema() []byte { return slices.Clone(schema) }
