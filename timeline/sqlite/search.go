package sqlite

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"marsad/timeline"
	"marsad/timeline/text"
)

// wordsAtOnce is how many articles one transaction takes into the index: few enough
// that a poll waits for a fraction of a second.
const wordsAtOnce = 50

// IndexWords takes up to wordsAtOnce articles into the index that Search looks in,
// those first that changed or are gone, and says whether there are more.
func (r *Record) IndexWords(ctx context.Context) (more bool, err error) {
	err = r.write(ctx, func(ctx context.Context, s *session) error {
		due, err := all(ctx, s, column[int64], `SELECT article FROM article_words_due ORDER BY article LIMIT ?`, wordsAtOnce)
		if err != nil {
			return err
		}
		upto := int64(0)
		if err := s.get(ctx, `SELECT COALESCE(MAX(CAST(value AS INTEGER)), 0) FROM meta WHERE key = 'words upto'`, nil, &upto); err != nil {
			return err
		}
		for _, row := range due {
			if _, err := s.exec(ctx, `DELETE FROM article_words WHERE rowid = ?`, row); err != nil {
				return err
			}
			if _, err := s.exec(ctx, `DELETE FROM article_words_due WHERE article = ?`, row); err != nil {
				return err
			}
		}
		type words struct {
			row         int64
			title, text string
		}
		scan := func(from scanner) (w words, err error) { return w, from.Scan(&w.row, &w.title, &w.text) }
		var again []words
		for _, row := range due {
			if row > upto {
				continue // it has its turn yet
			}
			found, err := all(ctx, s, scan, `SELECT id, title, text FROM articles WHERE id = ?`, row)
			if err != nil {
				return err
			}
			again = append(again, found...)
		}
		next, err := all(ctx, s, scan, `SELECT id, title, text FROM articles WHERE id > ? ORDER BY id LIMIT ?`, upto, wordsAtOnce-len(due))
		if err != nil {
			return err
		}
		for _, w := range slices.Concat(again, next) {
			if _, err := s.exec(ctx, `INSERT INTO article_words (rowid, words) VALUES (?, ?)`, w.row, indexWords(w.title, w.text)); err != nil {
				return err
			}
		}
		if len(next) > 0 {
			if _, err := s.exec(ctx, `INSERT INTO meta (key, value) VALUES ('words upto', ?1) ON CONFLICT (key) DO UPDATE SET value = ?1`,
				strconv.FormatInt(next[len(next)-1].row, 10)); err != nil {
				return err
			}
		}
		more = len(due)+len(next) == wordsAtOnce
		return nil
	})
	return more, errorf(err, "index of words")
}

// Search gives the kept articles that hold the words of the query, the last recorded
// first; all of q selects, From and To by publication. Words are compared folded: in
// Arabic with or without the article and particles, in English in singular and plural.
// All have to be there; "in quotation marks" as they stand; begin* finds what begins
// so; -word must not be there. What cannot be looked for is a timeline.MistakeError.
func (r *Record) Search(ctx context.Context, query string, q timeline.Query) (page timeline.Page[timeline.FoundWords], err error) {
	terms, err := parseSearch(query)
	if err != nil {
		return page, err
	}
	err = r.read(ctx, func(s *session) error {
		p, err := newPager(q)
		if err != nil {
			return err
		}
		where := selection{column: `a.published`, id: `a.article`}
		where.where(`article_words MATCH ?`, match(terms))
		where.where(`w.rowid < ?`, p.after.at)
		where.between(q.From, q.To)
		whereArticle(&where, q)
		if q.Topic != "" {
			where.where(`EXISTS (SELECT 1 FROM mentions m WHERE m.article = a.id AND m.topic = ?)`, q.Topic)
		}
		found, err := all(ctx, s, r.scanKept, `SELECT `+articleColumns+` FROM article_words w CROSS JOIN `+articleTables+
			` WHERE a.id = w.rowid AND `+where.conditions()+` ORDER BY w.rowid DESC LIMIT ?`, append(where.args, p.limit+1)...)
		if err != nil {
			return err
		}
		page.Items = []timeline.FoundWords{}
		for i := range found {
			k := &found[i]
			if i == p.limit {
				last := &found[i-1]
				page.Next = key{last.row, last.Article.ID}.cursor()
				break
			}
			if k.Facts, err = readFacts(ctx, s, k.row); err != nil {
				return err
			}
			hit := timeline.FoundWords{Article: k.Article, Facts: k.Facts}
			hit.Words, hit.Snippet = findWords(k.Article.Reading(), len(k.Article.Title), terms)
			page.Items = append(page.Items, hit)
		}
		return nil
	})
	return page, errorf(err, "search")
}

// How much of an article a snippet shows, in tokens.
const snippetTokens = 40

// findWords gives where the words of the terms stand, and the stretch of the text
// behind the title that has most of them.
func findWords(reading string, title int, terms []searchTerm) (found []timeline.Span, snippet timeline.Span) {
	t := text.Read(reading[:min(len(reading), maxIndexed)])
	var hits []int // tokens
	for i := range t.Tokens {
		if isWanted(text.SearchForm(&t.Tokens[i]), terms) {
			hits = append(hits, i)
			found = append(found, timeline.Span{Start: t.Tokens[i].Start, End: t.Tokens[i].End})
		}
	}
	first := 0 // of the text
	for first < len(t.Tokens) && t.Tokens[first].Start < title {
		first++
	}
	if first == len(t.Tokens) {
		return found, timeline.Span{Start: len(reading), End: len(reading)}
	}
	begin, most := first, 0
	for i, h := range hits {
		n := 0
		for n < len(hits)-i && hits[i+n] < h+snippetTokens {
			n++
		}
		if h >= first && n > most {
			begin, most = max(first, h-snippetTokens/5), n
		}
	}
	end := min(begin+snippetTokens, len(t.Tokens)) - 1
	return found, timeline.Span{Start: t.Tokens[begin].Start, End: t.Tokens[end].End}
}

// isWanted reports whether one of the terms asks for the word.
func isWanted(form string, terms []searchTerm) bool {
	if form == "" {
		return false
	}
	for _, term := range terms {
		for i, forms := range term.words {
			last := term.prefix && i == len(term.words)-1
			if !term.not && (slices.Contains(forms, form) || last && slices.ContainsFunc(forms, func(f string) bool { return strings.HasPrefix(form, f) })) {
				return true
			}
		}
	}
	return false
}
