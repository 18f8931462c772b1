package sqlite

import (
	"path/filepath"
	"testing"
	"time"

	"marsad/timeline"
)

// The sums of new articles wait for the end of the transaction; what is revised
// in the same transaction is in them by then.
func TestPointSumsOfRevisions(t *testing.T) {
	path := filepath.Join(t.TempDir(), "record.db")
	t.Cleanup(func() { checkRecord(t, path) }) // runs after the record is closed
	r := openTest(t, path)
	syncFeed(t, r)
	for day := range 2 { // the second is before 1970
		at := noon.AddDate(-60*day, 0, day)
		first, second := testPoll(2*day, 0), testPoll(2*day+1, 0)
		for i, name := range []string{"arabic", "silent", "other", "as it was"} {
			a := testArticle(name+at.Format(time.RFC3339), at.Add(time.Duration(i)*20*time.Minute+time.Second))
			first.Articles = append(first.Articles, a)
			a.Article.Revision, a.Article.Text = 2, a.Article.Text+"More."
			switch name {
			case "silent":
				a.Facts.Mentions = nil
			case "arabic":
				a.Article.Lang = "ar"
			case "other":
				a.Facts.Mentions = append([]timeline.Mention{{Topic: "u", TopicHash: "h"}}, a.Facts.Mentions...)
			}
			second.Articles = append(second.Articles, a)
		}
		first.Poll.New, first.Poll.Fetched, second.Poll.Revised, second.Poll.Fetched, second.Poll.New = 4, 4, 4, 4, 0
		commitTogether(t, r, first, second)
	}
	var hours int
	if err := r.HourlyPoints(t.Context(), timeline.PointQuery{Measurement: "mentions", Fields: []string{"n"}}, []string{"topic", "lang"}, func(*timeline.Point) error {
		hours++
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if hours == 0 {
		t.Error("no sums")
	}
}
