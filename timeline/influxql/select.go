package influxql

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/influxdata/influxdb/models"
	"github.com/influxdata/influxdb/query"
	ql "github.com/influxdata/influxql"

	"marsad/timeline"
)

// selectRows evaluates a SELECT.
func (e *Engine) selectRows(ctx context.Context, s *ql.SelectStatement, r *Request) (models.Rows, error) {
	if s.Target != nil {
		return nil, errors.New("the record is read-only: INTO is not answered")
	}
	if err := e.normalise(s, r); err != nil {
		return nil, err
	}
	compiled, err := query.Compile(s, query.CompileOptions{Now: r.Now.UTC()})
	if err != nil {
		return nil, err
	}
	reading := &reading{engine: e, fields: valuesOf(s), loaded: make(map[string]*load)}
	prepared, err := compiled.Prepare(reading, query.SelectOptions{MaxBucketsN: e.opts.Limits.Buckets})
	if err != nil {
		return nil, err
	}
	defer prepared.Close()
	cursor, err := prepared.Select(ctx)
	if err != nil {
		return nil, err
	}
	emitter := query.NewEmitter(cursor, emitted)
	defer emitter.Close()
	var (
		rows   models.Rows
		values int
	)
	for {
		row, _, err := emitter.Emit()
		if err != nil || row == nil {
			return rows, cmp.Or(err, ctx.Err())
		}
		row.Partial = false
		if last := len(rows) - 1; last >= 0 && rows[last].SameSeries(row) {
			rows[last].Values = append(rows[last].Values, row.Values...)
		} else {
			rows = append(rows, row)
		}
		values += len(row.Values)
		switch most := e.opts.Limits; {
		case most.Series > 0 && len(rows) > most.Series:
			return nil, &limitError{"max-select-series", len(rows), most.Series}
		case most.Points > 0 && values > most.Points:
			return nil, &limitError{"max-select-point", values, most.Points}
		}
	}
}

// emitted is how many rows come out of the engine at once.
const emitted = 10_000

// normalise gives each measurement of a statement its database and retention
// policy, as the statement or the request names them.
func (e *Engine) normalise(s *ql.SelectStatement, r *Request) (err error) {
	ql.WalkFunc(s, func(node ql.Node) {
		m, ok := node.(*ql.Measurement)
		if !ok || err != nil {
			return
		}
		if ql.IsSystemName(m.Name) {
			err = fmt.Errorf("unable to use system source '%s': use the appropriate meta command instead", m.Name)
			return
		}
		if m.Name == "" && m.Regex == nil {
			err = errors.New("invalid measurement")
			return
		}
		d, unknown := e.database(m.Database, r)
		if unknown != nil {
			err = unknown
			return
		}
		m.Database = d.name
		if m.RetentionPolicy == "" {
			m.RetentionPolicy = r.Policy
		}
		if m.RetentionPolicy == "" {
			m.RetentionPolicy = policy
		}
		if m.RetentionPolicy != policy {
			err = fmt.Errorf("retention policy not found: %s", m.RetentionPolicy)
		}
	})
	return err
}

// valuesOf gives the fields, and other names, whose values a statement asks for; nil
// when it may be all. To count how often a field is there does not ask for them.
func valuesOf(s *ql.SelectStatement) []string {
	w := values{names: []string{}}
	ql.Walk(&w, s)
	if w.all {
		return nil
	}
	slices.Sort(w.names)
	return slices.Compact(w.names)
}

// values is a walk through a statement.
type values struct {
	names []string
	all   bool
}

// Visit implements ql.Visitor.
func (w *values) Visit(node ql.Node) ql.Visitor {
	switch n := node.(type) {
	case *ql.Field: // of a condition a regular expression says nothing of fields
		ql.WalkFunc(n, func(node ql.Node) {
			switch node.(type) {
			case *ql.Wildcard, *ql.RegexLiteral:
				w.all = true
			}
		})
	case *ql.Call:
		if n.Name == "count" && len(n.Args) == 1 {
			if _, plain := n.Args[0].(*ql.VarRef); plain {
				return nil
			}
		}
	case *ql.VarRef:
		w.names = append(w.names, n.Val)
	}
	return w
}

// reading is where the engine gets the points of one statement from. What it has
// read for one column it keeps for the next. It is what InfluxDB calls a mapper of
// shards, and the one shard.
type reading struct {
	engine *Engine
	fields []string // whose values the statement asks for; nil: all

	mu     sync.Mutex // columns are evaluated side by side
	loaded map[string]*load
	points int // read so far
}

// load is what was read once.
type load struct {
	once   sync.Once
	points []timeline.Point
	err    error
}

// MapShards implements query.ShardMapper.
func (r *reading) MapShards(ql.Sources, ql.TimeRange, query.SelectOptions) (query.ShardGroup, error) {
	return r, nil
}

// Close implements io.Closer.
func (r *reading) Close() error { return nil }

func (r *reading) database(name string) *database {
	for i := range r.engine.databases {
		if d := &r.engine.databases[i]; d.name == name {
			return d
		}
	}
	return &database{}
}

// FieldDimensions implements ql.FieldMapper.
func (r *reading) FieldDimensions(m *ql.Measurement) (fields map[string]ql.DataType, dimensions map[string]struct{}, err error) {
	fields, dimensions = make(map[string]ql.DataType), make(map[string]struct{})
	for _, its := range r.database(m.Database).chosen(m) {
		for name, kind := range its.fields {
			if fields[name].LessThan(kind) {
				fields[name] = kind
			}
		}
		for _, tag := range its.tags {
			dimensions[tag] = struct{}{}
		}
	}
	return fields, dimensions, nil
}

// MapType implements ql.TypeMapper.
func (r *reading) MapType(m *ql.Measurement, name string) ql.DataType {
	fields, dimensions, _ := r.FieldDimensions(m) // which gives no error
	if kind, ok := fields[name]; ok {
		return kind
	}
	if _, ok := dimensions[name]; ok {
		return ql.Tag
	}
	return ql.Unknown
}

// IteratorCost implements query.IteratorCreator, for EXPLAIN, which is not
// answered.
func (r *reading) IteratorCost(*ql.Measurement, query.IteratorOptions) (query.IteratorCost, error) {
	return query.IteratorCost{}, nil
}

// CreateIterator implements query.IteratorCreator: it reads what one column of a
// statement asks of a measurement.
func (r *reading) CreateIterator(ctx context.Context, m *ql.Measurement, opt query.IteratorOptions) (query.Iterator, error) {
	var inputs query.Iterators
	for _, its := range r.database(m.Database).chosen(m) {
		input, err := r.iterate(ctx, its, opt)
		if err != nil {
			return nil, errors.Join(err, inputs.Close())
		}
		if input != nil {
			inputs = append(inputs, input)
		}
	}
	return inputs.Merge(opt)
}

// iterate reads one measurement.
func (r *reading) iterate(ctx context.Context, its *measurement, opt query.IteratorOptions) (query.Iterator, error) {
	c := newColumn(its, opt)
	if c == nil {
		return nil, nil // as the engine has it
	}
	var err error
	if c.hourly() {
		err = r.readHours(ctx, c)
	} else {
		err = r.readPoints(ctx, c)
	}
	if err != nil {
		return nil, err
	}
	itr := c.iterator()
	if opt.InterruptCh != nil {
		itr = query.NewInterruptIterator(itr, opt.InterruptCh)
	}
	call, ok := opt.Expr.(*ql.Call)
	if !ok {
		return itr, nil
	}
	if c.summed && call.Name == "count" {
		opt.Expr = &ql.Call{Name: "sum", Args: call.Args}
	}
	return query.NewCallIterator(itr, opt)
}

// query is what the record is asked for, for a column. Names that are no fields of
// its measurement, but tags, are left out.
func (r *reading) query(c *column) timeline.PointQuery {
	q := c.query()
	if r.fields != nil {
		q.Fields = []string{}
		for _, name := range r.fields {
			if _, field := c.its.fields[name]; field {
				q.Fields = append(q.Fields, name)
			}
		}
	}
	return q
}

// readPoints reads the column point by point.
func (r *reading) readPoints(ctx context.Context, c *column) error {
	q := r.query(c)
	if c.enough == 0 {
		q.AnyOrder = true
		return r.shared(ctx, c, "points", q, func(visit func(*timeline.Point) error) error {
			return r.engine.opts.Source.Points(ctx, q, visit)
		})
	}
	var second int64
	err := r.engine.opts.Source.Points(ctx, q, func(p *timeline.Point) error {
		if len(c.rows) >= c.enough && p.Time.Unix() != second {
			return errEnough
		}
		second = p.Time.Unix()
		projected := asProjected(p)
		c.add(&projected)
		return r.count()
	})
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

// errEnough ends a reading of which the rest is not asked for.
var errEnough = errors.New("enough")

// readHours reads the column from the hourly sums, and what hours it begins and
// ends within point by point.
func (r *reading) readHours(ctx context.Context, c *column) error {
	q := r.query(c)
	first, last := q.From, q.To
	if !first.IsZero() {
		if first = q.From.Truncate(time.Hour); first.Before(q.From) {
			first = first.Add(time.Hour)
		}
	}
	if !last.IsZero() {
		last = q.To.Truncate(time.Hour)
	}
	if !first.IsZero() && !last.IsZero() && !first.Before(last) {
		return r.readPoints(ctx, c)
	}
	parts := []struct {
		kind     string
		from, to time.Time
	}{{"points", q.From, first}, {"hours", first, last}, {"points", last, q.To}}
	for _, part := range parts {
		if part.kind == "points" && !part.from.Before(part.to) {
			continue
		}
		q := q
		q.From, q.To = part.from, part.to
		if err := r.shared(ctx, c, part.kind, q, func(visit func(*timeline.Point) error) error {
			if part.kind == "hours" {
				return r.engine.opts.Source.HourlyPoints(ctx, q, c.keys, visit)
			}
			return r.engine.opts.Source.Points(ctx, q, visit)
		}); err != nil {
			return err
		}
	}
	return nil
}

// shared reads points once for all columns that need the same, and adds them to
// this one.
func (r *reading) shared(ctx context.Context, c *column, kind string, q timeline.PointQuery, read func(func(*timeline.Point) error) error) error {
	key := fmt.Sprintf("%s %s %s %s %v %v %v", kind, q.Measurement, q.From, q.To, q.Tags, c.keys, q.Newest)
	r.mu.Lock()
	l := r.loaded[key]
	if l == nil {
		l = &load{}
		r.loaded[key] = l
	}
	r.mu.Unlock()
	l.once.Do(func() {
		l.err = read(func(p *timeline.Point) error {
			l.points = append(l.points, asProjected(p))
			return r.count()
		})
	})
	if l.err != nil {
		return l.err
	}
	for i := range l.points {
		c.add(&l.points[i])
	}
	return ctx.Err()
}

// asProjected gives a point as InfluxDB has it: texts made fit.
func asProjected(p *timeline.Point) timeline.Point {
	out := *p
	for i, tag := range p.Tags {
		if clean := timeline.TagText(tag.Value); clean != tag.Value {
			out.Tags = slices.Clone(out.Tags)
			out.Tags[i].Value = clean
		}
	}
	for i, field := range p.Fields {
		if text, ok := field.Value.(string); ok {
			if clean, _ := timeline.FieldText(text); clean != text {
				out.Fields = slices.Clone(out.Fields)
				out.Fields[i].Value = clean
			}
		}
	}
	return out
}

// count counts a point that was read.
func (r *reading) count() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.points++
	if most := r.engine.opts.Limits.Points; most > 0 && r.points > most {
		return &limitError{"max-select-point", r.points, most}
	}
	return nil
}
