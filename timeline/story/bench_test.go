package story_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"marsad/timeline"
	"marsad/timeline/story"
)

// newsroom writes articles whose words are spread as those of news are: few are
// in every text, most are rare, and each often stands beside the same others.
// Every fifth article is a copy of one of the last thousand, cut, put under
// another headline or edited, and every twentieth a bulletin: one of ten
// templates with other figures.
type newsroom struct {
	rng    *rand.Rand
	zipf   *rand.Zipf
	recent [1000][]string // sentences
	made   int
}

func newNewsroom() *newsroom {
	rng := rand.New(rand.NewPCG(7, 11))
	return &newsroom{rng: rng, zipf: rand.NewZipf(rng, 1.1, 8, 60_000)}
}

func (n *newsroom) word(i uint64) string {
	const latin, arabic = "bcdfghklmnprstvz", "بتثجحخدذرزسشصضطظعغفقكلمنهوي"
	letters := []rune(latin)
	if n.made%2 == 1 {
		letters = []rune(arabic)
	}
	var b strings.Builder
	for range 3 {
		b.WriteRune(letters[i%uint64(len(letters))])
		if n.made%2 == 0 {
			b.WriteByte("aeiou"[i%5])
		}
		i = i/7 + 3*i + 1
	}
	fmt.Fprintf(&b, "%c", letters[i%uint64(len(letters))])
	return b.String()
}

func (n *newsroom) sentence() string {
	words := make([]string, 0, 24)
	w := n.zipf.Uint64()
	for range 18 + n.rng.IntN(10) {
		words = append(words, n.word(w))
		if n.rng.IntN(3) == 0 {
			w = (w*31 + 17) % 60_000 // as words go together
		} else {
			w = n.zipf.Uint64()
		}
	}
	if n.rng.IntN(2) == 0 {
		words[5] = fmt.Sprint(n.rng.IntN(500))
	}
	return strings.Join(words, " ") + "."
}

func (n *newsroom) article() timeline.Article {
	i := n.made
	n.made++
	a := timeline.Article{
		ID: fmt.Sprint(i), Publisher: "P", GUID: fmt.Sprint("tag:e.org,2026:", i), URL: fmt.Sprint("https://e.org/", i),
		Published: day.Add(time.Duration(i) * 250 * time.Millisecond), FirstSeen: day.Add(time.Duration(i) * 250 * time.Millisecond),
	}
	var sentences []string
	switch {
	case i%20 == 7:
		template := rand.New(rand.NewPCG(uint64(n.rng.IntN(10)), 1))
		for range 3 {
			var words []string
			for range 15 {
				words = append(words, n.word(template.Uint64N(5000)))
			}
			words[4], words[9] = fmt.Sprint(n.rng.IntN(1000)), fmt.Sprint(n.rng.IntN(1000))
			sentences = append(sentences, strings.Join(words, " ")+".")
		}
	case i%5 == 3 && i > 1000:
		of := n.recent[n.rng.IntN(1000)]
		sentences = append(sentences, of[:max(2, len(of)-n.rng.IntN(3))]...)
		if n.rng.IntN(2) == 0 {
			sentences = append(sentences, n.sentence())
		}
	default:
		for range 3 + n.rng.IntN(6) {
			sentences = append(sentences, n.sentence())
		}
	}
	n.recent[i%1000] = sentences
	// A headline takes some of its words from the text.
	words := strings.Fields(sentences[0])[:6]
	words = append(words, strings.Fields(n.sentence())[:4]...)
	n.rng.Shuffle(len(words), func(i, j int) { words[i], words[j] = words[j], words[i] })
	a.Title = strings.Join(words, " ")
	a.Text = strings.Join(sentences, " ")
	return a
}

// group does what a record does for one article, but for its keys.
func group(g *story.Grouper, number int, a *timeline.Article) (near int) {
	sig := g.Sign(a)
	near = len(g.Near(&sig, nil))
	g.Add(timeline.Printed{Number: int64(number), Published: a.Published, FirstSeen: a.FirstSeen, Print: sig.Print})
	return near
}

// cpuTime is what the process has used: on a busy machine elapsed time says
// little.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// BenchmarkGroup groups articles beside a window that holds a million.
func BenchmarkGroup(b *testing.B) {
	for _, size := range []int{10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			if testing.Short() && size > 10_000 {
				b.Skip("takes half a gigabyte")
			}
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			g := story.New(story.Config{Remember: 30 * 24 * time.Hour, AtMost: size})
			room := newNewsroom()
			for i := range size {
				a := room.article()
				sig := g.Sign(&a)
				g.Add(timeline.Printed{Number: int64(i + 1), Published: a.Published, FirstSeen: a.FirstSeen, Print: sig.Print})
			}
			runtime.GC()
			runtime.ReadMemStats(&after)
			next := make([]timeline.Article, 20_000)
			for i := range next {
				next[i] = room.article()
			}
			n, met := 0, 0
			b.ReportAllocs()
			started := cpuTime(b)
			for b.Loop() {
				if group(g, size+n+1, &next[n%len(next)]) > 0 {
					met++
				}
				n++
			}
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(size), "B/article")
			b.ReportMetric(float64((cpuTime(b)-started).Microseconds())/float64(n), "µs-cpu/op")
			b.ReportMetric(100*float64(met)/float64(n), "%joined")
			runtime.KeepAlive(g)
		})
	}
}
