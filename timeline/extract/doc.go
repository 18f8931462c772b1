// Package extract reads facts out of articles: dates with their grain and
// relation, counts as intervals with what is counted and who said so, the
// numbers that count nothing, and the topics mentioned. It is pure: no clock, no
// network, no files but those embedded. The instant that relative dates are
// resolved against is the article's.
//
// # How a text is read
//
// The text is tokenised once ([marsad/timeline/text]). Each token is looked up,
// with its prefixes off where Arabic has them, in one lexicon compiled from the
// files in words, one a language: the words are data, each under the class that
// the grammar knows it by. Then one pass from left to right asks, at each token,
// first the grammar of dates and then that of quantities for the longest
// expression that begins there. The grammars speak of classes only ("a number,
// perhaps a scale, a unit of time, a word for ago"), so that a language is added
// by its words and tests. Languages do not disturb each other: an Arabic word is
// never in the English file, and mixed texts are read span by span.
//
// What cannot be resolved is left out rather than guessed: no date is better
// than a wrong one.
package extract
