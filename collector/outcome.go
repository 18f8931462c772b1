package collector

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"syscall"

	"marsad/timeline"
)

// failure says what went wrong with a poll, for the ledger.
type failure struct {
	outcome timeline.Outcome
	message string // for a person; no address beyond its host, which may hold a password
}

// statusFailure tells what a status means; nil when it is a success.
func statusFailure(a *answer, conditional bool) *failure {
	switch {
	case a.status == http.StatusOK, a.status == http.StatusNotModified && conditional:
		return nil
	case a.status == http.StatusNotModified:
		return &failure{timeline.OutcomeHTTP, "HTTP 304 Not Modified, though nothing was said to be known"}
	}
	text := http.StatusText(a.status)
	if text == "" {
		text = "(no standard status)"
	}
	text = "HTTP " + strconv.Itoa(a.status) + " " + text
	if mayBeWall(a.status) {
		if wall := wallOf(a.header, a.page); wall != "" {
			return wallFailure(wall, text)
		}
	}
	return &failure{outcomeOf(a.status), text}
}

// outcomeOf tells apart the statuses that say no.
func outcomeOf(status int) timeline.Outcome {
	switch status {
	case http.StatusUnauthorized:
		return timeline.OutcomeUnauthorized
	case http.StatusForbidden:
		return timeline.OutcomeForbidden
	case http.StatusNotFound:
		return timeline.OutcomeNotFound
	case http.StatusGone:
		return timeline.OutcomeGone
	case http.StatusTooManyRequests:
		return timeline.OutcomeRateLimited
	}
	if status >= 500 && status < 600 {
		return timeline.OutcomeServerError
	}
	return timeline.OutcomeHTTP
}

func wallFailure(wall, status string) *failure {
	return &failure{timeline.OutcomeBotWall, fmt.Sprintf("a challenge for browsers came instead of a feed: %s (%s)", wall, status)}
}

// fetchFailure tells what an error of get means.
func (f *fetcher) fetchFailure(err error, at *url.URL) *failure {
	var refused *refusedError
	var dns *net.DNSError
	host := at.Hostname()
	switch {
	case errors.As(err, &refused):
		return &failure{timeline.OutcomeRefused, refused.reason}
	case errors.Is(err, errTooManyRedirects):
		return &failure{timeline.OutcomeRedirect, fmt.Sprintf("more than %d redirects: collector.max_redirects allows more", f.maxRedirects)}
	case errors.Is(err, errNowhere):
		return &failure{timeline.OutcomeRedirect, "a redirect that says not where to"}
	case errors.Is(err, errTooLarge):
		return &failure{timeline.OutcomeTooLarge, fmt.Sprintf("the body is larger than %d bytes: collector.max_bytes allows more", f.maxBytes)}
	case errors.As(err, &dns) && dns.IsNotFound:
		return &failure{timeline.OutcomeDNS, fmt.Sprintf("name %s does not resolve", dns.Name)}
	case errors.As(err, &dns):
		return &failure{timeline.OutcomeDNS, fmt.Sprintf("name %s could not be looked up: %s", dns.Name, dns.Err)}
	case isTimeout(err):
		return &failure{timeline.OutcomeTimeout, fmt.Sprintf("no complete answer from %s within %s", host, f.timeout)}
	case isTLS(err):
		return &failure{timeline.OutcomeTLS, fmt.Sprintf("no secure connection to %s: %s", host, rootCause(err))}
	case isProxy(err):
		return &failure{timeline.OutcomeConnect, "the proxy of collector.proxy cannot be reached: " + rootCause(err)}
	case errors.Is(err, syscall.ECONNREFUSED):
		return &failure{timeline.OutcomeConnect, fmt.Sprintf("nothing answers at %s (connection refused)", at.Host)}
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return &failure{timeline.OutcomeConnect, fmt.Sprintf("%s broke the connection off before the answer was complete", host)}
	}
	return &failure{timeline.OutcomeConnect, fmt.Sprintf("no answer from %s: %s", host, rootCause(err))}
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout()
}

func isTLS(err error) bool {
	var (
		verification *tls.CertificateVerificationError
		record       tls.RecordHeaderError
		alert        tls.AlertError
		hostname     x509.HostnameError
		authority    x509.UnknownAuthorityError
		invalid      x509.CertificateInvalidError
	)
	return errors.As(err, &verification) || errors.As(err, &record) || errors.As(err, &alert) ||
		errors.As(err, &hostname) || errors.As(err, &authority) || errors.As(err, &invalid)
}

func isProxy(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "proxyconnect"
}

// rootCause gives the innermost error's text, without the addresses that the
// layers above it repeat.
func rootCause(err error) string {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err.Error()
		}
		err = inner
	}
}
