package app

import (
	"context"
	"strings"

	"marsad/collector"
	"marsad/timeline"
	"marsad/timeline/extract"
)

// explainDesk explains texts for the page as `marsad explain` does.
type explainDesk struct {
	reader    *extract.Reader
	topics    []timeline.Topic
	collector collector.Config
}

// Explain reads the facts of an article and says of each topic why the article is on
// it or is not, those first that it is on.
func (d *explainDesk) Explain(a *timeline.Article) (timeline.Facts, []timeline.TopicReason, error) {
	var on, off []timeline.TopicReason
	reading := a.Reading()
	for _, t := range d.topics {
		why, err := d.reader.Why(t.Name, reading)
		if err != nil {
			return timeline.Facts{}, nil, err
		}
		var parts strings.Builder
		if err := printTopic(&parts, reading, why); err != nil {
			return timeline.Facts{}, nil, err
		}
		reason := timeline.TopicReason{Topic: t.Name, Matched: why.Matched, Parts: parts.String()}
		if why.Matched {
			on = append(on, reason)
		} else {
			off = append(off, reason)
		}
	}
	return d.reader.Read(a), append(on, off...), nil
}

// Fetch reads the title and the prose of a web page, with the collector's limits.
func (d *explainDesk) Fetch(ctx context.Context, url string) (timeline.Article, error) {
	page, err := collector.FetchPage(ctx, d.collector, url)
	if err != nil {
		return timeline.Article{}, &timeline.MistakeError{Err: err}
	}
	return timeline.Article{ID: url, URL: url, Title: page.Title, Text: page.Text}, nil
}
