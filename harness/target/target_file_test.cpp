#include "harness/target/target_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "harness/input/bad_input.h"
#include "harness/process/fd.h"
#include "harness/process/program_folder.h"
#include "harness/target/target_keys.h"

namespace pidfall {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using Words = std::vector<std::string>;

class TargetFileTest : public testing::Test {
 protected:
  TargetFileTest() { fs::create_directories(folder_); }
  ~TargetFileTest() override { fs::remove_all(folder_); }

  Target Read(const std::string& text, const std::string& variant = "") {
    std::ofstream(path_) << text;
    return ReadTargetFile(path_, variant);
  }

  std::string ErrorOf(const std::string& text, const std::string& variant = "") {
    try {
      Read(text, variant);
      return "accepted: " + text;
    } catch (const BadInput& error) {
      return error.what();
    }
  }

  void ExpectRefused(const std::string& text, const std::string& message) {
    EXPECT_EQ(ErrorOf(text), path_ + message);
  }

  void WriteOther(const std::string& text) { std::ofstream(folder_ + "/other.toml") << text; }

  std::string folder_ = testing::TempDir() + "pidfall-target-" + std::to_string(getpid());
  std::string path_ = folder_ + "/target.toml";
};

// Every key has another value than its default.
Target WithEveryKey() {
  return {.command = {"python3", "a \"b\".py", "{port}"},
          .port = 8767,
          .is_udp = true,
          .pid_file = "/run/a,b: c.pid",
          .health_path = "/health",
          .duplicate_exit = 3,
          .folder = "/srv",
          .environment = {"EMPTY=", "NAME=a=b"},
          .start_timeout = std::chrono::seconds(90),
          .child_arguments = {"--child"},
          .fork_arguments = {"--fork"},
          .standby_arguments = {"--wait"},
          .take_over_arguments = {"--take-over"},
          .auto_arguments = {"--auto"},
          .dead_main_arguments = {"--end-main"},
          .older_command = {"python2", "old.py"},
          .also = {"supervised {command}"},
          .restart_signal = SIGUSR2,
          .needs = {"redis-server"},
          .stop_command = "kill $(cat {pid_file})",
          .status_command = "{command} --status",
          .policy = "systemd:always"};
}

TEST_F(TargetFileTest, AFileThatWasWrittenGivesTheSameTarget) {
  const Target target = WithEveryKey();
  const std::string text = TargetFileText(target);
  EXPECT_EQ(Read(text), target) << text;
  EXPECT_THAT(text, Not(HasSubstr("lock_file")));  // the pid file stands in its place
  for (const TargetKey& key : TargetKeys()) {
    if (key.name == "lock_file") continue;
    EXPECT_THAT(text, HasSubstr(std::string(key.name)));
  }
}

TEST_F(TargetFileTest, ALockFileTakesThePidFilesPlace) {
  const Target target{
      .command = {"serve"}, .pid_file = "/run/x.lock", .file_has_pid = false, .folder = ""};
  EXPECT_THAT(TargetFileText(target), Not(HasSubstr("pid_file")));
  EXPECT_EQ(Read(TargetFileText(target)), target);
}

TEST_F(TargetFileTest, EveryKeyIsDocumented) {
  const std::string page = ReadFile(PIDFALL_TARGET_FILE_PAGE);
  for (const TargetKey& key : TargetKeys()) {
    EXPECT_THAT(page, HasSubstr("\n| `" + std::string(key.name) + "` |"));
  }
  // These belong to the file, not to a target.
  for (const std::string words :
       {"\n| `arguments` |", "\n| `older_variant` |", "\n[variant.", "\n`extends = "}) {
    EXPECT_THAT(page, HasSubstr(words));
  }
}

TEST_F(TargetFileTest, AKeyThatIsNotSetStaysOpen) {
  const Target target{.command = {"serve"}, .folder = ""};
  EXPECT_EQ(Read("command = ['serve']\n"), target);
  EXPECT_EQ(Read(TargetFileText(target)), target);
}

TEST_F(TargetFileTest, ARelativePidFileIsInTheTargetsFolder) {
  const std::string file = "command = ['serve']\npid_file = 'run/x.pid'\n";
  EXPECT_EQ(Read(file + "folder = '/srv'\n").pid_file, "/srv/run/x.pid");
  EXPECT_EQ(Read(file).pid_file, (fs::current_path() / "run/x.pid").string());
}

TEST_F(TargetFileTest, APidFileThatTheSandboxChoosesStaysOpen) {
  EXPECT_EQ(Read("command = ['serve', '{dir}']\npid_file = '{pid_file}'\n").pid_file, "{pid_file}");
}

TEST_F(TargetFileTest, AStatusThatWasOnlySeenIsNotWrittenAsDeclared) {
  const Target target{
      .command = {"serve"}, .duplicate_exit = 1, .duplicate_is_declared = false, .folder = ""};
  EXPECT_THAT(TargetFileText(target), Not(HasSubstr("duplicate_exit")));
}

TEST_F(TargetFileTest, ASignalIsKnownByEitherName) {
  EXPECT_EQ(Read("command = ['serve']\nrestart_signal = 'HUP'\n").restart_signal, SIGHUP);
  EXPECT_EQ(Read("command = ['serve']\nrestart_signal = 'SIGHUP'\n").restart_signal, SIGHUP);
}

TEST_F(TargetFileTest, ProgramsBesidePidfallAreFoundInEveryKey) {
  Target target = WithEveryKey();
  for (const TargetKey& key : TargetKeys()) {
    key.for_each_text(target, [](std::string& text) { text = "{programs}/x"; });
  }
  target.environment = {"A={programs}/x"};
  const Target read = Read(TargetFileText(target));
  EXPECT_EQ(read.command.front(), ProgramFolder() + "/x");
  EXPECT_EQ(read.environment, Words{"A=" + ProgramFolder() + "/x"});
  EXPECT_EQ(read.needs, Words{ProgramFolder() + "/x"});
  EXPECT_THAT(TargetFileText(read), Not(HasSubstr("{programs}")));
}

// --- variants, and files that extend others

constexpr char kVariants[] =
    "command = ['serve']\n"
    "arguments = ['-a']\n"
    "port = 80\n"
    "older_variant = 'old'\n"
    "[variant.old]\n"
    "arguments = ['-o']\n"
    "port = 81\n"
    "[variant.new]\n"
    "arguments = ['-n']\n";

TEST_F(TargetFileTest, AVariantAddsKeysAndItsArgumentsComeAfter) {
  EXPECT_EQ(Read(kVariants).command, (Words{"serve", "-a"}));
  EXPECT_EQ(Read(kVariants).port, 80);
  EXPECT_EQ(Read(kVariants, "old").command, (Words{"serve", "-a", "-o"}));
  EXPECT_EQ(Read(kVariants, "old").port, 81);
}

TEST_F(TargetFileTest, AVariantCanBeTheOlderVersion) {
  EXPECT_EQ(Read(kVariants, "new").older_command, (Words{"serve", "-a", "-o"}));
  EXPECT_EQ(Read(kVariants, "old").older_command, (Words{"serve", "-a", "-o"}));
  EXPECT_EQ(
      ErrorOf("command = ['serve']\nolder_variant = 'old'\n[variant.new]\nport = 1\n"),
      path_ + ":2: 'older_variant' names 'old', but this file has no such variant: it has new");
  EXPECT_EQ(
      ErrorOf("command = ['serve']\nolder_variant = 'old'\n"),
      path_ + ":2: 'older_variant' names 'old', but this file has no such variant: it has none");
}

TEST_F(TargetFileTest, AFileAddsKeysToTheOneThatItExtends) {
  WriteOther("arguments = ['-o']\nport = 80\nhealth = '/up'\n[variant.v]\narguments = ['-v']\n");
  const Target target = Read("extends = 'other.toml'\ncommand = ['serve']\nport = 81\n", "v");
  EXPECT_EQ(target.command, (Words{"serve", "-o", "-v"}));
  EXPECT_EQ(target.port, 81);
  EXPECT_EQ(target.health_path, "/up");
}

TEST_F(TargetFileTest, AFileThatExtendsItselfIsRefused) {
  WriteOther("extends = 'target.toml'\n");
  EXPECT_THAT(ErrorOf("command = ['serve']\nextends = 'other.toml'\n"),
              HasSubstr(".toml:2: one file extends another too many times"));
}

TEST_F(TargetFileTest, AMistakeInAFileThatIsExtendedNamesThatFile) {
  WriteOther("\nprot = 1\n");
  EXPECT_EQ(ErrorOf("extends = 'other.toml'\ncommand = ['serve']\n"),
            folder_ + "/other.toml:2: unknown key 'prot'");
}

TEST_F(TargetFileTest, AnUnknownVariantIsRefusedWithTheKnownOnes) {
  EXPECT_EQ(ErrorOf(kVariants, "beta"), path_ + ": there is no variant 'beta': it has old, new");
  EXPECT_EQ(ErrorOf("command = ['serve']\n", "beta"),
            path_ + ": there is no variant 'beta': it has none");
}

TEST_F(TargetFileTest, AMistakeInAVariantShowsBeforeItIsAskedFor) {
  ExpectRefused("command = ['serve']\n[variant.v]\nprot = 1\n", ":3: unknown key 'prot'");
}

// --- mistakes

TEST_F(TargetFileTest, EachErrorNamesItsLine) {
  ExpectRefused("command = ['serve']\nprot = 1\n", ":2: unknown key 'prot'");
  ExpectRefused("command = 'serve'\n", ":1: 'command' must be a list");
  ExpectRefused("command = ['serve', 1]\n", ":1: 'command' must be a list of texts");
  ExpectRefused("\n\nport = '8767'\n", ":3: 'port' must be a whole number from 1 to 65535");
  ExpectRefused("port = 65536\n", ":1: 'port' must be a whole number from 1 to 65535");
  ExpectRefused("port = 0\n", ":1: 'port' must be a whole number from 1 to 65535");
  ExpectRefused("duplicate_exit = 256\n",
                ":1: 'duplicate_exit' must be a whole number from 0 to 255");
  ExpectRefused("pid_file = ''\n", ":1: 'pid_file' is empty");
  ExpectRefused("environment = ['A=b']\n", ":1: 'environment' must be a table");
  ExpectRefused("environment = { A = 1 }\n", ":1: 'A' must be a text");
  ExpectRefused("\nrestart_signal = 'SIGNONE'\n",
                ":2: 'SIGNONE' is no signal: write a name such as SIGUSR2");
  ExpectRefused("command = ['serve']\npid_file = '/'\n",
                ":2: the pid file '/' is a folder: name the file in it");
  ExpectRefused("port = 8767\n", ": command is missing");
  ExpectRefused("command = []\n", ": command is missing");
}

TEST_F(TargetFileTest, AMalformedFileNamesItsLine) {
  EXPECT_THAT(ErrorOf("command = ['serve']\nport = = 1\n"), StartsWith(path_ + ":2: "));
}

TEST_F(TargetFileTest, AnImpossibleDurationNamesItsLine) {
  EXPECT_THAT(ErrorOf("command = ['serve']\nstart_timeout = 'soon'\n"), StartsWith(path_ + ":2: "));
  ExpectRefused("command = ['serve']\nstart_timeout = '0s'\n",
                ":2: 'start_timeout' must be longer than 0 s");
}

TEST_F(TargetFileTest, APolicyThatIsRefusedNamesItsLine) {
  const auto refuse = [](const std::string& policy) { throw BadInput("no policy " + policy); };
  std::ofstream(path_) << "command = ['serve']\npolicy = 'belief'\n";
  try {
    ReadTargetFile(path_, "", refuse);
    FAIL() << "it was accepted";
  } catch (const BadInput& error) {
    EXPECT_EQ(error.what(), path_ + ":2: policy: no policy belief");
  }
}

TEST_F(TargetFileTest, AMissingFileIsBadInput) {
  EXPECT_THROW(ReadTargetFile("/nowhere/serve.toml"), BadInput);
}

}  // namespace
}  // namespace pidfall
