package web

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

const (
	cookieName = "marsad_session"
	cookieAge  = 30 * 24 * time.Hour
	// maxForm is the largest body of the login form, in bytes.
	maxForm = 8 << 10
)

// guard decides who may ask.
type guard struct {
	token    string          // empty: everybody on this machine
	cookie   string          // what a browser shows that has logged in
	secure   bool            // the page is reached by https
	hosts    map[string]bool // names besides loopback that the page goes by
	crossing *http.CrossOriginProtection
}

func newGuard(cfg Config) (*guard, error) {
	host, _, err := net.SplitHostPort(cfg.Listen)
	if err != nil {
		return nil, fmt.Errorf("web.listen: %q is not an address: write host:port, as in 127.0.0.1:8780", cfg.Listen)
	}
	token := cfg.Token.Reveal()
	if token == "" && !isLoopback(host) {
		return nil, fmt.Errorf("web.listen: %q can be reached from other machines and web.token is not set: "+
			"set web.token, or listen on 127.0.0.1", cfg.Listen)
	}
	g := &guard{token: token, hosts: map[string]bool{}, crossing: http.NewCrossOriginProtection()}
	if token != "" {
		mac := hmac.New(sha256.New, []byte(token))
		mac.Write([]byte("marsad session"))
		g.cookie = hex.EncodeToString(mac.Sum(nil))
	}
	if cfg.BaseURL != "" {
		base, err := url.Parse(cfg.BaseURL)
		if err != nil || base.Scheme != "http" && base.Scheme != "https" || base.Host == "" {
			return nil, fmt.Errorf("web.base_url: not an address of a page: write it as in https://news.example.org")
		}
		g.hosts[strings.ToLower(base.Hostname())] = true
		g.secure = base.Scheme == "https"
	}
	return g, nil
}

// isLoopback reports whether the host is this machine and nothing else.
func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}

// protect sets the headers that every answer has, and turns away requests that
// are none of ours: other methods, and names that someone else has made point
// to this machine (DNS rebinding).
func (s *Server) protect(next http.Handler) http.Handler {
	crossing := s.guard.crossing.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "+
			"form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "private, no-cache")
		switch {
		case !s.guard.knowsHost(r.Host):
			s.refuse(w, r, problem{
				status: http.StatusForbidden,
				Text:   "this page does not go by the name in the request's Host header",
				Remedy: "ask for 127.0.0.1, or set web.base_url to the address the page goes by",
			})
		case r.Method != http.MethodGet && r.Method != http.MethodHead && !s.isForm(r):
			h.Set("Allow", "GET, HEAD")
			s.refuse(w, r, problem{
				status: http.StatusMethodNotAllowed,
				Text:   "this can only be read",
				Remedy: "use GET",
			})
		default:
			crossing.ServeHTTP(w, r)
		}
	})
}

// isForm reports whether the request sends one of the forms.
func (s *Server) isForm(r *http.Request) bool {
	if r.Method != http.MethodPost {
		return false
	}
	_, pattern := s.forms.Handler(r)
	return pattern != ""
}

// knowsHost reports whether a request to the host may be answered. Where a
// token is demanded any name will do, since a page elsewhere has no token.
func (g *guard) knowsHost(host string) bool {
	if g.token != "" {
		return true
	}
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.ToLower(strings.Trim(strings.TrimSuffix(host, "."), "[]"))
	return isLoopback(host) || g.hosts[host]
}

// authorise lets through those who have the token. A script gets 401, a browser
// is led to the login form.
func (s *Server) authorise(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.guard.authorised(r) && showsToken(r) {
			s.limiter.punish(r.RemoteAddr)
		}
		switch {
		case s.guard.authorised(r):
			next.ServeHTTP(w, r)
		case r.URL.Path == queryPath:
			s.setInfluxHeaders(w)
			w.Header().Set("WWW-Authenticate", `Basic realm="marsad"`)
			s.writeJSON(w, r, http.StatusUnauthorized, queryError{"authorization failed: the password, or the token, is the value of web.token"})
		case wantsJSON(r) || r.URL.Path == "/metrics":
			w.Header().Set("WWW-Authenticate", `Bearer realm="marsad"`)
			s.refuse(w, r, problem{
				status: http.StatusUnauthorized,
				Text:   "a token is needed",
				Remedy: "send the header Authorization: Bearer and the value of web.token",
			})
		default:
			http.Redirect(w, r, "/login?next="+url.QueryEscape(r.URL.RequestURI()), http.StatusSeeOther)
		}
	})
}

func (g *guard) authorised(r *http.Request) bool {
	if g.token == "" {
		return true
	}
	if scheme, credentials, _ := strings.Cut(r.Header.Get("Authorization"), " "); strings.EqualFold(scheme, "Bearer") {
		return sameSecret(credentials, g.token)
	}
	if r.URL.Path == queryPath && sameSecret(queryPassword(r), g.token) {
		return true
	}
	c, err := r.Cookie(cookieName)
	return err == nil && sameSecret(c.Value, g.cookie)
}

// showsToken reports whether a request has a token at all, or a password in its place.
func showsToken(r *http.Request) bool {
	_, err := r.Cookie(cookieName)
	return err == nil || r.Header.Get("Authorization") != ""
}

// queryPassword gives the password that a request to /query has in one of the ways
// that InfluxDB 1.8 takes it: basic authentication, or "Token user:password", or
// the token alone as for version 2. The user may be anybody.
func queryPassword(r *http.Request) string {
	if _, password, ok := r.BasicAuth(); ok {
		return password
	}
	scheme, credentials, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Token") {
		return ""
	}
	if _, password, found := strings.Cut(credentials, ":"); found {
		return password
	}
	return credentials
}

// sameSecret compares in a time that tells nothing of either, not even lengths.
func sameSecret(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// loginView is the data of the login form.
type loginView struct {
	Next  string
	Wrong bool
}

// login shows the form, and gives a browser that sends the token a cookie that
// stands for it.
func (s *Server) login(w http.ResponseWriter, r *http.Request) {
	next := localPath(r.URL.Query().Get("next"))
	if s.guard.token == "" {
		http.Redirect(w, r, next, http.StatusSeeOther)
		return
	}
	if r.Method != http.MethodPost {
		s.render(w, r, http.StatusOK, view{name: "login", title: "login.title", data: loginView{Next: next}})
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		s.refuse(w, r, problem{status: http.StatusBadRequest, Text: "the form cannot be read", Remedy: "go back to /login"})
		return
	}
	next = localPath(r.PostForm.Get("next"))
	if !sameSecret(r.PostForm.Get("token"), s.guard.token) {
		s.limiter.punish(r.RemoteAddr)
		s.opts.Logger.WarnContext(r.Context(), "login refused", "remote_addr", r.RemoteAddr)
		s.render(w, r, http.StatusUnauthorized, view{name: "login", title: "login.title", data: loginView{Next: next, Wrong: true}})
		return
	}
	http.SetCookie(w, &http.Cookie{
		Name: cookieName, Value: s.guard.cookie, Path: "/", MaxAge: int(cookieAge / time.Second),
		// Lax, so that a link in a notice opens the page and not the form.
		HttpOnly: true, Secure: s.guard.secure || r.TLS != nil, SameSite: http.SameSiteLaxMode,
	})
	http.Redirect(w, r, next, http.StatusSeeOther)
}

// localPath returns the path if it stays on this page, else "/". Browsers take
// "//host" and "/\host" for addresses elsewhere, and drop tabs and line feeds.
func localPath(path string) string {
	elsewhere := !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") ||
		strings.ContainsFunc(path, func(r rune) bool { return r < ' ' || r == '\\' })
	if elsewhere {
		return "/"
	}
	return path
}
