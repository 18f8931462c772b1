package config

import (
	"time"

	"golang.org/x/text/language"

	"marsad/alerts"
	"marsad/alerts/slack"
	"marsad/alerts/webhook"
	"marsad/collector"
	"marsad/internal/web"
	"marsad/seeds"
	"marsad/timeline"
	"marsad/timeline/influx"
	"marsad/timeline/sqlite"
	"marsad/timeline/story"
)

// file is the shape of config.yaml, and of the files of seeds, which hold
// nothing but feeds, lexicons or topics.
type file struct {
	Timezone  string             `yaml:"timezone"`
	Language  string             `yaml:"language"`
	Record    sqlite.Config      `yaml:"record"`
	Stories   story.Config       `yaml:"stories"`
	Web       web.Config         `yaml:"web"`
	Collector collector.Config   `yaml:"collector"`
	Seeds     seeds.Config       `yaml:"seeds"`
	Feeds     []collector.Feed   `yaml:"feeds"`
	Lexicons  map[string]lexicon `yaml:"lexicons"`
	Topics    []topicEntry       `yaml:"topics"`
	Alerts    alerts.Config      `yaml:"alerts"`
	Slack     slack.Config       `yaml:"slack"`
	Webhooks  []webhook.Config   `yaml:"webhooks"`
	Influx    influx.Config      `yaml:"influx"`
	Grafana   Grafana            `yaml:"grafana"`
	Cluster   Cluster            `yaml:"cluster"`
}

func defaultFile() file {
	f := file{
		Timezone:  "UTC",
		Language:  "en",
		Record:    sqlite.DefaultConfig(),
		Stories:   story.DefaultConfig(),
		Web:       web.DefaultConfig(),
		Collector: collector.DefaultConfig(),
		Seeds:     seeds.DefaultConfig(),
		Alerts:    alerts.DefaultConfig(),
		Slack:     slack.DefaultConfig(),
		Influx:    influx.DefaultConfig(),
	}
	f.Collector.HostInterval = time.Second
	return f
}

// lexicon is an entry of the section lexicons; its key is the entity's name.
type lexicon struct {
	Title   title               `yaml:"title"`
	Kind    string              `yaml:"kind"`
	Country string              `yaml:"country"`
	Whole   bool                `yaml:"whole_country"`
	In      []string            `yaml:"in"`
	Aliases map[string][]string `yaml:"aliases"`
	Alone   bool                `yaml:"alone"`
	Except  map[string][]string `yaml:"except"`
}

type topicEntry struct {
	Name     string         `yaml:"name"`
	Was      string         `yaml:"was"` // its name before
	Title    title          `yaml:"title"`
	Match    string         `yaml:"match"`
	Any      words          `yaml:"any"`
	All      words          `yaml:"all"`
	None     words          `yaml:"none"`
	ReadBack *time.Duration `yaml:"read_back"` // default: the section's alerts
	Alert    alerts.Rule    `yaml:"alert"`
}

func (t *topicEntry) setDefaults() { t.Alert = alerts.DefaultRule() }

// undetermined is the language of a title that is given in none.
const undetermined = "und"

// title is one text, or a text for each of several languages.
type title timeline.Text

func (t *title) decodeNode(d *decoder, n *node, path string) {
	switch n.kind {
	case scalarKind:
		if text, ok := d.scalar(n, path); ok {
			*t = title{undetermined: text}
		}
	case mappingKind:
		*t = title{}
		for _, p := range n.pairs {
			key := joinPath(path, p.key)
			d.nodes[key] = p.value
			d.expectLanguage(p, key)
			if p.value.kind == nullKind {
				continue
			}
			if text, ok := d.scalar(p.value, key); ok {
				(*t)[p.key] = text
			}
		}
	default:
		d.expect(n, scalarKind, path, "write a text, or one for each language as in {en: Truce, ar: ...}")
	}
}

// words is a list of words and phrases, or such a list for each of several
// languages.
type words []string

func (w *words) decodeNode(d *decoder, n *node, path string) {
	switch n.kind {
	case listKind:
		*w = d.words(n, path)
	case mappingKind:
		*w = nil
		for _, p := range n.pairs {
			key := joinPath(path, p.key)
			d.nodes[key] = p.value
			d.expectLanguage(p, key)
			if p.value.kind == nullKind {
				continue
			}
			if d.expect(p.value, listKind, key, "write it in brackets, as in [truce, armistice]") {
				for i, item := range p.value.items {
					// The matcher counts words through all languages.
					d.nodes[itemPath(path, len(*w)+i)] = item
				}
				*w = append(*w, d.words(p.value, key)...)
			}
		}
	default:
		d.expect(n, listKind, path, "write it in brackets, as in [truce, armistice]")
	}
}

func (d *decoder) words(n *node, path string) []string {
	var list []string
	for i, item := range n.items {
		d.nodes[itemPath(path, i)] = item
		if text, ok := d.scalar(item, itemPath(path, i)); ok {
			list = append(list, text)
		}
	}
	return list
}

func (d *decoder) expectLanguage(p pair, key string) {
	if !isLanguage(p.key) {
		d.add(p.at, key, "is not the code of a language", languageRemedy)
	}
}

const languageRemedy = "write the two or three letters of ISO 639, as in ar or en"

// isLanguage reports whether the code is a primary subtag of BCP 47 in its usual
// form.
func isLanguage(code string) bool {
	base, err := language.ParseBase(code)
	return err == nil && base.String() == code
}
