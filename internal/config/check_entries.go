package config

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/net/http/httpguts"
	"golang.org/x/text/language"

	"marsad/alerts"
	"marsad/collector"
	"marsad/internal/schedule"
	"marsad/timeline"
)

func (r *resolver) checkFeeds() {
	for _, e := range r.feeds {
		e.doc.reportAll(e.path, checkFeed(e.value))
		if spec := e.value.Schedule; spec != "" {
			if _, err := schedule.Parse(spec, r.zone); err != nil {
				e.doc.reportError(joinPath(e.path, "schedule"), err, spec)
			}
		}
	}
	checkRenames("feed", r.feeds, func(f *collector.Feed) (name, was string) { return f.Name, f.Was })
}

func checkFeed(e collector.Feed) findings {
	var f findings
	f.name("name", e.Name)
	switch {
	case e.URL != "":
		f.url("url", e.URL, "https", "http")
	case e.Enabled == nil || *e.Enabled:
		f.add("url", "is missing", "write the address of the feed, or enabled: false")
	}
	f.text("title", e.Title, maxTitle)
	f.text("publisher", e.Publisher, maxName)
	checkCountry(&f, "country", e.Country)
	if e.Lang != "" {
		if _, err := language.Parse(e.Lang); err != nil {
			f.add("lang", "is not the code of a language", languageRemedy)
		}
	}
	if e.Timezone != "" {
		if _, ok := loadZone(e.Timezone); !ok {
			f.add("timezone", "is not a zone", zoneRemedy)
		}
	}
	if e.Identity != "" {
		f.oneOf("identity", e.Identity, "auto", "guid", "link", "content")
	}
	checkHeaders(&f, e)
	for i, label := range e.Label {
		f.name(itemPath("label", i), label)
	}
	return f
}

// checkHeaders refuses what HTTP cannot carry, and what polling sets itself.
func checkHeaders(f *findings, e collector.Feed) {
	seen := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(e.Headers)) {
		value := e.Headers[name]
		key, canonical := joinPath("headers", name), http.CanonicalHeaderKey(name)
		switch canonical {
		case "Host", "Content-Length", "Transfer-Encoding", "Connection", "Accept-Encoding",
			"If-None-Match", "If-Modified-Since", "Range":
			f.add(key, "is a header that polling sets itself", "leave it out")
		}
		switch {
		case !httpguts.ValidHeaderFieldName(name):
			f.add(key, "is not the name of a header", "write letters, digits and dashes")
		case !httpguts.ValidHeaderFieldValue(value.Reveal()):
			f.add(key, "has a value that no header may have", "write it in one line")
		case seen[canonical]:
			f.add(key, "is given twice", "keep one; upper and lower case are the same")
		}
		seen[canonical] = true
	}
}

// checkRenames refuses a former name that is still in use, or claimed twice.
func checkRenames[T any](kind string, entries []entry[T], names func(*T) (name, was string)) {
	current, claimed := map[string]bool{}, map[string]bool{}
	for i := range entries {
		name, _ := names(&entries[i].value)
		current[foldName(name)] = true
	}
	for i := range entries {
		e := &entries[i]
		_, was := names(&e.value)
		was = foldName(was)
		switch {
		case was == "":
		case current[was]:
			e.doc.report(joinPath(e.path, "was"), "is still the name of a "+kind, "write the name this "+kind+" had before")
		case claimed[was]:
			e.doc.report(joinPath(e.path, "was"), "is the former name of another "+kind+" too", "keep it with one of them")
		}
		claimed[was] = true
	}
}

func (r *resolver) checkEntities() {
	for _, e := range r.entities {
		found := checkEntity(e.value)
		for i, name := range e.value.In {
			if !slices.ContainsFunc(r.entities, func(o entry[timeline.Entity]) bool { return o.value.Name == name && o.value.Kind == "place" }) {
				found.add(fmt.Sprintf("in[%d]", i), "is no place of the lexicons", "name the key of a place, or leave it out")
			}
		}
		e.doc.reportAll(e.path, found)
	}
}

func checkEntity(e timeline.Entity) findings {
	var f findings
	if strings.ContainsFunc(e.Name, func(r rune) bool { return !isNameRune(r) }) {
		f.add("", "has a name that no query can hold", "write letters, digits, - and _, so that @"+strings.Map(nameRune, e.Name)+" is one word")
	}
	f.oneOf("kind", e.Kind, "group", "person", "place")
	checkCountry(&f, "country", e.Country)
	if e.WholeCountry && (e.Country == "" || e.Kind != "place") {
		f.add("whole_country", "is not of a place with a country", "write kind: place and country, or leave it out")
	}
	checkTitle(&f, e.Title)
	checkNames(&f, "except", e.Except)
	if !checkNames(&f, "aliases", e.Aliases) {
		f.add("aliases", "has no names to look for", "write them by language, as in {en: [ISIS, ISIL]}")
	}
	return f
}

// checkNames checks names by language, and says whether there are any.
func checkNames(f *findings, path string, names map[string][]string) (some bool) {
	for lang, list := range names {
		key := joinPath(path, lang)
		if !isLanguage(lang) {
			f.add(key, "is not under the code of a language", languageRemedy)
		}
		for i, name := range list {
			some = true
			checkWord(f, itemPath(key, i), name)
		}
	}
	return some
}

func isNameRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) || r == '-' || r == '_'
}

func nameRune(r rune) rune {
	if isNameRune(r) {
		return r
	}
	return '-'
}

func (r *resolver) checkTopics() {
	for _, e := range r.topics {
		e.doc.reportAll(e.path, checkTopic(e.value, r.own.Alerts.Step))
	}
	checkRenames("topic", r.topics, func(t *topicEntry) (name, was string) { return t.Name, t.Was })
}

func checkTopic(t topicEntry, step time.Duration) findings {
	var f findings
	f.name("name", t.Name)
	if strings.EqualFold(t.Name, timeline.NoTopic) {
		f.add("name", "stands for articles without a topic", "choose another name")
	}
	checkTitle(&f, timeline.Text(t.Title))
	switch lists := len(t.Any) + len(t.All) + len(t.None); {
	case t.Match != "" && lists > 0:
		f.add("match", "is given beside any, all or none", "write one query, or lists")
	case t.Match == "" && lists == 0:
		f.add("match", "is missing", "write a query, or the lists any, all and none")
	case t.Match == "" && len(t.Any)+len(t.All) == 0:
		f.add("none", "alone would match nearly everything", "add a list any or all")
	}
	for _, list := range []struct {
		key   string
		words words
	}{{"any", t.Any}, {"all", t.All}, {"none", t.None}} {
		for i, word := range list.words {
			if strings.TrimSpace(word) == "" {
				f.add(itemPath(list.key, i), "is empty", "write the word or remove it")
			}
		}
	}
	if t.ReadBack != nil && *t.ReadBack != 0 {
		f.durationBetween("read_back", *t.ReadBack, day, 36500*day)
	}
	f.between("alert.min_stories", t.Alert.MinStories, 1, 10_000)
	f.between("alert.min_publishers", t.Alert.MinPublishers, 1, 10_000)
	checkBudget(&f, "alert.false_alarms", t.Alert.FalseAlarms, step)
	checkBudget(&f, "alert.falls", t.Alert.Falls, step)
	checkWindows(&f, t.Alert.Windows, step)
	if t.Alert.Channel != "" {
		checkChannel(&f, "alert.channel", t.Alert.Channel)
	}
	return f
}

// maxWindows is how many windows a topic may have: each is looked at in each step.
const maxWindows = 12

func checkWindows(f *findings, windows []time.Duration, step time.Duration) {
	if len(windows) > maxWindows {
		f.add("alert.windows", fmt.Sprintf("has %d windows", len(windows)), fmt.Sprintf("write at most %d", maxWindows))
	}
	for i, w := range windows {
		key := itemPath("alert.windows", i)
		switch {
		case w < step || w > alerts.LongestWindow || w%step != 0:
			f.add(key, "is no window", fmt.Sprintf("write a multiple of alerts.step, from %s to %s", spell(step), spell(alerts.LongestWindow)))
		case i > 0 && w <= windows[i-1]:
			f.add(key, "is not longer than the one before", "write them in ascending order, as in [1h, 6h, 24h]")
		}
	}
}

func checkTitle(f *findings, t timeline.Text) {
	for lang, text := range t {
		key := "title"
		if lang != undetermined {
			key = joinPath(key, lang)
		}
		f.text(key, text, maxTitle)
	}
}

func checkWord(f *findings, key, word string) {
	if strings.TrimSpace(word) == "" {
		f.add(key, "is empty", "write the word or remove it")
		return
	}
	f.text(key, word, maxName)
}

func checkCountry(f *findings, key, code string) {
	if code == "" {
		return
	}
	region, err := language.ParseRegion(code)
	if err != nil || !region.IsCountry() || len(code) != 2 {
		f.add(key, "is not the code of a country", "write the two letters of ISO 3166-1, as in IQ")
		return
	}
	if canonical := region.Canonicalize().String(); canonical != code {
		f.add(key, "is not how the code of the country is written", fmt.Sprintf("write %s", canonical))
	}
}
