package influxql

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/influxdata/influxdb/models"
	"github.com/influxdata/influxdb/query"
	ql "github.com/influxdata/influxql"

	"marsad/timeline"
)

func (e *Engine) showDatabases() models.Rows {
	row := &models.Row{Name: "databases", Columns: []string{"name"}}
	for i := range e.databases {
		row.Values = append(row.Values, []any{e.databases[i].name})
	}
	return models.Rows{row}
}

func (e *Engine) showPolicies(s *ql.ShowRetentionPoliciesStatement, r *Request) (models.Rows, error) {
	d, err := e.database(s.Database, r)
	if err != nil {
		return nil, err
	}
	return models.Rows{{
		Columns: []string{"name", "duration", "shardGroupDuration", "replicaN", "default"},
		Values:  [][]any{{policy, d.keep.String(), d.shard.String(), 1, true}},
	}}, nil
}

func (e *Engine) showMeasurements(ctx context.Context, s *ql.ShowMeasurementsStatement, r *Request) (models.Rows, error) {
	d, err := e.database(s.Database, r)
	if err != nil {
		return nil, err
	}
	rewritten, err := query.RewriteStatement(s)
	if err != nil {
		return nil, err
	}
	condition := rewritten.(*ql.ShowMeasurementsStatement).Condition
	var names []string
	for i := range d.measurements {
		m := &d.measurements[i]
		matches, err := e.anySet(ctx, m, condition)
		if err != nil {
			return nil, err
		}
		if matches {
			names = append(names, m.name)
		}
	}
	if names = limited(names, s.Limit, s.Offset); len(names) == 0 {
		return nil, nil
	}
	return models.Rows{listing("measurements", "name", names)}, nil
}

func (e *Engine) showTagKeys(ctx context.Context, s *ql.ShowTagKeysStatement, r *Request) (rows models.Rows, err error) {
	d, err := e.database(s.Database, r)
	if err != nil {
		return nil, err
	}
	rewritten, err := query.RewriteStatement(s)
	if err != nil {
		return nil, err
	}
	shown, ok := rewritten.(*ql.ShowTagKeysStatement)
	if !ok {
		return nil, errors.New("tag keys cannot be selected so")
	}
	condition, _, err := ql.ConditionExpr(shown.Condition, &ql.NowValuer{Now: r.Now})
	if err != nil {
		return nil, err
	}
	for i := range d.measurements {
		m := &d.measurements[i]
		var keys []string
		for _, key := range m.tags {
			matches, err := e.anySet(ctx, m, condition, key)
			if err != nil {
				return nil, err
			}
			if matches {
				keys = append(keys, key)
			}
		}
		if keys = limited(keys, s.Limit, s.Offset); len(keys) > 0 {
			rows = append(rows, listing(m.name, "tagKey", keys))
		}
	}
	return rows, nil
}

func (e *Engine) showTagValues(ctx context.Context, s *ql.ShowTagValuesStatement, r *Request) (rows models.Rows, err error) {
	d, err := e.database(s.Database, r)
	if err != nil {
		return nil, err
	}
	rewritten, err := query.RewriteStatement(s)
	if err != nil {
		return nil, err
	}
	condition, _, err := ql.ConditionExpr(rewritten.(*ql.ShowTagValuesStatement).Condition, &ql.NowValuer{Now: r.Now})
	if err != nil {
		return nil, err
	}
	for i := range d.measurements {
		m := &d.measurements[i]
		if !possible(condition, m.name) {
			continue
		}
		sets, err := e.opts.Source.TagSets(ctx, m.name)
		if err != nil {
			return nil, err
		}
		found := make(map[timeline.Tag]bool)
		for _, set := range sets {
			for _, tag := range set {
				if tag.Value != "" && !found[tag] && matches(condition, m, tag.Key, set) {
					found[tag] = true
				}
			}
		}
		pairs := make([]timeline.Tag, 0, len(found))
		for tag := range found {
			pairs = append(pairs, tag)
		}
		slices.SortFunc(pairs, func(a, b timeline.Tag) int {
			return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.Value, b.Value))
		})
		if pairs = limited(pairs, s.Limit, s.Offset); len(pairs) == 0 {
			continue
		}
		row := &models.Row{Name: m.name, Columns: []string{"key", "value"}}
		for _, tag := range pairs {
			row.Values = append(row.Values, []any{tag.Key, tag.Value})
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func (e *Engine) showFieldKeys(s *ql.ShowFieldKeysStatement, r *Request) (rows models.Rows, err error) {
	d, err := e.database(s.Database, r)
	if err != nil {
		return nil, err
	}
	for i := range d.measurements {
		m := &d.measurements[i]
		if len(s.Sources) > 0 && !slices.ContainsFunc(s.Sources, func(source ql.Source) bool {
			named, ok := source.(*ql.Measurement)
			return ok && slices.Contains(d.chosen(named), m)
		}) {
			continue
		}
		keys := limited(m.fieldKeys(), s.Limit, s.Offset)
		if len(keys) == 0 {
			continue
		}
		row := &models.Row{Name: m.name, Columns: []string{"fieldKey", "fieldType"}}
		for _, key := range keys {
			row.Values = append(row.Values, []any{key, m.fields[key].String()})
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// anySet reports whether the condition is true of any point of the measurement
// that has the tags named.
func (e *Engine) anySet(ctx context.Context, m *measurement, condition ql.Expr, keys ...string) (bool, error) {
	if condition == nil {
		return true, nil
	}
	if !possible(condition, m.name) {
		return false, nil
	}
	key := ""
	if len(keys) > 0 {
		key = keys[0]
	}
	// Most conditions are about names alone, and need no look at the record.
	if names := ql.ExprNames(condition); !slices.ContainsFunc(names, func(ref ql.VarRef) bool { return ref.Val != "_name" && ref.Val != "_tagKey" }) {
		return matches(condition, m, key, nil), nil
	}
	sets, err := e.opts.Source.TagSets(ctx, m.name)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(sets, func(set []timeline.Tag) bool {
		point := timeline.Point{Tags: set}
		return (key == "" || tagOf(&point, key) != "") && matches(condition, m, key, set)
	}), nil
}

// possible reports whether the condition can be true of the measurement at all.
func possible(condition ql.Expr, name string) bool {
	names, bound := demanded(condition, "_name")
	return !bound || slices.Contains(names, name)
}

// matches evaluates a condition about tags, the measurement (_name) and the key of
// a tag (_tagKey).
func matches(condition ql.Expr, m *measurement, key string, set []timeline.Tag) bool {
	if condition == nil {
		return true
	}
	eval := ql.ValuerEval{Valuer: setValuer{m, key, set}}
	return eval.EvalBool(condition)
}

// setValuer gives a condition the values of a set of tags.
type setValuer struct {
	m   *measurement
	key string
	set []timeline.Tag
}

// Value implements ql.Valuer.
func (v setValuer) Value(name string) (any, bool) {
	switch name {
	case "_name":
		return v.m.name, true
	case "_tagKey":
		return v.key, true
	}
	return tagOf(&timeline.Point{Tags: v.set}, name), true
}

// listing is a series of one column.
func listing(name, column string, values []string) *models.Row {
	row := &models.Row{Name: name, Columns: []string{column}}
	for _, v := range values {
		row.Values = append(row.Values, []any{v})
	}
	return row
}

// limited applies LIMIT and OFFSET.
func limited[T any](all []T, limit, offset int) []T {
	all = all[min(offset, len(all)):]
	if limit > 0 && limit < len(all) {
		all = all[:limit]
	}
	return all
}
