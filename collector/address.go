package collector

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"
)

// refusedError says that our own rules forbid a request.
type refusedError struct{ reason string }

// Error implements error.
func (e *refusedError) Error() string { return e.reason }

// sharedSpace is the address space of carriers' translators (RFC 6598), which
// netip does not count as private. The other two reach IPv4 addresses through
// IPv6 ones: NAT64 (RFC 6052) and 6to4 (RFC 3056).
var (
	sharedSpace  = netip.MustParsePrefix("100.64.0.0/10")
	nat64        = netip.MustParsePrefix("64:ff9b::/96")
	sixToFour    = netip.MustParsePrefix("2002::/16")
	thisNetwork  = netip.MustParsePrefix("0.0.0.0/8")
	limitedBcast = netip.MustParsePrefix("255.255.255.255/32")
)

// isPrivate reports whether the address is not one of the public Internet.
func isPrivate(a netip.Addr) bool {
	a = a.Unmap()
	switch b := a.As16(); {
	case nat64.Contains(a):
		return isPrivate(netip.AddrFrom4([4]byte(b[12:16])))
	case sixToFour.Contains(a):
		return isPrivate(netip.AddrFrom4([4]byte(b[2:6])))
	}
	return a.IsLoopback() || a.IsPrivate() || a.IsLinkLocalUnicast() || a.IsMulticast() || a.IsUnspecified() ||
		a.IsInterfaceLocalMulticast() || sharedSpace.Contains(a) || thisNetwork.Contains(a) || limitedBcast.Contains(a)
}

// check refuses private addresses that the configuration does not allow.
func (a AllowPrivate) check(host string, addr netip.Addr) error {
	if !isPrivate(addr) || a.Contains(addr) {
		return nil
	}
	where := addr.String()
	if host != "" && host != where {
		where = fmt.Sprintf("%s, where %s is,", where, host)
	}
	return &refusedError{fmt.Sprintf("%s is a private address: to poll it, put %s into collector.allow_private",
		where, netip.PrefixFrom(addr.Unmap(), addr.Unmap().BitLen()))}
}

// checkURL refuses what is no web address, and a private one that is written
// out. Names are looked at when they have been resolved (see dialer), but behind
// a proxy that is out of our hands: there this is all.
func (a AllowPrivate) checkURL(u *url.URL) error {
	if !isWeb(u) {
		return &refusedError{fmt.Sprintf("%q is no scheme to fetch feeds by: only http and https are", u.Scheme)}
	}
	host := u.Hostname()
	if addr, err := netip.ParseAddr(host); err == nil {
		return a.check("", addr.WithZone(""))
	}
	if name := strings.ToLower(strings.TrimSuffix(host, ".")); name == "localhost" || strings.HasSuffix(name, ".localhost") {
		return a.check(host, netip.AddrFrom4([4]byte{127, 0, 0, 1}))
	}
	return nil
}

// dialContext is the type of http.Transport's DialContext.
type dialContext func(ctx context.Context, network, address string) (net.Conn, error)

// connectTimeout is for one connection; the poll's own timeout is over all.
const connectTimeout = 10 * time.Second

// dialer connects to public addresses and allowed private ones. It looks at the
// address that is connected to, after the name was resolved, so that no answer
// of a name server can lead it inside. proxy, a host and port as they are dialled,
// is exempt.
func (a AllowPrivate) dialer(proxy string) dialContext {
	plain := net.Dialer{Timeout: connectTimeout}
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		if proxy != "" && address == proxy {
			return plain.DialContext(ctx, network, address)
		}
		host, _, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		checked := plain
		checked.Control = func(_, resolved string, _ syscall.RawConn) error {
			to, err := netip.ParseAddrPort(resolved)
			if err != nil {
				return fmt.Errorf("address resolved to no address: %w", err)
			}
			return a.check(host, to.Addr().WithZone(""))
		}
		return checked.DialContext(ctx, network, address)
	}
}
