#include "harness/run/pool.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <chrono>
#include <map>
#include <stdexcept>

#include "harness/process/clone.h"

namespace pidfall {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testing::HasSubstr;

constexpr Duration kBound = 20s;

Story Saying(json what) {
  return {.tell = [what](const World&) { return what; }, .bound = kBound};
}

[[noreturn]] void StayForEver() {
  for (;;) pause();
}

Story Silent(Duration bound) {
  return {.tell = [](const World&) -> json { StayForEver(); }, .bound = bound};
}

std::map<std::size_t, StoryResult> RunAll(const std::vector<Story>& stories, int at_once) {
  std::map<std::size_t, StoryResult> ended;
  RunStories(stories, {.at_once = at_once},
             [&](std::size_t index, const StoryResult& outcome) { ended[index] = outcome; });
  return ended;
}

std::string ErrorOf(const Story& story) {
  const StoryResult outcome = RunAll({story}, 1).at(0);
  EXPECT_TRUE(outcome.told.is_null());
  return outcome.error;
}

TEST(PoolTest, NewsComeBeforeTheResult) {
  const auto tell = [](const World&) -> json {
    TellNews("first\nline");
    TellNews({{"second", 2}});
    return "result";
  };
  std::vector<json> heard;
  const PoolOptions options{
      .on_news = [&](std::size_t, const json& news) { heard.push_back(news); }};
  RunStories({{.tell = tell, .bound = kBound}}, options,
             [&](std::size_t, const StoryResult& outcome) { heard.push_back(outcome.told); });
  EXPECT_THAT(heard, testing::ElementsAre("first\nline", json{{"second", 2}}, "result"));
}

TEST(PoolTest, WithoutAListenerNewsAreDropped) {
  const auto tell = [](const World&) -> json {
    TellNews("nobody hears it");
    return "result";
  };
  EXPECT_EQ(RunAll({{.tell = tell, .bound = kBound}}, 1).at(0).told, "result");
}

TEST(PoolTest, EachTellingComesUnderItsStorysIndex) {
  const auto ended = RunAll({Saying("a"), Saying({{"b", 2}}), Saying(3)}, 2);
  ASSERT_EQ(ended.size(), 3U);
  EXPECT_EQ(ended.at(0).told, "a");
  EXPECT_EQ(ended.at(1).told["b"], 2);
  EXPECT_EQ(ended.at(2).told, 3);
  EXPECT_EQ(ended.at(2).error, "");
  EXPECT_GT(ended.at(2).took, 0ns);
}

// Two stories that end only when both run at once: each opens a FIFO that the other opens.
class PoolMeetingTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const std::string& fifo : fifos_) ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  }
  void TearDown() override {
    for (const std::string& fifo : fifos_) unlink(fifo.c_str());
  }

  std::vector<Story> Meeting(Duration bound) const {
    const auto first = [fifos = fifos_](const World&) -> json {
      WriteFile(fifos[0], "first");
      return ReadFile(fifos[1]);
    };
    const auto second = [fifos = fifos_](const World&) -> json {
      const std::string heard = ReadFile(fifos[0]);
      WriteFile(fifos[1], "second");
      return heard;
    };
    return {{.tell = first, .bound = bound}, {.tell = second, .bound = bound}};
  }

 private:
  const std::string name_ = testing::TempDir() + "pool-test-" + std::to_string(getpid());
  const std::vector<std::string> fifos_ = {name_ + "-1", name_ + "-2"};
};

TEST_F(PoolMeetingTest, TheGivenNumberRunsAtOnce) {
  const auto ended = RunAll(Meeting(kBound), 2);
  EXPECT_EQ(ended.at(0).told, "second");
  EXPECT_EQ(ended.at(1).told, "first");
}

TEST_F(PoolMeetingTest, NoMoreThanTheGivenNumberRunsAtOnce) {
  const auto ended = RunAll(Meeting(100ms), 1);
  EXPECT_THAT(ended.at(0).error, HasSubstr("no result within"));
  EXPECT_THAT(ended.at(1).error, HasSubstr("no result within"));
}

TEST(PoolTest, TheBoundEndsASilentStory) {
  EXPECT_EQ(ErrorOf(Silent(50ms)), "no result within 0.05 s");
}

TEST(PoolTest, AnotherStorysBoundDoesNotEndTheRest) {
  const auto ended = RunAll({Silent(20ms), Saying("whole")}, 2);
  EXPECT_EQ(ended.at(1).told, "whole");
}

TEST(PoolTest, AStoryThatHasNotEndedWhenTheTimeForAllIsOverIsReported) {
  std::map<std::size_t, StoryResult> ended;
  RunStories({Saying("whole"), Silent(kBound), Saying("late")},
             {.at_once = 1, .until = std::chrono::steady_clock::now() + 1s},
             [&](std::size_t index, const StoryResult& outcome) { ended[index] = outcome; });
  ASSERT_EQ(ended.size(), 3U);
  EXPECT_FALSE(ended.at(0).out_of_time);
  EXPECT_TRUE(ended.at(1).out_of_time);
  EXPECT_TRUE(ended.at(2).out_of_time);
}

TEST(PoolTest, AStorysExceptionIsItsError) {
  const Story story = {.tell = [](const World&) -> json { throw std::runtime_error("no luck"); }};
  EXPECT_EQ(ErrorOf(story), "no luck");
}

TEST(PoolTest, AWorkerThatEndsEarlyIsReported) {
  EXPECT_EQ(ErrorOf({.tell = [](const World&) -> json { _exit(0); }}),
            "its own process ended before it had told a result");
}

// The only descriptor in there that can be written, except the standard ones.
int ResultPipe() {
  for (int fd = STDERR_FILENO + 1;; ++fd) {
    const int flags = fcntl(fd, F_GETFL);
    if (flags >= 0 && (flags & O_ACCMODE) == O_WRONLY) return fd;
  }
}

TEST(PoolTest, AnIncompleteMessageIsAnErrorAndNoResult) {
  EXPECT_EQ(ErrorOf({.tell = [](const World&) -> json {
              WriteAll(ResultPipe(), R"({"told": ["half)", "the result pipe");
              _exit(0);
            }}),
            "its own process ended before it had told a result");
}

void Nothing(int) {}

void InterruptEveryMillisecond() {
  struct sigaction action {};  // no SA_RESTART
  action.sa_handler = Nothing;
  sigaction(SIGALRM, &action, nullptr);
  const itimerval often{{0, 1000}, {0, 1000}};
  setitimer(ITIMER_REAL, &often, nullptr);
}

TEST(PoolTest, SignalsThatInterruptCallsLoseNothing) {
  const std::string much(3'000'000, 'x');
  InterruptEveryMillisecond();
  const auto ended = RunAll({Saying(much), Saying(much)}, 2);
  const itimerval never{};
  setitimer(ITIMER_REAL, &never, nullptr);
  EXPECT_EQ(ended.at(0).told, much);
  EXPECT_EQ(ended.at(1).told, much);
}

TEST(PoolTest, ASandboxThatCannotBeMadeIsSaid) {
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  ASSERT_TRUE(FullSandboxWorks() || !FullSandboxObstacle().empty());
  rlimit few = before;
  few.rlim_cur = 4;
  setrlimit(RLIMIT_NOFILE, &few);
  const std::string error = ErrorOf(Saying(1));
  setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_THAT(error, HasSubstr("the sandbox could not be made: pipe"));
}

// In a process of their own: an interrupt cannot be undone.
void InterruptAfterTheFirst() {
  int ended = 0;
  RunStories({Saying(1), Saying(2), Silent(kBound)}, {}, [&](std::size_t, const StoryResult&) {
    ++ended;
    InterruptRuns();
  });
  _exit(ended);
}

TEST(PoolInterruptTest, AStoryThatHasNotEndedIsLeftOut) {
  EXPECT_EXIT(InterruptAfterTheFirst(), testing::ExitedWithCode(1), "");
}

void InterruptBySignal() {
  signal(SIGTERM, [](int) { InterruptRuns(); });
  const pid_t harness = getpid();
  Pipe running = MakePipe();
  const Child sender = Clone({}, [&] {
    running.write.Reset();
    ReadToEnd(running.read.get(), "the pipe");
    return kill(harness, SIGTERM);
  });
  running.write.Reset();
  RunStories({Silent(kBound)}, {}, [](std::size_t, const StoryResult&) { _exit(1); });
  Reap(sender);
  _exit(Interrupted() ? 0 : 2);
}

TEST(PoolInterruptTest, ASignalEndsTheWait) {
  EXPECT_EXIT(InterruptBySignal(), testing::ExitedWithCode(0), "");
}

void AskAfterAnInterrupt() {
  InterruptRuns();
  try {
    RunStory(Saying(1));
  } catch (const std::runtime_error& error) {
    _exit(error.what() == std::string("interrupted") ? 0 : 1);
  }
}

TEST(PoolInterruptTest, OneStoryAloneThrows) {
  EXPECT_EXIT(AskAfterAnInterrupt(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace pidfall
