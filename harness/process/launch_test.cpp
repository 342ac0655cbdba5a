#include "harness/process/launch.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <new>
#include <system_error>

#include "harness/process/clone.h"

namespace pidfall {
namespace {

using testing::HasSubstr;

std::string OutputOf(LaunchOptions options) {
  Pipe output = MakePipe();
  options.output = output.write.get();
  const Child child = Launch(options);
  output.write.Reset();
  std::string text;
  std::array<char, 512> chunk{};
  for (ssize_t n = 0; (n = read(output.read.get(), chunk.data(), chunk.size())) > 0;) {
    text.append(chunk.data(), static_cast<size_t>(n));
  }
  Reap(child);
  return text;
}

int ErrorOf(const LaunchOptions& options) {
  try {
    Reap(Launch(options));
    return 0;
  } catch (const std::system_error& error) {
    return error.code().value();
  }
}

std::string FailureOf(const LaunchOptions& options) {
  try {
    Reap(Launch(options));
    return "";
  } catch (const std::system_error& error) {
    return error.what();
  }
}

LaunchOptions Shell(const std::string& script) { return {.command = {"/bin/sh", "-c", script}}; }

// Both ways: Boost.Process, and our own clone3 for a child that changes its user.
class LaunchTest : public testing::TestWithParam<bool> {
 protected:
  static LaunchOptions By(LaunchOptions options) {
    options.own_memory = GetParam();
    return options;
  }
};

TEST_P(LaunchTest, BothStreamsArriveAtTheOutput) {
  EXPECT_EQ(OutputOf(By(Shell("echo out; echo err >&2"))), "out\nerr\n");
}

TEST_P(LaunchTest, TheEnvironmentIsTheGivenOne) {
  EXPECT_EQ(OutputOf(By({.command = {"/usr/bin/env"}, .environment = {"A=1"}})), "A=1\n");
}

TEST_P(LaunchTest, TheFolderIsEntered) {
  EXPECT_EQ(OutputOf(By({.command = {"/bin/pwd"}, .folder = "/usr"})), "/usr\n");
}

TEST_P(LaunchTest, NoOtherDescriptorIsInherited) {
  // ls itself has the last one open, to list the folder.
  const UniqueFd ours = OpenFile("/dev/null", O_RDONLY);
  EXPECT_EQ(OutputOf(By({.command = {"/bin/ls", "/proc/self/fd"}})), "0\n1\n2\n3\n");
}

TEST_P(LaunchTest, AMissingProgramIsNamed) {
  try {
    Launch(By({.command = {"/nowhere/server"}}));
    FAIL() << "it was started";
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code().value(), ENOENT);
    EXPECT_THAT(std::string(error.what()), HasSubstr("/nowhere/server"));
  }
}

TEST_P(LaunchTest, AFileThatIsNoProgramIsRefused) {
  EXPECT_EQ(ErrorOf(By({.command = {"/etc/passwd"}})), EACCES);
}

TEST_P(LaunchTest, AnExceptionBeforeTheExecEndsTheLaunch) {
  LaunchOptions options = By(Shell("exit 0"));
  options.before_exec = [] {
    errno = EPERM;
    ThrowErrno("become somebody else");
  };
  EXPECT_EQ(ErrorOf(options), EPERM);
  EXPECT_THAT(FailureOf(options), HasSubstr("become somebody else: Operation not permitted"));
}

TEST_P(LaunchTest, AMissingFolderIsNamed) {
  LaunchOptions options = By(Shell("exit 0"));
  options.folder = "/nowhere";
  EXPECT_EQ(FailureOf(options), "start /bin/sh: enter /nowhere: No such file or directory");
}

TEST_P(LaunchTest, EveryExceptionBeforeTheExecStaysInTheChild) {
  LaunchOptions options = By(Shell("exit 0"));
  options.before_exec = [] { throw std::bad_alloc(); };
  EXPECT_NE(FailureOf(options), "");
}

INSTANTIATE_TEST_SUITE_P(Ways, LaunchTest, testing::Bool(), [](const auto& way) {
  return std::string(way.param ? "ByClone" : "ByBoost");
});

TEST(LaunchEndingTest, TellsStatusFromSignal) {
  EXPECT_EQ(Reap(Launch(Shell("exit 7"))), (Ending{.status = 7}));
  EXPECT_EQ(Reap(Launch(Shell("kill -9 $$"))), (Ending{.signal = SIGKILL}));
  EXPECT_EQ((Ending{.status = 7}).Describe(), "status 7");
  EXPECT_EQ((Ending{.signal = SIGKILL}).Describe(), "signal 9 (Killed)");
}

TEST(LaunchEndingTest, WaitingIsBoundedAndDoesNotReap) {
  const Child child = Clone({}, [] {
    pause();
    return 0;
  });
  EXPECT_FALSE(WaitForEnd(child, std::chrono::milliseconds(1)));
  SendSignal(child, SIGTERM);
  EXPECT_TRUE(WaitForEnd(child, std::chrono::seconds(10)));
  EXPECT_TRUE(WaitForEnd(child, Duration::zero()));
  EXPECT_EQ(Reap(child), (Ending{.signal = SIGTERM}));
}

TEST(FindProgramTest, LooksInPathUnlessThereIsASlash) {
  EXPECT_EQ(FindProgram("./server"), "./server");
  EXPECT_TRUE(FindProgram("sh").ends_with("/sh"));
  EXPECT_THROW(FindProgram("no-such-program-anywhere"), std::system_error);
}

// As each sandbox closes the descriptors of the harness.
TEST(LaunchAfterForkTest, ALaunchWorksAfterAllDescriptorsWereClosed) {
  Reap(Launch(Shell("exit 0")));
  const Child fork = Clone({}, [] {
    close_range(STDERR_FILENO + 1, ~0U, 0);
    return Reap(Launch(Shell("exit 7"))).status;
  });
  EXPECT_EQ(Reap(fork), (Ending{.status = 7}));
}

}  // namespace
}  // namespace pidfall
