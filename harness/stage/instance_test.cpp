#include "harness/stage/instance.h"

#include <gtest/gtest.h>

#include <chrono>

#include "harness/stage/testing.h"

namespace pidfall {
namespace {

using Clock = std::chrono::steady_clock;

Target Shell(const std::string& script) { return {.command = {"/bin/sh", "-c", script}}; }

// The result of `look` at a start of the script whose first process has ended.
std::string AfterTheEnd(const std::string& script,
                        const std::function<std::string(const Instance&)>& look) {
  return OnStage(Shell(script), [&](Stage& stage) -> std::string {
    const Instance& instance = stage.Start();
    const auto ended = [&] { return instance.ended(); };
    return stage.WaitUntil(ended, Stage::kSettleBound) ? look(instance) : "it did not end";
  });
}

TEST(InstanceTest, EvidenceHasTheFirstTwoLinesOfItsOutput) {
  const char* const script = "echo one; echo two >&2; echo three";
  EXPECT_EQ(AfterTheEnd(script, [](const Instance& one) { return one.Printed(); }),
            "\"one | two\"");
  EXPECT_EQ(AfterTheEnd(script, [](const Instance& one) { return one.LastLine(); }), "three");
}

TEST(InstanceTest, StartThatPrintsNothingSaysSo) {
  EXPECT_EQ(AfterTheEnd("exit 3", [](const Instance& one) { return one.Printed(); }), "nothing");
}

TEST(InstanceTest, LongOutputIsReadToItsEndAndItsBeginningKept) {
  const char* const script = "head -c 1000000 /dev/zero | tr '\\0' x";
  EXPECT_EQ(AfterTheEnd(script,
                        [](const Instance& one) {
                          return one.ending()->Describe() + ", " +
                                 std::to_string(one.output().size()) + " bytes";
                        }),
            "status 0, 65536 bytes");
}

TEST(InstanceTest, DaemonThatItLeavesIsItsMainProcess) {
  EXPECT_EQ(AfterTheEnd("sleep 1000 & exit 0",
                        [](const Instance& one) -> std::string {
                          const auto main = one.MainProcess();
                          const bool goes_on = main && *main != one.pid();
                          return goes_on && one.gone_at() == Clock::time_point::max()
                                     ? "it goes on"
                                     : "it is gone";
                        }),
            "it goes on");
}

TEST(InstanceTest, StartIsGoneWhenNothingOfItIsLeft) {
  EXPECT_EQ(AfterTheEnd("exit 0",
                        [](const Instance& one) -> std::string {
                          const bool is_gone =
                              !one.MainProcess() && one.gone_at() >= one.ended_at();
                          return is_gone ? "gone" : "something is left";
                        }),
            "gone");
}

TEST(InstanceTest, ZombieHasEndedWithoutAStatus) {
  EXPECT_EQ(OnStage(Shell("exec sleep 1000"),
                    [](Stage& stage) -> std::string {
                      Instance& instance = stage.Start();
                      instance.KeepAsZombie();
                      stage.Signal(instance, SIGKILL);
                      const auto ended = [&] { return instance.ended(); };
                      if (!stage.WaitUntil(ended, Stage::kSettleBound)) return "it did not end";
                      return instance.ending() ? "it was reaped" : "a zombie";
                    }),
            "a zombie");
}

// With its group or without it.
std::string HelperAfterTheEnd(bool ends_group) {
  return OnStage(Shell("sleep 1000 & echo started; exec sleep 1000"),
                 [&](Stage& stage) -> std::string {
                   Instance& instance = stage.Start();
                   if (ends_group) instance.EndGroupWithIt();
                   const auto started = [&] { return !instance.output().empty(); };
                   if (!stage.WaitUntil(started, Stage::kSettleBound)) return "it did not start";
                   stage.Kill(instance);
                   return stage.Gone(instance, std::chrono::milliseconds(200)) ? "ends" : "goes on";
                 });
}

TEST(InstanceTest, HelperInItsGroupEndsWithItOnlyWhereThatIsAsked) {
  EXPECT_EQ(HelperAfterTheEnd(true), "ends");
  EXPECT_EQ(HelperAfterTheEnd(false), "goes on");
}

}  // namespace
}  // namespace pidfall
