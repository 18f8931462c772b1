package export

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// jsonLines writes each row as an object on a line of its own.
type jsonLines struct {
	buffer  *bufio.Writer
	encoder *json.Encoder
}

func newJSONLines(out io.Writer) *jsonLines {
	buffer := bufio.NewWriter(out)
	encoder := json.NewEncoder(buffer)
	encoder.SetEscapeHTML(false)
	return &jsonLines{buffer, encoder}
}

func (w *jsonLines) write(row any) error { return w.encoder.Encode(row) }

func (w *jsonLines) close() error { return w.buffer.Flush() }

// byteOrderMark is what spreadsheets tell UTF-8 by; without it they show Arabic
// as Latin letters.
const byteOrderMark = "\uFEFF"

// csvTable writes rows as RFC 4180 has it, under a line of their fields' names.
type csvTable struct {
	csv   *csv.Writer
	index [][]int
	cells []string
}

// newCSV begins a table of rows like the given one, and writes its first line.
func newCSV(out io.Writer, row any) (*csvTable, error) {
	buffer := bufio.NewWriter(out) // which csv.NewWriter takes for its own
	if _, err := buffer.WriteString(byteOrderMark); err != nil {
		return nil, err
	}
	w := &csvTable{csv: csv.NewWriter(buffer)}
	var names []string
	for _, field := range reflect.VisibleFields(reflect.TypeOf(row)) {
		if !field.Anonymous {
			names = append(names, field.Tag.Get("json"))
			w.index = append(w.index, field.Index)
		}
	}
	w.cells = make([]string, len(names))
	return w, w.csv.Write(names)
}

func (w *csvTable) write(row any) error {
	v := reflect.ValueOf(row)
	for i, index := range w.index {
		cell, err := cellOf(v.FieldByIndex(index).Interface())
		if err != nil {
			return err
		}
		w.cells[i] = cell
	}
	return w.csv.Write(w.cells)
}

func (w *csvTable) close() error {
	w.csv.Flush()
	return w.csv.Error()
}

// cellOf spells a value; what is not there is an empty cell.
func cellOf(value any) (string, error) {
	switch v := value.(type) {
	case string:
		return harmless(v), nil
	case *string:
		if v == nil {
			return "", nil
		}
		return harmless(*v), nil
	case []string:
		return harmless(strings.Join(v, "; ")), nil
	case int:
		return strconv.Itoa(v), nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64), nil
	case *float64:
		if v == nil {
			return "", nil
		}
		return strconv.FormatFloat(*v, 'f', -1, 64), nil
	case bool:
		return strconv.FormatBool(v), nil
	case time.Time:
		return v.Format(time.RFC3339), nil
	case *time.Time:
		if v == nil {
			return "", nil
		}
		return v.Format(time.RFC3339), nil
	case map[string]int:
		if len(v) == 0 {
			return "", nil
		}
		data, err := json.Marshal(v)
		return string(data), err
	default:
		return "", fmt.Errorf("a cell cannot hold %T", value)
	}
}

// harmless takes from a text what makes a formula of it in a spreadsheet: words
// of feeds must not be run. An apostrophe in front makes it text.
// Source: OWASP, CSV Injection.
func harmless(s string) string {
	if first, size := utf8.DecodeRuneInString(s); size > 0 && strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) {
		return "'" + s
	}
	return s
}
