package sqlite

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"marsad/timeline"
	"marsad/timeline/story"
)

// wires makes articles of which many are copies of others: cut, extended, under
// another title. Half are of a language without capitals.
func wires(n int) (articles []timeline.ReadArticle) {
	rng := rand.New(rand.NewPCG(1, 2))
	letters := []string{"abcdefghijklmnopqrstuvwxyz", "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"}
	sentence := func(lang int) string {
		words := make([]string, 14)
		for i := range words {
			alphabet := []rune(letters[lang])
			for range 5 {
				words[i] += string(alphabet[rng.IntN(len(alphabet))])
			}
		}
		return strings.Join(words, " ") + "."
	}
	var texts [][]string
	for i := range n {
		var text []string
		if len(texts) > 0 && rng.IntN(2) == 0 {
			text = slices.Clone(texts[max(0, len(texts)-1-rng.IntN(20))])
			if rng.IntN(2) == 0 {
				text = text[:max(2, len(text)-2)]
			}
			text = append(text, sentence(i%2))
		} else {
			for range 6 {
				text = append(text, sentence(i%2))
			}
		}
		texts = append(texts, text)
		a := testArticle(fmt.Sprint("wire", i), noon.Add(time.Duration(i)*7*time.Minute))
		a.Facts = timeline.Facts{}
		a.Article.Publisher = fmt.Sprint("P", rng.IntN(5))
		a.Identity.Publisher = a.Article.Publisher
		a.Article.Title, a.Article.Text = text[0][:20], strings.Join(text, "\n")
		articles = append(articles, a)
	}
	return articles
}

func openStories(t *testing.T, path string, cfg story.Config) *Record {
	t.Helper()
	opts := testOptions()
	opts.Stories, opts.Beside = story.New(cfg), true
	r, err := Open(t.Context(), testConfig(path), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

func load(t *testing.T, r *Record, articles []timeline.ReadArticle) {
	t.Helper()
	if _, err := r.CommitLoad(t.Context(), articles); err != nil {
		t.Fatal(err)
	}
}

// grouping gives for each article the story it is in.
func grouping(t *testing.T, r *Record) map[string]string {
	t.Helper()
	of := make(map[string]string)
	var q timeline.Query
	for {
		page, err := r.Articles(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range page.Items {
			of[a.Article.ID] = a.Article.Story
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			return of
		}
	}
}

// TestReplayGroupsAlike records articles at once; in small parts with the record
// opened anew in between; by two processes in turn; and with transactions that
// fail in between. All group alike, also when the window is full.
func TestReplayGroupsAlike(t *testing.T) {
	articles := wires(600)
	for name, cfg := range map[string]story.Config{
		"whole window": story.DefaultConfig(),
		"full window":  {Remember: 12 * time.Hour, AtMost: 50},
	} {
		t.Run(name, func(t *testing.T) {
			once := openStories(t, filepath.Join(t.TempDir(), "once.db"), cfg)
			load(t, once, articles)
			want := grouping(t, once)
			stories := make(map[string]int)
			for _, s := range want {
				stories[s]++
			}
			if len(stories) < 100 || len(stories) > 500 {
				t.Fatalf("%d stories of %d articles: the test says nothing", len(stories), len(articles))
			}

			path := filepath.Join(t.TempDir(), "parts.db")
			var r *Record
			for part := range slices.Chunk(articles, 150) {
				if r = openStories(t, path, cfg); r != nil {
					load(t, r, part)
				}
				if err := r.Close(); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(want, grouping(t, openStories(t, path, cfg))); diff != "" {
				t.Errorf("opened anew (-at once +in parts):\n%s", diff)
			}

			path = filepath.Join(t.TempDir(), "two.db")
			two := []*Record{openStories(t, path, cfg), openStories(t, path, cfg)}
			broken := errors.New("broken")
			i := 0
			for part := range slices.Chunk(articles, 7) {
				load(t, two[i%2], part)
				// What is not committed leaves no trace, though its number is given again.
				err := two[i%2].write(t.Context(), func(ctx context.Context, s *session) error {
					stray := testArticle(fmt.Sprint("stray", i), part[0].Article.Published)
					stray.Article.Text = part[len(part)-1].Article.Text
					feed, err := feedRow(ctx, s, "f")
					if err != nil {
						return err
					}
					if _, err := two[i%2].admit(ctx, newIntake(s), feed, &stray, noon); err != nil {
						return err
					}
					return broken
				})
				if !errors.Is(err, broken) {
					t.Fatal(err)
				}
				i++
			}
			if diff := cmp.Diff(want, grouping(t, two[0])); diff != "" {
				t.Errorf("by two processes (-by one +by two):\n%s", diff)
			}
		})
	}
}

// TestPrunePrints keeps the prints of the window and no others.
func TestPrunePrints(t *testing.T) {
	r := openStories(t, filepath.Join(t.TempDir(), "record.db"), story.Config{Remember: 4 * 24 * time.Hour, AtMost: 50})
	load(t, r, wires(200))
	if _, err := r.Prune(t.Context(), noon.Add(24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	var kept int
	if err := r.read(t.Context(), func(s *session) error {
		return s.get(t.Context(), `SELECT COUNT(*) FROM story_prints`, nil, &kept)
	}); err != nil {
		t.Fatal(err)
	}
	if kept != 50 {
		t.Errorf("%d prints kept, want the 50 of the window", kept)
	}
}

// TestOldRecordsGroup compares new articles with those recorded before there were
// prints.
func TestOldRecordsGroup(t *testing.T) {
	path := filepath.Join(t.TempDir(), "record.db")
	articles := wires(40)
	r := openStories(t, path, story.DefaultConfig())
	load(t, r, articles)
	want := grouping(t, r)
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}

	path = filepath.Join(t.TempDir(), "old.db")
	old := openStories(t, path, story.DefaultConfig())
	load(t, old, articles[:20])
	if err := old.write(t.Context(), func(ctx context.Context, s *session) error {
		_, err := s.exec(ctx, `DELETE FROM story_prints`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	r = openStories(t, path, story.DefaultConfig())
	load(t, r, articles[20:])
	if diff := cmp.Diff(want, grouping(t, r)); diff != "" {
		t.Errorf("(-with prints +without):\n%s", diff)
	}
}
