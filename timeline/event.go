package timeline

import "time"

// Event is what a clause says happened, or is to happen, at a time.
type Event struct {
	Span     Span   // the clause; never empty
	Sentence Span   // that the clause is of
	Dates    []Span // of the dates that it hangs on, in order; none when it is told as of the day of publication
	Counts   []Span // of the counts in the clause, in order

	// Actors and Places are the entities of the lexicon that the clause names:
	// groups and persons, and places; by name, each once, in the order of the text.
	Actors []string
	Places []string
	// Countries are those of the places, ISO 3166-1 alpha-2, each once.
	Countries []string

	// Interval is bounded on both sides. Of several dates that lie in each other
	// it is the narrowest, of others the stretch from the first to the last.
	Interval  Interval
	Precision Precision // of the narrowest date
	Relation  Relation  // on, between or about
	TIMEX3    string    // of the one date that the interval is of, or empty
	Planned   bool      // told as something to come
	Rule      string
	At        time.Time // time of its points; assigned by the record, zero when it cannot be projected

	// Happening is what other articles may tell of as well, by the id of a
	// Happening, and Publishers how many had told of it when this one did, this one
	// among them. Assigned by the record.
	Happening  string
	Publishers int
}
