package timeline

import "time"

// PointQuery selects points of one measurement from the record.
type PointQuery struct {
	Measurement string
	// From and To are of the points' own times, half open; a zero one is open.
	From, To time.Time
	// Tags has, for some keys, the only values that are wanted. A store may give
	// points with others too.
	Tags map[string][]string
	// Fields names those whose values are wanted; nil: all. Others that a point has may
	// have any value of their type, so that a store need not read them.
	Fields []string
	// Newest asks for the latest first, AnyOrder for none in particular.
	Newest, AnyOrder bool
}
