// Package timeline is Marsad's vocabulary: articles, the facts read out of
// them, the series they add up to, and the incidents that are raised on those.
//
// Every other package points here and this one points at none of ours. It does
// no I/O, reads no clock and starts no goroutine; every time is an argument.
//
// # Identity
//
// Ids are derived from content and never counted up, so that the same news read
// twice, on another machine or in another order, has the same names. See
// [ArticleID], [FactID], [MentionID], [PollID] and [IncidentID].
//
// # Text and offsets
//
// Facts are read from [Article.Reading], the title and the text with one line
// feed between. A [Span] counts bytes of that string; what leaves the program
// as JSON counts Unicode code points of it (see [EncodeFacts]).
//
// # Instants and calendar dates
//
// Publication and collection times are instants. The date of an event that is
// known to the day or coarser is a calendar date without a zone and is held at
// midnight UTC of that date, so that two papers in two zones who name the same
// day agree. See [Interval].
package timeline
