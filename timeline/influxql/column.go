package influxql

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/influxdata/influxdb/query"
	ql "github.com/influxdata/influxql"

	"marsad/timeline"
)

// column is what one iterator has to give: the values of an expression, with what
// else of a point is selected beside it.
type column struct {
	its      *measurement
	opt      query.IteratorOptions
	ref      *ql.VarRef // nil: what is beside alone
	call     string
	names    []string // in the condition
	keys     []string // tags that the condition or the grouping needs
	grouping []string // tags that points are grouped by here
	enough   int      // rows after which nothing more is asked for; 0: all
	summed   bool     // the rows are sums

	sets    map[string]tagSet
	windows map[windowKey]int // of sums: their rows
	rows    []row
}

// tagSet is the tags that a group of rows has.
type tagSet struct {
	tags  query.Tags // those that are grouped by here
	group string     // id of those that the statement groups by
}

// row is a point as the column needs it.
type row struct {
	set   tagSet
	time  int64
	value any
	aux   []any
}

// newColumn makes a column; nil where the measurement has nothing of it.
func newColumn(its *measurement, opt query.IteratorOptions) *column {
	c := &column{its: its, opt: opt, grouping: opt.GetDimensions(), sets: make(map[string]tagSet), windows: make(map[windowKey]int)}
	slices.Sort(c.grouping)
	switch e := opt.Expr.(type) {
	case *ql.VarRef:
		c.ref = e
	case *ql.Call:
		c.call = e.Name
		c.ref, _ = e.Args[0].(*ql.VarRef)
	}
	if c.ref != nil {
		if _, ok := its.fields[c.ref.Val]; !ok {
			return nil
		}
	}
	for _, ref := range ql.ExprNames(opt.Condition) {
		c.names = append(c.names, ref.Val)
	}
	used := make(map[string]bool)
	for _, key := range slices.Concat(c.grouping, c.names, opt.Dimensions) {
		if slices.Contains(its.tags, key) {
			used[key] = true
		}
	}
	c.keys = slices.Sorted(maps.Keys(used))
	if len(opt.Dimensions) == 0 && len(c.grouping) == 0 {
		switch {
		case c.call == "" && opt.Limit > 0:
			c.enough = opt.Limit + opt.Offset
		case (c.call == "first" || c.call == "last") && opt.Interval.IsZero():
			c.enough = 1
		}
	}
	return c
}

// hourly reports whether the record's hourly sums give the same.
func (c *column) hourly() bool {
	if !c.its.hourly || c.call != "sum" && c.call != "count" || c.ref == nil || c.ref.Val != "n" || c.ref.Type != ql.Integer || len(c.opt.Aux) > 0 {
		return false
	}
	for _, name := range c.names {
		if _, field := c.its.fields[name]; field {
			return false
		}
	}
	c.summed = c.wholeHours()
	return c.summed
}

// wholeHours reports whether every group of times begins with an hour.
func (c *column) wholeHours() bool {
	o := &c.opt
	if o.Interval.IsZero() {
		return true
	}
	if o.Interval.Duration%time.Hour != 0 || o.Interval.Offset%time.Hour != 0 {
		return false
	}
	if o.Location == nil {
		return true
	}
	// Of zones some are off by half an hour, or become so in summer.
	const year = 365 * 24 * time.Hour
	for at, end := max(o.StartTime, 0), o.EndTime; ; at += int64(7 * 24 * time.Hour) {
		at = min(at, end)
		if _, offset := o.Zone(at); offset%int64(time.Hour) != 0 {
			return false
		}
		if at >= end || at > o.StartTime+int64(100*year) {
			return true
		}
	}
}

// query is what the record is asked for.
func (c *column) query() timeline.PointQuery {
	q := timeline.PointQuery{Measurement: c.its.name, Tags: make(map[string][]string), Newest: !c.opt.Ascending}
	if c.call == "first" || c.call == "last" {
		q.Newest = c.call == "last"
	}
	if c.opt.StartTime > ql.MinTime {
		q.From = time.Unix(0, c.opt.StartTime).UTC()
	}
	if c.opt.EndTime < ql.MaxTime {
		q.To = time.Unix(0, c.opt.EndTime+1).UTC()
	}
	for _, key := range c.its.tags {
		if values, bound := demanded(c.opt.Condition, key); bound {
			q.Tags[key] = values
		}
	}
	return q
}

// demanded gives the values of which a tag has to have one for the condition to
// hold, where the condition says so by equality.
func demanded(condition ql.Expr, key string) (values []string, bound bool) {
	switch e := condition.(type) {
	case *ql.ParenExpr:
		return demanded(e.Expr, key)
	case *ql.BinaryExpr:
		switch e.Op {
		case ql.EQ:
			ref, isRef := e.LHS.(*ql.VarRef)
			text, isText := e.RHS.(*ql.StringLiteral)
			if isRef && isText && ref.Val == key {
				return []string{text.Val}, true
			}
		case ql.AND, ql.OR:
			left, inLeft := demanded(e.LHS, key)
			right, inRight := demanded(e.RHS, key)
			switch {
			case e.Op == ql.OR:
				return append(slices.Clip(left), right...), inLeft && inRight
			case inLeft && inRight:
				return slices.DeleteFunc(slices.Clone(left), func(v string) bool { return !slices.Contains(right, v) }), true
			case inLeft:
				return left, true
			default:
				return right, inRight
			}
		default: // says nothing of one value
		}
	}
	return nil, false
}

// add takes a point in, if it is wanted.
func (c *column) add(p *timeline.Point) {
	at := p.Time.UnixNano()
	if !c.summed && (at < c.opt.StartTime || at > c.opt.EndTime) || c.opt.Condition != nil && !holds(c.opt.Condition, c.its, p) {
		return
	}
	r := row{time: at}
	if c.ref != nil {
		if r.value = cast(fieldOf(p, c.ref.Val), c.ref.Type); r.value == nil {
			return
		}
	}
	found := c.ref != nil
	if len(c.opt.Aux) > 0 {
		r.aux = make([]any, len(c.opt.Aux))
		for i := range c.opt.Aux {
			ref := &c.opt.Aux[i]
			if _, field := c.its.fields[ref.Val]; field && ref.Type != ql.Tag {
				r.aux[i] = cast(fieldOf(p, ref.Val), ref.Type)
				found = found || r.aux[i] != nil
			} else if value := tagOf(p, ref.Val); value != "" {
				r.aux[i] = value
			}
		}
	}
	if !found {
		return
	}
	r.set = c.setOf(p)
	if c.summed && c.sumUp(&r) {
		return
	}
	c.rows = append(c.rows, r)
}

// sumUp adds a sum to the row of the same tags and the same group of times, if
// there is one, so that the engine has less to go through.
func (c *column) sumUp(r *row) bool {
	begin, _ := c.opt.Window(r.time)
	key := windowKey{r.set.tags.ID(), begin}
	if at, ok := c.windows[key]; ok {
		c.rows[at].value = c.rows[at].value.(int64) + r.value.(int64)
		return true
	}
	c.windows[key] = len(c.rows)
	return false
}

// windowKey tells the rows of sums apart.
type windowKey struct {
	tags  string
	begin int64
}

// setOf gives the tags of a point that it is grouped by.
func (c *column) setOf(p *timeline.Point) tagSet {
	if len(c.grouping) == 0 {
		return tagSet{}
	}
	var id strings.Builder
	for _, key := range c.grouping {
		id.WriteString(tagOf(p, key))
		id.WriteByte(0)
	}
	set, ok := c.sets[id.String()]
	if !ok {
		values := make(map[string]string, len(c.grouping))
		for _, key := range c.grouping {
			values[key] = tagOf(p, key)
		}
		set.tags = query.NewTags(values)
		subset := set.tags.Subset(c.opt.Dimensions)
		set.group = subset.ID()
		c.sets[id.String()] = set
	}
	return set
}

// iterator gives the rows in the order that the engine expects: by group, then by
// time, all of it backwards in a descending statement.
func (c *column) iterator() query.Iterator {
	c.limitSets()
	slices.SortStableFunc(c.rows, func(a, b row) int {
		order := strings.Compare(a.set.group, b.set.group)
		if order == 0 {
			order = compareTimes(a.time, b.time)
		}
		if !c.opt.Ascending {
			return -order
		}
		return order
	})
	name := c.its.name
	if c.opt.StripName {
		name = ""
	}
	kind := ql.Float
	if c.ref != nil {
		kind = c.its.fields[c.ref.Val]
		if kind == ql.Integer && c.ref.Type == ql.Float || kind == ql.Float && c.ref.Type == ql.Integer {
			kind = c.ref.Type
		}
	}
	return newIterator(name, kind, c.rows)
}

func compareTimes(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// limitSets applies SLIMIT and SOFFSET.
func (c *column) limitSets() {
	if c.opt.SLimit == 0 && c.opt.SOffset == 0 {
		return
	}
	groups := make(map[string]bool)
	for i := range c.rows {
		groups[c.rows[i].set.group] = true
	}
	sorted := slices.Sorted(maps.Keys(groups))
	begin := min(c.opt.SOffset, len(sorted))
	kept := sorted[begin:min(begin+c.opt.SLimit, len(sorted))]
	c.rows = slices.DeleteFunc(c.rows, func(r row) bool { return !slices.Contains(kept, r.set.group) })
}

// holds reports whether the condition, which has no time in it, is true of a
// point. A tag that the point has not is empty; a field that it has not is nothing.
func holds(condition ql.Expr, its *measurement, p *timeline.Point) bool {
	eval := ql.ValuerEval{Valuer: pointValuer{its, p}}
	return eval.EvalBool(condition)
}

// pointValuer gives a condition the values of a point.
type pointValuer struct {
	its *measurement
	p   *timeline.Point
}

// Value implements ql.Valuer.
func (v pointValuer) Value(name string) (any, bool) {
	if _, field := v.its.fields[name]; field {
		value := fieldOf(v.p, name)
		return value, value != nil
	}
	return tagOf(v.p, name), true
}

func fieldOf(p *timeline.Point, name string) any {
	for i := range p.Fields {
		if p.Fields[i].Key == name {
			return p.Fields[i].Value
		}
	}
	return nil
}

func tagOf(p *timeline.Point, name string) string {
	for i := range p.Tags {
		if p.Tags[i].Key == name {
			return p.Tags[i].Value
		}
	}
	return ""
}

// cast gives a value in the type that a statement asks for: whole numbers and
// fractions become one another, all else is nothing.
func cast(value any, to ql.DataType) any {
	switch v := value.(type) {
	case int64:
		switch to {
		case ql.Float:
			return float64(v)
		case ql.Integer, ql.Unknown, ql.AnyField:
			return v
		default: // has no such values
		}
	case float64:
		switch to {
		case ql.Integer:
			return int64(v)
		case ql.Float, ql.Unknown, ql.AnyField:
			return v
		default: // has no such values
		}
	case string:
		if to == ql.String || to == ql.Unknown || to == ql.AnyField {
			return v
		}
	case bool:
		if to == ql.Boolean || to == ql.Unknown || to == ql.AnyField {
			return v
		}
	}
	return nil
}
