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
	// Bare says that no field but n is wanted, so that a store need not read more.
	Bare bool
	// Newest asks for the latest first.
	Newest bool
}
