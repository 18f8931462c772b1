package collector

import (
	"bytes"
	"net/http"
)

// wall is a service that answers robots with a challenge for browsers, and what
// it is known by: a header, or words of its page in lower case.
type wall struct {
	name   string
	header string // that it alone sends
	words  []string
}

// walls are those that feeds are met behind. Their scripts alone say nothing:
// they are on every page of a site that they guard.
func walls() []wall {
	return []wall{
		{"Cloudflare", "Cf-Mitigated", []string{"<title>just a moment", "_cf_chl_opt", "attention required! | cloudflare", "cf-browser-verification"}},
		{"Imperva", "", []string{"incapsula incident id", "_incapsula_resource?cwudnsai="}},
		{"Akamai", "", []string{"errors.edgesuite.net", "/_sec/cp_challenge/"}},
		{"DataDome", "", []string{"captcha-delivery.com"}},
		{"HUMAN", "", []string{"px-captcha"}},
		{"Sucuri", "", []string{"sucuri website firewall", "sucuri_cloudproxy_js"}},
		{"DDoS-Guard", "", []string{"<title>ddos-guard"}},
		{"AWS WAF", "X-Amzn-Waf-Action", []string{"window.gokuprops"}},
		{"Anubis", "", []string{"making sure you&#39;re not a bot", "making sure you're not a bot", "/.within.website/x/cmd/anubis/"}},
		{"Vercel", "X-Vercel-Mitigated", []string{"vercel security checkpoint"}},
		{"a captcha", "", []string{
			"<title>captcha", "are you a robot", "are you human", "verify you are human", "checking your browser before",
			"enable javascript and cookies to continue",
		}},
	}
}

// maxWallHead is how much of a page is looked through: challenges are short.
const maxWallHead = 32 << 10

// wallOf names what kept us out in place of an answer; empty when nothing did.
// page is a web page, or what came with a status that says no.
func wallOf(header http.Header, page []byte) string {
	text := bytes.ToLower(page[:min(len(page), maxWallHead)])
	for _, w := range walls() {
		if w.header != "" && header.Get(w.header) != "" {
			return w.name
		}
		for _, words := range w.words {
			if bytes.Contains(text, []byte(words)) {
				return w.name
			}
		}
	}
	return ""
}

// mayBeWall reports whether an answer of this status may come from a bot wall.
// Not found and gone are said by the site itself.
func mayBeWall(status int) bool {
	return status == http.StatusAccepted || status >= http.StatusBadRequest && status != http.StatusNotFound && status != http.StatusGone
}
