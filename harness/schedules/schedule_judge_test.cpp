#include "harness/schedules/schedule_judge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "harness/process/fd.h"
#include "harness/stage/story_end.h"
#include "harness/stage/testing.h"

namespace pidfall {
namespace {

using testing::HasSubstr;

constexpr Duration kBound = std::chrono::seconds(1);
constexpr pid_t kFirst = 4000, kSecond = 5000;

// A contender that has come to its end already.
class Ended : public Contender {
 public:
  Ended(pid_t pid, std::optional<Ending> ending, std::string output = "")
      : pid_(pid), ending_(ending), output_(std::move(output)) {}

  ContenderEvent Next(Duration) override {
    return {ending_ ? ContenderEvent::kOver : ContenderEvent::kRests, {}};
  }
  void Terminate() override {}
  void Kill() override {}
  pid_t pid() const override { return pid_; }
  std::vector<pid_t> Processes() const override {
    return ending_ ? std::vector<pid_t>() : std::vector<pid_t>{pid_};
  }
  const std::optional<Ending>& ending() const override { return ending_; }
  bool RunsAgain() const override { return false; }
  bool Serves() const override { return !ending_; }
  bool LooksBeyond() const override { return false; }
  const std::string& Output() override { return output_; }

 private:
  pid_t pid_;
  std::optional<Ending> ending_;
  std::string output_;
};

std::unique_ptr<Contender> Serving(pid_t pid) { return std::make_unique<Ended>(pid, std::nullopt); }
std::unique_ptr<Contender> EndedWith(int status) {
  return std::make_unique<Ended>(kSecond, Ending{.status = status}, "already running\nbye\n");
}

class ScheduleJudgeTest : public testing::Test {
 protected:
  // "C1 A and B both serve", or nothing: no breach.
  std::string Judged(StartState state, const std::function<void(Contest&)>& fill,
                     const std::string& pid_file = "4000\n") {
    Target target = NoServer();
    target.duplicate_exit = 0;
    return OnStage(target, [&](Stage& stage) -> std::string {
      WriteFile(stage.pid_file(), pid_file);
      Contest contest(kBound);
      fill(contest);
      try {
        JudgeSchedule(stage, state, contest, true);
      } catch (const Breach& breach) {
        return breach.clause + " " + breach.summary;
      }
      return "";
    });
  }
};

TEST_F(ScheduleJudgeTest, OneThatServesAndADuplicateThatSaysSoIsAsItShouldBe) {
  EXPECT_EQ(Judged(StartState::kFresh,
                   [](Contest& contest) {
                     contest.AddStart(Serving(kFirst));
                     contest.AddStart(EndedWith(0));
                   }),
            "");
}

TEST_F(ScheduleJudgeTest, TwoThatServeAreABreachOfC1) {
  const auto two = [](Contest& contest) {
    contest.AddStart(Serving(kFirst));
    contest.AddStart(Serving(kSecond));
  };
  EXPECT_EQ(Judged(StartState::kStale, two), "C1 A and B both serve");
  const auto beside_owner = [](Contest& contest) {
    contest.AddOwner(Serving(kFirst));
    contest.AddStart(Serving(kSecond));
  };
  EXPECT_EQ(Judged(StartState::kLiveOwner, beside_owner), "C1 the owner and A both serve");
}

TEST_F(ScheduleJudgeTest, NoneThatServesIsABreachOfC3UnlessTheOwnerStops) {
  const auto none = [](Contest& contest) {
    contest.AddStart(EndedWith(0));
    contest.AddStart(EndedWith(0));
  };
  EXPECT_EQ(Judged(StartState::kFresh, none), "C3 no copy serves in the end");
  EXPECT_EQ(Judged(StartState::kStoppingOwner, none), "");
}

TEST_F(ScheduleJudgeTest, ADuplicateWithAnotherStatusIsABreachOfC2) {
  EXPECT_THAT(Judged(StartState::kFresh,
                     [](Contest& contest) {
                       contest.AddStart(Serving(kFirst));
                       contest.AddStart(EndedWith(1));
                     }),
              HasSubstr("C2 B ended with status 1 and printed \"already running\""));
}

TEST_F(ScheduleJudgeTest, AFileThatDoesNotNameTheOwnerIsABreachOfC6) {
  EXPECT_EQ(Judged(
                StartState::kFresh, [](Contest& contest) { contest.AddStart(Serving(kFirst)); },
                "5000\n"),
            "C6 the pid file does not name A in the end: it holds \"5000\"");
}

}  // namespace
}  // namespace pidfall
