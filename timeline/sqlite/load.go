package sqlite

import (
	"context"
	"errors"
	"fmt"

	"marsad/timeline"
)

// CommitLoad records articles of an archive, in one transaction and in the order
// given, and says how many the record did not have. A feed that is not
// registered becomes an archive feed with the article's publisher, country and
// language.
func (r *Record) CommitLoad(ctx context.Context, articles []timeline.ReadArticle) (added int, err error) {
	for i := range articles {
		if err := validArticle(&articles[i]); err != nil {
			return 0, errorf(err, "load refused")
		}
		if articles[i].Article.Feed == "" {
			return 0, errorf(fmt.Errorf("article %q names no feed", articles[i].Article.ID), "load refused")
		}
	}
	err = r.takeIn(ctx, func(whole context.Context, in *intake) error {
		if err := r.readAllPrints(whole, in); err != nil {
			return err
		}
		for i := range articles {
			read := &articles[i]
			if err := ctx.Err(); err != nil { // a load can be long
				return err
			}
			feed, err := archiveFeed(whole, in.s, &read.Article)
			if err != nil {
				return err
			}
			isNew, err := r.admit(whole, in, feed, read, read.Article.FirstSeen)
			if err != nil {
				return fmt.Errorf("article %s: %w", read.Article.ID, err)
			}
			if isNew {
				added++
			}
		}
		if added == 0 {
			return nil
		}
		// Nobody prunes while an archive is loaded.
		if _, err := r.dropPrints(whole, in.s); err != nil {
			return err
		}
		return recounted(whole, in.s, every)
	})
	if err != nil {
		return 0, errorf(err, "load of %d articles", len(articles))
	}
	return added, nil
}

func archiveFeed(ctx context.Context, s *session, a *timeline.Article) (row int64, err error) {
	row, err = feedRow(ctx, s, a.Feed)
	if !errors.Is(err, timeline.ErrNotFound) {
		return row, err
	}
	if err := saveFeed(ctx, s, &timeline.Feed{
		Name: a.Feed, Title: a.Feed, Publisher: a.Publisher, Country: a.Country, Lang: a.Lang, Archive: true, Enabled: true,
	}); err != nil {
		return 0, err
	}
	return feedRow(ctx, s, a.Feed)
}
