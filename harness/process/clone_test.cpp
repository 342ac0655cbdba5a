#include "harness/process/clone.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <system_error>

#include "harness/sandbox/trial.h"

namespace pidfall {
namespace {

constexpr pid_t kWanted = 4321;
constexpr uid_t kOrdinary = 61005;

void MountProc() {
  mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
  if (mount("proc", "/proc", "proc", 0, nullptr) != 0) ThrowErrno("mount /proc");
}

void Check(bool holds, const char* otherwise) {
  if (!holds) throw std::runtime_error(otherwise);
}

void CheckFails(int error, const std::function<void()>& start) {
  try {
    start();
  } catch (const std::system_error& failure) {
    return Check(failure.code().value() == error, failure.what());
  }
  throw std::runtime_error("it was started");
}

// In a pid namespace of its own, where any pid is free: by set_tid, and without.
class ChosenPidTest : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    const std::string obstacle = Try(MountProc);
    if (!obstacle.empty()) GTEST_SKIP() << obstacle;
  }
  static std::string Try(const std::function<void()>& body) {
    return TryInNamespaces({CLONE_NEWPID | CLONE_NEWNS}, body);
  }
  static std::string TryWithProc(const std::function<void()>& body) {
    return Try([&] {
      if (GetParam()) setenv("PIDFALL_NO_SET_TID", "1", 1);
      MountProc();
      body();
    });
  }
};

TEST_P(ChosenPidTest, TheNumberIsGiven) {
  EXPECT_EQ(TryWithProc([] {
              const Child child =
                  Clone({.pid = kWanted}, [] { return getpid() == kWanted ? 0 : 1; });
              Check(child.pid == kWanted, "another number");
              Check(Reap(child) == Ending{}, "another number inside");
            }),
            "");
}

TEST_P(ChosenPidTest, TheNumberIsGivenAgainAndAgain) {
  EXPECT_EQ(TryWithProc([] {
              for (int i = 0; i < 20; ++i) {
                const Child child = Clone({.pid = kWanted}, [] { return 0; });
                Check(child.pid == kWanted, "another number");
                Reap(child);
              }
            }),
            "");
}

TEST_P(ChosenPidTest, AProgramIsExecutedUnderIt) {
  EXPECT_EQ(
      TryWithProc([] {
        const Child child = Launch({.command = {"/bin/sh", "-c", "[ $$ = 4321 ]"}, .pid = kWanted});
        Check(Reap(child) == Ending{}, "another number");
      }),
      "");
}

TEST_P(ChosenPidTest, ATakenNumberIsRefused) {
  EXPECT_EQ(TryWithProc([] {
              const Child first = Clone({.pid = kWanted}, []() -> int {
                for (;;) pause();
              });
              CheckFails(EEXIST, [] { Clone({.pid = kWanted}, [] { return 0; }); });
              CheckFails(EEXIST, [] { Launch({.command = {"/bin/true"}, .pid = kWanted}); });
            }),
            "");
}

TEST_P(ChosenPidTest, AProgramThatIsMissingIsTold) {
  EXPECT_EQ(TryWithProc([] {
              CheckFails(ENOENT, [] { Launch({.command = {"/no/such"}, .pid = kWanted}); });
            }),
            "");
}

INSTANTIATE_TEST_SUITE_P(Ways, ChosenPidTest, testing::Bool(), [](const auto& way) {
  return std::string(way.param ? "ByLastPid" : "BySetTid");
});

TEST(CloneTest, AnExceptionOfTheBodyIsAStatus) {
  const Child child = Clone({}, []() -> int {
    close(STDERR_FILENO);
    throw std::runtime_error("unwell");
  });
  EXPECT_EQ(Reap(child), (Ending{.status = 125}));
}

TEST(CloneTest, AProgramBelowAClosedFolderRunsAsAnotherUser) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can become another user";
  const std::filesystem::path folder =
      testing::TempDir() + "pidfall-closed-" + std::to_string(getpid());
  std::filesystem::create_directory(folder);
  std::filesystem::copy_file("/bin/sh", folder / "sh");
  chmod(folder.c_str(), 0700);
  const auto become = [] {
    if (setresuid(kOrdinary, kOrdinary, kOrdinary) != 0) ThrowErrno("setresuid");
  };
  const Child child = Launch({.command = {folder / "sh", "-c", "[ $(id -u) = 61005 ]"},
                              .environment = {"PATH=/usr/bin:/bin"},
                              .before_exec = become,
                              .own_memory = true});
  EXPECT_EQ(Reap(child), Ending{});
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace pidfall
