// The built program in a folder of its own, for tests.
//
//   TEST_F(CliTest, Unknown) { ExpectRefused({"ruin"}, "The following argument ..."); }
#pragma once

#include <gtest/gtest.h>
#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace pidfall {

using Words = std::vector<std::string>;

struct ProgramOutcome {
  int status = -1;
  std::string out;
  std::string error;
};

std::string Content(const std::filesystem::path& path);

// As a place for output it means a closed descriptor.
inline const std::filesystem::path kClosed;

// Throws where no program was started: a caller must not go on with pid -1 or 0, because kill()
// takes those for many processes.
pid_t Spawn(Words words, const std::filesystem::path& out, const std::filesystem::path& error);
int StatusOf(pid_t pid);

// Two folders: one for the program's output, and its working folder, which is its home, too.
class CliTest : public testing::Test {
 protected:
  CliTest();
  ~CliTest() override;

  ProgramOutcome Run(const Words& words);
  // Its standard error is a terminal; SIGINT follows the first that it shows there.
  ProgramOutcome InterruptAtFirstProgress(const Words& words);
  // Status 2, this one line, and no file made.
  void ExpectRefused(const Words& words, const std::string& message);

  std::filesystem::path folder_;
  std::filesystem::path work_;
};

}  // namespace pidfall
