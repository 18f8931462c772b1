package influx

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"strings"

	influxhttp "github.com/influxdata/influxdb-client-go/v2/api/http"

	"marsad/timeline"
)

// generation is what kind of InfluxDB the server is. All take the same writes;
// they differ in how buckets are made and points deleted.
type generation int

const (
	generation2 generation = iota // 2.x and Cloud, and whoever does not say
	generation1                   // 1.8: buckets are databases, statements are InfluxQL
	generation3                   // 3 Core: databases come with the first write, nothing can be deleted
)

// learnGeneration asks the server what it is, which /ping says in a header. Some
// releases of version 2 have no answer to that. A wrong guess costs a request
// that fails, after which buckets and generation are looked at again.
func (p *Projector) learnGeneration(ctx context.Context) error {
	service := p.client.HTTPService()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, service.ServerURL()+"ping", http.NoBody)
	if err != nil {
		return err
	}
	version := ""
	answer := service.DoHTTPRequest(req, nil, func(r *http.Response) error {
		version = r.Header.Get("X-Influxdb-Version")
		return r.Body.Close()
	})
	if answer != nil && answer.StatusCode == 0 {
		return classify("asking the server for its version", answer, p.now())
	}
	p.generation = generation2
	switch version, _, _ = strings.Cut(strings.TrimPrefix(version, "v"), "."); version {
	case "1":
		p.generation = generation1
	case "3":
		p.generation = generation3
		p.log.InfoContext(ctx, "points that are gone stay in InfluxDB 3 Core, which deletes none",
			slog.String("bucket", p.cfg.Bucket))
	}
	return nil
}

// maxErrorBytes is how much of an answer that tells of an error is read.
const maxErrorBytes = 64 << 10

// plainErrors is the way to servers that tell of an error as {"error": ...}, as
// InfluxDB 3 Core does. The client library does not read that, but the header of
// InfluxDB 1 for it.
type plainErrors struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (t plainErrors) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := t.next.RoundTrip(r)
	if err != nil || resp.StatusCode < 400 || resp.Header.Get(errorHeader) != "" {
		return resp, err
	}
	if kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type")); kind != "application/json" {
		return resp, nil
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxErrorBytes))
	if err != nil {
		_ = resp.Body.Close() // err is what matters
		return nil, fmt.Errorf("reading an answer of status %d: %w", resp.StatusCode, err)
	}
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(body), resp.Body), resp.Body}
	if words := errorWords(body); words != "" {
		resp.Header.Set(errorHeader, words)
	}
	return resp, nil
}

const errorHeader = "X-Influxdb-Error"

// errorWords gives the error of {"error": ..., "data": [{"error_message": ...}]},
// with what is said of the first line in it.
func errorWords(body []byte) string {
	var answer struct {
		Error string          `json:"error"`
		Data  json.RawMessage `json:"data"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return "" // another form, which the library reads
	}
	var lines []struct {
		Message string `json:"error_message"`
	}
	words := answer.Error
	if json.Unmarshal(answer.Data, &lines) == nil && len(lines) > 0 && words != "" {
		words += ": " + lines[0].Message
	}
	line, _ := timeline.FieldText(words)
	return line
}

// asError keeps a nil *Error from becoming an error that is not nil.
func asError(e *influxhttp.Error) error {
	if e == nil {
		return nil
	}
	return e
}
