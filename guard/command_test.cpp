// The program pidfall-guard, run as people run it.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <vector>

#include "guard/test_support.h"

namespace pidfall::guard {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;
constexpr int kPatienceSeconds = 20;               // for each command, also on a busy machine
constexpr std::chrono::seconds kStopPatience{10};  // the default of stop

class CommandTest : public testing::Test {
 protected:
  using Words = std::vector<std::string>;

  // Becomes the program; its output goes to the file "output".
  int Become(const Words& words) const {
    alarm(kPatienceSeconds);
    dup2(open(folder_.path("output").c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600), STDOUT_FILENO);
    std::vector<char*> arguments = {const_cast<char*>("pidfall-guard")};
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    execv(PIDFALL_GUARD_COMMAND, arguments.data());
    return 99;
  }

  int Run(const Words& words) {
    Child child([&](const Signals&) { return Become(words); });
    const int status = child.Join();
    output_ = Read(folder_.path("output"));
    return status;
  }

  // A guarded shell that says when it runs (through a FIFO) and stays until it is ended. It has no
  // child: cat would keep the lock until the end of its input.
  virtual Words Stay() const {
    return {"--pid-file", pid_file_, "--",
            "sh",         "-c",      "echo > " + folder_.path("fifo") + "; read x"};
  }

  std::unique_ptr<Child> StartStaying(const std::string& first = "") const {
    const std::string fifo = folder_.path("fifo");
    mkfifo(fifo.c_str(), 0600);
    pollfd word = {open(fifo.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC), POLLIN, 0};
    auto child = std::make_unique<Child>([&](const Signals& signals) {
      dup2(signals.in(), STDIN_FILENO);
      Words words = Stay();
      words.back().insert(0, first);
      return Become(words);
    });
    EXPECT_EQ(poll(&word, 1, kPatienceSeconds * 1000), 1) << "the command does not run in time";
    close(word.fd);
    return child;
  }

  TempFolder folder_;
  std::string pid_file_ = folder_.path("x.pid");
  std::string output_;
};

TEST_F(CommandTest, BecomesTheCommandWithItsPidAndStatus) {
  EXPECT_EQ(Run({"--pid-file", pid_file_, "--", "sh", "-c", "test $$ = $(cat " + pid_file_ + ")"}),
            0);
  EXPECT_EQ(Run({"--pid-file", pid_file_, "--", "sh", "-c", "exit 7"}), 7);
}

TEST_F(CommandTest, RefusesASecondCopyWithTheDeclaredStatus) {
  const auto owner = StartStaying();
  Words second = Stay();
  second.insert(second.begin(), {"--duplicate-exit", "75"});
  EXPECT_EQ(Run(second), 75);
  EXPECT_THAT(output_, HasSubstr("sh already running (PID " + std::to_string(owner->pid()) + ")"));
}

TEST_F(CommandTest, AnswersByTheLsbStatuses) {
  EXPECT_EQ(Run({"status", pid_file_}), 3);
  {
    const auto owner = StartStaying();
    EXPECT_EQ(Run({"status", pid_file_}), 0);
    EXPECT_EQ(Run({"who", pid_file_}), 0);
  }
  EXPECT_EQ(Run({"status", pid_file_}), 1);
  Write(pid_file_, "garbage");
  EXPECT_EQ(Run({"status", pid_file_}), 4);
}

TEST_F(CommandTest, WhoNamesASupervisorThatHasNoCommandToEndIt) {
  setenv("SUPERVISOR_ENABLED", "1", 1);
  const auto owner = StartStaying();
  unsetenv("SUPERVISOR_ENABLED");
  EXPECT_EQ(Run({"who", pid_file_}), 0);
  EXPECT_EQ(output_, pid_file_ + ": running, PID " + std::to_string(owner->pid()) +
                         "\n  started by supervisord"
                         "\n  supervisord keeps it running; end it there\n");
}

TEST_F(CommandTest, WhoGivesTheCommandThatEndsIt) {
  setenv("SUPERVISOR_ENABLED", "1", 1);
  setenv("SUPERVISOR_PROCESS_NAME", "x", 1);
  const auto owner = StartStaying();
  unsetenv("SUPERVISOR_ENABLED");
  unsetenv("SUPERVISOR_PROCESS_NAME");
  EXPECT_EQ(Run({"who", pid_file_}), 0);
  EXPECT_THAT(output_,
              HasSubstr("\n  started by supervisord x\n  To end it: supervisorctl stop x\n"));
}

TEST_F(CommandTest, StopsTheGuardedCommand) {
  const auto owner = StartStaying();
  EXPECT_EQ(Run({"stop", pid_file_}), 0) << output_;
  EXPECT_EQ(owner->Join(), 128 + SIGTERM);
}

TEST_F(CommandTest, NoPatienceMeansNoWaiting) {
  const auto owner = StartStaying();
  Words second = Stay();
  second.insert(second.begin(),
                {"--on-duplicate", "wait", "--patience", "0", "--duplicate-exit", "75"});
  EXPECT_EQ(Run(second), 75);
  EXPECT_THAT(output_, Not(HasSubstr("standing by")));
}

TEST_F(CommandTest, StopWithoutPatienceDoesNotWaitForTheEnd) {
  const auto owner = StartStaying("trap '' TERM; ");
  const auto before = std::chrono::steady_clock::now();
  EXPECT_EQ(Run({"stop", "--patience", "0", pid_file_}), 1);
  EXPECT_THAT(output_, HasSubstr("it did not end in time"));
  EXPECT_LT(std::chrono::steady_clock::now() - before, kStopPatience);
}

TEST_F(CommandTest, TellsAProbeTheOwnerFromACopyThatStandsBy) {
  const ServiceManager manager(folder_.path("socket"));
  const auto owner = StartStaying();
  EXPECT_EQ(manager.Receive(), "STATUS=Owner");
  Child standby([&](const Signals&) {
    return Become({"--pid-file", pid_file_, "--on-duplicate", "wait", "--", "true"});
  });
  EXPECT_EQ(manager.Receive(), "STATUS=Standing by for PID " + std::to_string(owner->pid()));
  const std::string pid = std::to_string(standby.pid());
  EXPECT_EQ(Run({"status", "--of", std::to_string(owner->pid()), pid_file_}), 0) << output_;
  EXPECT_EQ(Run({"status", "--of", pid, pid_file_}), 151) << output_;
  EXPECT_EQ(output_, pid_file_ + ": PID " + pid + ": standing by\n");
  EXPECT_EQ(Run({"status", "--of", pid, "--standby-ok", pid_file_}), 0) << output_;
  EXPECT_EQ(Run({"status", "--of", std::to_string(getpid()), "--standby-ok", pid_file_}), 3);
  EXPECT_EQ(Run({"status", "--of", pid, "--json", pid_file_}), 151);
  EXPECT_THAT(output_, HasSubstr("\"state\": \"standing-by\", \"pid\": " + pid));
}

TEST_F(CommandTest, SaysThatItIsReadyAsOwnerOnlyWhenAsked) {
  const ServiceManager manager(folder_.path("socket"));
  const std::string ready = folder_.path("ready");
  const auto run = [&](const Words& options) {
    Words words = {"--pid-file", pid_file_};
    words.insert(words.end(), options.begin(), options.end());
    words.insert(words.end(), {"--", "test", "-e", ready});
    const int status = Run(words);
    return std::to_string(status) + " " + manager.Receive();
  };
  EXPECT_EQ(run({}), "1 STATUS=Owner");
  EXPECT_EQ(run({"--ready", "owner"}), "1 READY=1\nSTATUS=Owner");
  EXPECT_EQ(run({"--ready-file", ready}), "0 READY=1\nSTATUS=Owner");
  EXPECT_EQ(run({"--ready", "standby", "--ready-file", ready}), "0 READY=1\nSTATUS=Owner");
}

class ReadyFileCommandTest : public CommandTest {
 protected:
  Words Stay() const override {
    Words words = CommandTest::Stay();
    words.insert(words.begin(), {"--ready-file", ready_file_});
    return words;
  }

  std::string ready_file_ = folder_.path("ready");
};

// The command has replaced the guard, and keeps the file locked as it keeps the guard's lock.
TEST_F(ReadyFileCommandTest, AWaitingCopyLeavesItAsLongAsTheCommandLives) {
  Words second = Stay();
  second.insert(second.begin(),
                {"--on-duplicate", "wait", "--patience", "0.01", "--duplicate-exit", "75"});
  {
    const auto owner = StartStaying();
    EXPECT_EQ(Run(second), 75);
    EXPECT_EQ(Read(ready_file_), std::to_string(owner->pid()) + "\n");
  }
  EXPECT_TRUE(fs::exists(ready_file_)) << "it was killed";
  const auto owner = StartStaying();
  EXPECT_EQ(Read(ready_file_), std::to_string(owner->pid()) + "\n");
}

TEST_F(CommandTest, StatusIsOneJsonObjectPerFile) {
  const auto owner = StartStaying();
  const std::string other = folder_.path("other.pid");
  EXPECT_EQ(Run({"status", "--json", pid_file_, other}), 3);
  EXPECT_EQ(output_,
            "{\"pid_file\": \"" + pid_file_ +
                "\", \"state\": \"owner\", \"pid\": " + std::to_string(owner->pid()) +
                ", \"verified\": true, \"standing_by\": []}\n{\"pid_file\": \"" + other +
                "\", \"state\": \"none\", \"standing_by\": [], \"why\": \"no pid file\"}\n");
}

class OneFileCommandTest : public CommandTest {
 protected:
  Words Stay() const override {
    Words words = CommandTest::Stay();
    words.insert(words.begin(), "--one-file");
    return words;
  }
};

TEST_F(OneFileCommandTest, AnswersAndStopsAsBesideALockFile) {
  EXPECT_EQ(Run({"status", pid_file_}), 3);
  const auto owner = StartStaying();
  EXPECT_FALSE(fs::exists(pid_file_ + ".lock"));
  EXPECT_EQ(Run({"status", pid_file_}), 0) << output_;
  EXPECT_EQ(Run({"who", pid_file_}), 0);
  EXPECT_EQ(output_, pid_file_ + ": running, PID " + std::to_string(owner->pid()) + "\n");
  ASSERT_EQ(Run({"stop", pid_file_}), 0) << output_;
  EXPECT_EQ(owner->Join(), 128 + SIGTERM);
}

TEST_F(CommandTest, ACommandThatCannotRunLetsGoOfTheLock) {
  EXPECT_EQ(Run({"--pid-file", pid_file_, "--", "no-such-command-here"}), 127);
  EXPECT_FALSE(fs::exists(pid_file_));
}

TEST_F(CommandTest, BadUsageIsStatusTwoAndOneLine) {
  for (const Words& words :
       {Words{}, Words{"--pid-file", pid_file_}, Words{"--", "true"}, Words{"--frob"},
        Words{"stop"}, Words{"status"},
        Words{"--pid-file", pid_file_, "--on-duplicate", "maybe", "--", "true"},
        Words{"--pid-file", pid_file_, "--ready", "never", "--", "true"},
        Words{"status", "--standby-ok", pid_file_}, Words{"status", "--of", "0", pid_file_}}) {
    EXPECT_EQ(Run(words), 2);
    EXPECT_EQ(std::count(output_.begin(), output_.end(), '\n'), 1) << output_;
  }
  EXPECT_EQ(Run({"--help"}), 0);
  EXPECT_EQ(Run({"status", pid_file_, "--agents", folder_.path("missing")}), 2);
}

class AgentsTest : public CommandTest {
 protected:
  void SetUp() override { fs::create_directory(agents_); }

  void AddAgent(const Words& command) const {
    std::string strings;
    for (const std::string& word : command) {
      strings += "<string>" +
                 (word.find('>') == std::string::npos
                      ? word
                      : word.substr(0, word.find('>')) + "&gt;" + word.substr(word.find('>') + 1)) +
                 "</string>";
    }
    Write(agents_ + "/agent.plist",
          "<?xml version=\"1.0\"?><plist version=\"1.0\"><dict><key>Label</key>"
          "<string>com.example.agent</string><key>ProgramArguments</key><array>" +
              strings + "</array></dict></plist>");
  }

  Words Command() const {
    const Words words = Stay();
    return {words.begin() + 3, words.end()};
  }

  std::string agents_ = folder_.path("agents");
};

TEST_F(AgentsTest, AgreesWhenTheFileNamesTheAgentsProcess) {
  AddAgent(Command());
  const auto owner = StartStaying();
  EXPECT_EQ(Run({"status", "--agents", agents_, pid_file_}), 0) << output_;
}

TEST_F(AgentsTest, FlagsAnAgentWithoutItsFile) {
  AddAgent(Command());
  const auto owner = StartStaying();
  Run({"status", "--agents", agents_, folder_.path("other.pid")});
  EXPECT_THAT(output_, HasSubstr("com.example.agent: PID " + std::to_string(owner->pid()) +
                                 " runs without a pid file"));
}

TEST_F(AgentsTest, FlagsAFileOfAnotherCommandWhateverItsName) {
  AddAgent({"another", "command"});
  const auto owner = StartStaying();
  EXPECT_EQ(Run({"status", "--agents", agents_, pid_file_}), 1);
  EXPECT_THAT(output_, HasSubstr("runs another command than any agent"));
}

TEST_F(AgentsTest, FlagsAFileWithoutItsProcess) {
  { const auto owner = StartStaying(); }
  EXPECT_EQ(Run({"status", "--agents", agents_, pid_file_}), 1);
  EXPECT_THAT(output_, HasSubstr("its process has ended"));
}

TEST_F(AgentsTest, ReadsSystemdUnits) {
  Write(agents_ + "/x.service",
        "[Service]\nExecStart=-sh -c \"echo > " + folder_.path("fifo") + "; read x\"\n");
  const auto owner = StartStaying();
  EXPECT_EQ(Run({"status", "--agents", agents_, pid_file_}), 0) << output_;
}

TEST_F(AgentsTest, AnUnreadableAgentIsNamed) {
  Write(agents_ + "/broken.plist", "<plist><dict>");
  EXPECT_EQ(Run({"status", "--agents", agents_, pid_file_}), 2);
  EXPECT_THAT(output_, HasSubstr("broken.plist"));
}

TEST_F(AgentsTest, AFolderNamedAsAnAgentIsNamed) {
  fs::create_directory(agents_ + "/folder.plist");
  EXPECT_EQ(Run({"status", "--agents", agents_, pid_file_}), 2);
  EXPECT_THAT(output_, HasSubstr("folder.plist: is no regular file"));
}

}  // namespace
}  // namespace pidfall::guard
