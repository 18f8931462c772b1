package app

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"
)

// healthTimeout is what a daemon gets to say that it is alive.
const healthTimeout = 5 * time.Second

// Health asks the daemon that the configuration describes, on this machine,
// whether it is alive. The error is why not.
func Health(ctx context.Context, env Env, common Common) error {
	cfg, _, err := common.setup(env)
	if err != nil {
		return err
	}
	host, port, err := net.SplitHostPort(cfg.Web.Listen)
	if err != nil {
		return fmt.Errorf("web.listen %s: %w", cfg.Web.Listen, err)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost" // it listens everywhere
	}
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/healthz", http.NoBody)
	if err != nil {
		return err
	}
	answer, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		return fmt.Errorf("marsad does not answer: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("marsad answers %s to %s", answer.Status, request.URL)
	}
	return nil
}
