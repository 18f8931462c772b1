package extract

import (
	"fmt"
	"time"

	"marsad/timeline"
)

// The units of time, as the word files name them.
const (
	unitSecond    = "second"
	unitMinute    = "minute"
	unitHour      = "hour"
	unitDay       = "day"
	unitWorkday   = "workday"
	unitWeek      = "week"
	unitFortnight = "fortnight"
	unitMonth     = "month"
	unitYear      = "year"
	unitDecade    = "decade"
	unitCentury   = "century"
)

// date is a dated expression while it is read.
type date struct {
	first, last int // tokens [first, last)
	timeline.Interval
	precision timeline.Precision
	relation  timeline.Relation // empty unless the expression itself says
	timex     string
	rule      string
}

// civil is midnight UTC of a calendar date.
func civil(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

// civilDay is the calendar date that an instant has in its own zone.
func civilDay(t time.Time) time.Time { return civil(t.Date()) }

func dayDate(day time.Time) date {
	return date{
		Interval:  timeline.Interval{Lo: day, Hi: day.AddDate(0, 0, 1)},
		precision: timeline.Day, timex: day.Format(time.DateOnly),
	}
}

// weekDate is the week from Monday to Sunday that holds the day.
func weekDate(day time.Time) date {
	monday := day.AddDate(0, 0, -(int(day.Weekday())+6)%7)
	y, w := monday.ISOWeek()
	return date{
		Interval:  timeline.Interval{Lo: monday, Hi: monday.AddDate(0, 0, 7)},
		precision: timeline.Week, timex: fmt.Sprintf("%04d-W%02d", y, w),
	}
}

func monthDate(y int, m time.Month) date {
	lo := civil(y, m, 1)
	return date{
		Interval:  timeline.Interval{Lo: lo, Hi: lo.AddDate(0, 1, 0)},
		precision: timeline.Month, timex: lo.Format("2006-01"),
	}
}

func yearDate(y int) date {
	return date{
		Interval:  timeline.Interval{Lo: civil(y, 1, 1), Hi: civil(y+1, 1, 1)},
		precision: timeline.Year, timex: fmt.Sprintf("%04d", y),
	}
}

func decadeDate(y int) date {
	y -= y % 10
	return date{
		Interval:  timeline.Interval{Lo: civil(y, 1, 1), Hi: civil(y+10, 1, 1)},
		precision: timeline.Decade, timex: fmt.Sprintf("%03d", y/10),
	}
}

// centuryDate is the century from its year 1 to its year 100.
func centuryDate(century int) date {
	y := (century-1)*100 + 1
	return date{
		Interval:  timeline.Interval{Lo: civil(y, 1, 1), Hi: civil(y+100, 1, 1)},
		precision: timeline.Century, timex: fmt.Sprintf("%02d", century-1),
	}
}

// seasonDate is the meteorological season of the north that begins with month m;
// winter is named by the year of its December.
func seasonDate(y int, m time.Month) date {
	lo := civil(y, m, 1)
	name := map[time.Month]string{time.March: "SP", time.June: "SU", time.September: "FA", time.December: "WI"}[m]
	return date{
		Interval:  timeline.Interval{Lo: lo, Hi: lo.AddDate(0, 3, 0)},
		precision: timeline.Season, timex: fmt.Sprintf("%04d-%s", y, name),
	}
}

// monthsOf is the n-th stretch of so many months of the year: a quarter or a half.
func monthsOf(y, n, months int) date {
	lo := civil(y, time.Month(1+(n-1)*months), 1)
	d := date{
		Interval:  timeline.Interval{Lo: lo, Hi: lo.AddDate(0, months, 0)},
		precision: timeline.Quarter, timex: fmt.Sprintf("%04d-Q%d", y, n),
	}
	if months == 6 {
		d.precision, d.timex = timeline.Half, fmt.Sprintf("%04d-H%d", y, n)
	}
	return d
}

// unitDate is the calendar unit that lies n units from the day.
func unitDate(day time.Time, unit string, n int) (date, bool) {
	const farthest = 10000 // units; beyond that the calendar has no years
	if n > farthest || n < -farthest {
		return date{}, false
	}
	switch unit {
	case unitDay, unitWorkday:
		return dayDate(shift(day, unit, float64(n))), true
	case unitWeek:
		return weekDate(day.AddDate(0, 0, 7*n)), true
	case unitFortnight:
		return weekDate(day.AddDate(0, 0, 14*n)), true
	case unitMonth:
		first := civil(day.Year(), day.Month(), 1).AddDate(0, n, 0)
		return monthDate(first.Year(), first.Month()), true
	case unitYear:
		return yearDate(day.Year() + n), day.Year()+n > 0
	case unitDecade:
		return yearDate(day.Year() + 10*n), day.Year()+10*n > 0
	case unitCentury:
		return centuryDate((day.Year()-1)/100 + 1 + n), day.Year()+100*n > 100
	}
	return date{}, false
}

// rolling is the stretch of n units that ends with the day of ref (n < 0) or
// begins with it. Hours and minutes end with ref itself.
func rolling(ref time.Time, unit string, n int) (date, bool) {
	const farthest = 10000
	if n == 0 || n > farthest || n < -farthest {
		return date{}, false
	}
	var d date
	day := civilDay(ref)
	var far time.Time
	switch unit {
	case unitSecond, unitMinute, unitHour:
		seconds, _ := unitSeconds(unit)
		far = ref.Add(time.Duration(n) * time.Duration(seconds) * time.Second)
		d.precision = timeline.Hour
		if unit != unitHour {
			d.precision = timeline.Minute
		}
		d.Interval = timeline.Interval{Lo: far, Hi: ref}
		if n > 0 {
			d.Interval = timeline.Interval{Lo: ref, Hi: far}
		}
		return d, true
	case unitDay, unitWorkday:
		far, d.precision = shift(day, unit, float64(n)), timeline.Day
	case unitWeek:
		far, d.precision = day.AddDate(0, 0, 7*n), timeline.Week
	case unitFortnight:
		far, d.precision = day.AddDate(0, 0, 14*n), timeline.Week
	case unitMonth:
		far, d.precision = day.AddDate(0, n, 0), timeline.Month
	case unitYear:
		far, d.precision = day.AddDate(n, 0, 0), timeline.Year
	case unitDecade:
		far, d.precision = day.AddDate(10*n, 0, 0), timeline.Decade
	case unitCentury:
		far, d.precision = day.AddDate(100*n, 0, 0), timeline.Century
	default:
		return date{}, false
	}
	d.Interval = timeline.Interval{Lo: far, Hi: day.AddDate(0, 0, 1)}
	if n > 0 {
		d.Interval = timeline.Interval{Lo: day, Hi: far.AddDate(0, 0, 1)}
	}
	return d, d.Lo.Year() > 0
}
