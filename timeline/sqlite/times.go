package sqlite

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"sync"
	"time"
)

// stamp is an instant as a column holds it: nanoseconds since 1970, null for the
// zero time. It comes back in UTC.
type stamp struct{ time.Time }

// Value implements driver.Valuer.
func (s stamp) Value() (driver.Value, error) {
	if s.IsZero() {
		return nil, nil
	}
	if !projectable(s.Time) {
		return nil, fmt.Errorf("time %s is outside 1677-09-22 to 2262-04-10 and cannot be recorded", s.Format(time.RFC3339))
	}
	return s.UnixNano(), nil
}

// Scan implements sql.Scanner.
func (s *stamp) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		s.Time = time.Time{}
	case int64:
		s.Time = time.Unix(0, v).UTC()
	default:
		return fmt.Errorf("time is a %T in the file, want an integer", src)
	}
	return nil
}

// The seconds of 1677-09-22 and, not included, of 2262-04-11: every nanosecond in
// between can be the time of a point.
const (
	earliest = -9223286400
	latest   = 9223286400
)

// projectable reports whether a point can have the time.
func projectable(t time.Time) bool {
	s := t.Unix()
	return earliest <= s && s < latest
}

// from and to are the sides of a half-open interval of nanoseconds; an open side
// takes in everything.
func from(t time.Time) int64 {
	switch {
	case t.IsZero() || t.Unix() < earliest:
		return math.MinInt64
	case t.Unix() >= latest:
		return math.MaxInt64
	}
	return t.UnixNano()
}

func to(t time.Time) int64 {
	if t.IsZero() {
		return math.MaxInt64
	}
	return from(t)
}

// zones remembers the IANA zones it was asked for. The zero value is ready.
type zones struct{ known sync.Map } // name to *time.Location

// in gives an instant back in the zone it was recorded in. A zone that the
// machine does not know any more, or knows otherwise, becomes a fixed offset.
func (z *zones) in(t time.Time, name string, offset int) time.Time {
	if strings.Contains(name, "/") { // the others are UTC, or names that a feed made up
		loc, ok := z.known.Load(name)
		if !ok {
			if l, err := time.LoadLocation(name); err == nil {
				loc, ok = l, true
				z.known.Store(name, l)
			}
		}
		if ok {
			if in := t.In(loc.(*time.Location)); offsetOf(in) == offset {
				return in
			}
		}
	}
	return fixed(t, name, offset)
}

func fixed(t time.Time, name string, offset int) time.Time {
	if name == "UTC" && offset == 0 {
		return t.UTC()
	}
	return t.In(time.FixedZone(name, offset))
}

func offsetOf(t time.Time) int {
	_, offset := t.Zone()
	return offset
}

// instant is a time of any year, with its offset, in JSON:
// [seconds since 1970, nanoseconds, zone, offset].
type instant struct{ time.Time }

// MarshalJSON implements json.Marshaler.
func (t instant) MarshalJSON() ([]byte, error) { return t.appendTo(nil), nil }

// UnmarshalJSON implements json.Unmarshaler.
func (t *instant) UnmarshalJSON(data []byte) error {
	var (
		seconds, nanos int64
		zone           string
		offset         int
	)
	if err := json.Unmarshal(data, &[]any{&seconds, &nanos, &zone, &offset}); err != nil {
		return err
	}
	t.Time = fixed(time.Unix(seconds, nanos), zone, offset)
	return nil
}
