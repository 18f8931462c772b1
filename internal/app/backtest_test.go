package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"marsad/timeline"
)

// TestBacktest runs a backtest on the record of a Marsad that has told the team
// of a merger: with the same configuration it finds just that, with another one
// what that would have told.
func TestBacktest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, s := newWorld(), newSite(t, mainJob)
		s.load(t, history(time.Now(), 21))
		_, stop := s.start(t, w)
		quietDays(w, 2)
		for n := range 8 {
			w.publishAll(fmt.Sprintf("The merger, report %d", n))
			pass(11 * time.Minute)
		}
		pass(3 * time.Hour)
		stop()
		if posts := w.sent("chat.postMessage"); len(posts) != 1 {
			t.Fatalf("the team heard %d times, want once", len(posts))
		}

		s.label(t, timeline.LabelFalse, "U024BE7LH")
		same := s.backtest(t, mainJob, BacktestOptions{From: "-2d", Format: "json"})
		if len(same.Topics) != 1 || len(same.Topics[0].Incidents) != 1 || same.Topics[0].Fired != 1 {
			t.Fatalf("backtest gave %+v, want the incident that fired", same)
		}
		if i := same.Topics[0].Incidents[0]; i.Verdict != firedToo || i.Recorded == "" || i.Publishers != 4 || len(i.Stories) == 0 {
			t.Errorf("backtest gave %+v, want %q", i, firedToo)
		}
		if i := same.Topics[0].Incidents[0]; i.Label != "false" || i.LabelBy != "U024BE7LH" {
			t.Errorf("backtest gave the label %q by %q, want the one that was given", i.Label, i.LabelBy)
		}
		if got := same.Topics[0].Budget; got != 1 {
			t.Errorf("budget of %g a week, want the configuration's 1", got)
		}

		strict := strings.Replace(mainJob, "any: [merger, اندماج]", "any: [merger]\n    alert: {min_publishers: 5}", 1)
		if got := s.backtest(t, strict, BacktestOptions{From: "-2d", Topic: "merger", Format: "json"}); len(got.Topics[0].Incidents) != 1 || got.Topics[0].Incidents[0].Verdict != wouldNot {
			t.Errorf("with more publishers than there are, backtest gave %+v, want %q", got, wouldNot)
		}
		other := strings.Replace(mainJob, "\ntopics:", "\ntopics:\n  - {name: schools, any: [schools]}", 1)
		got := s.backtest(t, other, BacktestOptions{From: "-2d", Format: "json"})
		if len(got.Topics) != 2 || got.Topics[0].Topic != "schools" || got.Topics[0].Articles == 0 || len(got.Topics[0].Incidents) != 0 {
			t.Errorf("a new topic of everyday news: backtest gave %+v", got)
		}

		for format, wants := range map[string][]string{
			"text": {"fired too", "0/1/0", "labelled false by U024BE7LH"},
			"csv":  {"merger,fired too,2000-", ",false\n"},
		} {
			out := s.command(t, mainJob, BacktestOptions{From: "-2d", Format: format})
			for _, want := range wants {
				if !strings.Contains(out, want) {
					t.Errorf("%s has no %q:\n%s", format, want, out)
				}
			}
		}
	})
}

// label labels the last incident on record.
func (s *site) label(t *testing.T, label timeline.Label, by string) {
	t.Helper()
	record, err := openRecordBeside(t.Context(), s.cfg, s.log)
	if err != nil {
		t.Fatal(err)
	}
	defer record.Close()
	page, err := record.Incidents(t.Context(), timeline.Query{Limit: 1})
	if err != nil || len(page.Items) == 0 {
		t.Fatalf("%d incidents, %v", len(page.Items), err)
	}
	if err := record.Label(t.Context(), page.Items[0].ID, timeline.Feedback{Label: label, By: by, At: time.Now()}); err != nil {
		t.Fatal(err)
	}
}

// command runs a backtest with a configuration and gives what it prints. The
// record stays as it is.
func (s *site) command(t *testing.T, yaml string, o BacktestOptions) string {
	t.Helper()
	path := filepath.Join(s.dir, "new.yaml")
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(yaml, "RECORD", s.cfg.Record.Path)), 0o600); err != nil {
		t.Fatal(err)
	}
	before := s.stats(t)
	var out bytes.Buffer
	env := Env{Stdout: &out, Stderr: t.Output(), LookupEnv: func(string) (string, bool) { return "", false }}
	if err := Backtest(t.Context(), env, Common{Config: path, LogLevel: "warn", LogFormat: "text"}, o); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, s.stats(t)); diff != "" {
		t.Errorf("the backtest changed the record (-before +after):\n%s", diff)
	}
	return out.String()
}

type backtestAnswer struct {
	Topics []backtestTopicJSON `json:"topics"`
}

func (s *site) backtest(t *testing.T, yaml string, o BacktestOptions) (answer backtestAnswer) {
	t.Helper()
	if err := json.Unmarshal([]byte(s.command(t, yaml, o)), &answer); err != nil {
		t.Fatal(err)
	}
	return answer
}

func (s *site) stats(t *testing.T) string {
	t.Helper()
	record, err := openRecordBeside(t.Context(), s.cfg, s.log)
	if err != nil {
		t.Fatal(err)
	}
	defer record.Close()
	stats, err := record.Stats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%+v", stats)
}
