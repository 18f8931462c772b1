package web

import "net/http"

// reloadPath is where a running Marsad is told to read its configuration again, as
// Prometheus has it.
const reloadPath = "/-/reload"

func (s *Server) routeReload(mux *http.ServeMux) {
	if s.opts.Reload != nil {
		mux.HandleFunc("POST "+reloadPath, s.reload)
	}
}

// reloadedJSON says what came of it.
type reloadedJSON struct {
	Status  string   `json:"status"` // taken, or refused: the configuration before holds
	Changes []string `json:"changes"`
	Error   string   `json:"error,omitempty"`
}

// reload answers when the configuration holds, or was refused.
func (s *Server) reload(w http.ResponseWriter, r *http.Request) {
	s.opts.Logger.InfoContext(r.Context(), "configuration is to be read again", "remote_addr", r.RemoteAddr)
	changes, err := s.opts.Reload(r.Context())
	if err != nil {
		s.writeJSON(w, r, http.StatusUnprocessableEntity, reloadedJSON{Status: "refused", Changes: []string{}, Error: err.Error()})
		return
	}
	s.writeJSON(w, r, http.StatusOK, reloadedJSON{Status: "taken", Changes: append([]string{}, changes...)})
}
