#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "guard/test_support.h"
#include "servers/strategies/strategy.h"

namespace pidfall::strategies {
namespace {

namespace fs = std::filesystem;
using guard::Child;
using guard::Read;
using guard::Signals;
using guard::TempFolder;
using guard::Write;
using testing::HasSubstr;
using testing::Not;

class StrategyTest : public testing::Test {
 protected:
  void SetUp() override { setenv("LC_ALL", "C.UTF-8", 1); }

  std::unique_ptr<Safeguard> Make(const std::string& strategy) const {
    Settings settings;
    settings.name = "Task Manager";
    settings.pid_file = pid_file_;
    settings.port = 1;  // no program listens there
    return MakeSafeguard(strategy, settings);
  }

  // The output and the answer of BeforeBind in a fresh process; -1 for "go on".
  int Start(const std::string& strategy, std::string* printed = nullptr) const {
    const std::string output = folder_.path("output");
    Child child([&](const Signals&) {
      dup2(open(output.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600), STDOUT_FILENO);
      const Answer answer = Make(strategy)->BeforeBind();
      return answer.go_on ? 200 : answer.status;
    });
    const int status = child.Join();
    if (printed != nullptr) *printed = Read(output);
    return status == 200 ? -1 : status;
  }

  TempFolder folder_;
  std::string pid_file_ = folder_.path("x.pid");
};

TEST_F(StrategyTest, UnknownNamesAreInvalid) {
  EXPECT_THROW(Make("magic"), std::invalid_argument);
  for (const std::string_view name : StrategyNames()) EXPECT_TRUE(Make(std::string(name)));
}

TEST_F(StrategyTest, NoneLetsThePortDecide) {
  EXPECT_EQ(Start("none"), -1);
  testing::internal::CaptureStdout();
  EXPECT_EQ(Make("none")->BindFailed(EADDRINUSE).status, 1);
  EXPECT_EQ(testing::internal::GetCapturedStdout(),
            "❌ Port 1 is already in use\n💡 Try: lsof -ti :1 | xargs kill\n");
}

TEST_F(StrategyTest, PidFilePrintsTheReportsMessages) {
  std::string printed;
  EXPECT_EQ(Start("pidfile", &printed), -1);
  EXPECT_EQ(printed, "✅ PID file created: " + pid_file_ + "\n");
  Write(pid_file_, std::to_string(getpid()));
  EXPECT_EQ(Start("pidfile", &printed), 0);
  const std::string pid = std::to_string(getpid());
  EXPECT_EQ(printed, "ℹ️  Task Manager already running (PID " + pid +
                         ")\n💡 If stuck, kill it: kill " + pid + "\n");
}

TEST_F(StrategyTest, PidFileRemovesAStaleFile) {
  for (const char* stale : {"4194303", "garbage", "", "12abc", " \n"}) {
    Write(pid_file_, stale);
    std::string printed;
    EXPECT_EQ(Start("pidfile", &printed), -1) << stale;
    EXPECT_EQ(printed.find("🧹 Removing stale PID file\n"), 0U) << printed;
  }
}

TEST_F(StrategyTest, PidFileKeepsTheReportsFaults) {
  for (const char* passes : {"0", "-1", "1", " 1 \n"}) {
    Write(pid_file_, passes);
    EXPECT_EQ(Start("pidfile"), 0) << passes;
  }
  Write(pid_file_, std::string(20, '9'));
  EXPECT_EQ(Start("pidfile"), 1) << "an uncaught exception";
}

TEST_F(StrategyTest, PidFileRemovesAnyFileThatIsThereAtExit) {
  const auto guard = Make("pidfile");
  EXPECT_TRUE(guard->BeforeBind().go_on);
  Write(pid_file_, "a newer owner's");
  guard->BeforeExit();
  EXPECT_FALSE(fs::exists(pid_file_));
}

TEST_F(StrategyTest, PidFileTurnsAPoliteExitIntoAFailureWhenItCannotPrint) {
  Write(pid_file_, std::to_string(getpid()));
  auto start = [&](const char* output, const char* locale) {
    Child child([&](const Signals&) {
      dup2(open(output, O_WRONLY), STDOUT_FILENO);
      setenv("LC_ALL", locale, 1);
      return Make("pidfile")->BeforeBind().status;
    });
    return child.Join();
  };
  EXPECT_EQ(start("/dev/full", "C.UTF-8"), 1);
  EXPECT_EQ(start("/dev/null", "en_US.ISO-8859-1"), 1);
  EXPECT_EQ(start("/dev/null", "C"), 0);
}

TEST_F(StrategyTest, LockFileRefusesALiveOwner) {
  const auto guard = Make("lockfile");
  EXPECT_TRUE(guard->BeforeBind().go_on);
  EXPECT_EQ(Start("lockfile"), 0);
  guard->BeforeExit();
  EXPECT_EQ(Start("lockfile"), -1);
}

TEST_F(StrategyTest, LockFileLetsASecondOwnerInOnceTheFileIsRemoved) {
  const auto guard = Make("lockfile");
  EXPECT_TRUE(guard->BeforeBind().go_on);
  fs::remove(pid_file_);
  EXPECT_EQ(Start("lockfile"), -1);
}

TEST_F(StrategyTest, LockFileIsInheritedByAProgramThatAChildExecutes) {
  int kept[2];
  ASSERT_EQ(pipe2(kept, O_CLOEXEC), 0);
  Child owner([&](const Signals& signals) {
    const auto guard = Make("lockfile");
    guard->BeforeBind();
    if (fork() == 0) {
      dup2(kept[0], STDIN_FILENO);
      execlp("cat", "cat", nullptr);  // until the test closes its end
      _exit(1);
    }
    signals.Ready();
    signals.Wait();
    return 0;
  });
  owner.WaitReady();
  owner.Kill();
  EXPECT_EQ(Start("lockfile"), 0);
  close(kept[1]);
  close(kept[0]);
}

TEST_F(StrategyTest, ReferenceRefusesInAnyLocaleAndWithoutOutput) {
  const auto guard = Make("reference");
  EXPECT_TRUE(guard->BeforeBind().go_on);
  std::string printed;
  EXPECT_EQ(Start("reference", &printed), 0);
  EXPECT_THAT(printed, HasSubstr("(PID " + std::to_string(getpid()) + ")"));
  setenv("LC_ALL", "C", 1);
  EXPECT_EQ(Start("reference", &printed), 0);
  for (const char c : printed) EXPECT_GE(c, 0) << "plain ASCII: " << printed;
  Child silent([&](const Signals&) {
    dup2(open("/dev/full", O_WRONLY), STDOUT_FILENO);
    const int full = Make("reference")->BeforeBind().status;
    for (int fd : {0, 1, 2}) close(fd);
    return full + Make("reference")->BeforeBind().status;
  });
  EXPECT_EQ(silent.Join(), 0);
}

TEST_F(StrategyTest, ReferenceStatusesTellFailuresFromDuplicates) {
  pid_file_ = folder_.path("missing/x.pid");
  EXPECT_EQ(Start("reference"), guard::kStatusTrouble);
  pid_file_ = folder_.path("a-folder");
  fs::create_directory(pid_file_);
  EXPECT_EQ(Start("reference"), guard::kStatusHostile);
}

TEST_F(StrategyTest, ReferenceSaysThatItCannotWatch) {
  const std::string output = folder_.path("output");
  Child server([&](const Signals&) {
    const auto guard = Make("reference");
    guard->BeforeBind();
    dup2(open(output.c_str(), O_CREAT | O_WRONLY, 0600), STDOUT_FILENO);
    guard::LetNoThreadStart();
    guard->Serving();
    return 0;
  });
  EXPECT_EQ(server.Join(), 0);
  EXPECT_THAT(Read(output), HasSubstr("will go unnoticed"));
}

TEST_F(StrategyTest, ReferenceGivesTheKillHintForPeopleOnly) {
  setenv("XPC_SERVICE_NAME", "com.example.server", 1);
  const auto guard = Make("reference");
  EXPECT_TRUE(guard->BeforeBind().go_on);
  unsetenv("XPC_SERVICE_NAME");
  std::string printed;
  EXPECT_EQ(Start("reference", &printed), 0);
  EXPECT_THAT(printed, HasSubstr("launchctl bootout"));
  EXPECT_THAT(printed, Not(HasSubstr("kill it")));
}

}  // namespace
}  // namespace pidfall::strategies
