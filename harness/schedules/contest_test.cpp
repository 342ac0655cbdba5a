#include "harness/schedules/contest.h"

#include <gmock/gmock.h>

namespace pidfall {
namespace {

using testing::ElementsAre;

constexpr Duration kWithin = std::chrono::seconds(1);

ContenderEvent CallOn(const std::string& object, Opening opening = Opening::kNone) {
  return {ContenderEvent::kCall, {.name = {"openat", object}, .opening = opening}};
}

// Does what a list says.
class Scripted : public Contender {
 public:
  explicit Scripted(std::vector<ContenderEvent> events) : events_(std::move(events)) {}

  ContenderEvent Next(Duration) override {
    return at_ < events_.size() ? events_[at_++] : ContenderEvent{ContenderEvent::kOver, {}};
  }
  void Terminate() override {}
  void Kill() override {}
  pid_t pid() const override { return 4000; }
  std::vector<pid_t> Processes() const override { return {}; }
  const std::optional<Ending>& ending() const override { return ending_; }
  bool RunsAgain() const override { return false; }
  bool Serves() const override { return false; }
  bool LooksBeyond() const override { return looks_beyond_; }
  const std::string& Output() override { return output_; }

  void LookBeyond() { looks_beyond_ = true; }

 private:
  std::vector<ContenderEvent> events_;
  size_t at_ = 0;
  bool looks_beyond_ = false;
  std::optional<Ending> ending_;
  std::string output_;
};

std::vector<After> AfterEach(const Contest& contest) {
  std::vector<After> all;
  for (const Turn& turn : contest.turns()) all.push_back(turn.after);
  return all;
}

TEST(ContestTest, EachTurnTellsWhatFollowedIt) {
  Contest contest(kWithin);
  contest.AddStart(std::make_unique<Scripted>(std::vector{CallOn("a"), CallOn("b")}));
  contest.AddStart(std::make_unique<Scripted>(
      std::vector{CallOn("a"), ContenderEvent{ContenderEvent::kRests, {}}}));
  contest.Run({});
  EXPECT_THAT(AfterEach(contest), ElementsAre(After::kNextCall, After::kEnd, After::kStir));
}

TEST(ContestTest, ATurnOfAContenderThatLooksBeyondStirs) {
  auto looks = std::make_unique<Scripted>(std::vector{CallOn("a"), CallOn("b")});
  looks->LookBeyond();
  Contest contest(kWithin);
  contest.AddStart(std::move(looks));
  contest.Run({});
  EXPECT_THAT(AfterEach(contest), ElementsAre(After::kStir, After::kStir));
}

TEST(ContestTest, ASleeperWakesWhenNoOtherCanGoOn) {
  Contest contest(kWithin);
  contest.AddStart(std::make_unique<Scripted>(
      std::vector{CallOn("a"), ContenderEvent{ContenderEvent::kSleeps, {}}, CallOn("b")}));
  contest.AddStart(std::make_unique<Scripted>(std::vector{CallOn("c")}));
  contest.Run({});
  ASSERT_EQ(contest.turns().size(), 3U);
  EXPECT_THAT(contest.turns()[1].asleep, ElementsAre(0));
  EXPECT_TRUE(contest.turns()[1].wakes_a_sleeper);
  EXPECT_FALSE(contest.turns()[2].wakes_a_sleeper);
}

TEST(ContestTest, AnOpenOfAFileThatExistsCreatesNone) {
  Contest contest(kWithin, [](const std::string& name) { return name == "x.4000"; });
  const auto creates = Opening::kCreatesIfMissing;
  contest.AddStart(
      std::make_unique<Scripted>(std::vector{CallOn("x.{pid}", creates), CallOn("y", creates)}));
  contest.Run({});
  EXPECT_EQ(contest.turns()[0].made.opening, Opening::kOnlyOpens);
  EXPECT_EQ(contest.turns()[1].made.opening, creates);
}

}  // namespace
}  // namespace pidfall
