package app

import (
	"context"
	"fmt"
)

// TakeDown takes an article down, everywhere.
func TakeDown(ctx context.Context, env Env, common Common, article string, o RulingOptions) error {
	return withStories(ctx, env, common, "text", openExistingRecord, func(d *storyTeller) error {
		if err := d.TakeDown(ctx, article, o.By, o.Why); err != nil {
			return err
		}
		_, err := fmt.Fprintf(d.out, "article %s is taken down: out of the record, the series and the incidents; messages that showed it are edited when marsad runs\n", article)
		return err
	})
}

// TakeDown takes an article down, everywhere.
func (d *storyDesk) TakeDown(ctx context.Context, article, by, why string) error {
	return d.record.TakeDown(ctx, article, d.ruling(by, why))
}
