#include "harness/target/target_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "harness/input/bad_input.h"

namespace pidfall {
namespace {

namespace fs = std::filesystem;

class TargetFileTest : public testing::Test {
 protected:
  ~TargetFileTest() override { fs::remove(path_); }

  Target Read(const std::string& text) {
    std::ofstream(path_) << text;
    return ReadTargetFile(path_);
  }

  void ExpectRefused(const std::string& text, const std::string& message) {
    try {
      Read(text);
      ADD_FAILURE() << "accepted: " << text;
    } catch (const BadInput& error) {
      EXPECT_EQ(error.what(), path_ + message);
    }
  }

  std::string path_ = testing::TempDir() + "pidfall-target-" + std::to_string(getpid()) + ".toml";
};

TEST_F(TargetFileTest, WhatIsWrittenIsReadAgain) {
  Target target;
  target.command = {"python3", "a \"b\".py"};
  target.port = 8767;
  target.pid_file = "/run/a,b: c.pid";
  target.health_path = "/health";
  target.duplicate_exit = 0;
  target.folder = "/srv";
  target.start_timeout = std::chrono::seconds(90);
  target.needs = {"redis-server"};
  target.stop_command = "kill $(cat {pid_file})";
  target.status_command = "true";
  const Target read = Read(TargetFileText(target));
  EXPECT_EQ(read.command, target.command);
  EXPECT_EQ(read.port, 8767);
  EXPECT_EQ(read.pid_file, target.pid_file);
  EXPECT_EQ(read.health_path, "/health");
  EXPECT_EQ(read.duplicate_exit, 0);
  EXPECT_EQ(read.folder, "/srv");
  EXPECT_EQ(read.start_timeout, std::chrono::seconds(90));
  EXPECT_EQ(read.needs, target.needs);
  EXPECT_EQ(read.stop_command, target.stop_command);
  EXPECT_EQ(read.status_command, "true");
}

TEST_F(TargetFileTest, WhatIsNotSaidStaysOpen) {
  const Target read = Read("command = ['serve']\n");
  EXPECT_FALSE(read.port);
  EXPECT_FALSE(read.pid_file);
  EXPECT_FALSE(read.duplicate_exit);
  EXPECT_EQ(read.folder, "");
}

TEST_F(TargetFileTest, ARelativePidFileIsInTheTargetsFolder) {
  const std::string file = "command = ['serve']\npid_file = 'run/x.pid'\n";
  EXPECT_EQ(Read(file + "folder = '/srv'\n").pid_file, "/srv/run/x.pid");
  EXPECT_EQ(Read(file).pid_file, (fs::current_path() / "run/x.pid").string());
}

TEST_F(TargetFileTest, APidFileThatTheSandboxChoosesStaysOpen) {
  EXPECT_EQ(Read("command = ['serve', '{dir}']\npid_file = '{pid_file}'\n").pid_file, "{pid_file}");
}

TEST_F(TargetFileTest, WhatWasSeenIsNotWrittenAsDeclared) {
  Target target;
  target.command = {"serve"};
  target.duplicate_exit = 1;
  target.duplicate_is_declared = false;
  EXPECT_EQ(TargetFileText(target).find("duplicate_exit"), std::string::npos);
}

TEST_F(TargetFileTest, EachErrorNamesItsLine) {
  ExpectRefused("command = ['serve']\nprot = 1\n", ":2: 'prot' is not a known key");
  ExpectRefused("command = 'serve'\n", ":1: a list of texts is wanted here");
  ExpectRefused("command = []\n", ":1: a list of texts is wanted here");
  ExpectRefused("command = ['serve', 1]\n", ":1: a text is wanted here");
  ExpectRefused("\n\nport = '8767'\n", ":3: a whole number from 1 to 65535 is wanted here");
  ExpectRefused("port = 65536\n", ":1: a whole number from 1 to 65535 is wanted here");
  ExpectRefused("port = 0\n", ":1: a whole number from 1 to 65535 is wanted here");
  ExpectRefused("duplicate_exit = 256\n", ":1: a whole number from 0 to 255 is wanted here");
  ExpectRefused("pid_file = ''\n", ":1: a text is wanted here");
  ExpectRefused("port = 8767\n", ": command is missing");
}

TEST_F(TargetFileTest, AMalformedFileNamesItsLine) {
  try {
    Read("command = ['serve']\nport = = 1\n");
    ADD_FAILURE() << "accepted";
  } catch (const BadInput& error) {
    EXPECT_TRUE(std::string(error.what()).starts_with(path_ + ":2: ")) << error.what();
  }
}

TEST_F(TargetFileTest, AnImpossibleDurationNamesItsLine) {
  try {
    Read("command = ['serve']\nstart_timeout = 'soon'\n");
    ADD_FAILURE() << "accepted";
  } catch (const BadInput& error) {
    EXPECT_TRUE(std::string(error.what()).starts_with(path_ + ":2: ")) << error.what();
  }
}

TEST_F(TargetFileTest, AFileThatIsNotThereIsBadInput) {
  EXPECT_THROW(ReadTargetFile("/nowhere/serve.toml"), BadInput);
}

}  // namespace
}  // namespace pidfall
