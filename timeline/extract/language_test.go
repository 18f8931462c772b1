package extract_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"marsad/timeline"
)

// TestLanguages reads texts whose language is said, not said, or said wrongly.
func TestLanguages(t *testing.T) {
	r := newReader(t)
	published := time.Date(2017, 5, 20, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name, lang, text string
		want             []string
	}{
		{
			"a language without words", "es", "Al menos 16 personas murieron el 12/05/2017 en el sur del país, hace dos años.",
			[]string{"date «12/05/2017» on 2017-05-12 2017-05-13 day"},
		},
		{"words that look English", "de", "Die 12 Minister am 3. Mai, also ten Uhr.", nil},
		{"an alphabet that is not read", "ru", "Погибли 16 человек 5 мая 2017 года.", nil},
		{"said to be English, and is Spanish", "en", "Los 16 heridos de la explosión en el mercado fueron llevados a las escuelas de la capital.", nil},
		{
			"not said, and is French", "", "Les 16 soldats ont été tués dans le nord du pays, selon le ministère.",
			[]string{"count «16» exact 16 16 16 of «soldats» killed"},
		},
		{
			"a French sentence in an English text", "en",
			"At least 16 people were killed in the north of the country, the army said.\nLes 12 soldats ont été blessés dans la région par une mine.",
			[]string{"count «At least 16» at_least 16 16 _ of «people» killed", "count «12» exact 12 12 12 of «soldats» wounded"},
		},
		{"said to be Arabic, and is Urdu", "ar", "پاکستان میں بم دھماکے سے 12 افراد ہلاک اور مئی میں 30 زخمی ہو گئے", nil},
		{"not said, and is Persian", "", "در این حمله ۱۲ نفر کشته و ۳۰ نفر زخمی شدند.", nil},
		{"Persian, and said so", "fa", "انفجار بمب ۱۲ کشته بر جای گذاشت", nil},
		{
			"an Arabic sentence with a Persian name", "ar", "قتل 16 شخصا قرب مدينة گنبد",
			[]string{"count «16» exact 16 16 16 of «شخصا» killed"},
		},
		{
			"an Arabic sentence in a Persian text", "fa", "در این حمله ۱۲ نفر کشته شدند.\nوقالت الوزارة إن 16 شخصا قتلوا في الهجوم على المدينة.",
			[]string{"count «16» exact 16 16 16 of «شخصا» killed"},
		},
		{
			"English that shares short words with other languages", "en", "A car bomb went off outside a police station in Kirkuk, killing nine officers.",
			[]string{"count «nine» exact 9 9 9 of «officers» killed"},
		},
		{
			"an English name in an Arabic text", "ar", "قتل 16 شخصا في Black Lives Matter وأصيب 12",
			[]string{"count «16» exact 16 16 16 of «شخصا» killed", "count «12» exact 12 12 12 wounded", "other «Black Lives Matter» name"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := &timeline.Article{Lang: tt.lang, Text: tt.text, Published: published}
			facts := r.Read(a)
			check(t, a, facts)
			if diff := cmp.Diff(tt.want, formatFacts(tt.text, facts)); diff != "" {
				t.Errorf("%s\n(-want +got):\n%s", tt.text, diff)
			}
		})
	}
}

// TestDayAndMonthByCountry reads the order of day and month that the place has.
func TestDayAndMonthByCountry(t *testing.T) {
	r := newReader(t)
	for _, tt := range []struct{ country, lang, want string }{
		{"US", "en", "2017-03-04"},
		{"PH", "en", "2017-03-04"},
		{"", "en", "2017-03-04"},
		{"GB", "en", "2017-04-03"},
		{"IQ", "en", "2017-04-03"},
		{"US", "ar", "2017-04-03"},
		{"", "ar", "2017-04-03"},
		{"", "fr", "2017-04-03"},
		{"", "", "2017-04-03"},
	} {
		a := &timeline.Article{Country: tt.country, Lang: tt.lang, Text: "3/4/2017", Published: time.Date(2017, 5, 20, 0, 0, 0, 0, time.UTC)}
		dates := r.Read(a).Dates
		if len(dates) != 1 || dates[0].Interval.Lo.Format(time.DateOnly) != tt.want {
			t.Errorf("3/4/2017 of %q in %q gives %+v, want %s", tt.country, tt.lang, dates, tt.want)
		}
	}
}
