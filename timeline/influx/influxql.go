package influx

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"marsad/timeline"
)

// What follows is for InfluxDB 1.8, where buckets are databases: they are made,
// looked at and cleared by statements of InfluxQL.

// createDatabase creates the database of a bucket.
func (p *Projector) createDatabase(ctx context.Context, bucket timeline.Bucket, missing error) error {
	name := p.bucketName(bucket)
	keep, duration := time.Duration(0), "INF"
	if bucket == timeline.BucketSeries && p.cfg.Retention > 0 {
		keep, duration = p.cfg.Retention, seconds(p.cfg.Retention)
	}
	statement := "CREATE DATABASE " + identifier(name) + " WITH DURATION " + duration + " REPLICATION 1"
	if bucket == timeline.BucketEvents {
		statement += " SHARD DURATION " + seconds(eventShard)
	}
	statement += ` NAME "autogen"`
	if strings.Contains(name, "/") {
		return &failure{fault: faultMissing, err: fmt.Errorf(
			"%w; bucket %q names a retention policy: create it by hand, or name the database alone", missing, name)}
	}
	if _, err := p.ask(ctx, "", statement); err != nil {
		return &failure{fault: faultMissing, err: fmt.Errorf(
			"%w; database %q cannot be created with this user (%w): run %s", missing, name, err, statement)}
	}
	p.retention[bucket] = keep
	p.log.InfoContext(ctx, "database created", slog.String("bucket", name), slog.Duration("retention", keep))
	return nil
}

// databaseRetention reads how long a database keeps points: its retention policy
// that the bucket names, else the default one.
func (p *Projector) databaseRetention(ctx context.Context, bucket timeline.Bucket) (time.Duration, error) {
	database, policy, _ := strings.Cut(p.bucketName(bucket), "/")
	rows, err := p.ask(ctx, database, "SHOW RETENTION POLICIES ON "+identifier(database))
	if err != nil {
		return 0, err
	}
	for _, row := range rows {
		if row["name"] != policy && (policy != "" || row["default"] != true) {
			continue
		}
		text, _ := row["duration"].(string)
		return time.ParseDuration(text)
	}
	return 0, errors.New("the database has no such retention policy")
}

// deleteByStatement deletes one point by its series and its exact time.
func (p *Projector) deleteByStatement(ctx context.Context, doomed *point) error {
	database, _, _ := strings.Cut(p.bucketName(doomed.bucket), "/")
	var statement strings.Builder
	statement.WriteString("DELETE FROM " + identifier(doomed.measurement) + " WHERE time = " + strconv.FormatInt(doomed.time.UnixNano(), 10))
	for _, tag := range doomed.tags {
		statement.WriteString(" AND " + identifier(tag.Key) + " = " + literal(tag.Value))
	}
	_, err := p.ask(ctx, database, statement.String())
	return err
}

// ask runs one statement and gives the rows of its answer by their columns.
func (p *Projector) ask(ctx context.Context, database, statement string) (rows []map[string]any, err error) {
	var answer struct {
		Results []struct {
			Error  string `json:"error"`
			Series []struct {
				Columns []string `json:"columns"`
				Values  [][]any  `json:"values"`
			} `json:"series"`
		} `json:"results"`
	}
	service := p.client.HTTPService()
	refused := service.DoPostRequest(ctx, service.ServerURL()+"query",
		strings.NewReader(url.Values{"db": {database}, "q": {statement}}.Encode()),
		func(r *http.Request) { r.Header.Set("Content-Type", "application/x-www-form-urlencoded") },
		func(r *http.Response) error {
			return errors.Join(json.NewDecoder(r.Body).Decode(&answer), r.Body.Close())
		})
	if refused != nil {
		return nil, refused
	}
	for _, result := range answer.Results {
		if result.Error != "" {
			return nil, errors.New(result.Error)
		}
		for _, series := range result.Series {
			for _, values := range series.Values {
				row := make(map[string]any, len(values))
				for i := range min(len(values), len(series.Columns)) {
					row[series.Columns[i]] = values[i]
				}
				rows = append(rows, row)
			}
		}
	}
	return rows, nil
}

// seconds spells a duration for InfluxQL.
func seconds(d time.Duration) string { return strconv.FormatInt(int64(d/time.Second), 10) + "s" }

// identifier and literal write a name and a string as InfluxQL reads them.
func identifier(s string) string { return quote(s) }

func literal(s string) string {
	return string(append(appendEscaped([]byte{'\''}, s, `\'`), '\''))
}
