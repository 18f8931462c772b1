package config

import "strings"

// variableName gives the name in a text that begins with ${NAME}.
func variableName(text string) (string, bool) {
	rest, found := strings.CutPrefix(text, "${")
	if !found {
		return "", false
	}
	for i := range len(rest) {
		switch c := rest[i]; {
		case c == '}':
			return rest[:i], i > 0
		case c == '_', 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9' && i > 0:
		default:
			return "", false
		}
	}
	return "", false
}

// filled is a text with its variables filled in.
type filled struct {
	text  string
	any   bool     // whether there were any
	unset []string // names that the environment does not have
	// broken says that a ${ is neither escaped nor the beginning of ${NAME}.
	broken bool
}

// fillVariables replaces ${NAME} by the variable of the environment, and $${ by
// ${. What is filled in is not looked at again.
func fillVariables(text string, lookup func(env string) (string, bool)) filled {
	var f filled
	var b strings.Builder
	for {
		i := strings.Index(text, "${")
		if i < 0 {
			b.WriteString(text)
			f.text = b.String()
			return f
		}
		if i > 0 && text[i-1] == '$' {
			b.WriteString(text[:i-1] + "${")
			text = text[i+len("${"):]
			continue
		}
		name, ok := variableName(text[i:])
		if !ok {
			f.broken = true
			b.WriteString(text[:i] + "${")
			text = text[i+len("${"):]
			continue
		}
		f.any = true
		value, set := lookup(name)
		if !set {
			f.unset = append(f.unset, name)
		}
		b.WriteString(text[:i] + value)
		text = text[i+len("${}")+len(name):]
	}
}
