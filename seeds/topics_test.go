package seeds_test

import (
	"os"
	"strings"
	"testing"

	"marsad/internal/config"
	"marsad/timeline"
	"marsad/timeline/extract"
	"marsad/timeline/text"
)

// matcher compiles the topics of the seeds as the configuration reads them.
func matcher(t *testing.T) *extract.Matcher {
	t.Helper()
	c, err := config.Default()
	if err != nil {
		t.Fatal(err)
	}
	topics := make([]timeline.Topic, len(c.Topics))
	for i := range c.Topics {
		topics[i] = c.Topics[i].Topic
	}
	m, err := extract.NewMatcher(topics, c.Entities)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestTopics checks the texts of topics.test.yaml, as `marsad test` does, and that
// each topic is tried.
func TestTopics(t *testing.T) {
	m := matcher(t)
	none := func(string) (string, bool) { return "", false }
	tests, err := config.LoadTests(config.BuiltIn, "topics.test.yaml", none, os.ReadFile)
	if err != nil {
		t.Fatal(err)
	}
	type tally struct{ match, noMatch int }
	tried := map[string]*tally{}
	for topic := range m.Hashes() {
		tried[topic] = &tally{}
	}
	for _, c := range tests.Cases {
		n := tried[c.Topic.Name]
		n.match += len(c.Match)
		n.noMatch += len(c.NoMatch)
		check := func(tt config.TestText, want bool) {
			why, err := m.Why(c.Topic.Name, text.Read(tt.Text))
			if err != nil {
				t.Fatal(err)
			}
			if why.Matched != want {
				t.Errorf("line %d: %s: on the topic is %v, want %v: %s\n%s", tt.Line, c.Topic.Name, why.Matched, want, tt.Text, strings.Join(why.Missing(), "\n"))
			}
		}
		for _, tt := range c.Match {
			check(tt, true)
		}
		for _, tt := range c.NoMatch {
			check(tt, false)
		}
	}
	for topic, n := range tried {
		if n.match < 3 || n.noMatch < 2 {
			t.Errorf("%s: %d texts on it and %d that are not", topic, n.match, n.noMatch)
		}
	}
}

// The spellings that the press has for the groups and people of the lexicon.
func TestEntities(t *testing.T) {
	m := matcher(t)
	for _, tt := range []struct{ entity, text string }{
		{"isis", "قتال مع الدواعش"},
		{"isis", "تكبد تنظيم «داعش» خسائر"},
		{"isis", "fighters of the so-called Islamic State"},
		{"isis", "Da’esh"},
		{"alqaeda", "الفصائل التابعة للقاعدة في آسيا"},
		{"alqaeda", "Al Qaida's branch"},
		{"alnusra", "حرب جبهة النصرة الارهابية"},
		{"tahrir-al-sham", "مثل أحرار الشام، وتحرير الشام التي تضم"},
		{"ahrar-al-sham", "مثل أحرار الشام، وتحرير الشام التي تضم"},
		{"free-syrian-army", "تحت ألوية الجيش السوري الحر"},
		{"peshmerga", "والحشد الشعبي ، والبيشمركة ، والتحالف ألأميركي"},
		{"popular-mobilization", "والحشد الشعبي ، والبيشمركة ، والتحالف ألأميركي"},
		{"coalition", "والحشد الشعبي ، والبيشمركة ، والتحالف ألأميركي"},
		{"coalition", "a U.S.-led coalition air strike"},
		{"boko-haram", "مثل جماعة بوكو حرام النيجيرية"},
		{"alshabaab", "وحركة الشباب الصومالية"},
		{"albaghdadi", "ينوون قتل البغدادي"},
		{"bashar-al-assad", "للإطاحة بحكومة بشار الأسد منذ عام 2012"},
		{"mosul", "طرده من الموصل أكبر معاقله"},
		{"raqqa", "إخراجه من الرقة"},
		{"syria", "أكبر مدنه بسوريا"},
		{"syria", "في سورية وفي غيرها"},
		{"iraq", "للعراق"},
	} {
		found := false
		for _, e := range m.Entities(text.Read(tt.text)) {
			found = found || e.Entity == tt.entity
		}
		if !found {
			t.Errorf("%s is not found in %s", tt.entity, tt.text)
		}
	}
	for _, s := range []string{"قاعدة عسكرية", "الشباب والرياضة", "it is what it is", "a lion, أسد", "المعارضة السورية", "the front page"} {
		if found := m.Entities(text.Read(s)); found != nil {
			t.Errorf("%s: found %+v", s, found)
		}
	}
}
