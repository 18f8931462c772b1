// Package schedule says when a feed is polled and runs the polls then. It is the
// only importer of cron.
//
// A [Spec] is a pure function from one instant to the next. [Run] adds what cron
// leaves out: jobs get a context and the instant they were scheduled for, a job
// never overlaps itself, and the call returns only when every job has.
package schedule
