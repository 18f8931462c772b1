package extract

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"marsad/timeline"
	"marsad/timeline/text"
)

func TestQueryErrors(t *testing.T) {
	for _, tt := range []struct {
		name, query string
		at          string // the rest of the query from the offset on
		message     string // a part of it
	}{
		{"empty", " ", " ", "the query is empty"},
		{"unknown entity", "merger OR @isos", "@isos", "no entity @isos"},
		{"unknown entity after Arabic", "اندماج @isos", "@isos", "no entity @isos"},
		{"nameless entity", "merger @", "@", "no entity @"},
		{"open bracket", "a (b OR c", "(b OR c", "not closed"},
		{"closing bracket", "a OR b) c", ") c", "closes nothing"},
		{"empty brackets", "a ()", ")", "where a word should stand"},
		{"open phrase", `a "b c`, `"b c`, "not closed"},
		{"open guillemet", `a «b c`, `«b c`, "not closed"},
		{"closing guillemet", `a b» c`, `» c`, "closes nothing"},
		{"empty phrase", `a ""`, `"`, "no word"},
		{"phrase of marks", `a "- -"`, `- -"`, "no operator"},
		{"ends in operator", "a OR", "", "ends where a word should follow"},
		{"begins with operator", "OR a", "OR a", "stands where a word should"},
		{"two operators", "a AND OR b", "OR b", "stands where a word should"},
		{"NOT alone", "a NOT", "", "ends where"},
		{"small operator", "a or b", "or b", "only in capitals"},
		{"small near", "a near/3 b", "near/3 b", "only in capitals"},
		{"NEAR without distance", "a NEAR b", "NEAR b", "no distance"},
		{"NEAR/0", "a NEAR/0 b", "NEAR/0 b", "no distance"},
		{"NEAR/x", "a NEAR/x b", "NEAR/x b", "no distance"},
		{"NEAR too far", "a NEAR/1001 b", "NEAR/1001 b", "no distance"},
		{"NEAR twice", "a NEAR/2 b NEAR/2 c", "NEAR/2 c", "NEAR follows NEAR"},
		{"NEAR of AND", "a NEAR/2 (b c)", "(b c)", "from words only"},
		{"NEAR of NOT", "(a OR NOT b) NEAR/2 c", "(a OR NOT b) NEAR/2 c", "from words only"},
		{"NEAR of NEAR", "a NEAR/2 (b NEAR/2 c)", "(b NEAR/2 c)", "from words only"},
		{"minus", "a -b", "-b", "no operator"},
		{"bar", "a | b", "| b", "no letter and no digit"},
		{"star alone", "a *", "*", "no letter and no digit"},
		{"star within", "a me*rge", "me*rge", "before the end"},
		{"star twice", "merg**", "merg**", "before the end"},
		{"short prefix", "a m*", "m*", "too short"},
		{"exact prefix", "=merg*", "=merg*", "exclude each other"},
		{"equals alone", "a =", "=", "no letter and no digit"},
		{"nothing asked for", "NOT a", "NOT a", "without any of these words"},
		{"nothing asked for in OR", "a OR NOT b", "a OR NOT b", "without any of these words"},
		{"too deep", strings.Repeat("(", maxDepth+1) + "a", "(a", "nested too deep"},
		{"too many NOTs", strings.Repeat("NOT ", maxDepth+1) + "a", "NOT a", "nested too deep"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			problems := CheckTopics([]timeline.Topic{{Name: "t", Query: tt.query}}, testEntities())
			if len(problems) != 1 {
				t.Fatalf("%d problems, want one: %v", len(problems), problems)
			}
			p := problems[0]
			if p.Topic != "t" || p.Key != "match" || p.Query != tt.query || p.Remedy == "" {
				t.Errorf("problem = %+v", p)
			}
			if rest := string([]rune(tt.query)[p.Offset:]); rest != tt.at {
				t.Errorf("points at %q, want %q", rest, tt.at)
			}
			if !strings.Contains(p.Message, tt.message) {
				t.Errorf("message %q does not say %q", p.Message, tt.message)
			}
		})
	}
}

func TestDeepestQuery(t *testing.T) {
	query := strings.Repeat("(", maxDepth) + "a" + strings.Repeat(")", maxDepth)
	if problems := CheckTopics([]timeline.Topic{{Name: "t", Query: query}}, nil); problems != nil {
		t.Errorf("%d brackets are refused: %v", maxDepth, problems)
	}
}

func TestDefinitionErrors(t *testing.T) {
	topics := []timeline.Topic{
		{Name: "empty"},
		{Name: "both", Query: "a", All: []string{"b"}},
		{Name: "twice", Query: "a"},
		{Name: "twice", Query: "a"},
		{Name: "lists", Any: []string{"good", "bad OR"}, All: []string{"@nobody"}, None: []string{""}},
		{Name: "none", None: []string{"a"}},
		{Name: "two", Query: "@nobody OR @noone"},
	}
	entities := []timeline.Entity{
		{Name: "mute"},
		{Name: "odd", Aliases: map[string][]string{"ar": {"داعش", "داعش -"}, "en": {"x", " "}}},
		{Name: "good", Aliases: map[string][]string{"en": {"x"}}},
		{Name: "good", Aliases: map[string][]string{"en": {"y"}}},
	}
	var got []string
	for _, p := range CheckTopics(topics, entities) {
		got = append(got, p.Error())
	}
	want := []string{
		`entity "mute": there are no aliases to find it by: `,
		`entity "odd": aliases.ar[1], character 6: "-" is no operator: `,
		`entity "odd": aliases.en[1], character 1: there is no word: `,
		`entity "good": two entities have this name: `,
		`topic "empty": there is nothing to look for: `,
		`topic "both": there is a query and there are lists: `,
		`topic "twice": two topics have this name: `,
		`topic "lists": any[1], character 7: the query ends where a word should follow: `,
		`topic "lists": all[0], character 1: there is no entity @nobody: `,
		`topic "lists": none[0], character 1: the query is empty: `,
		`topic "none": an article without any of these words is on the topic: `,
		`topic "two": match, character 1: there is no entity @nobody: `,
		`topic "two": match, character 12: there is no entity @noone: `,
	}
	if len(got) != len(want) {
		t.Fatalf("%d problems, want %d:\n%s", len(got), len(want), strings.Join(got, "\n"))
	}
	for i := range want {
		if !strings.HasPrefix(got[i], want[i]) {
			t.Errorf("problem %d = %s\nwant %s...", i, got[i], want[i])
		}
	}

	m, err := NewMatcher(topics, entities)
	if m != nil || err == nil {
		t.Fatalf("a matcher of bad topics: %v, %v", m, err)
	}
	if p, ok := errors.AsType[*QueryError](err); !ok || p.Entity != "mute" {
		t.Errorf("the first error is %+v", p)
	}
	if lines := strings.Split(err.Error(), "\n"); !slices.Equal(lines, got) {
		t.Errorf("joined: %s", err)
	}
}

// The tree is written as the operators with their operands in brackets.
func TestParse(t *testing.T) {
	for _, tt := range []struct {
		query, want string
		list        bool
	}{
		{query: "a", want: "a"},
		{query: "a b", want: "AND(a b)"},
		{query: "a b", want: "a_b", list: true},
		{query: "a AND b OR c d", want: "OR(AND(a b) AND(c d))"},
		{query: "a (b OR c)", want: "AND(a OR(b c))"},
		{query: "a (b OR c d)", want: "AND(a OR(b c_d))", list: true},
		{query: "a NOT b NEAR/2 c d", want: "AND(a NOT(NEAR/2(b c)) d)"},
		{query: "NOT NOT a b", want: "AND(NOT(NOT(a)) b)"},
		{query: `"a b"c`, want: "AND(a_b c)"},
		{query: `"AND" =or`, want: "AND(and =or)"},
		{query: "search and rescue", want: "search_and_rescu", list: true},
		{query: "cease-fire* @isis", want: "AND(ceas_fire* @isis)"},
		{
			query: `(merge* OR alliance OR اندماج OR تحالف) NEAR/12 (@isis OR @alqaeda)`,
			want:  "NEAR/12(OR(merge* allianc اندماج تحالف) OR(@isis @alqaeda))",
		},
	} {
		n := parseForTest(t, tt.query, tt.list)
		if diff := cmp.Diff(tt.want, draw(n)); diff != "" {
			t.Errorf("%s: (-want +got) %s", tt.query, diff)
		}
		if n != nil && n.source != strings.TrimSpace(tt.query) {
			t.Errorf("%s: source of the root is %q", tt.query, n.source)
		}
	}
}

func parseForTest(t *testing.T, query string, list bool) *node {
	t.Helper()
	p := parser{
		query: query, list: list, stemmer: newStemmer(), entities: map[string]*entity{"isis": {}, "alqaeda": {}},
		report: func(offset int, message, _ string) { t.Errorf("%s: at %d: %s", query, offset, message) },
	}
	return p.parse()
}

func draw(n *node) string {
	if n == nil {
		return "nil"
	}
	var parts []string
	switch n.op {
	case opEntity:
		return n.source
	case opPhrase:
		for _, w := range n.words {
			switch w.form {
			case formExact:
				parts = append(parts, "="+w.key)
			case formPrefix:
				parts = append(parts, w.key+"*")
			case formStem, formName:
				parts = append(parts, w.key)
			}
		}
		return strings.Join(parts, "_")
	case opAnd, opOr, opNot, opNear:
	}
	for _, kid := range n.kids {
		parts = append(parts, draw(kid))
	}
	return n.operator() + "(" + strings.Join(parts, " ") + ")"
}

func FuzzQuery(f *testing.F) {
	for _, seed := range []string{
		`(merge* OR alliance) NEAR/12 (@isis OR "al qaeda")`, "a NOT (b c)", "=x y*", "«وقف النار» OR هدنة", "((((a", `"`, "NEAR/1", "a \xff b", "ـ*", "@", "NOT NOT a",
	} {
		f.Add(seed, false)
		f.Add(seed, true)
	}
	f.Fuzz(func(t *testing.T, query string, list bool) {
		topic := timeline.Topic{Name: "t", Query: query}
		if list {
			topic = timeline.Topic{Name: "t", Any: []string{query}}
		}
		m, err := NewMatcher([]timeline.Topic{topic}, testEntities())
		for _, p := range CheckTopics([]timeline.Topic{topic}, testEntities()) {
			if p.Offset < 0 || p.Offset > utf8.RuneCountInString(p.Query) || p.Message == "" || p.Remedy == "" {
				t.Errorf("problem = %+v", p)
			}
		}
		if (m == nil) != (err != nil) {
			t.Fatalf("matcher %v with error %v", m, err)
		}
		if m != nil {
			m.Match(text.Read(query))
		}
	})
}
