//nolint:thelper // what takes a Store is a test and no helper: its failures name their own lines
package timelinetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"marsad/timeline"
)

// testCharts sums steps over stretches, and gives the evaluations that are of one.
func testCharts(t *testing.T, s Store) {
	ctx := t.Context()
	register(t, s, "f", "P")
	published := func(after time.Duration) change {
		return func(r *timeline.ReadArticle) {
			r.Article.Published, r.Article.FirstSeen = noon.Add(after), noon.Add(after)
		}
	}
	commit(t, s, poll("f", 6*time.Hour,
		draft("a", in("f", "P"), about("t"), published(0)), draft("b", in("f", "P"), about("t"), published(50*time.Minute)),
		draft("c", in("f", "P"), published(59*time.Minute)), draft("d", in("f", "P"), published(3*time.Hour)),
		draft("e", in("f", "P"), about("t"), published(4*time.Hour))))
	got, err := s.Sums(ctx, "t", time.Hour, noon, noon.Add(4*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]timeline.StepCount{{Step: noon, N: 2, Exposure: 3}, {Step: noon.Add(3 * time.Hour), Exposure: 1}}, got); diff != "" {
		t.Errorf("sums (-want +got):\n%s", diff)
	}

	var evaluations []timeline.Evaluation
	for n := range 12 {
		for _, window := range []time.Duration{time.Hour, 2 * time.Hour} {
			evaluations = append(evaluations, timeline.Evaluation{Topic: "t", Step: noon.Add(time.Duration(n) * Step), Window: window, Observed: n, P: 1, State: timeline.Normal})
		}
	}
	if err := s.CommitStep(ctx, timeline.StepResult{Step: noon, Evaluations: evaluations}); err != nil {
		t.Fatal(err)
	}
	for window, want := range map[time.Duration][]int{time.Hour: {5, 11}, 2 * time.Hour: {11}, 3 * time.Hour: nil} {
		found, err := s.EvaluationsOf(ctx, "t", window, noon, noon.Add(3*time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		var observed []int
		for _, e := range found {
			if e.Window != window {
				t.Errorf("an evaluation of %s, want %s", e.Window, window)
			}
			observed = append(observed, e.Observed)
		}
		if diff := cmp.Diff(want, observed); diff != "" {
			t.Errorf("evaluations of %s (-want +got):\n%s", window, diff)
		}
	}
}
