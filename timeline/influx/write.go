package influx

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"marsad/timeline"
)

// maxWriteBytes limits the body of one write before compression, whatever
// Config.Batch says; proxies and hosted servers take no more than tens of MB.
const maxWriteBytes = 8 << 20

// maxNamed is how many points that cannot be projected are named in the log for
// each batch; all are counted.
const maxNamed = 20

// tally is what one batch came to. It is added to the status when the batch is
// done, so that a batch tried again is not counted again.
type tally struct {
	Totals
	aged int64 // those dropped that the server was not asked about
}

// skipped is how many points were given up one by one.
func (t *tally) skipped() int64 { return t.Poisoned + t.Dropped - t.aged }

// send brings a batch to the server: deletes, then writes. Whatever it fails on,
// sending the batch again does no harm.
func (p *Projector) send(ctx context.Context, b batch) (t tally, err error) {
	t.Beyond = int64(b.beyond)
	defer func() {
		if unnamed := t.skipped() - maxNamed; unnamed > 0 {
			p.log.WarnContext(ctx, "more points cannot be projected and are skipped", slog.Int64("points", unnamed))
		}
	}()
	for i := range b.invalid {
		p.poison(ctx, &t, &b.invalid[i], errors.New(b.invalid[i].reason))
	}
	for i := range b.deletes {
		if err := p.delete(ctx, &t, &b.deletes[i]); err != nil {
			return t, err
		}
	}
	for _, bucket := range []timeline.Bucket{timeline.BucketSeries, timeline.BucketEvents} {
		kept := p.withinRetention(ctx, &t, bucket, b.writes)
		for chunk := range p.chunks(kept) {
			if err := p.write(ctx, &t, bucket, chunk); err != nil {
				return t, err
			}
		}
	}
	return t, nil
}

// withinRetention picks the bucket's points that the server would not drop at
// once for their age.
func (p *Projector) withinRetention(ctx context.Context, t *tally, bucket timeline.Bucket, points []point) []point {
	var (
		kept    = make([]point, 0, len(points))
		dropped int64
		oldest  time.Time
		cutoff  time.Time
	)
	if keep := p.retention[bucket]; keep > 0 {
		cutoff = p.now().Add(-keep)
	}
	for i := range points {
		switch {
		case points[i].bucket != bucket:
		case points[i].time.Before(cutoff):
			if dropped++; dropped == 1 || points[i].time.Before(oldest) {
				oldest = points[i].time
			}
		default:
			kept = append(kept, points[i])
		}
	}
	if dropped > 0 {
		t.Dropped += dropped
		t.aged += dropped
		p.log.InfoContext(ctx, "points older than the bucket's retention are not projected",
			slog.String("bucket", p.bucketName(bucket)), slog.Int64("points", dropped),
			slog.Time("oldest", oldest), slog.Duration("retention", p.retention[bucket]))
	}
	return kept
}

// chunks cuts points into writes of Config.Batch points and maxWriteBytes at most.
func (p *Projector) chunks(points []point) func(yield func([]point) bool) {
	return func(yield func([]point) bool) {
		start, size := 0, 0
		for i := range points {
			if i > start && (i-start == p.cfg.Batch || size+len(points[i].line) > maxWriteBytes) {
				if !yield(points[start:i]) {
					return
				}
				start, size = i, 0
			}
			size += len(points[i].line) + 1
		}
		if start < len(points) {
			yield(points[start:])
		}
	}
}

// write writes points of one bucket. When the server blames them it halves them
// until the guilty ones stand alone; those are skipped. Writing a point again,
// as halving does, changes nothing.
func (p *Projector) write(ctx context.Context, t *tally, bucket timeline.Bucket, points []point) error {
	lines := make([]string, len(points))
	for i := range points {
		lines[i] = points[i].line
	}
	err := p.client.WriteAPIBlocking(p.cfg.Org, p.bucketName(bucket)).WriteRecord(ctx, lines...)
	if err == nil {
		t.Written += int64(len(points))
		for i := range points {
			if points[i].shortened {
				t.Shortened++
			}
		}
		return nil
	}
	f := classify("writing to bucket "+p.bucketName(bucket), err, p.now())
	if f.fault != faultPoint && f.fault != faultTooLarge {
		return f
	}
	if len(points) == 1 {
		p.poison(ctx, t, &points[0], f)
		return nil
	}
	for half := range slices.Chunk(points, (len(points)+1)/2) {
		if err := p.write(ctx, t, bucket, half); err != nil {
			return err
		}
	}
	return nil
}

// poison counts and names a point that cannot be projected.
func (p *Projector) poison(ctx context.Context, t *tally, bad *point, reason error) {
	if strings.Contains(reason.Error(), "beyond retention") {
		t.Dropped++
	} else {
		t.Poisoned++
	}
	if t.skipped() > maxNamed {
		return
	}
	p.log.WarnContext(ctx, "point cannot be projected and is skipped",
		slog.String("bucket", p.bucketName(bad.bucket)), slog.String("measurement", bad.measurement),
		slog.String("tags", bad.describe()), slog.Time("time", bad.time), slog.Any("error", reason))
}

// deleteRequest is the body of /api/v2/delete. InfluxDB 2 takes both ends of the
// range as inclusive, so that equal ones select one instant.
type deleteRequest struct {
	Start     string `json:"start"`
	Stop      string `json:"stop"`
	Predicate string `json:"predicate"`
}

// delete deletes one point by its series and its exact time, where the server
// can.
func (p *Projector) delete(ctx context.Context, t *tally, doomed *point) (err error) {
	switch p.generation {
	case generation1:
		err = p.deleteByStatement(ctx, doomed)
	case generation3:
		t.Kept++
		return nil
	default:
		err = p.deleteByPredicate(ctx, doomed)
	}
	if err == nil {
		t.Deleted++
		return nil
	}
	f := classify("deleting from bucket "+p.bucketName(doomed.bucket), err, p.now())
	if f.fault == faultPoint {
		p.poison(ctx, t, doomed, f)
		return nil
	}
	return f
}

// deleteByPredicate deletes a point as InfluxDB 2 does. The library's own
// DeleteAPI loses the status of a failure, so the request is made here.
func (p *Projector) deleteByPredicate(ctx context.Context, doomed *point) error {
	at := doomed.time.UTC().Format(time.RFC3339Nano)
	body, err := json.Marshal(deleteRequest{Start: at, Stop: at, Predicate: doomed.predicate()})
	if err != nil {
		return err
	}
	address := p.client.HTTPService().ServerAPIURL() + "delete?" +
		url.Values{"org": {p.cfg.Org}, "bucket": {p.bucketName(doomed.bucket)}}.Encode()
	answer := p.client.HTTPService().DoPostRequest(ctx, address, bytes.NewReader(body),
		func(r *http.Request) { r.Header.Set("Content-Type", "application/json") },
		func(r *http.Response) error { return r.Body.Close() })
	return asError(answer)
}
