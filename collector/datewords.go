package collector

import (
	_ "embed"
	"strconv"
	"strings"
	"time"
)

//go:embed datewords.txt
var dateWordsFile string

// dateWord is what a word says in a date; most words say one thing, "mar" says
// Tuesday in French and March in most languages.
type dateWord struct {
	month    time.Month // 0 when it names none
	weekday  bool
	filler   bool
	meridiem int // -1 am, +1 pm
	utc      bool
	unit     string // of the number before it: year, moon, day, hour, minute, second
}

var dateWords = readDateWords(dateWordsFile)

// readDateWords reads the lines of datewords.txt, which documents their form.
func readDateWords(file string) map[string]dateWord {
	words := make(map[string]dateWord)
	prefixes := make(map[string]time.Month)
	for line := range strings.Lines(file) {
		fields := strings.Fields(line)
		if len(fields) < 3 || fields[0] == "#" {
			continue
		}
		number, err := strconv.Atoi(fields[1])
		if err != nil {
			continue
		}
		for _, name := range fields[2:] {
			name = strings.ReplaceAll(name, "_", " ")
			w := words[name]
			switch fields[0] {
			case "month", "prefix":
				w.month = time.Month(number)
				if fields[0] == "prefix" {
					notePrefixes(prefixes, name, w.month)
				}
			case "weekday":
				w.weekday = true
			case "am":
				w.meridiem = -1
			case "pm":
				w.meridiem = +1
			case "filler":
				w.filler = true
			case "utc":
				w.utc = true
			default:
				w.unit = fields[0]
			}
			words[name] = w
		}
	}
	for prefix, month := range prefixes {
		if w := words[prefix]; month != 0 && w.month == 0 {
			w.month = month
			words[prefix] = w
		}
	}
	return words
}

// notePrefixes notes each abbreviation of the month's name of three letters or
// more; one that two months share is noted as 0.
func notePrefixes(prefixes map[string]time.Month, name string, month time.Month) {
	letters := []rune(name)
	for n := 3; n < len(letters); n++ {
		prefix := string(letters[:n])
		if other, taken := prefixes[prefix]; taken && other != month {
			prefixes[prefix] = 0
			continue
		}
		prefixes[prefix] = month
	}
}
