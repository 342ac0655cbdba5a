#include "harness/faults/hold.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "harness/stage/testing.h"

namespace pidfall {
namespace {

using std::filesystem::exists;

// Without a timeout, so that its waiting is noticed at once.
constexpr char kStays[] = "mkfifo {dir}/../fifo 2>/dev/null; exec cat <> {dir}/../fifo";

// A shell, whose calls are known: two changes of the folder, then it stays.
Target Writer() {
  return {.command = {"/bin/sh", "-c",
                      std::string("echo 1 > {dir}/one; echo 2 > {dir}/two; ") + kStays},
          .pid_file = "{pid_file}"};
}

std::string FilesIn(const Stage& stage) {
  std::string names;
  for (const char* name : {"one", "two"}) {
    if (exists(stage.folder() + "/" + name)) names += std::string(name) + " ";
  }
  return names;
}

TEST(HoldTest, AStartStandsRightAfterItsFirstChange) {
  EXPECT_EQ(OnStage(Writer(),
                    [](Stage& stage) {
                      const Instance& held = StartUntil(stage, 1);
                      return FilesIn(stage) + (held.IsHeld() ? "held" : "runs");
                    }),
            "one held");
}

Target Script(const std::string& script) {
  return {.command = {"/bin/sh", "-c", script + kStays}, .pid_file = "{pid_file}"};
}

std::string HeldAtFirstOf(const Target& target, Moments moments) {
  return OnStage(target, [&](Stage& stage) {
    const Instance& held = StartUntil(stage, 1, moments);
    return FilesIn(stage) + (held.IsHeld() ? held.held_when() : "runs");
  });
}

constexpr char kCheckThenCreate[] = "test -e one && exit 1; echo 1 > one; ";

TEST(HoldTest, AStartStandsBetweenItsCheckAndWhatItCreates) {
  const Target target = Script(std::string("cd {dir}; ") + kCheckThenCreate);
  EXPECT_EQ(HeldAtFirstOf(target, Moments::kChecks), "before it created one");
}

TEST(HoldTest, AFolderBehindALinkIsTheSafeguards) {
  const Target target = Script(
      "ln -s {dir} {dir}/../link; test -e {dir}/../link/one || echo 1 > {dir}/../link/one; ");
  EXPECT_EQ(HeldAtFirstOf(target, Moments::kChanges), "one after it created one");
}

TEST(HoldTest, AHelperThatRemovesIsHeld) {
  EXPECT_EQ(HeldAtFirstOf(Script("rm -f {dir}/one; ln {dir}/../none {dir}/two; mkdir {dir}/one; "),
                          Moments::kChanges),
            "one after it created one");
}

TEST(HoldTest, AReleasedStartGoesOn) {
  EXPECT_EQ(OnStage(Writer(),
                    [](Stage& stage) {
                      Instance& held = StartUntil(stage, 1);
                      Release(stage, held);
                      stage.WaitUntil([&] { return FilesIn(stage) == "one two "; },
                                      Stage::kSettleBound);
                      return FilesIn(stage) + (held.IsHeld() ? "held" : "runs");
                    }),
            "one two runs");
}

TEST(HoldTest, AStartWithFewerMomentsIsNotHeld) {
  EXPECT_EQ(
      OnStage(Writer(),
              [](Stage& stage) {
                constexpr int kMoreThanItHas = 100;
                return std::string(StartUntil(stage, kMoreThanItHas).IsHeld() ? "held" : "runs");
              }),
      "runs");
}

TEST(HoldTest, AHeldStartThatIsKilledIsGone) {
  EXPECT_EQ(OnStage(Writer(),
                    [](Stage& stage) {
                      Instance& held = StartUntil(stage, 1);
                      stage.KillTree(held);
                      return FilesIn(stage) + held.ending()->Describe();
                    }),
            "one signal 9 (Killed)");
}

// It removes its file at its end. A shell's `wait` notices a signal that comes just before it; its
// `read` does not, and reads on.
Target Remover() {
  return {.command = {"/bin/sh", "-c",
                      "mkfifo {dir}/../fifo; cat <> {dir}/../fifo & "
                      "trap 'rm {dir}/one; echo 2 > {dir}/two; kill $!; exit' TERM; "
                      "echo 1 > {dir}/one; wait"},
          .pid_file = "{pid_file}"};
}

TEST(HoldTest, AStopStandsAtAMomentOfItsEnd) {
  EXPECT_EQ(OnStage(Remover(),
                    [](Stage& stage) {
                      Instance& ending = stage.Start();
                      stage.WaitUntil([&] { return FilesIn(stage) == "one "; },
                                      Stage::kSettleBound);
                      StopUntil(stage, ending, 1);
                      return std::string(ending.IsHeld() && !ending.ended() ? "held" : "runs");
                    }),
            "held");
}

TEST(HoldTest, MomentsAreTriedUntilThereIsNone) {
  std::string tried = OnStage(Writer(), [](Stage& stage) {
    std::string all;
    AtEachMoment(stage, [&](int nth) {
      all += std::to_string(nth);
      return nth < 3;
    });
    return all;
  });
  EXPECT_EQ(tried, "123");
}

}  // namespace
}  // namespace pidfall
