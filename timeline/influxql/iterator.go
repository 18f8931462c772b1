package influxql

import (
	"github.com/influxdata/influxdb/query"
	ql "github.com/influxdata/influxql"
)

// rowIterator walks through rows that are in memory.
type rowIterator struct {
	name string
	rows []row
}

// newIterator gives the rows as values of a type, which all of them have.
func newIterator(name string, kind ql.DataType, rows []row) query.Iterator {
	all := rowIterator{name, rows}
	switch kind {
	case ql.Integer:
		return &integerIterator{rowIterator: all}
	case ql.String:
		return &stringIterator{rowIterator: all}
	case ql.Boolean:
		return &booleanIterator{rowIterator: all}
	default:
		return &floatIterator{rowIterator: all}
	}
}

func (i *rowIterator) next() *row {
	if len(i.rows) == 0 {
		return nil
	}
	r := &i.rows[0]
	i.rows = i.rows[1:]
	return r
}

// Stats implements query.Iterator.
func (i *rowIterator) Stats() query.IteratorStats { return query.IteratorStats{} }

// Close implements query.Iterator.
func (i *rowIterator) Close() error {
	i.rows = nil
	return nil
}

type floatIterator struct {
	rowIterator
	point query.FloatPoint // the last that was given
}

// Next implements query.FloatIterator. A row of nothing but what stands beside has
// the value 0.
func (i *floatIterator) Next() (*query.FloatPoint, error) {
	r := i.next()
	if r == nil {
		return nil, nil // the end
	}
	value, _ := r.value.(float64)
	i.point = query.FloatPoint{Name: i.name, Tags: r.set.tags, Time: r.time, Value: value, Aux: r.aux}
	return &i.point, nil
}

type integerIterator struct {
	rowIterator
	point query.IntegerPoint
}

// Next implements query.IntegerIterator.
func (i *integerIterator) Next() (*query.IntegerPoint, error) {
	r := i.next()
	if r == nil {
		return nil, nil // the end
	}
	value, _ := r.value.(int64)
	i.point = query.IntegerPoint{Name: i.name, Tags: r.set.tags, Time: r.time, Value: value, Aux: r.aux}
	return &i.point, nil
}

type stringIterator struct {
	rowIterator
	point query.StringPoint
}

// Next implements query.StringIterator.
func (i *stringIterator) Next() (*query.StringPoint, error) {
	r := i.next()
	if r == nil {
		return nil, nil // the end
	}
	value, _ := r.value.(string)
	i.point = query.StringPoint{Name: i.name, Tags: r.set.tags, Time: r.time, Value: value, Aux: r.aux}
	return &i.point, nil
}

type booleanIterator struct {
	rowIterator
	point query.BooleanPoint
}

// Next implements query.BooleanIterator.
func (i *booleanIterator) Next() (*query.BooleanPoint, error) {
	r := i.next()
	if r == nil {
		return nil, nil // the end
	}
	value, _ := r.value.(bool)
	i.point = query.BooleanPoint{Name: i.name, Tags: r.set.tags, Time: r.time, Value: value, Aux: r.aux}
	return &i.point, nil
}
