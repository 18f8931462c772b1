package influxtest

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/influxdata/influxdb/models"
)

// Memory is as much of InfluxDB 2 as Marsad writes to, in memory and with buckets
// of any name: for tests that care for what was written, inside synctest and
// beside faults of every kind. Server is the real one.
type Memory struct {
	mu     sync.Mutex
	points map[string]string // fields, by bucket, series and time
}

// NewMemory makes one without points.
func NewMemory() *Memory { return &Memory{points: map[string]string{}} }

// Points gives the fields of every point, by its bucket, series and time. The
// caller owns the map.
func (m *Memory) Points() map[string]string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.points)
}

// Copy gives another with the same points.
func (m *Memory) Copy() *Memory { return &Memory{points: m.Points()} }

// Size is about how many bytes the points take.
func (m *Memory) Size() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	size := 0
	for key, fields := range m.points {
		size += len(key) + len(fields) + 96 // two headers of strings, in a map that is two thirds full, and what allocation rounds up
	}
	return size
}

// ServeHTTP implements http.Handler.
func (m *Memory) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	bucket := r.URL.Query().Get("bucket")
	var err error
	switch r.URL.Path {
	case "/ping":
		w.Header().Set("X-Influxdb-Version", "v2.7.0")
		w.WriteHeader(http.StatusNoContent)
		return
	case "/api/v2/buckets":
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"buckets":[{"id":"1","name":%q,"retentionRules":[]}]}`, r.URL.Query().Get("name"))
		return
	case "/api/v2/write":
		var lines []byte
		if lines, err = Lines(r); err == nil {
			err = m.Write(bucket, lines)
		}
	case "/api/v2/delete":
		err = m.remove(bucket, r.Body)
	default:
		err = fmt.Errorf("no answer to %s", r.URL.Path)
	}
	if err != nil {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		_ = json.NewEncoder(w).Encode(map[string]string{"code": "invalid", "message": err.Error()}) // whoever asked may be gone
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// Lines reads the line protocol of a write, which may be compressed.
func Lines(r *http.Request) ([]byte, error) {
	body := io.Reader(r.Body)
	if r.Header.Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(r.Body)
		if err != nil {
			return nil, err
		}
		body = z
	}
	return io.ReadAll(body)
}

// Write takes lines into a bucket; the whole of it or nothing.
func (m *Memory) Write(bucket string, lines []byte) error {
	points, err := models.ParsePointsWithPrecision(lines, time.Time{}, "ns")
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, p := range points {
		fields, err := p.Fields()
		if err != nil {
			return err
		}
		text, err := json.Marshal(fields)
		if err != nil {
			return err
		}
		m.points[key(bucket, string(p.Key()), p.Time())] = string(text)
	}
	return nil
}

func key(bucket, series string, at time.Time) string {
	return fmt.Sprintf("%s %s %d", bucket, series, at.UnixNano())
}

// term is one of those that a predicate joins by AND.
var term = regexp.MustCompile(`"?([^"=\s]+)"?\s*=\s*"((?:[^"\\]|\\.)*)"`)

// remove deletes the points of one instant whose series is what the predicate
// says.
func (m *Memory) remove(bucket string, body io.Reader) error {
	var request struct {
		Start, Stop time.Time
		Predicate   string
	}
	if err := json.NewDecoder(body).Decode(&request); err != nil {
		return err
	}
	measurement, tags := "", map[string]string{}
	for _, t := range term.FindAllStringSubmatch(request.Predicate, -1) {
		value := strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(t[2])
		if t[1] == "_measurement" {
			measurement = value
			continue
		}
		tags[t[1]] = value
	}
	if !request.Start.Equal(request.Stop) || measurement == "" {
		return fmt.Errorf("delete of %+v is not of one point", request)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.points, key(bucket, string(models.MakeKey([]byte(measurement), models.NewTags(tags))), request.Start))
	return nil
}
