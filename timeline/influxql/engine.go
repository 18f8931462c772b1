package influxql

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"
	"time"

	"github.com/influxdata/influxdb/models"
	"github.com/influxdata/influxdb/query"
	ql "github.com/influxdata/influxql"

	"marsad/timeline"
)

// Source has the points.
type Source interface {
	// Points visits the points of a measurement in the order of their seconds,
	// those of one second in any order, until visit gives an error, which it
	// returns.
	Points(ctx context.Context, q timeline.PointQuery, visit func(*timeline.Point) error) error
	// HourlyPoints visits one point for each whole hour of [q.From, q.To) and each
	// set of values that the tags named have: its time is the hour's beginning, its
	// tags are those, and its one field is the sum of n. The order is that of hours.
	HourlyPoints(ctx context.Context, q timeline.PointQuery, tags []string, visit func(*timeline.Point) error) error
	// TagSets gives the different sets of tags that points of a measurement have. Of
	// many points it may look at the newest alone.
	TagSets(ctx context.Context, measurement string) ([][]timeline.Tag, error)
}

// Options say what an engine answers from. Source and Logger are needed.
type Options struct {
	Source     Source
	Database   string        // of all measurements but events
	EventsName string        // database of events
	Keep       time.Duration // of the record; 0: for ever
	Limits     Limits
	Logger     *slog.Logger
	OnLimit    func() // called when a limit has refused a statement; may be nil
}

// Limits bound what one statement may ask for; 0 is no limit.
type Limits struct {
	Points  int `yaml:"points"`  // that are read, an hourly sum counting as one; and rows of the answer
	Series  int `yaml:"series"`  // of the answer
	Buckets int `yaml:"buckets"` // of GROUP BY time()
}

// Engine answers statements. It is safe for use by several goroutines at once.
type Engine struct {
	opts      Options
	databases []database
}

// New makes an engine.
func New(o Options) *Engine {
	e := &Engine{opts: o, databases: []database{
		{name: o.Database, keep: o.Keep, shard: seriesShard},
		{name: o.EventsName, shard: eventsShard},
	}}
	for _, m := range schema() {
		at := 0
		if m.events && len(e.databases) > 1 {
			at = 1
		}
		e.databases[at].measurements = append(e.databases[at].measurements, m)
	}
	return e
}

// Request is one or more statements, separated by semicolons.
type Request struct {
	Query    string
	Database string         // of statements that name none
	Policy   string         // retention policy likewise; empty: the database's own
	Params   map[string]any // of bound parameters; may be nil
	Epoch    string         // unit of times in the answer: ns, u, ms, s, m, h; empty: RFC 3339
	Now      time.Time
}

// Result is what one statement gives. It marshals as InfluxDB's does.
type Result = query.Result

// ErrNotReadable is returned, wrapped, for what is no InfluxQL.
var ErrNotReadable = errors.New("error parsing query")

// maxQuery is the longest text of a request, in bytes: the parser descends into
// each of its parentheses.
const maxQuery = 64 << 10

var (
	errNoDatabase  = errors.New("database name required")
	errInterrupted = errors.New("query interrupted")
)

// Answer gives the results of all statements in their order. A statement that
// fails has its error in its result and ends the request; those after it say that
// they were not executed. The error of Answer itself wraps ErrNotReadable.
func (e *Engine) Answer(ctx context.Context, r Request) ([]*Result, error) {
	if len(r.Query) > maxQuery {
		return nil, fmt.Errorf("%w: more than %d bytes", ErrNotReadable, maxQuery)
	}
	parser := ql.NewParser(strings.NewReader(r.Query))
	if r.Params != nil {
		parser.SetParams(r.Params)
	}
	parsed, err := parser.ParseQuery()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotReadable, err)
	}
	results := make([]*Result, 0, len(parsed.Statements))
	for i, statement := range parsed.Statements {
		rows, err := e.execute(ctx, statement, &r)
		toEpoch(rows, r.Epoch)
		results = append(results, &Result{StatementID: i, Series: rows, Err: err})
		if err != nil {
			for i++; i < len(parsed.Statements); i++ {
				results = append(results, &Result{StatementID: i, Err: query.ErrNotExecuted})
			}
			break
		}
	}
	return results, nil
}

// execute runs one statement. InfluxDB's engine panics on some that it should
// refuse, and so does ours.
func (e *Engine) execute(ctx context.Context, statement ql.Statement, r *Request) (rows models.Rows, err error) {
	defer func() {
		if thrown := recover(); thrown != nil {
			e.opts.Logger.ErrorContext(ctx, "statement broke the engine", "statement", statement.String(), "panic", thrown, "stack", string(debug.Stack()))
			rows, err = nil, fmt.Errorf("%s [panic:%v]", statement, thrown)
		}
	}()
	var limit *limitError
	switch s := statement.(type) {
	case *ql.SelectStatement:
		rows, err = e.selectRows(ctx, s, r)
	case *ql.ShowDatabasesStatement:
		rows = e.showDatabases()
	case *ql.ShowRetentionPoliciesStatement:
		rows, err = e.showPolicies(s, r)
	case *ql.ShowMeasurementsStatement:
		rows, err = e.showMeasurements(ctx, s, r)
	case *ql.ShowTagKeysStatement:
		rows, err = e.showTagKeys(ctx, s, r)
	case *ql.ShowTagValuesStatement:
		rows, err = e.showTagValues(ctx, s, r)
	case *ql.ShowFieldKeysStatement:
		rows, err = e.showFieldKeys(s, r)
	default:
		err = fmt.Errorf("the record answers no such statement: %s", statement)
	}
	switch {
	case err == nil:
		return rows, nil
	case errors.As(err, &limit), strings.HasPrefix(err.Error(), "max-select-"): // those of buckets are the engine's
		e.opts.Logger.WarnContext(ctx, "query limit exceeded", "error", err, "statement", statement.String())
		if e.opts.OnLimit != nil {
			e.opts.OnLimit()
		}
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return nil, errors.New("query timed out")
	case errors.Is(err, query.ErrQueryInterrupted), ctx.Err() != nil:
		return nil, errInterrupted
	}
	return nil, err
}

// limitError says that a statement asks for too much.
type limitError struct {
	limit   string
	n, most int
}

func (l *limitError) Error() string {
	return fmt.Sprintf("%s limit exceeded: (%d/%d)", l.limit, l.n, l.most)
}

// database gives the one of the name, or the request's where there is none.
func (e *Engine) database(name string, r *Request) (*database, error) {
	if name == "" {
		name = r.Database
	}
	if name == "" {
		return nil, errNoDatabase
	}
	for i := range e.databases {
		if e.databases[i].name == name {
			return &e.databases[i], nil
		}
	}
	return nil, fmt.Errorf("database not found: %s", name)
}

// toEpoch turns the times of rows, which are in their first column, into whole
// units since 1970. An unknown unit is nanoseconds, as for InfluxDB.
func toEpoch(rows models.Rows, unit string) {
	if unit == "" {
		return
	}
	units := map[string]time.Duration{
		"u": time.Microsecond, "ms": time.Millisecond, "s": time.Second, "m": time.Minute, "h": time.Hour,
	}
	divisor := int64(max(units[unit], 1))
	for _, row := range rows {
		for _, values := range row.Values {
			if at, ok := values[0].(time.Time); ok {
				values[0] = at.UnixNano() / divisor
			}
		}
	}
}
