// Package extract reads facts out of articles: dates with their grain and
// relation, counts as intervals with what is counted and who said so, the
// numbers that count nothing, and the topics mentioned. It is pure: no clock, no
// network, no files but those embedded. The instant that relative dates are
// resolved against is the article's.
//
// # How a text is read
//
// The text is tokenised once ([marsad/timeline/text]), and function words tell the
// language of each sentence. Each token is looked up, with its prefixes off where
// Arabic has them, among the words of its language, compiled from the files in
// words: they are data, each under the class that the grammar knows it by. Then
// one pass from left to right asks, at each token where one may begin, first the
// grammar of dates and then that of quantities for the longest expression there.
// The grammars speak of classes ("a number, perhaps a scale, a unit of time, a
// word for ago") and of a few traits of the language, so that a language is added
// by its words and tests. Languages do not disturb each other: a word is looked
// up in its own language alone, and mixed texts are read span by span.
//
// What cannot be resolved is left out rather than guessed: no date is better
// than a wrong one.
package extract
