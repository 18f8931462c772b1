package influx

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	influxhttp "github.com/influxdata/influxdb-client-go/v2/api/http"
)

// fault says what a failed request calls for.
type fault int

const (
	faultOutage   fault = iota // try again later
	faultRefused               // the token; try again, for tokens get replaced
	faultMissing               // the bucket or the organisation
	faultPoint                 // one or more of the points, for good
	faultTooLarge              // the request
)

// failure is an error of the server or of the way to it.
type failure struct {
	fault fault
	after time.Duration // how long the server asked to be left alone; 0 when it did not
	err   error
}

func (f *failure) Error() string { return f.err.Error() }

func (f *failure) Unwrap() error { return f.err }

// pointMessages are words of InfluxDB that put the blame on points, whatever the
// status: a partial write comes as 500 from some releases, 422 or 400 from others,
// and the points not blamed are written.
var pointMessages = []string{
	"partial write", "unable to parse", "field type conflict", "beyond retention",
	"parsing failed", // 3 Core
}

// classify turns an error of the client library into a failure. what says which
// request it was.
func classify(what string, err error, now time.Time) *failure {
	f := &failure{err: fmt.Errorf("%s: %w", what, err)}
	var answer *influxhttp.Error
	if !errors.As(err, &answer) {
		return f
	}
	f.after = retryAfter(answer, now)
	message := strings.ToLower(answer.Message)
	for _, words := range pointMessages {
		if answer.StatusCode >= 400 && strings.Contains(message, words) {
			f.fault = faultPoint
			return f
		}
	}
	switch answer.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden:
		f.fault = faultRefused
		f.err = fmt.Errorf("%s: status %d: %w; check influx.token and that it may read and write the buckets", what, answer.StatusCode, err)
	case http.StatusNotFound:
		f.fault = faultMissing
	case http.StatusRequestEntityTooLarge:
		f.fault = faultTooLarge
	case http.StatusBadRequest, http.StatusUnprocessableEntity:
		// Only InfluxDB's own word costs a point its place: a proxy that answers
		// 400 to everything must not empty the log.
		if answer.Code == "invalid" || answer.Code == "unprocessable entity" {
			f.fault = faultPoint
		}
	}
	return f
}

// retryAfter reads the header in both of its forms (RFC 9110, 10.2.3).
func retryAfter(answer *influxhttp.Error, now time.Time) time.Duration {
	value := answer.Header.Get("Retry-After")
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(at.Sub(now), 0)
	}
	return 0
}
