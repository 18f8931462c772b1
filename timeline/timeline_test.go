package timeline

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestHashKeepsPartsApart(t *testing.T) {
	t.Parallel()
	if Hash("ab", "c") == Hash("a", "bc") {
		t.Error("the border between two parts does not count")
	}
	if Hash("a") == Hash("a", "") {
		t.Error("an empty part does not count")
	}
	// An id is a promise to every record that exists: it may never change.
	if got, want := Hash("article", "x"), "fuisuygufkbeveoj3k2t2adswu"; got != want {
		t.Errorf("Hash is %s, was %s", got, want)
	}
}

func TestArticleIDScope(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		key  Key
		same bool // in two feeds of one publisher
	}{
		{"a URI is the publisher's", Key{KeyGUID, "https://example.org/a/1"}, true},
		{"a tag URI is the publisher's", Key{KeyGUID, "tag:example.org,2026:1"}, true},
		{"a UUID is the publisher's", Key{KeyGUID, "6ba7b810-9dad-11d1-80b4-00c04fd430c8"}, true},
		{"a bare number is the feed's", Key{KeyGUID, "12345"}, false},
		{"a slug is the feed's", Key{KeyGUID, "talks-resume"}, false},
		{"a clock time is no URI", Key{KeyGUID, "12:30"}, false},
		{"a link is the publisher's", Key{KeyLink, "https://example.org/a/1"}, true},
		{"content is the publisher's", Key{KeyContent, "words"}, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			one, other := ArticleID("p", "world", tc.key), ArticleID("p", "sport", tc.key)
			if (one == other) != tc.same {
				t.Errorf("same article in a sister feed: %t, want %t", one == other, tc.same)
			}
			if one == ArticleID("q", "world", tc.key) {
				t.Error("another publisher's article has the same id")
			}
		})
	}
}

func TestSpreadIsEven(t *testing.T) {
	t.Parallel()
	var halves [2]int
	for i := range 1000 {
		v := Spread(600, "feed", strings.Repeat("x", i))
		if v < 0 || v >= 600 {
			t.Fatalf("Spread gave %d, outside [0, 600)", v)
		}
		halves[v/300]++
	}
	if halves[0] < 400 || halves[1] < 400 {
		t.Errorf("halves hold %v of 1000", halves)
	}
}

func TestContentHashIgnoresSpace(t *testing.T) {
	t.Parallel()
	if ContentHash("A  title", "some\n text") != ContentHash("A title ", "some text") {
		t.Error("white space makes a revision")
	}
	if ContentHash("a b", "c") == ContentHash("a", "b c") {
		t.Error("title and text run together")
	}
	for _, s := range []string{"", " ", "a", " a", "a ", "a b", "a  b", "a\u00a0b", "a\u2003", "خبر عاجل", "خبر  عاجل\n", "\xff \xfe", "\xff  \xfe"} {
		if got, want := ContentHash(s, s), Hash("content", strings.Join(strings.Fields(s), " "), strings.Join(strings.Fields(s), " ")); got != want {
			t.Errorf("%q: %s, want %s", s, got, want)
		}
	}
}

func TestReading(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ title, text, want string }{
		{"T", "x", "T\nx"}, {"T", "", "T"}, {"", "x", "x"},
	} {
		a := Article{Title: tc.title, Text: tc.text}
		if got := a.Reading(); got != tc.want {
			t.Errorf("Reading of %q and %q is %q, want %q", tc.title, tc.text, got, tc.want)
		}
		if got := a.TitleSpan().Of(a.Reading()); got != tc.title {
			t.Errorf("TitleSpan is %q, want %q", got, tc.title)
		}
	}
}

func TestTopicsOf(t *testing.T) {
	t.Parallel()
	a := &Article{Title: "Merger talks", Text: "First. Second."}
	first, second := Span{13, 19}, Span{20, 27}
	inTitle := Mention{Topic: "merger", Spans: []Span{{0, 6}}}
	inFirst := Mention{Topic: "talks", Spans: []Span{{13, 18}}}
	for _, tc := range []struct {
		name     string
		sentence Span
		mentions []Mention
		want     []string
	}{
		{"its sentence's", first, []Mention{inTitle, inFirst}, []string{"talks"}},
		{"else the title's", second, []Mention{inTitle, inFirst}, []string{"merger"}},
		{"else none", second, []Mention{inFirst}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, TopicsOf(a, tc.sentence, tc.mentions)); diff != "" {
				t.Errorf("topics (-want +got):\n%s", diff)
			}
		})
	}
}

func TestStepStart(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("", 3*3600+1800)
	got := StepStart(time.Date(2026, 5, 1, 3, 37, 59, 1, zone), 10*time.Minute)
	if want := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC); !got.Equal(want) || got.Location() != time.UTC {
		t.Errorf("step starts at %v, want %v", got, want)
	}
}

func TestPollSums(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		poll Poll
		want bool
	}{
		{"nothing fetched", Poll{}, true},
		{"all accounted for", Poll{Fetched: 4, New: 1, Known: 1, Revised: 1, Rejected: 1, Reasons: map[string]int{"empty": 1}}, true},
		{"one lost", Poll{Fetched: 4, New: 1, Known: 1, Revised: 1}, false},
		{"a rejection without a reason", Poll{Fetched: 1, Rejected: 1}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := tc.poll.Sums(); got != tc.want {
				t.Errorf("Sums is %t, want %t", got, tc.want)
			}
		})
	}
}

func TestArticlePoints(t *testing.T) {
	t.Parallel()
	best, lo, hi := 2000.0, 12000.0, 15000.0
	at := time.Date(2017, 5, 20, 9, 0, 0, 7, time.UTC)
	a := &Article{
		Title: "T", Text: "Two thousand since 2012.", Feed: "f", Publisher: "p", Lang: "en", URL: "https://e.org/1", Story: "s", At: at,
	}
	sentence := Span{2, 26}
	points := ArticlePoints(a, Facts{
		Dates: []Date{{Sentence: sentence, Precision: Year, Relation: Since, Interval: Interval{Hi: at}}},
		Events: []Event{
			{Span: sentence, Sentence: sentence, Precision: Year, Relation: On, At: at.AddDate(-5, 0, 0), Interval: Interval{Lo: at, Hi: at}},
			{Span: sentence, Sentence: sentence, Precision: Century, Relation: On}, // without a time: cannot be projected
		},
		Counts: []Count{
			{Sentence: sentence, Lo: &best, Best: &best, Hi: &best, Bound: Exact, Kind: "fighters", At: at},
			{Sentence: Span{0, 1}, Lo: &lo, Hi: &hi, Bound: Between, Kind: "other", At: at},
		},
		Mentions: []Mention{
			{Topic: "a", Spans: []Span{{2, 5}, {6, 9}}, At: at},
			{Topic: "b", Spans: []Span{{6, 9}}, At: at},
		},
	})
	type row struct{ measurement, topic string }
	var got []row
	for _, p := range points {
		topic := ""
		for i, tag := range p.Tags {
			if i > 0 && p.Tags[i-1].Key >= tag.Key {
				t.Errorf("%s: tags are not sorted: %v", p.Measurement, p.Tags)
			}
			if tag.Key == "topic" {
				topic = tag.Value
			}
		}
		if len(p.Fields) == 0 || p.Time.IsZero() {
			t.Errorf("%s has no fields or no time", p.Measurement)
		}
		if (p.Bucket == BucketEvents) != (p.Measurement == "events") {
			t.Errorf("%s is in bucket %d", p.Measurement, p.Bucket)
		}
		got = append(got, row{p.Measurement, topic})
	}
	want := []row{
		{"articles", ""},
		{"mentions", "a"},
		{"mentions", "b"},
		{"counts", "a"},
		{"counts", "b"},
		{"counts", NoTopic},
		{"events", "a"},
		{"events", "b"},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(row{})); diff != "" {
		t.Errorf("points (-want +got):\n%s", diff)
	}
}

func TestFormatWindow(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		10 * time.Minute: "10m", time.Hour: "1h", 24 * time.Hour: "24h", 90 * time.Minute: "90m",
	} {
		if got := FormatWindow(d); got != want {
			t.Errorf("FormatWindow(%v) = %q, want %q", d, got, want)
		}
	}
}

func TestEncodeFacts(t *testing.T) {
	t.Parallel()
	text := "ما بين 12 و15 عام 2012"
	year := strings.Index(text, "عام")
	lo, hi := 12.0, 15.0
	got, err := json.Marshal(EncodeFacts(text, Facts{
		Dates: []Date{{
			Span: Span{year, len(text)}, Precision: Year, Relation: On, TIMEX3: "2012", Rule: "r",
			Interval: Interval{Lo: time.Date(2012, 1, 1, 0, 0, 0, 0, time.UTC)},
		}},
		Counts: []Count{{Span: Span{0, year - 1}, Lo: &lo, Hi: &hi, Bound: Between, Kind: "other", In: []string{"basra"}, Countries: []string{"IQ"}, Rule: "r"}},
		Events: []Event{{
			Span: Span{0, len(text)}, Dates: []Span{{year, len(text)}}, Counts: []Span{{0, year - 1}}, Places: []string{"iraq"}, Countries: []string{"IQ"},
			Interval:  Interval{Lo: time.Date(2012, 1, 1, 0, 0, 0, 0, time.UTC), Hi: time.Date(2013, 1, 1, 0, 0, 0, 0, time.UTC)},
			Precision: Year, Relation: On, TIMEX3: "2012", Rule: "r",
		}},
	}))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"dates":[{"start":14,"end":22,"text":"عام 2012","lo":"2012-01-01","hi":null,"precision":"year","relation":"on","timex":"2012","rule":"r"}],` +
		`"counts":[{"start":0,"end":13,"text":"ما بين 12 و15","lo":12,"best":null,"hi":15,"bound":"between","object":null,"obj_start":null,"obj_end":null,` +
		`"kind":"other","of":"","in":["basra"],"countries":["IQ"],"by":"","negated":false,"rule":"r"}],"other":[],` +
		`"events":[{"start":0,"end":22,"text":"ما بين 12 و15 عام 2012","lo":"2012-01-01","hi":"2013-01-01","precision":"year","relation":"on","timex":"2012",` +
		`"planned":false,"dates":[[14,22]],"counts":[[0,13]],"actors":[],"places":["iraq"],"countries":["IQ"],"rule":"r"}],"mentions":[]}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("JSON (-want +got):\n%s", diff)
	}
}

func TestTextIn(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		text Text
		lang string
		want string
	}{
		{Text{"en": "Coup", "ar": "انقلاب"}, "ar", "انقلاب"},
		{Text{"en": "Coup", "fr": "Putsch"}, "ar", "Coup"},
		{Text{"tr": "Darbe", "fr": "Putsch"}, "ar", "Putsch"},
		{nil, "en", "coup"},
	} {
		if got := tc.text.In(tc.lang, "coup"); got != tc.want {
			t.Errorf("%v in %s is %q, want %q", tc.text, tc.lang, got, tc.want)
		}
	}
}

func TestFeedCondition(t *testing.T) {
	t.Parallel()
	polled := FeedState{LastPoll: time.Unix(1, 0), LastOutcome: OutcomeUnchanged}
	failed := FeedState{LastPoll: time.Unix(1, 0), LastOutcome: OutcomeDNS, Failures: 1}
	for want, f := range map[FeedCondition]FeedStatus{
		FeedOK:       {Feed: Feed{Enabled: true}, FeedState: polled},
		FeedFailing:  {Feed: Feed{Enabled: true}, FeedState: failed},
		FeedWaiting:  {Feed: Feed{Enabled: true}},
		FeedDisabled: {FeedState: failed},
		FeedArchive:  {Feed: Feed{Archive: true}},
	} {
		if got := f.Condition(); got != want {
			t.Errorf("%+v is %s, want %s", f, got, want)
		}
	}
}

// A part of the reading is the same whether the reading is made or not.
func TestSaid(t *testing.T) {
	for _, a := range []Article{
		{Title: "Title", Text: "The text."}, {Title: "Title"}, {Text: "The text."}, {},
	} {
		reading := a.Reading()
		if a.ReadingLen() != len(reading) {
			t.Errorf("%q has %d bytes, not %d", reading, len(reading), a.ReadingLen())
		}
		for start := range len(reading) + 1 {
			for end := start; end <= len(reading); end++ {
				if got, want := a.Said(Span{start, end}), reading[start:end]; got != want {
					t.Errorf("%q from %d to %d: %q, want %q", reading, start, end, got, want)
				}
			}
		}
	}
}
