package config

import (
	"fmt"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// lowerer turns the syntax tree into nodes. Anchors are known from where they
// end, so that none can hold itself.
type lowerer struct {
	report  reporter
	anchors map[string]*node
	lines   []string // of the file, to look for what a comment swallowed
}

func (l *lowerer) lower(n ast.Node, path string) *node {
	at := positionOf(n)
	switch n := n.(type) {
	case *ast.NullNode:
		return &node{at: at, swallowed: l.swallowed(at)}
	case *ast.MappingNode:
		return l.lowerMapping(at, n.Values, path)
	case *ast.MappingValueNode:
		return l.lowerMapping(at, []*ast.MappingValueNode{n}, path)
	case *ast.SequenceNode:
		list := &node{kind: listKind, at: at}
		for i, item := range n.Values {
			list.items = append(list.items, l.lower(item, itemPath(path, i)))
		}
		return list
	case *ast.LiteralNode:
		return &node{kind: scalarKind, at: at, text: unmaskVariables(n.Value.Value)}
	case *ast.AnchorNode:
		value := l.lower(n.Value, path)
		l.anchors[n.Name.GetToken().Value] = value
		return value
	case *ast.AliasNode:
		name := n.Value.GetToken().Value
		if value, found := l.anchors[name]; found {
			return value
		}
		l.report(at, path, fmt.Sprintf("refers to *%s, which is not there", name), fmt.Sprintf("put &%s before a value further up", name))
		return &node{at: at}
	case *ast.TagNode:
		l.report(at, path, fmt.Sprintf("has the tag %s", n.GetToken().Value), "leave the tag out; quote what is to be text")
		return l.lower(n.Value, path)
	case nil:
		return &node{at: at}
	default:
		return l.lowerScalar(at, n.GetToken())
	}
}

func (l *lowerer) lowerScalar(at position, tk *token.Token) *node {
	n := &node{kind: scalarKind, at: at, text: unmaskVariables(tk.Value)}
	if tk.Type == token.SingleQuoteType || tk.Type == token.DoubleQuoteType {
		n.quote = 1
	}
	if rest := l.rest(position{line: at.line, column: at.column + n.quote}); rest != "" {
		n.inLine = strings.HasPrefix(rest, n.text)
	}
	return n
}

// rest gives the line from a position on.
func (l *lowerer) rest(at position) string {
	if at.line > len(l.lines) {
		return ""
	}
	line := []rune(l.lines[at.line-1])
	return string(line[min(at.column-1, len(line)):])
}

// lowerMapping keeps the first of two equal keys. A merge key (<<) adds what the
// mapping itself does not have.
func (l *lowerer) lowerMapping(at position, values []*ast.MappingValueNode, path string) *node {
	mapping := &node{kind: mappingKind, at: at}
	lines := map[string]int{}
	var merged []*node
	for _, value := range values {
		keyAt := positionOf(value.Key)
		if value.Key.IsMergeKey() {
			merged = append(merged, l.mergedMappings(value.Value, path)...)
			continue
		}
		key, ok := keyText(value.Key)
		if !ok {
			l.report(keyAt, path, "has a key that is not plain text", "write the key as it is, without &, * or !")
			continue
		}
		child := l.lower(value.Value, joinPath(path, key))
		if first, twice := lines[key]; twice {
			l.report(keyAt, joinPath(path, key), fmt.Sprintf("is given twice, first on line %d", first), "keep one of the two")
			continue
		}
		lines[key] = keyAt.line
		mapping.pairs = append(mapping.pairs, pair{key, keyAt, child})
	}
	for _, other := range merged {
		for _, p := range other.pairs {
			if _, given := lines[p.key]; !given {
				lines[p.key] = p.at.line
				mapping.pairs = append(mapping.pairs, p)
			}
		}
	}
	return mapping
}

// mergedMappings gives the mappings that a merge key names: one, or those of a
// list, of which an earlier one goes before a later one.
func (l *lowerer) mergedMappings(value ast.Node, path string) []*node {
	n := l.lower(value, joinPath(path, "<<"))
	switch n.kind {
	case mappingKind:
		return []*node{n}
	case listKind:
		for _, item := range n.items {
			if item.kind != mappingKind {
				l.report(item.at, joinPath(path, "<<"), "merges "+item.kind.String(), "merge mappings only")
				return nil
			}
		}
		return n.items
	default:
		l.report(n.at, joinPath(path, "<<"), "merges "+n.kind.String(), "merge mappings only")
		return nil
	}
}

// swallowed reports whether a comment that has no space after its # follows an
// empty value on its line.
func (l *lowerer) swallowed(at position) bool {
	comment := strings.TrimSpace(strings.TrimLeft(l.rest(at), ": "))
	return len(comment) > 1 && comment[0] == '#' && comment[1] != ' ' && comment[1] != '#'
}

func keyText(key ast.MapKeyNode) (string, bool) {
	switch key := key.(type) {
	case *ast.MappingKeyNode:
		inner, ok := key.Value.(ast.MapKeyNode)
		if !ok {
			return "", false
		}
		return keyText(inner)
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode:
		return "", false
	default:
		return unmaskVariables(key.GetToken().Value), true
	}
}

// positionOf gives where a node begins: a block mapping at its first key.
func positionOf(n ast.Node) position {
	switch n := n.(type) {
	case nil:
		return position{line: 1, column: 1}
	case *ast.MappingNode:
		if !n.IsFlowStyle && len(n.Values) > 0 {
			return positionOf(n.Values[0])
		}
	case *ast.MappingValueNode:
		return positionOf(n.Key)
	}
	tk := n.GetToken()
	if tk == nil || tk.Position == nil {
		return position{line: 1, column: 1}
	}
	return position{line: max(1, tk.Position.Line), column: max(1, tk.Position.Column)}
}

func joinPath(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func itemPath(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }
