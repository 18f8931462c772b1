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

// Health asks the Marsad that the configuration names, on this machine, whether it is
// alive. The error is why not.
func Health(ctx context.Context, env Env, common Common) error {
	cfg, _, err := common.setup(env)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	answer, err := askRunning(ctx, cfg.Web.Listen, "/healthz")
	if err != nil {
		return fmt.Errorf("marsad does not answer: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("marsad answers %s at %s", answer.Status, cfg.Web.Listen)
	}
	return nil
}

// askRunning asks the Marsad that listens at an address of this machine, not by way of
// a proxy. The caller closes the answer's body.
func askRunning(ctx context.Context, listen, path string) (*http.Response, error) {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return nil, fmt.Errorf("web.listen %s: %w", listen, err)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost" // it listens everywhere
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+path, http.NoBody)
	if err != nil {
		return nil, fmt.Errorf("web.listen %s: %w", listen, err)
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	return client.Do(request)
}
