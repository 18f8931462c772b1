package extract

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// digits reads a number in digits, with thousands set off by spaces.
func (s *scan) digits(i int) (numeral, bool) {
	raw := s.Tokens[i].Folded
	value, ok := parseDigits(raw)
	if !ok {
		return numeral{}, false
	}
	n := numeral{first: i, last: i + 1, value: value, digits: true, scale: 1, bare: isDigits(raw)}
	if dot := strings.IndexByte(raw, '.'); dot > 0 && dot <= 3 && len(raw) == dot+4 && isDigits(raw[dot+1:]) {
		n.cents = true
	}
	if len(raw) <= 3 && isDigits(raw) {
		n = s.spacedGroups(n)
	}
	return n, true
}

// spacedGroups reads the thousands that spaces set off: "15 000", "1 234 567.89".
// So that two numbers in a row do not become one, a single group must be zeros or
// stand behind a space that does not break.
func (s *scan) spacedGroups(n numeral) numeral {
	end, firm := n.last, false
	if !s.number(end) {
		return n
	}
	var b strings.Builder
	b.WriteString(s.Tokens[n.first].Folded)
	for s.number(end) && b.Len() < longestDigits {
		group, decimals, _ := strings.Cut(s.Tokens[end].Folded, ".")
		space := s.Original[s.Tokens[end-1].End:s.Tokens[end].Start]
		if len(group) != 3 || !isDigits(group) || utf8.RuneCountInString(space) != 1 {
			break
		}
		firm = firm || group == "000" || space != " "
		b.WriteString(s.Tokens[end].Folded)
		end++
		if decimals != "" {
			break
		}
	}
	if end == n.last || !firm && end < n.last+2 {
		return n
	}
	if value, ok := parseFloat(b.String()); ok {
		n.value, n.last, n.bare = value, end, false
	}
	return n
}

// longestDigits is how many digits and separators a number may have; anything
// longer is no quantity.
const longestDigits = 24

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// parseDigits reads digits with separators. One comma (or ،) with three digits
// behind it separates thousands, else decimals; one point separates decimals;
// separators that repeat separate thousands and must do so evenly. It gives false
// for what is none of these, such as "20.05.2017".
func parseDigits(raw string) (float64, bool) {
	if len(raw) > longestDigits {
		return 0, false
	}
	if whole, ok := parseWhole(raw); ok {
		return whole, whole <= largest
	}
	if whole, fraction, ok := twoCommas(raw); ok {
		return parseFloat(whole + "." + fraction)
	}
	plain := strings.ReplaceAll(strings.ReplaceAll(raw, "،", ","), "'", ",")
	commas, points := strings.Count(plain, ","), strings.Count(plain, ".")
	groups := func(sep string) (float64, bool) {
		whole := plain
		fraction := ""
		if sep == "," && points == 1 {
			whole, fraction, _ = strings.Cut(plain, ".")
		} else if sep == "." && commas == 1 {
			whole, fraction, _ = strings.Cut(plain, ",")
		}
		parts := strings.Split(whole, sep)
		if len(parts[0]) > 3 {
			return 0, false
		}
		for _, p := range parts[1:] {
			if len(p) != 3 {
				return 0, false
			}
		}
		return parseFloat(strings.Join(parts, "") + "." + fraction)
	}
	switch {
	case commas == 0 && points <= 1:
		return parseFloat(plain)
	case commas == 1 && points == 0:
		if whole, rest, _ := strings.Cut(plain, ","); len(rest) != 3 || len(whole) > 3 || whole == "0" {
			return parseFloat(whole + "." + rest)
		}
		return groups(",")
	case points <= 1 && (points == 0 || strings.LastIndex(plain, ",") < strings.Index(plain, ".")):
		return groups(",")
	case commas <= 1 && (commas == 0 || strings.LastIndex(plain, ".") < strings.Index(plain, ",")):
		return groups(".")
	}
	return 0, false
}

// twoCommas cuts digits whose thousands one kind of comma separates and whose
// decimals the other: "12،220,13".
func twoCommas(raw string) (whole, fraction string, ok bool) {
	for _, kinds := range [][2]string{{"،", ","}, {",", "،"}} {
		before, after, cut := strings.Cut(raw, kinds[1])
		groups := strings.Split(before, kinds[0])
		if !cut || len(groups) < 2 || len(groups[0]) > 3 || !isDigits(after) || !isDigits(strings.Join(groups, "")) {
			continue
		}
		if !slices.ContainsFunc(groups[1:], func(group string) bool { return len(group) != 3 }) {
			return strings.Join(groups, ""), after, true
		}
	}
	return "", "", false
}

// parseWhole reads digits alone, as many as an integer has room for.
func parseWhole(s string) (float64, bool) {
	const longest = 18
	if s == "" || len(s) > longest {
		return 0, false
	}
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = 10*n + int(s[i]-'0')
	}
	return float64(n), true
}

func parseFloat(s string) (float64, bool) {
	f, err := strconv.ParseFloat(strings.TrimSuffix(s, "."), 64)
	return f, err == nil && f <= largest
}

// power reads the exponent behind digits: "1.1^23", "1.3x10^6", "6.2e-4".
func (s *scan) power(n numeral) numeral {
	if !n.digits || n.scale > 1 || !s.touches(n.last) {
		return n
	}
	at, base, factor := n.last, n.value, 1.0
	if ten := s.mark(at, "x") || s.mark(at, "×"); ten && s.mark(at+1, "10") && s.mark(at+2, "^") {
		at, base, factor = at+2, 10, n.value
	}
	switch {
	case s.mark(at, "^"):
	case s.mark(at, "e"):
		base, factor = 10, n.value
	default:
		return n
	}
	at++
	negative := false
	for s.mark(at, "-") || s.mark(at, "+") {
		negative = negative != s.mark(at, "-")
		at++
	}
	if !s.number(at) || !s.touches(at) || !isDigits(s.Tokens[at].Folded) || len(s.Tokens[at].Folded) > 3 {
		return n
	}
	exponent, err := strconv.Atoi(s.Tokens[at].Folded)
	if negative {
		exponent = -exponent
	}
	value := factor * math.Pow(base, float64(exponent))
	if err != nil || math.IsInf(value, 0) || math.IsNaN(value) || math.Abs(value) > largest {
		return n
	}
	n.value, n.last, n.bare = value, at+1, false
	return n
}
