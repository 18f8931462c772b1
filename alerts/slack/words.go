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
)

// wordFiles hold what a notice says of its own, a file for each language. A
// further language is a further file.
//
//go:embed words/*.json
var wordFiles embed.FS

// words are one language's. Names in braces are filled in.
type words struct {
	Opening    string            `json:"opening"`
	Resolution string            `json:"resolution"`
	Observed   string            `json:"observed"`
	Odds       string            `json:"odds"`
	OddsBeyond string            `json:"odds_beyond"`
	Ended      string            `json:"ended"`
	Since      string            `json:"since"`
	Window     string            `json:"window"`
	Publishers string            `json:"publishers"`
	Severity   string            `json:"severity"`
	Headlines  string            `json:"headlines"`
	Figures    string            `json:"figures"`
	Via        string            `json:"via"`
	Separator  string            `json:"separator"`
	Untitled   string            `json:"untitled"`
	Page       string            `json:"page"`
	Minutes    string            `json:"minutes"`
	Hours      string            `json:"hours"`
	Days       string            `json:"days"`
	Bounds     map[string]string `json:"bounds"`
	Kinds      map[string]string `json:"kinds"`
	Severities map[string]string `json:"severities"`
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
	add := func(phrase string, n time.Duration) {
		if n > 0 {
			parts = append(parts, fill(phrase, "n", strconv.FormatInt(int64(n), 10)))
		}
	}
	if d > day { // a window of 24 h is called just that
		add(w.Days, d/day)
		d %= day
	}
	add(w.Hours, d/time.Hour)
	add(w.Minutes, d%time.Hour/time.Minute)
	if parts == nil {
		return fill(w.Minutes, "n", "0")
	}
	return strings.Join(parts, " ")
}

// rarest is the smallest probability that is told apart; below, the model is not
// to be trusted to the digit.
const rarest = 1e-9

// chance says a tail probability in words, or nothing where it says nothing.
func (w *words) chance(p float64) string {
	switch {
	case math.IsNaN(p) || p < 0 || p > 0.5:
		return ""
	case p < rarest:
		return fill(w.OddsBeyond, "odds", number(1/rarest))
	}
	return fill(w.Odds, "odds", number(twoDigits(1/p)))
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
