package influx

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/influxdata/influxdb-client-go/v2/domain"

	"marsad/timeline"
)

// eventShard is how much of the events' time shares a shard: events lie decades
// apart, and a shard for each week with one event in it would cost the server
// dearly. Releases that do not know the setting choose for themselves.
const eventShard = 52 * 7 * 24 * time.Hour

// Ensure sees to it that both buckets are there and can be written, and creates
// those that are missing if the token may: the one for series with
// Config.Retention, the one for events for ever. A bucket that was created is
// filled from the beginning of the log. The error says what to do.
func (p *Projector) Ensure(ctx context.Context) error {
	if err := p.acquire(ctx); err != nil {
		return err
	}
	defer p.release()
	return p.ensure(ctx)
}

func (p *Projector) ensure(ctx context.Context) error {
	p.ensured = false
	if err := p.learnGeneration(ctx); err != nil {
		return err
	}
	if p.generation == generation3 { // databases come with the first write
		p.ensured = true
		return nil
	}
	created := false
	for _, bucket := range []timeline.Bucket{timeline.BucketSeries, timeline.BucketEvents} {
		missing, err := p.probe(ctx, bucket)
		if err != nil {
			return err
		}
		if missing != nil {
			if err := p.create(ctx, bucket, missing); err != nil {
				return err
			}
			created = true
			continue
		}
		p.learnRetention(ctx, bucket)
	}
	if created {
		if err := p.startOver(ctx); err != nil {
			return err
		}
	}
	p.ensured = true
	return nil
}

// Check asks the server whether both buckets take what is written, without writing a
// point and without creating one. It names the buckets that are missing; the error says
// what to do.
func (p *Projector) Check(ctx context.Context) (missing []string, err error) {
	if err := p.acquire(ctx); err != nil {
		return nil, err
	}
	defer p.release()
	if err := p.learnGeneration(ctx); err != nil {
		return nil, err
	}
	if p.generation == generation3 { // databases come with the first write
		return nil, nil
	}
	for _, bucket := range []timeline.Bucket{timeline.BucketSeries, timeline.BucketEvents} {
		absent, err := p.probe(ctx, bucket)
		if err != nil {
			return missing, err
		}
		if absent != nil {
			missing = append(missing, p.bucketName(bucket))
		}
	}
	return missing, nil
}

// probe writes nothing to the bucket: a line of comment. Unlike looking the
// bucket up, that asks for no right but the one that is needed. missing is the
// server's answer when there is no such bucket or organisation.
func (p *Projector) probe(ctx context.Context, bucket timeline.Bucket) (missing, err error) {
	err = p.client.WriteAPIBlocking(p.cfg.Org, p.bucketName(bucket)).WriteRecord(ctx, "# is it there?")
	if err == nil {
		return nil, nil
	}
	f := classify("looking for bucket "+p.bucketName(bucket), err, p.now())
	switch f.fault {
	case faultPoint: // some releases want points, and say so after all other checks
		return nil, nil
	case faultMissing:
		return f, nil
	default:
		return nil, f
	}
}

func (p *Projector) create(ctx context.Context, bucket timeline.Bucket, missing error) error {
	if p.generation == generation1 {
		return p.createDatabase(ctx, bucket, missing)
	}
	name := p.bucketName(bucket)
	org, err := p.client.OrganizationsAPI().FindOrganizationByName(ctx, p.cfg.Org)
	if err != nil {
		return &failure{fault: faultMissing, err: fmt.Errorf(
			"%w; organisation %q cannot be found with this token (%w): correct influx.org, or create the bucket by hand", missing, p.cfg.Org, err)}
	}
	keep, rules := p.rules(bucket)
	_, err = p.client.BucketsAPI().CreateBucketWithNameWithID(ctx, *org.Id, name, rules...)
	if err != nil && keep == 0 {
		// A rule without an end is not a rule to older releases.
		_, err = p.client.BucketsAPI().CreateBucketWithNameWithID(ctx, *org.Id, name)
	}
	if err != nil {
		return &failure{fault: faultMissing, err: fmt.Errorf(
			"%w; bucket %q cannot be created with this token (%w): create it with influx bucket create --org %s --name %s --retention %ds",
			missing, name, err, p.cfg.Org, name, int64(keep/time.Second))}
	}
	p.retention[bucket] = keep
	p.log.InfoContext(ctx, "bucket created", slog.String("bucket", name), slog.Duration("retention", keep))
	return nil
}

// rules are how a bucket is created; keep is 0 for one that forgets nothing.
func (p *Projector) rules(bucket timeline.Bucket) (keep time.Duration, rules []domain.RetentionRule) {
	expire := domain.RetentionRuleTypeExpire
	if bucket == timeline.BucketEvents {
		shard := int64(eventShard / time.Second)
		return 0, []domain.RetentionRule{{Type: &expire, EverySeconds: 0, ShardGroupDurationSeconds: &shard}}
	}
	if p.cfg.Retention <= 0 {
		return 0, nil
	}
	return p.cfg.Retention, []domain.RetentionRule{{Type: &expire, EverySeconds: int64(p.cfg.Retention / time.Second)}}
}

// learnRetention reads how long an existing bucket keeps points. A token that may
// not read that leaves it to the server to drop what is too old.
func (p *Projector) learnRetention(ctx context.Context, bucket timeline.Bucket) {
	name := p.bucketName(bucket)
	look := p.bucketRetention
	if p.generation == generation1 {
		look = p.databaseRetention
	}
	keep, err := look(ctx, bucket)
	p.retention[bucket] = keep
	if err != nil {
		p.log.InfoContext(ctx, "retention of a bucket is unknown", slog.String("bucket", name), slog.Any("error", err))
		return
	}
	if bucket == timeline.BucketEvents && p.retention[bucket] > 0 {
		p.log.WarnContext(ctx, "bucket of events forgets; give it infinite retention",
			slog.String("bucket", name), slog.Duration("retention", p.retention[bucket]))
	}
}

// bucketRetention reads how long a bucket keeps points; 0 is for ever.
func (p *Projector) bucketRetention(ctx context.Context, bucket timeline.Bucket) (keep time.Duration, err error) {
	name := p.bucketName(bucket)
	found, err := p.client.APIClient().GetBuckets(ctx, &domain.GetBucketsParams{Org: &p.cfg.Org, Name: &name})
	if err == nil && (found.Buckets == nil || len(*found.Buckets) != 1) {
		err = errors.New("the token may not read it")
	}
	if err != nil {
		return 0, err
	}
	for _, rule := range (*found.Buckets)[0].RetentionRules {
		keep = time.Duration(rule.EverySeconds) * time.Second
	}
	return keep, nil
}

// startOver sets the position back, for a new bucket holds nothing yet.
func (p *Projector) startOver(ctx context.Context) error {
	at, err := p.source.Position(ctx, p.follower)
	if err != nil || at == 0 {
		return err
	}
	p.log.InfoContext(ctx, "projecting from the beginning, for a bucket is new", slog.Int64("position", at))
	return p.source.SetPosition(ctx, p.follower, 0)
}
