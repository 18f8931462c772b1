package slack

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/feature/plural"
	xlanguage "golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"marsad/timeline"
)

// wordFiles hold what a notice says of its own, a file for each language. A
// further language is a further file.
//
//go:embed words/*.json
var wordFiles embed.FS

// words are one language's. Names in braces are filled in.
type words struct {
	Rise          phrases           `json:"rise"`
	Fall          phrases           `json:"fall"`
	Escalation    string            `json:"escalation"`
	Repeat        string            `json:"repeat"`
	Newest        string            `json:"newest"`
	Together      string            `json:"together"`
	NewJoined     string            `json:"new_joined"`
	JoinedSoFar   string            `json:"joined_so_far"`
	JoinedOver    string            `json:"joined_over"`
	Since         string            `json:"since"`
	Window        string            `json:"window"`
	Total         string            `json:"total"`
	Publishers    string            `json:"publishers"`
	Languages     string            `json:"languages"`
	Severity      string            `json:"severity"`
	Headlines     string            `json:"headlines"`
	NewHeadlines  string            `json:"new_headlines"`
	Figures       string            `json:"figures"`
	NewFigures    string            `json:"new_figures"`
	Before        string            `json:"before"`
	Events        string            `json:"events"`
	Planned       string            `json:"planned"`
	Chart         string            `json:"chart"`
	ChartObserved string            `json:"chart_observed"`
	ChartExpected string            `json:"chart_expected"`
	Via           string            `json:"via"`
	Separator     string            `json:"separator"`
	Joiner        string            `json:"joiner"` // between days, hours and minutes
	Untitled      string            `json:"untitled"`
	Page          string            `json:"page"`
	Grafana       string            `json:"grafana"`
	AsOf          string            `json:"as_of"`
	Weeks         plurals           `json:"weeks"`
	Minutes       plurals           `json:"minutes"`
	Hours         plurals           `json:"hours"`
	Days          plurals           `json:"days"`
	Bounds        map[string]string `json:"bounds"`
	Kinds         map[string]string `json:"kinds"`
	Severities    map[string]string `json:"severities"`
	Actions       map[string]string `json:"actions"` // by action id
	Acknowledged  string            `json:"acknowledged"`
	Snoozed       string            `json:"snoozed"`
	Muted         string            `json:"muted"`
	Labelled      string            `json:"labelled"`
	Labels        map[string]string `json:"labels"`
	Blind         map[string]string `json:"blind"`
	Report        map[string]string `json:"report"`
	Dark          map[string]string `json:"dark"`
	Count         map[string]string `json:"count"`

	language xlanguage.Tag
}

// phrases are what is said of an incident of one kind.
type phrases struct {
	Opening    string `json:"opening"`
	Resolution string `json:"resolution"`
	Observed   string `json:"observed"`
	Seldom     string `json:"seldom"` // in {weeks} once
	Weekly     string `json:"weekly"` // more often
	Never      string `json:"never"`  // less than once in ten years
	Odds       string `json:"odds"`   // where weeks are not known
	Beyond     string `json:"beyond"` // likewise
	Ended      string `json:"ended"`
}

func (w *words) phrases(kind timeline.IncidentKind) *phrases {
	if kind == timeline.Fall {
		return &w.Fall
	}
	return &w.Rise
}

// plurals are the forms of a counted noun, by the names that CLDR gives them.
type plurals map[string]string

// of writes n of the noun.
func (p plurals) of(n int64, tag xlanguage.Tag) string {
	form := "other"
	switch plural.Cardinal.MatchPlural(tag, int(min(n, 1<<30)), 0, 0, 0, 0) {
	case plural.One:
		form = "one"
	case plural.Two:
		form = "two"
	case plural.Few:
		form = "few"
	case plural.Many:
		form = "many"
	case plural.Zero, plural.Other:
	}
	phrase, found := p[form]
	if !found {
		phrase = p["other"]
	}
	return fill(phrase, "n", number(float64(n)))
}

func loadWords(language string) (*words, error) {
	if language == "" {
		language = "en"
	}
	data, err := wordFiles.ReadFile("words/" + language + ".json")
	if err != nil {
		return nil, fmt.Errorf("language: there are no notices in %q; write en or ar", language)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	var w words
	if err := d.Decode(&w); err != nil {
		return nil, fmt.Errorf("words/%s.json: %w", language, err)
	}
	if w.language, err = xlanguage.Parse(language); err != nil {
		return nil, fmt.Errorf("words/%s.json: %w", language, err)
	}
	return &w, nil
}

// fill replaces {name} by value for each pair of names and values.
func fill(phrase string, pairs ...string) string {
	for i := 0; i < len(pairs); i += 2 {
		pairs[i] = "{" + pairs[i] + "}"
	}
	return strings.NewReplacer(pairs...).Replace(phrase)
}

// duration writes d to the minute: 40 min, 6 h, 2 d 5 h.
func (w *words) duration(d time.Duration) string {
	const day = 24 * time.Hour
	var parts []string
	add := func(noun plurals, n time.Duration) {
		if n > 0 {
			parts = append(parts, noun.of(int64(n), w.language))
		}
	}
	if d > day { // a window of 24 h is called just that
		add(w.Days, d/day)
		d %= day
	}
	add(w.Hours, d/time.Hour)
	add(w.Minutes, d%time.Hour/time.Minute)
	if parts == nil {
		return w.Minutes.of(0, w.language)
	}
	return strings.Join(parts, w.Joiner)
}

// languages lists languages by name, in this one.
func (w *words) languages(codes []string) string {
	names := make([]string, 0, len(codes))
	for _, code := range codes {
		text := name(code)
		if tag, err := xlanguage.Parse(code); err == nil {
			if called := display.Languages(w.language).Name(tag); called != "" {
				text = called
			}
		}
		names = append(names, isolate(text))
	}
	return strings.Join(names, w.Separator)
}

// decade is beyond what a model of months can tell, in weeks.
const decade = 520

// rarity says how rare an incident is: in how many weeks chance brings as much
// once or, where that is not known, in how many windows.
func (w *words) rarity(p *phrases, weeks, tail float64) string {
	switch {
	case math.IsNaN(weeks) || weeks <= 0:
		return w.chance(p, tail)
	case weeks > decade:
		return p.Never
	case weeks < 1:
		return p.Weekly
	}
	return fill(p.Seldom, "weeks", isolate(w.Weeks.of(int64(math.Round(weeks)), w.language)))
}

// rarest is the smallest probability that is told apart; below, the model is not
// to be trusted to the digit.
const rarest = 1e-9

// chance says a tail probability in words, or nothing where it says nothing.
func (w *words) chance(said *phrases, p float64) string {
	switch {
	case math.IsNaN(p) || p < 0 || p > 0.5:
		return ""
	case p < rarest:
		return fill(said.Beyond, "odds", number(1/rarest))
	}
	return fill(said.Odds, "odds", number(twoDigits(1/p)))
}

// expectation writes an expected count with the digits it is worth.
func expectation(v float64) string {
	if v < 10 {
		return strconv.FormatFloat(twoDigits(v), 'f', -1, 64)
	}
	return number(math.Round(v))
}

// twoDigits rounds to two significant digits.
func twoDigits(v float64) float64 {
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(v, 'e', 1, 64), 64)
	if err != nil {
		return v
	}
	return rounded
}

// number writes v with thousands apart and at most two decimals: 12,000 or 2.5.
func number(v float64) string {
	if math.Abs(v) >= 1e15 || math.IsNaN(v) {
		return strconv.FormatFloat(v, 'g', 3, 64)
	}
	whole, decimals, _ := strings.Cut(strconv.FormatFloat(v, 'f', 2, 64), ".")
	sign := ""
	if rest, negative := strings.CutPrefix(whole, "-"); negative {
		sign, whole = "-", rest
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if decimals = strings.TrimRight(decimals, "0"); decimals != "" {
		decimals = "." + decimals
	}
	return sign + whole + decimals
}
