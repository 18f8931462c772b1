package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"marsad/timeline/influxql"
)

const (
	queryPath = "/query"
	// answersLike is the version of InfluxDB that /query answers as.
	answersLike = "1.8.10"
	// maxQueryForm is the largest body of a request, in bytes: the text of the
	// statements is further limited when it is read.
	maxQueryForm = 256 << 10
)

// QueryConfig bounds what one request of /query may take.
type QueryConfig struct {
	influxql.Limits `yaml:",inline"`

	Timeout time.Duration `yaml:"timeout"`
}

// ping says that InfluxQL is spoken here. InfluxDB asks nobody for a password
// here, either.
func (s *Server) ping(w http.ResponseWriter, _ *http.Request) {
	s.setInfluxHeaders(w)
	w.WriteHeader(http.StatusNoContent)
}

func (s *Server) setInfluxHeaders(w http.ResponseWriter) {
	w.Header().Set("X-Influxdb-Version", answersLike)
	w.Header().Set("X-Influxdb-Build", "Marsad")
}

// query answers InfluxQL by GET or by a form, as /query of InfluxDB 1.8 does: the
// parameters q, db, rp, epoch, params and pretty. What else there may be changes
// nothing.
func (s *Server) query(w http.ResponseWriter, r *http.Request) {
	s.setInfluxHeaders(w)
	r.Body = http.MaxBytesReader(w, r.Body, maxQueryForm)
	if err := r.ParseForm(); err != nil {
		s.refuseQuery(w, r, "error parsing form: "+err.Error())
		return
	}
	statements := strings.TrimSpace(r.Form.Get("q"))
	if statements == "" {
		s.refuseQuery(w, r, `missing required parameter "q"`)
		return
	}
	request := influxql.Request{
		Query: statements, Database: r.Form.Get("db"), Policy: r.Form.Get("rp"), Epoch: strings.TrimSpace(r.Form.Get("epoch")), Now: s.opts.Now(),
	}
	if raw := r.Form.Get("params"); raw != "" {
		decoder := json.NewDecoder(strings.NewReader(raw))
		decoder.UseNumber()
		if err := decoder.Decode(&request.Params); err != nil {
			s.refuseQuery(w, r, "error parsing query parameters: "+err.Error())
			return
		}
		for name, value := range request.Params {
			if number, ok := value.(json.Number); ok {
				request.Params[name] = numberOf(number)
			}
		}
	}
	// Longer than a page may take to be written. Not every connection can be told.
	deadline := request.Now.Add(s.queryTimeout + requestTimeout)
	if err := http.NewResponseController(w).SetWriteDeadline(deadline); err != nil && !errors.Is(err, http.ErrNotSupported) {
		s.fail(w, r, err)
		return
	}
	results, err := s.opts.Query.Answer(r.Context(), request)
	switch {
	case errors.Is(err, influxql.ErrNotReadable):
		s.refuseQuery(w, r, err.Error())
	case err != nil:
		s.opts.Logger.ErrorContext(r.Context(), "query not answered", "error", err)
		s.writeJSON(w, r, http.StatusInternalServerError, queryError{"the query could not be answered: see Marsad's log for the reason"})
	default:
		s.writeJSON(w, r, http.StatusOK, map[string]any{"results": results})
	}
}

// numberOf gives a parameter's number as the language knows it: whole or not.
func numberOf(n json.Number) any {
	if whole, err := n.Int64(); err == nil {
		return whole
	}
	fraction, _ := n.Float64() // out of range: infinite, which compares as well as any
	return fraction
}

// queryError is an error in InfluxDB's form.
type queryError struct {
	Error string `json:"error"`
}

// maxErrorHeader is how much of an error goes into its header, in bytes.
const maxErrorHeader = 1024

// refuseQuery answers what is no query.
func (s *Server) refuseQuery(w http.ResponseWriter, r *http.Request, text string) {
	header := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, text)
	w.Header().Set("X-Influxdb-Error", header[:min(len(header), maxErrorHeader)])
	s.writeJSON(w, r, http.StatusBadRequest, queryError{text})
}
