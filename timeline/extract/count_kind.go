package extract

// kind tells what kind of thing is counted, and what later counts need to know of
// this one. What happened to the counted goes before who they are: militants who
// were killed are killed. It is "" when nothing tells.
func (s *scan) kind(q quantity, object phrase) (string, trace) {
	t := trace{first: q.first, last: q.last}
	end := q.last
	if !object.before {
		end = max(end, object.last)
	}
	t.last = end
	own, weak := s.ownKind(q, object)
	if own == arrestedKind && s.freed(q.first, end) {
		return otherKind, t
	}
	if own != "" && !weak {
		return own, t
	}
	happened := s.happening(q, object, end)
	t.happened = happened != ""
	if happened == "" {
		happened = s.goesOn(q, end)
	}
	if happened != "" {
		return happened, t
	}
	t.open = true
	if p, ok := s.numberOf(q); ok && own == "" && !object.before {
		own, _ = s.ownKind(q, p) // "بلغ عدد النازحين مليوني شخص"
	}
	return own, t
}

// freed reports whether it is told near tokens [first, end) that the held go free:
// "released 120 detainees", "إطلاق سراح 120 معتقلا".
func (s *scan) freed(first, end int) bool {
	const reach = 6 // tokens
	for k := first - 1; k >= s.lo && k >= first-reach && !s.clauseEnd(k) && !s.counted(k); k-- {
		if s.any(k, classFreed) {
			return true
		}
	}
	for k := end; k < s.hi && k < end+reach && !s.clauseEnd(k) && !s.counted(k); k++ {
		if s.any(k, classFreed) {
			return true
		}
	}
	return false
}

// ownKind tells the kind by the words of the object. A weak one says no more than
// who they are.
func (s *scan) ownKind(q quantity, object phrase) (kind string, weak bool) {
	first, last := object.first, object.last
	if first == last {
		return "", false
	}
	if !object.before {
		first = q.first
	}
	for k := first; k < last; k++ {
		if x, ok := s.is(k, classKind); ok && (kind == "" || weak && !x.weak) {
			kind, weak = x.text, x.weak
		}
	}
	return kind, weak
}

// happens gives the kind of a word that says what happened to somebody.
func (s *scan) happens(i int) (kind string, ok bool) {
	if !s.any(i, classHappening, classParticiples) {
		return "", false
	}
	x, ok := s.is(i, classKind)
	return x.text, ok
}

// happening tells what happened to the counted by what stands near in the clause:
// right beside, else behind, else before.
func (s *scan) happening(q quantity, object phrase, end int) string {
	if object.first == object.last {
		if kind, ok := s.happens(end); ok && !s.joined(end) && !s.startsAnew(s.after(end)) {
			return kind // "5 killed"
		}
	}
	before := s.before(q.first)
	if kind, ok := s.happens(before); ok {
		return s.firstOfTwo(before, kind)
	}
	if s.clitics(before) && s.any(before, classIn) && s.glosses[before].tokens == 1 {
		return "" // "تظاهر الآلاف في 30 مدينة"
	}
	if kind := s.happensBehind(end); kind != "" || s.any(q.last, classPredicates) {
		return kind // "and two are still at large"
	}
	return s.happensBefore(q.first)
}

// counted reports whether a number stands at i that may count: none of the date
// and none of the name that were read last.
func (s *scan) counted(i int) bool {
	if !s.number(i) {
		return false
	}
	at := s.Tokens[i].Start
	if n := len(s.facts.Dates); n > 0 && at < s.facts.Dates[n-1].Span.End {
		return false
	}
	n := len(s.facts.Other)
	return n == 0 || at >= s.facts.Other[n-1].Span.End || s.facts.Other[n-1].Type != typeIdentifier
}

// firstOfTwo gives the first of two happenings that are told of the same counted:
// "مقتل وإصابة 18 جنديا".
func (s *scan) firstOfTwo(k int, kind string) string {
	switch {
	case s.joined(k):
		k = s.before(k)
	case s.any(s.before(k), classAnd):
		k = s.before(s.before(k))
	default:
		return kind
	}
	const reach = 4 // tokens
	if n := len(s.trail); n > 0 && s.trail[n-1].last > max(s.lo, k-reach) {
		return kind // what is before was told of another count
	}
	if first, ok := s.happens(k); ok {
		return first
	}
	return kind
}

// kindReach is how many tokens away a word may tell the kind of a count.
const kindReach = 7

func (s *scan) happensBehind(end int) string {
	if at := s.pastAside(end); at > end {
		if kind, ok := s.happens(at); ok {
			return kind
		}
	}
	for k := end; k < s.hi && k < end+kindReach-1 && !s.clauseEnd(k) && !s.number(k); k++ {
		if s.joined(k) || s.any(k, classAnd) && (!s.any(k+1, classArticle) || s.the(k+1)) {
			break // "and a civilian were killed" goes on
		}
		if x, ok := s.is(k, classApart); ok && !x.weak {
			break
		}
		if kind, ok := s.happens(k); ok {
			if s.startsAnew(s.after(k)) {
				break // "three attacks killed 12", "1078 توفي منهم 472"
			}
			return kind
		}
	}
	return ""
}

// pastAside gives the token behind what commas set off at i, and behind auxiliaries
// there, where it tells who some of the counted are: "Five people, among them three
// children, have drowned".
func (s *scan) pastAside(i int) int {
	const longest, most = 12, 3 // tokens; auxiliaries
	if !s.comma(i) || !s.any(i+1, classIncluding) && !s.any(i+2, classPronouns) && !s.any(i+3, classPronouns) {
		return i
	}
	for k := i + 1; k < s.hi && k < i+longest; k++ {
		if !s.comma(k) {
			continue
		}
		at := k + 1
		for at < k+1+most && s.spaced(at) && s.any(at, classFunction) {
			at++
		}
		return at
	}
	return i
}

// comma reports whether a comma stands at i, English or Arabic.
func (s *scan) comma(i int) bool { return s.mark(i, ",") || s.mark(i, "،") }

func (s *scan) happensBefore(first int) string {
	reach := kindReach
	for k := first - 1; k >= s.lo && k > first-reach && !s.clauseEnd(k) && !s.counted(k); k-- {
		if x, ok := s.is(k, classRising); ok && !x.weak || s.any(k, classBoundsPassing, classReaching) {
			reach = governReach // "the toll from the quake in the north has climbed past 3,000"
		}
		if s.any(k, classApart) && s.glosses[k].tokens == 1 {
			break // "killed in clashes with 20 gunmen"
		}
		if kind, ok := s.happens(k); ok {
			return s.firstOfTwo(k, kind)
		}
	}
	return ""
}

// startsAnew reports whether another quantity begins at i.
func (s *scan) startsAnew(i int) bool {
	if s.any(i, classPronouns, classIncluding) {
		i = s.after(i)
	}
	_, ok := s.quantity(i)
	return ok
}

// goesOn gives the kind of the count before, where this one is a part of it
// ("among them four children", "of whom 12"), the total of it ("taking the total
// to 61") or listed with it, and nothing else is said.
func (s *scan) goesOn(q quantity, end int) string {
	before, ok := s.countBefore()
	if !ok {
		if n := len(s.facts.Counts); n > 0 && s.total(q) == total && s.trail[n-1].happened {
			return s.facts.Counts[n-1].Kind
		}
		return ""
	}
	k := s.before(q.first)
	if s.any(k, classOf) {
		k = s.before(k)
	}
	switch {
	case s.any(k, classIncluding, classPronouns), s.total(q) == total,
		s.any(q.last, classPronouns), s.any(q.last, classOf) && s.any(s.after(q.last), classPronouns):
		return before.Kind
	}
	if s.any(end, classIncluding) && !s.startsAnew(end) {
		return before.Kind // "two children among them"
	}
	if last := s.trail[len(s.trail)-1]; last.happened && s.inList(last, q.first) {
		return before.Kind
	}
	return ""
}

// What a word for a whole says that a quantity is told of.
const (
	total  = "total" // of what was counted before
	people = "people"
)

// total tells of what whole the quantity is said, "" for none: "taking the toll to
// 61", "ليصل العدد إلى 61", "عددهم 60", "the crowd was estimated at 30,000".
func (s *scan) total(q quantity) string {
	const reach = 6 // tokens
	for k := q.first - 1; k >= s.lo && k > q.first-reach && !s.clauseEnd(k) && !s.counted(k); k-- {
		if x, ok := s.is(k, classTotals); ok && x.text == people {
			return people
		} else if ok {
			return total
		}
	}
	return ""
}
