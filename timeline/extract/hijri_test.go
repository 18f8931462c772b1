package extract

import (
	"testing"
	"time"
)

func TestHijriDay(t *testing.T) {
	for _, tt := range []struct {
		name    string
		y, m, d int
		want    string
	}{
		{"first of the table", 1300, 1, 1, "1882-11-12"},
		{"new year", 1433, 1, 1, "2011-11-26"},
		{"within a year", 1436, 10, 25, "2015-08-10"},
		{"month 13 is the next year's first", 1433, 13, 1, "2012-11-15"},
		{"before the table, arithmetic", 1, 1, 1, "0622-07-18"},
		{"after the table, arithmetic", 1601, 1, 1, "2174-11-25"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := hijriDay(tt.y, tt.m, tt.d).Format(time.DateOnly); got != tt.want {
				t.Errorf("hijriDay(%d, %d, %d) = %s, want %s", tt.y, tt.m, tt.d, got, tt.want)
			}
		})
	}
}

func TestUmmAlQuraIsWhole(t *testing.T) {
	for y := ummAlQuraFirst; y <= 1600; y++ {
		if days := hijriDay(y, 13, 1).Sub(hijriDay(y, 1, 1)).Hours() / 24; days != 354 && days != 355 {
			t.Errorf("the year %d has %v days", y, days)
		}
	}
}
