// Package timelinetest is the promises that every store of the timeline keeps,
// as one test suite. A store runs it with [TestStore].
package timelinetest

import (
	"context"
	"testing"
	"time"

	"marsad/timeline"
)

// What the store under test is to be opened with. Articles are put into stories
// by a [Grouper], events into happenings by an [EventGrouper].
const (
	Step       = 10 * time.Minute
	StoryCap   = 3
	Keep       = 400 * 24 * time.Hour
	LedgerKeep = 30 * 24 * time.Hour
	Remember   = 500 * 24 * time.Hour
)

// Store is all that a record does.
type Store interface { //nolint:interfacebloat // it is the small ones in one
	Feeds
	Ledger
	Library
	Rulings
	Corrections
	Words
	Pages
	Findings
	Bases
	Tellings
	Series
	Charts
	Detectors
	Past
	Incidents
	Outbox
	Responses
	Holding
	Receivers
	Unanswered
	Reports
	Log
	Bulletin
	Upkeep
	Watch
}

// Feeds keeps what is known of the feeds and their items.
type Feeds interface {
	SyncFeeds(ctx context.Context, feeds []timeline.Feed) error
	Feeds(ctx context.Context) ([]timeline.FeedStatus, error)
	FeedState(ctx context.Context, feed string) (timeline.FeedState, error)
	Known(ctx context.Context, ids []timeline.Identity) ([]timeline.Known, error)
}

// Ledger takes in what was collected.
type Ledger interface {
	CommitPoll(ctx context.Context, result timeline.PollResult) error
	CommitLoad(ctx context.Context, articles []timeline.ReadArticle) (added int, err error)
	Polls(ctx context.Context, q timeline.Query) (timeline.Page[timeline.Poll], error)
}

// Library gives the articles back.
type Library interface {
	Articles(ctx context.Context, q timeline.Query) (timeline.Page[timeline.ReadArticle], error)
	Article(ctx context.Context, id string) (timeline.ReadArticle, error)
	Stories(ctx context.Context, q timeline.Query) (timeline.Page[timeline.Story], error)
}

// Watch keeps what is watched for.
type Watch interface {
	SyncTopics(ctx context.Context, topics []timeline.WatchedTopic, now time.Time) error
	ReadMentions(ctx context.Context, topics map[string]string,
		read func(*timeline.Article) []timeline.Mention, progress func(done, total int)) error
	ForgetTopic(ctx context.Context, topic string, now time.Time, progress func(done int)) error
	ForgetFeed(ctx context.Context, feed string, now time.Time, progress func(done int)) error
}

// Rulings corrects stories.
type Rulings interface {
	Story(ctx context.Context, id string) (timeline.StoryDetail, error)
	SplitStory(ctx context.Context, id string, articles []string, r timeline.Ruling) (split string, err error)
	MergeStories(ctx context.Context, into string, stories []string, r timeline.Ruling) error
	TakeDown(ctx context.Context, id string, r timeline.Ruling) error
}

// Corrections corrects facts.
type Corrections interface {
	CorrectFact(ctx context.Context, c timeline.Correction, read func(*timeline.Article) timeline.Facts) error
	RestoreFact(ctx context.Context, article, id string, read func(*timeline.Article) timeline.Facts) error
	Corrections(ctx context.Context, article string) ([]timeline.Correction, error)
}

// Words finds articles by their words.
type Words interface {
	IndexWords(ctx context.Context) (more bool, err error)
	Search(ctx context.Context, query string, q timeline.Query) (timeline.Page[timeline.FoundWords], error)
}

// Pages has articles wait for the text of their pages.
type Pages interface {
	PendingPages(ctx context.Context, at time.Time, limit int) ([]timeline.PendingPage, error)
	CommitPage(ctx context.Context, result timeline.PageResult) error
}

// Findings gives the facts back.
type Findings interface {
	FoundEvents(ctx context.Context, q timeline.Query) (timeline.Page[timeline.FoundEvent], error)
	FoundCounts(ctx context.Context, q timeline.Query) (timeline.Page[timeline.FoundCount], error)
	Evidence(ctx context.Context, topic string, from, to time.Time) (timeline.Evidence, error)
	PublisherCounts(ctx context.Context, topic string, from, to time.Time) (map[string]int, error)
}

// Bases says what notices rest on.
type Bases interface {
	Breadth(ctx context.Context, topic string, from, to time.Time) (timeline.Breadth, error)
	StoryIDs(ctx context.Context, topic string, from, to time.Time) ([]string, error)
	FiguresTold(ctx context.Context, topic string, from, to time.Time) ([]timeline.ToldFigure, error)
	FiguresKnown(ctx context.Context, topic, kind, of string, from, to time.Time) ([]timeline.ToldFigure, error)
}

// Tellings gives back what events of several articles are one.
type Tellings interface {
	Happenings(ctx context.Context, q timeline.Query) (timeline.Page[timeline.Happening], error)
	Happening(ctx context.Context, id string) (timeline.Happening, error)
}

// Series keeps the step counts and what was thought of them.
type Series interface {
	Counts(ctx context.Context, topic string, from, to time.Time) ([]timeline.StepCount, error)
	LastStep(ctx context.Context) (time.Time, error)
	CommitStep(ctx context.Context, result timeline.StepResult) error
	Evaluations(ctx context.Context, topic string, window time.Duration, from, to time.Time) ([]timeline.Evaluation, error)
}

// Charts gives series in the stretches that a chart has.
type Charts interface {
	Sums(ctx context.Context, topic string, width time.Duration, from, to time.Time) ([]timeline.StepCount, error)
	EvaluationsOf(ctx context.Context, topic string, window time.Duration, from, to time.Time) ([]timeline.Evaluation, error)
}

// Detectors keeps what was learnt from the step counts.
type Detectors interface {
	Delays(ctx context.Context, topic string, from, to time.Time) ([]timeline.Delay, error)
	History(ctx context.Context, topic string) (int64, error)
	DetectorState(ctx context.Context, topic string) (timeline.DetectorState, error)
}

// Past gives back what counted, for trying topics on it.
type Past interface {
	Countable(ctx context.Context, from, to time.Time, yield func([]timeline.RankedArticle) error) error
}

// Incidents gives the incidents back.
type Incidents interface {
	OpenIncidents(ctx context.Context) ([]timeline.Incident, error)
	Incident(ctx context.Context, id string) (timeline.Incident, error)
	Incidents(ctx context.Context, q timeline.Query) (timeline.Page[timeline.Incident], error)
}

// Outbox keeps the notices until a receiver has them.
type Outbox interface {
	DueNotices(ctx context.Context, receiver string, now time.Time, limit int) ([]timeline.Notice, error)
	MarkTrying(ctx context.Context, id string, at time.Time) error
	MarkSent(ctx context.Context, n timeline.Notice, r timeline.Receipt, at time.Time) error
	MarkFailed(ctx context.Context, id string, f timeline.Failure) error
}

// Receivers knows what they do not have, and how they are set up.
type Receivers interface {
	Undelivered(ctx context.Context, limit int) ([]timeline.Notice, error)
	ReceiverIs(ctx context.Context, receiver, setup string, now time.Time) (waiting int64, err error)
	ReceiversAre(ctx context.Context, receivers []string) (withdrawn int64, err error)
}

// Reports keeps what is told beside incidents.
type Reports interface {
	ReportedUntil(ctx context.Context, report string) (time.Time, error)
	CommitTelling(ctx context.Context, t timeline.Telling) error
	Turns(ctx context.Context, from, to time.Time) ([]timeline.Notice, error)
}

// Unanswered knows what nobody has acknowledged.
type Unanswered interface {
	Unanswered(ctx context.Context, before time.Time) ([]timeline.Unanswered, error)
}

// Responses keeps what people say to incidents.
type Responses interface {
	Acknowledge(ctx context.Context, incident string, a timeline.Acknowledgement) error
	Label(ctx context.Context, incident string, f timeline.Feedback) error
	SetSilence(ctx context.Context, q timeline.Silence) error
	Silences(ctx context.Context, at time.Time) ([]timeline.Silence, error)
}

// Holding keeps notices back.
type Holding interface {
	HoldNotice(ctx context.Context, id, reason string, until time.Time) error
	WithdrawNotices(ctx context.Context, incident, receiver string) error
}

// Log is the change log and its followers.
type Log interface {
	Changes(ctx context.Context, after int64, limit int) ([]timeline.Change, error)
	Position(ctx context.Context, follower string) (int64, error)
	SetPosition(ctx context.Context, follower string, seq int64) error
}

// Bulletin tells what the change log is about.
type Bulletin interface {
	LastChange(ctx context.Context) (int64, error)
	Changed(ctx context.Context, after int64, limit int) (timeline.Changed, error)
}

// Upkeep keeps the store small and its facts up to date, and tells its size.
type Upkeep interface {
	ReadFacts(ctx context.Context, version string, read func(*timeline.Article) timeline.Facts, progress func(done, total int)) error
	Prune(ctx context.Context, now time.Time) (articles int, err error)
	Stats(ctx context.Context) (timeline.Stats, error)
}

// TestStore runs every promise against a store of its own that open gives. open
// closes it when the test ends.
func TestStore(t *testing.T, open func(t *testing.T) Store) {
	t.Helper()
	for _, promise := range []struct {
		name string
		test func(*testing.T, Store)
	}{
		{"PollIsWholeAndOnce", testPoll},
		{"BadPollChangesNothing", testRefusal},
		{"CancelledPollChangesNothing", testCancelled},
		{"PollsAtOnce", testConcurrentPolls},
		{"ArticleComesBack", testArticle},
		{"KnownAndRevised", testKnown},
		{"IdentitiesOfAPublisher", testIdentities},
		{"RenameKeepsHistory", testRename},
		{"FeedMoves", testFeedMoves},
		{"PublisherIsRenamed", testPublisherRenamed},
		{"FeedsComeAndGo", testFeeds},
		{"FirstDateIsKept", testFirstDate},
		{"StoryCap", testStoryCap},
		{"RevisionsDoNotCount", testRevisionCounts},
		{"WhatMayCount", testCountable},
		{"LoadIsHistory", testLoad},
		{"PagesOfArticles", testPages},
		{"Evidence", testEvidence},
		{"Steps", testSteps},
		{"Delays", testDelays},
		{"Detectors", testDetectors},
		{"Outbox", testOutbox},
		{"Responses", testResponses},
		{"Unanswered", testUnanswered},
		{"Reports", testReports},
		{"Silences", testSilences},
		{"NoticesHeld", testHolding},
		{"NoticeOrder", testNoticeOrder},
		{"ChangeLog", testLog},
		{"ChartsAreSummed", testCharts},
		{"ChangesAreNamed", testChanged},
		{"EventsBeyond", testBeyond},
		{"Paging", testPaging},
		{"Selecting", testSelecting},
		{"Stories", testStories},
		{"StoriesByText", testStoriesByText},
		{"StoriesRuled", testStoriesRuled},
		{"Happenings", testHappenings},
		{"HappeningsToldByMany", testWideHappenings},
		{"HappeningsChange", testHappeningsChange},
		{"TopicsReadAgain", testReadMentions},
		{"TopicRenameKeepsHistory", testTopicRename},
		{"TopicComesBack", testTopicComesBack},
		{"TopicReadBack", testReadBack},
		{"ForgetFeed", testForgetFeed},
		{"ReadingAgainResumes", testReadMentionsResumes},
		{"FactsReadAgain", testReadFacts},
		{"ReadingFactsAgainResumes", testReadFactsResumes},
		{"FactsCorrected", testCorrections},
		{"TakenDown", testTakeDown},
		{"Search", testSearch},
		{"Prune", testPrune},
	} {
		t.Run(promise.name, func(t *testing.T) { promise.test(t, open(t)) })
	}
}
