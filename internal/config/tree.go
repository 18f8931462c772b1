package config

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// The limits of a file. They are far beyond what anybody writes by hand, and
// keep a file that was generated wrongly from taking the machine with it.
const (
	maxFileBytes = 8 << 20
	maxNesting   = 64
)

// node is a value in a file of configuration: what the YAML tree comes down to
// once aliases are followed and merge keys are merged.
type node struct {
	kind   kind
	at     position
	text   string  // of a scalar: what it says, with ${NAME} not yet filled in
	inLine bool    // of a scalar: the text stands in one line of the file just as it reads
	quote  int     // of a scalar: code points before the text, 1 in quotation marks
	items  []*node // of a list
	pairs  []pair  // of a mapping; keys are unique
	// swallowed says that a comment without a space after its # stands in place
	// of the value, as in "channel: #watch".
	swallowed bool
}

type kind int

const (
	nullKind kind = iota
	scalarKind
	listKind
	mappingKind
)

func (k kind) String() string {
	return [...]string{"nothing", "a single value", "a list", "a mapping"}[k]
}

type pair struct {
	key   string
	at    position
	value *node
}

// position is a place in a file, counted from 1, columns in code points.
type position struct {
	file         string // empty: the document's own
	line, column int
}

// Braces in a plain value end it inside a flow mapping, so that
// {token: ${TOKEN}} would not be YAML. While YAML is read, two code points that
// no text holds stand for the braces of ${NAME}; columns stay what they are.
const (
	openBrace  = '\uFDD0'
	closeBrace = '\uFDD1'
)

// parseTree reads one YAML document. Without a document the node is of nullKind.
// The report function takes what is wrong; the tree holds what could be read all
// the same.
func parseTree(data []byte, report reporter) *node {
	empty := &node{at: position{line: 1, column: 1}}
	data = bytes.TrimPrefix(data, []byte("\uFEFF"))
	if len(data) > maxFileBytes {
		report(empty.at, "", fmt.Sprintf("is larger than %d MiB", maxFileBytes>>20), "write less into it")
		return empty
	}
	if at, ok := strangeCharacter(data); ok {
		report(at, "", "holds a character that is not text", "save the file as UTF-8, without control characters")
		return empty
	}
	file, err := parseYAML(maskVariables(string(data)))
	if err != nil {
		reportSyntax(data, err, report)
		return empty
	}
	l := lowerer{report: report, anchors: map[string]*node{}, lines: strings.Split(string(data), "\n")}
	var root *node
	for _, document := range file.Docs {
		if document.Body == nil || document.Body.Type() == ast.DirectiveType {
			continue
		}
		if root != nil {
			report(positionOf(document.Body), "", "begins a second YAML document", "write everything into one, without ---")
			break
		}
		root = l.lower(document.Body, "")
	}
	if root == nil {
		return empty
	}
	return root
}

// reporter takes a problem.
type reporter func(at position, key, message, remedy string)

// parseYAML reads YAML, and gives every failure as an error: the parser is known
// to panic on some malformed files, and to need minutes for deeply nested ones.
func parseYAML(source string) (file *ast.File, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("cannot be read as YAML: %v", cause)
		}
	}()
	tokens := lexer.Tokenize(source)
	if err := checkNesting(tokens); err != nil {
		return nil, err
	}
	return parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
}

// nestingError is a place where values are nested too deeply.
type nestingError struct{ at position }

func (e *nestingError) Error() string {
	return fmt.Sprintf("nests values more than %d deep", maxNesting)
}

// checkNesting refuses values that are nested too deeply in brackets, or in
// dashes on one line: the parser's time grows with the square of the depth. By
// indentation alone nobody nests that deeply in a file of maxFileBytes.
func checkNesting(tokens token.Tokens) error {
	flow, entries, line := 0, 0, 0
	for _, tk := range tokens {
		if tk.Position.Line != line {
			line, entries = tk.Position.Line, 0
		}
		switch tk.Type {
		case token.SequenceStartType, token.MappingStartType:
			flow++
		case token.SequenceEndType, token.MappingEndType:
			flow--
		case token.SequenceEntryType, token.MappingKeyType:
			entries++
		default:
		}
		if flow > maxNesting || entries > maxNesting {
			return &nestingError{position{line: tk.Position.Line, column: tk.Position.Column}}
		}
	}
	return nil
}

// unquotedAuto is a learnt rhythm with bounds as it is written without the quotes
// that its braces need.
var unquotedAuto = regexp.MustCompile(`(?m)^[^#\r\n]*?schedule:[ \t]*(auto[ \t]*\{[^}\r\n]*\})`)

func reportSyntax(data []byte, err error, report reporter) {
	const remedy = "mind indentation, quotes and brackets"
	if m := unquotedAuto.FindSubmatchIndex(data); m != nil {
		line, column := 1+bytes.Count(data[:m[2]], []byte("\n")), 1+utf8.RuneCount(data[m[0]:m[2]])
		report(position{line: line, column: column}, "", "is not YAML: braces in a value without quotes", fmt.Sprintf("put quotes around it: %q", unmaskVariables(string(data[m[2]:m[3]]))))
		return
	}
	if deep, ok := errors.AsType[*nestingError](err); ok {
		report(deep.at, "", deep.Error(), remedy)
		return
	}
	at, message := position{line: 1, column: 1}, err.Error()
	if syntax, ok := errors.AsType[yaml.Error](err); ok {
		message = "is not YAML: " + strings.Join(strings.Fields(syntax.GetMessage()), " ")
		if tk := syntax.GetToken(); tk != nil && tk.Position != nil {
			at = position{line: max(1, tk.Position.Line), column: max(1, tk.Position.Column)}
		}
	}
	report(at, "", unmaskVariables(message), remedy)
}

// strangeCharacter finds the first byte that is not UTF-8, the first control
// character, or the first of the two code points that stand for braces.
func strangeCharacter(data []byte) (position, bool) {
	at := position{line: 1, column: 0}
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		at.column++
		switch {
		case r == utf8.RuneError && size == 1, r == openBrace, r == closeBrace, r == 0x7f,
			r < ' ' && r != '\n' && r != '\r' && r != '\t',
			r == '\r' && !bytes.HasPrefix(data[i:], []byte("\r\n")): // YAML would end the line here, editors do not
			return at, true
		case r == '\n':
			at = position{line: at.line + 1, column: 0}
		}
		i += size
	}
	return position{}, false
}

func maskVariables(source string) string {
	var b strings.Builder
	for {
		i := strings.Index(source, "${")
		if i < 0 {
			b.WriteString(source)
			return b.String()
		}
		b.WriteString(source[:i])
		source = source[i:]
		if name, ok := variableName(source); ok {
			b.WriteByte('$')
			b.WriteRune(openBrace)
			b.WriteString(name)
			b.WriteRune(closeBrace)
			source = source[len("${}")+len(name):]
			continue
		}
		b.WriteString("${")
		source = source[len("${"):]
	}
}

func unmaskVariables(text string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case openBrace:
			return '{'
		case closeBrace:
			return '}'
		}
		return r
	}, text)
}
