package timeline

import "time"

// Further outcomes, of the pages of articles.
const (
	OutcomeRobots    Outcome = "robots"     // the site's robots.txt forbids it
	OutcomeNotPage   Outcome = "not_page"   // not HTML
	OutcomeNoText    Outcome = "no_text"    // no more text than the feed has
	OutcomeOtherText Outcome = "other_text" // a text that does not speak of what the title says
	OutcomeOff       Outcome = "off"        // the feed's full_text was turned off meanwhile
)

// PendingPage is an article that was recorded with the words of its feed and
// waits for those of its page.
type PendingPage struct {
	Article string // id
	Feed    string
	URL     string
	Tries   int // that failed
	Since   time.Time
}

// PageResult is what became of one try to read a page.
type PageResult struct {
	Article string // id
	At      time.Time
	Outcome Outcome
	Status  int    // HTTP status; 0 when there was no answer
	Error   string // what went wrong, for a person; empty when nothing did

	// Before is how many tries had failed when this one began, Tries how many have
	// now. When others have come in between, the record drops this result.
	Before, Tries int
	// Next is when to try again; zero gives up, or says that there is no need.
	Next time.Time

	// Read is the article with the text of its page in place of the feed's, and
	// what was read out of it; nil unless the page was taken.
	Read *ReadArticle
}

// PageCounts counts a feed's articles by what became of their pages.
type PageCounts struct {
	Waiting, Read, Failed int
	LastError             string // of the last page given up; empty when there is none
}
