package extract

import (
	"fmt"
	"strings"
	"time"
)

// eventDays are the years of the days that an event is named by: "the September
// 11 attacks", "ثورة 25 يناير". They stand in the section [event_days] of the
// signs, which all languages share.
type eventDays map[eventDay]event

type eventDay struct{ month, day int }

type event struct {
	year int
	firm bool // the day in digits is its name without a word for an event: "9/11"
}

// add enters a line such as "09-11 = 2001", or "09/11 = 2001" for a firm one.
func (e eventDays) add(w word) error {
	layout, firm := "01-02", strings.Contains(w.phrase, "/")
	if firm {
		layout = "01/02"
	}
	day, err := time.Parse(layout, w.phrase)
	if err != nil || w.value == 0 {
		return fmt.Errorf("event day %q: expected a month, a day and the year, such as 09-11 = 2001", w.phrase)
	}
	e[eventDay{int(day.Month()), day.Day()}] = event{int(w.value), firm}
	return nil
}

// eventYear gives the year of a day that ends before token last, where an event
// has its name of it: a word for one stands right before the day or right behind.
func (s *scan) eventYear(m, d, last int) (y int, ok bool) {
	e, ok := s.signs.eventDays[eventDay{m, d}]
	y = e.year
	if !ok || civil(y, time.Month(m), d).After(s.ref) {
		return 0, false
	}
	const longest = 6 // tokens: "الحادي عشر من سبتمبر", and one between
	for k := last - 2; k >= s.lo && k > last-2-longest; k-- {
		if s.any(k, classEvents) && s.clitics(k) {
			return y, true
		}
	}
	if e.firm && s.mark(last-2, "/") && s.american {
		return y, true
	}
	return y, s.any(last, classEvents) || s.any(last+1, classEvents)
}
