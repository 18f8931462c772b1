package timeline

import "time"

// Changed says what a stretch of the change log is about, each thing once, for those
// who show the record and want to know when to look again.
type Changed struct {
	Seq       int64       // number of the stretch's last entry
	Articles  []string    // ids of those that are new, revised or read otherwise
	Topics    []string    // those that such an article mentions now, by name
	Feeds     []string    // those that were polled, by name
	Incidents []string    // ids
	Steps     []time.Time // starts of those that were evaluated, UTC, ascending
	More      bool        // the log goes on behind Seq
}
