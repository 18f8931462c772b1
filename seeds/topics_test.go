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

func TestTopics(t *testing.T) {
	m := matcher(t)
	data, err := os.ReadFile("testdata/topics.txt")
	if err != nil {
		t.Fatal(err)
	}
	tried := map[string]int{}
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		head, s, ok := strings.Cut(line, " | ")
		if !ok {
			t.Fatalf("not two fields: %s", line)
		}
		topic := head[1:]
		tried[head]++
		why, err := m.Why(topic, text.Read(s))
		if err != nil {
			t.Fatal(err)
		}
		if want := head[0] == '+'; why.Matched != want {
			t.Errorf("%s: on the topic is %v, want %v: %s\n%s", topic, why.Matched, want, s, strings.Join(why.Missing(), "\n"))
		}
	}
	for topic := range m.Hashes() {
		if tried["+"+topic] < 3 || tried["-"+topic] < 2 {
			t.Errorf("%s: %d texts on it and %d that are not", topic, tried["+"+topic], tried["-"+topic])
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
