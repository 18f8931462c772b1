package story

import (
	"math"
	"time"

	"marsad/timeline/text"
)

// A sentence that tells a date has more than a few words and can be read in one
// breath.
const (
	fewWords  = 6
	manyWords = 45
)

// The weights of a sentence beside its closeness to what all others say of the
// date, which is between 0 and 1.
const (
	onTopic   = 0.3 // names the topic
	withCount = 0.1 // has a count
	timely    = 0.2 // published within two days of the date
	unhandy   = 0.5 // has too few words, or too many
	different = 0.5 // a second sentence is at most so close to the first
)

// terms weighs the words of a topic's sentences: the fewer sentences have one,
// the more it tells.
type terms struct {
	sentences map[string]map[string]float64 // by sentence: the weights of its words, of length 1
}

func newTerms(references []Reference) *terms {
	words := make(map[string]map[string]float64) // counts, at first
	have := make(map[string]int)
	for i := range references {
		s := references[i].Sentence
		if words[s] != nil {
			continue
		}
		bag := make(map[string]float64)
		for _, t := range text.Read(s).Tokens {
			if t.Class == text.Word || t.Class == text.Number {
				bag[t.Folded]++
			}
		}
		for w := range bag {
			have[w]++
		}
		words[s] = bag
	}
	for _, bag := range words {
		for w, n := range bag {
			bag[w] = n * math.Log(float64(len(words)+1)/float64(have[w]))
		}
		normalise(bag)
	}
	return &terms{words}
}

func normalise(bag map[string]float64) {
	var square float64
	for _, w := range bag {
		square += w * w
	}
	if square == 0 {
		return
	}
	length := math.Sqrt(square)
	for word := range bag {
		bag[word] /= length
	}
}

// cosine is between 0 and 1 for bags of length 1.
func cosine(a, b map[string]float64) (sum float64) {
	if len(b) < len(a) {
		a, b = b, a
	}
	for word, w := range a {
		sum += w * b[word]
	}
	return sum
}

// sentences chooses the sentence that is closest to what all say of the date and
// says most, and a second one when it says something else.
func (c *candidate) sentences(terms *terms) []Reference {
	centre := make(map[string]float64)
	told := make(map[string]bool) // a story's copies speak once
	for _, r := range c.references {
		if told[r.Story+"\n"+r.Sentence] {
			continue
		}
		told[r.Story+"\n"+r.Sentence] = true
		for word, w := range terms.sentences[r.Sentence] {
			centre[word] += w
		}
	}
	normalise(centre)
	first := c.best(func(r *Reference) float64 { return r.telling(terms, centre) })
	chosen := []Reference{*first}
	bag := terms.sentences[first.Sentence]
	second := c.best(func(r *Reference) float64 {
		if cosine(bag, terms.sentences[r.Sentence]) > different {
			return -1
		}
		return r.telling(terms, centre)
	})
	if cosine(bag, terms.sentences[second.Sentence]) <= different {
		chosen = append(chosen, *second)
	}
	return chosen
}

// best gives the reference of the highest value; of equals the earliest.
func (c *candidate) best(value func(*Reference) float64) *Reference {
	best, highest := c.references[0], value(c.references[0])
	for _, r := range c.references[1:] {
		// Sums over maps differ in their last digits from run to run.
		if v := value(r); v > highest+1e-9 {
			best, highest = r, v
		}
	}
	return best
}

// telling is how well a sentence stands for its date.
func (r *Reference) telling(terms *terms, centre map[string]float64) float64 {
	bag := terms.sentences[r.Sentence]
	value := cosine(bag, centre)
	if r.OnTopic {
		value += onTopic
	}
	if len(r.Counts) > 0 {
		value += withCount
	}
	if r.Published.Sub(r.Interval.Lo).Abs() <= 48*time.Hour {
		value += timely
	}
	if len(bag) < fewWords || len(bag) > manyWords {
		value -= unhandy
	}
	return value
}
