package influx

import "net/http"

// SetTransport replaces the way to the server.
func (p *Projector) SetTransport(rt http.RoundTripper) {
	p.http.Transport = plainErrors{newCompressed(rt)}
}
