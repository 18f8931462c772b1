package extract

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"marsad/timeline"
	"marsad/timeline/text"
)

func TestWhyMissing(t *testing.T) {
	for _, tt := range []struct {
		name, query, text string
		missing           []string
	}{
		{"on the topic", "merger (isis OR qaeda)", "ISIS merger", nil},
		{"a word", "merger isis", "ISIS truce", []string{"not there: merger"}},
		{"both words", "merger isis", "rain", []string{"not there: merger", "not there: isis"}},
		{"an entity", "merger @isis", "merger", []string{"not there: @isis"}},
		{"all of an OR", "merger (isis OR qaeda)", "merger", []string{"none is there: isis OR qaeda"}},
		{"absence", "merger NOT company", "company merger", []string{"must be absent: company"}},
		{"absence of several", "merger NOT (company OR bank OR firm)", "bank merger of a firm", []string{"must be absent: bank", "must be absent: firm"}},
		{"nearness", "merger NEAR/2 isis", "merger by and by of ISIS", []string{"not near enough: merger NEAR/2 isis: the nearest are 5 words apart"}},
		{"one side", "merger NEAR/2 (isis OR qaeda)", "merger", []string{"none is there: isis OR qaeda"}},
		{"another word", "isis NEAR/2 @isis", "ISIS", []string{"not near enough: isis NEAR/2 @isis: both sides are the same word"}},
		{"part of an OR of ANDs", "a b OR c d", "a c", []string{"none is there: a b OR c d"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, err := NewMatcher([]timeline.Topic{{Name: "t", Query: tt.query}}, testEntities())
			if err != nil {
				t.Fatal(err)
			}
			read := text.Read(tt.text)
			why, err := m.Why("t", read)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.missing, why.Missing()); diff != "" {
				t.Errorf("(-want +got) %s", diff)
			}
			if why.Matched != (len(m.Match(read)) == 1) || why.Matched != why.Root.Holds {
				t.Errorf("matched = %v, part = %v", why.Matched, why.Root.Holds)
			}
		})
	}
}

func TestWhyParts(t *testing.T) {
	m, err := NewMatcher([]timeline.Topic{{
		Name: "t", Any: []string{"merger", "(a OR b) NEAR/1 c"}, All: []string{"@isis"}, None: []string{"bank"},
	}}, testEntities())
	if err != nil {
		t.Fatal(err)
	}
	s := "ISIS and a c; the bank"
	why, err := m.Why("t", text.Read(s))
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	drawPart(&lines, s, &why.Root, "")
	want := []string{
		"AND false any, all and none []",
		"- OR true any [a c]",
		"- - word false merger []",
		"- - NEAR/1 true (a OR b) NEAR/1 c [a c]",
		"- - - OR true a OR b [a]",
		"- - - - word true a [a]",
		"- - - - word false b []",
		"- - - word true c [c]",
		"- entity true @isis [ISIS]",
		"- NOT false none [bank]",
		"- - OR true none [bank]",
		"- - - word true bank [bank]",
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("(-want +got) %s", diff)
	}
}

// Of lists the items are named, as an analyst wrote them.
func TestWhyMissingOfLists(t *testing.T) {
	m, err := NewMatcher([]timeline.Topic{{
		Name: "t", Any: []string{"merger", "a NEAR/1 c"}, All: []string{"@isis"}, None: []string{"bank", "football"},
	}}, testEntities())
	if err != nil {
		t.Fatal(err)
	}
	why, err := m.Why("t", text.Read("football"))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"none is there: merger, a NEAR/1 c", "not there: @isis", "must be absent: football"}
	if diff := cmp.Diff(want, why.Missing()); diff != "" {
		t.Errorf("(-want +got) %s", diff)
	}
}

func drawPart(lines *[]string, s string, p *Part, indent string) {
	holds := "false"
	if p.Holds {
		holds = "true"
	}
	*lines = append(*lines, indent+strings.Join([]string{p.Op, holds, p.Query, "[" + strings.Join(words(s, p.Spans), " ") + "]"}, " "))
	for i := range p.Parts {
		drawPart(lines, s, &p.Parts[i], indent+"- ")
	}
}

func TestWhyOfUnknownTopic(t *testing.T) {
	m, err := NewMatcher([]timeline.Topic{{Name: "coup", Query: "coup"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Why("coop", text.Read("x")); err == nil || !strings.Contains(err.Error(), "coup") {
		t.Errorf("error = %v", err)
	}
}
