// Package text folds and tokenises text of any language, so that everything
// that compares words compares them alike: the collector telling items apart,
// the reader of facts, the matcher of topics, the record.
//
// A text is tokenised once, by [Read]. Each token keeps its bytes in the
// original beside its folded form, so that whatever is found can be shown where
// it stands. Arabic writes conjunctions, prepositions and the article as one
// word with what follows; [Stems] gives the readings.
package text
