#include "harness/tracer/prepared_start.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/process/fd.h"
#include "harness/stage/testing.h"

namespace pidfall {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr pid_t kOriginal = 8000, kFirst = 4000, kSecond = 5000;
constexpr std::chrono::seconds kEventBound{10};

Target PidFileReadBy(const std::vector<std::string>& command) {
  return {.command = command, .pid_file = "{pid_file}"};
}

void RunToEnd(TracedStart& start) {
  for (auto event = start.Next(kEventBound); event.kind != ContenderEvent::kOver;) {
    if (event.kind == ContenderEvent::kBound) throw Broken("no end");
    event = start.Next(kEventBound);
  }
}

class Copies {
 public:
  explicit Copies(Stage& stage) : stage_(stage), safeguard_(SafeguardOf(stage)) {
    WriteFile(stage.pid_file(), "first");
  }

  PreparedStart& prepared() { return prepared_; }
  TracedStart Start(pid_t pid) {
    auto held = prepared_.Copy(pid);
    if (!held) throw Broken("no copy: " + prepared_.why_not());
    return {stage_, safeguard_, {.pid = pid}, std::move(*held)};
  }

 private:
  Stage& stage_;
  Safeguard safeguard_;
  PreparedStart prepared_{stage_, safeguard_, {.pid = PidToAskFor(stage_, kOriginal)}};
};

TEST(PreparedStartTest, ACopyGoesOnFromTheFirstCallWithAPidAndAnOutputOfItsOwn) {
  const auto story = [](Stage& stage) {
    Copies copies(stage);
    TracedStart first = copies.Start(PidToAskFor(stage, kFirst));
    TracedStart second = copies.Start(PidToAskFor(stage, kSecond));
    RunToEnd(first);
    WriteFile(stage.pid_file(), "second");
    RunToEnd(second);
    const bool as_asked = !stage.world().full || (first.pid() == kFirst && second.pid() == kSecond);
    return first.Output() + ", " + second.Output() + (as_asked ? "" : ", other pids");
  };
  EXPECT_EQ(OnStage(PidFileReadBy({"cat", "{pid_file}"}), story), "first, second");
}

TEST(PreparedStartTest, AnOutputIsUsedAgainWithoutWhatNobodyRead) {
  const auto story = [](Stage& stage) {
    constexpr int kMoreThanOutputs = 12;
    Copies copies(stage);
    for (int i = 0; i < kMoreThanOutputs; ++i) {
      TracedStart unread = copies.Start(PidToAskFor(stage, kFirst));
      RunToEnd(unread);
    }
    TracedStart last = copies.Start(PidToAskFor(stage, kFirst));
    RunToEnd(last);
    return last.Output();
  };
  EXPECT_EQ(OnStage(PidFileReadBy({"cat", "{pid_file}"}), story), "first");
}

std::string WhyNot(Stage& stage) { return Copies(stage).prepared().why_not(); }

TEST(PreparedStartTest, AStartThatAsksForItsPidBeforeIsNotCopied) {
  EXPECT_THAT(OnStage(PidFileReadBy({"sh", "-c", "cat {pid_file}"}), WhyNot),
              StartsWith("it makes call "));
}

TEST(PreparedStartTest, AStartThatHasAFileOpenIsNotCopied) {
  EXPECT_THAT(OnStage(PidFileReadBy({"cmp", "/etc/passwd", "{pid_file}"}), WhyNot),
              HasSubstr("it has /etc/passwd open"));
}

TEST(PreparedStartTest, AStartThatDoesNotTouchItsSafeguardIsNotCopied) {
  EXPECT_EQ(OnStage(PidFileReadBy({"true"}), WhyNot), "it did not come to a call of its safeguard");
}

}  // namespace
}  // namespace pidfall
