package alerts

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"marsad/internal/config/scalar"
)

// Config is the section alerts of config.yaml.
type Config struct {
	Step        time.Duration `yaml:"step"`      // width of the grid; divides a day
	Horizon     time.Duration `yaml:"horizon"`   // how long a step may still change
	StoryCap    int           `yaml:"story_cap"` // articles of one story that count
	FalseAlarms Budget        `yaml:"false_alarms"`
	// QuietHours are when only what is critical is announced, in the team's zone.
	QuietHours Hours         `yaml:"quiet_hours"`
	Silences   []Maintenance `yaml:"silences"`
	Routes     []Route       `yaml:"routes"`
	Digests    Digests       `yaml:"digests"`
	// Repeat is how often an incident is said again that is open and that nobody has
	// acknowledged; 0: it is not.
	Repeat time.Duration `yaml:"repeat"`
	// BlindAfter is for how long no feed may have answered before the team is told;
	// 0: it is never.
	BlindAfter time.Duration `yaml:"blind_after"`
	Counts     Counts        `yaml:"counts"`
	// DarkAfter is for how long the feeds of a group must not have been read, while
	// others are, before the team is told; 0: it is never.
	DarkAfter time.Duration `yaml:"dark_after"`
	DarkShare Share         `yaml:"dark_share"` // of a group's feeds
	// ReadBack is how far back kept articles are read for a new topic that does not say
	// so itself, by their publication; 0: all are. Nothing is counted for it before.
	ReadBack time.Duration `yaml:"read_back"`
}

// DefaultConfig is what holds where config.yaml says nothing.
func DefaultConfig() Config {
	return Config{
		Step:        10 * time.Minute,
		Horizon:     6 * time.Hour,
		StoryCap:    5,
		FalseAlarms: Budget{N: 1, Per: 4 * 7 * 24 * time.Hour},
		BlindAfter:  30 * time.Minute,
		Counts:      Counts{Publishers: 3, Remember: 90 * 24 * time.Hour},
		DarkAfter:   3 * time.Hour,
		DarkShare:   1,
	}
}

// Rule is the key alert of a topic.
type Rule struct {
	FalseAlarms   Budget `yaml:"false_alarms"` // default: the section's
	Falls         Budget `yaml:"falls"`        // of false alarms of falls; default: none is looked for
	MinStories    int    `yaml:"min_stories"`
	MinPublishers int    `yaml:"min_publishers"`
	// Windows are how long a rise may take to be noticed: ascending multiples of the
	// step. Default: the detector's, from an hour to three days.
	Windows []time.Duration `yaml:"windows"`
	Channel string          `yaml:"channel"` // Slack channel; default: the section slack's
	Off     bool            `yaml:"off"`     // count, but never alarm
}

// DefaultRule is what holds where a topic says nothing.
func DefaultRule() Rule { return Rule{MinStories: 3, MinPublishers: 2} }

// Budget is how often a topic may cry wolf: N times in Per. The zero budget is
// not set.
type Budget struct {
	N   float64
	Per time.Duration
}

// IsZero reports whether the budget is not set.
func (b Budget) IsZero() bool { return b == Budget{} }

// Share is a part of something, in (0, 1].
type Share float64

// UnmarshalText reads a percentage.
func (s *Share) UnmarshalText(text []byte) error {
	number, found := strings.CutSuffix(string(text), "%")
	v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if !found || err != nil || !(v > 0 && v <= 100) {
		return fmt.Errorf("%q is not a share: write a percentage above 0%% and up to 100%%, as in 80%%", text)
	}
	*s = Share(v / 100)
	return nil
}

// weeks is how long one false alarm takes.
func (b Budget) weeks() float64 { return b.Per.Hours() / (7 * 24) / b.N }

// UnmarshalText reads N/Tw, N/Td or N/Th: 1/4w is once in four weeks, and may be
// written 1 per 4w.
func (b *Budget) UnmarshalText(text []byte) error {
	n, per, found := strings.Cut(string(text), "/")
	if !found {
		n, per, found = strings.Cut(string(text), " per ")
	}
	if found {
		v, errN := strconv.ParseFloat(strings.TrimSpace(n), 64)
		d, errPer := scalar.ParseDuration(strings.TrimSpace(per))
		if errN == nil && errPer == nil && v > 0 && !math.IsInf(v, 1) && d >= time.Hour {
			*b = Budget{N: v, Per: d}
			return nil
		}
	}
	return fmt.Errorf("%q is not a budget of false alarms: write N/T with T of an hour or more, as in 1/4w, 2/7d or 1/12h", text)
}
