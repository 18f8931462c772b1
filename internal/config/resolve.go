package config

import (
	"cmp"
	"fmt"
	"maps"
	"net"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language"

	"marsad/alerts"
	"marsad/alerts/webhook"
	"marsad/collector"
	"marsad/seeds"
	"marsad/timeline"
)

// entry is a feed, a topic or an entity with the place it was read from.
type entry[T any] struct {
	value T
	doc   *document
	path  string
}

// resolver joins config.yaml with the seeds it selects.
type resolver struct {
	own      *file
	docs     []*document // config.yaml first
	zone     *time.Location
	feeds    []entry[collector.Feed]
	entities []entry[timeline.Entity]
	topics   []entry[topicEntry]

	feedAt, entityAt, topicAt map[string]int    // places in the lists, by folded name
	groupOf                   map[string]string // group of each seed feed, by folded name
}

func newResolver(own *file, doc *document) *resolver {
	r := &resolver{
		own: own, docs: []*document{doc}, zone: time.UTC,
		feedAt: map[string]int{}, groupOf: map[string]string{}, entityAt: map[string]int{}, topicAt: map[string]int{},
	}
	if zone, ok := loadZone(own.Timezone); ok {
		r.zone = zone
	} else {
		doc.report("timezone", "is not a zone", zoneRemedy)
	}
	return r
}

// addSeeds adds the starter data that the section seeds selects.
func (r *resolver) addSeeds(env environment) {
	doc := r.docs[0]
	for _, kind := range []struct {
		name     string
		selected seeds.Selection
	}{
		{seeds.Feeds, r.own.Seeds.Feeds},
		{seeds.Topics, r.own.Seeds.Topics},
		{seeds.Lexicons, r.own.Seeds.Lexicons},
	} {
		groups := seeds.Groups(kind.name)
		for i, name := range kind.selected.Names {
			if !slices.Contains(groups, name) {
				key := joinPath("seeds", kind.name)
				if item := itemPath(key, i); doc.gives(item) {
					key = item
				}
				doc.report(key, "is not a group of the starter data", "write all, [] for none, or a list of "+listOf(groups))
			}
		}
		for _, group := range groups {
			if kind.selected.Has(group) {
				r.addGroup(kind.name, group, env)
			}
		}
	}
}

func (r *resolver) addGroup(kind, group string, env environment) {
	data, name, err := seeds.Read(kind, group)
	if err != nil {
		r.docs[0].report("seeds", err.Error(), "")
		return
	}
	f, doc := decodeFile(name, data, env)
	doc.seed = true
	r.docs = append(r.docs, doc)
	for i := range f.Feeds {
		r.groupOf[foldName(f.Feeds[i].Name)] = group
	}
	r.add(f, doc)
}

// addOwn adds what config.yaml has itself; an entry takes the place of the seed
// of the same name.
func (r *resolver) addOwn() { r.add(r.own, r.docs[0]) }

func (r *resolver) add(f *file, doc *document) {
	for i, feed := range f.Feeds {
		e := entry[collector.Feed]{feed, doc, itemPath("feeds", i)}
		r.feeds = put(r.feeds, r.feedAt, e, feed.Name)
	}
	for _, name := range slices.Sorted(maps.Keys(f.Lexicons)) {
		e := entry[timeline.Entity]{f.Lexicons[name].entity(name), doc, joinPath("lexicons", name)}
		r.entities = put(r.entities, r.entityAt, e, name)
	}
	for i, topic := range f.Topics {
		e := entry[topicEntry]{topic, doc, itemPath("topics", i)}
		r.topics = put(r.topics, r.topicAt, e, topic.Name)
	}
}

// put appends an entry, or puts it in the place of the one of the same name when
// that came from another file. Case does not tell names apart. at has the places
// of the names that are in the list.
func put[T any](list []entry[T], at map[string]int, e entry[T], name string) []entry[T] {
	key := foldName(name)
	i, found := at[key]
	switch {
	case !found || name == "":
		at[key] = len(list)
		return append(list, e)
	case list[i].doc == e.doc:
		reportTwice(list[i], e)
	default:
		list[i] = e
	}
	return list
}

func reportTwice[T any](first, second entry[T]) {
	key := second.path
	if second.doc.gives(joinPath(key, "name")) {
		key = joinPath(key, "name")
	}
	at := second.doc.nodes[first.path].at
	where := fmt.Sprintf("on line %d", at.line)
	if at.file != second.doc.nodes[second.path].at.file {
		where += " of " + at.file
	}
	second.doc.report(key, "is the name of another entry, "+where, "rename one of the two, or remove it; upper and lower case are the same")
}

func (l lexicon) entity(name string) timeline.Entity {
	return timeline.Entity{
		Name: name, Title: timeline.Text(l.Title), Kind: l.Kind, Country: l.Country, WholeCountry: l.Whole, In: l.In, Aliases: l.Aliases, Alone: l.Alone, Except: l.Except,
	}
}

// resolve checks everything, and gives it with all defaults filled in. What it
// gives is of use only when nothing was found wrong.
func (r *resolver) resolve() *Config {
	r.fillSections()
	r.checkSections()
	c := &Config{
		Source:    r.docs[0].name,
		Timezone:  r.zone,
		Language:  r.own.Language,
		Record:    r.own.Record,
		Stories:   r.own.Stories,
		Web:       r.own.Web,
		Collector: r.own.Collector,
		Seeds:     r.own.Seeds,
		Alerts:    r.own.Alerts,
		Slack:     r.own.Slack,
		Webhooks:  r.own.Webhooks,
		Influx:    r.own.Influx,
		Grafana:   r.own.Grafana,
		Cluster:   r.own.Cluster,
	}
	r.checkFeeds()
	for _, e := range r.feeds {
		c.Feeds = append(c.Feeds, r.resolveFeed(e.value))
		if e.doc.seed {
			c.SeedFeeds++
		}
	}
	c.FeedGroups = r.feedGroups(c.Feeds)
	r.checkEntities()
	slices.SortFunc(r.entities, func(a, b entry[timeline.Entity]) int {
		return cmp.Compare(a.value.Name, b.value.Name)
	})
	for _, e := range r.entities {
		c.Entities = append(c.Entities, e.value)
	}
	r.checkTopics()
	r.checkSilences()
	r.checkRoutes()
	r.checkDigests()
	for _, e := range r.topics {
		c.Topics = append(c.Topics, r.resolveTopic(e.value))
	}
	r.checkQueries(c)
	return c
}

// fillSections fills in the defaults that follow from other keys.
func (r *resolver) fillSections() {
	own, doc := r.own, r.docs[0]
	if !doc.gives("collector.remember") {
		own.Collector.Remember = max(own.Collector.Remember, own.Record.Keep)
	}
	if !doc.gives("collector.host_interval") && own.Collector.PerHost > 1 {
		own.Collector.HostInterval = 0 // who lets several polls go to a host at once does not want them apart
	}
	if !doc.gives("influx.retention") {
		own.Influx.Retention = own.Record.Keep
	}
	if own.Web.BaseURL == "" {
		own.Web.BaseURL = defaultBaseURL(own.Web.Listen)
	}
	own.Web.BaseURL = strings.TrimRight(own.Web.BaseURL, "/")
	own.Grafana.URL = strings.TrimRight(own.Grafana.URL, "/")
	own.Influx.URL = strings.TrimRight(own.Influx.URL, "/")
	for i := range own.Webhooks {
		if !doc.gives(itemPath("webhooks", i) + ".timeout") {
			own.Webhooks[i].Timeout = webhook.DefaultTimeout
		}
	}
	if own.Slack.APIURL != "" {
		own.Slack.APIURL = strings.TrimRight(own.Slack.APIURL, "/") + "/"
	}
}

// defaultBaseURL is where a browser on this machine reaches the page.
func defaultBaseURL(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return "http://" + listen
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}

func (r *resolver) resolveFeed(f collector.Feed) collector.Feed {
	f.Publisher = cmp.Or(f.Publisher, f.Title, f.Name)
	f.Timezone = cmp.Or(f.Timezone, r.own.Timezone)
	f.Schedule = cmp.Or(f.Schedule, r.own.Collector.Schedule)
	f.Identity = cmp.Or(f.Identity, "auto")
	if tag, err := language.Parse(f.Lang); err == nil {
		base, _ := tag.Base()
		f.Lang = base.String()
	}
	if f.Enabled == nil {
		enabled := true
		f.Enabled = &enabled
	}
	return f
}

// feedGroups gives the groups of feeds by name. One that takes the place of a seed
// stays in that one's group.
func (r *resolver) feedGroups(feeds []collector.Feed) (groups []alerts.FeedGroup) {
	members := make(map[string][]string)
	for i := range feeds {
		f := &feeds[i]
		names := slices.Clone(f.Label)
		if group, found := r.groupOf[foldName(f.Name)]; found && !slices.Contains(names, group) {
			names = append(names, group)
		}
		for _, name := range names {
			members[name] = append(members[name], f.Name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		groups = append(groups, alerts.FeedGroup{Name: name, Feeds: members[name]})
	}
	return groups
}

func (r *resolver) resolveTopic(t topicEntry) Topic {
	topic := Topic{
		Topic: timeline.Topic{
			Name: t.Name, Title: timeline.Text(t.Title), Query: t.Match, Any: t.Any, All: t.All, None: t.None,
		},
		Was:      t.Was,
		ReadBack: r.own.Alerts.ReadBack,
		Alert:    t.Alert,
	}
	if t.ReadBack != nil {
		topic.ReadBack = *t.ReadBack
	}
	if topic.Alert.FalseAlarms.IsZero() {
		topic.Alert.FalseAlarms = r.own.Alerts.FalseAlarms
	}
	return topic
}

// problems gives those of all files.
func (r *resolver) problems() Problems {
	var all Problems
	for _, doc := range r.docs {
		all = append(all, doc.problems...)
	}
	return all
}

const zoneRemedy = "write an IANA name, as in Asia/Baghdad, Europe/London or UTC"

// loadZone finds a zone by its IANA name. The machine's own ("Local") is none, as
// a configuration is to mean the same everywhere.
func loadZone(name string) (*time.Location, bool) {
	if name == "" || name == "Local" {
		return nil, false
	}
	zone, err := time.LoadLocation(name)
	return zone, err == nil
}
