// `pidfall check` on one small server in Python, changed a little by each test.
//
//   const ProgramOutcome outcome = CheckPython(ServerThat("time.sleep(3)"));
//   EXPECT_EQ(outcome.status, kAsItShouldBe);
#pragma once

#include <string>
#include <vector>

#include "harness/cli/cli_testing.h"

namespace pidfall {

using Words = std::vector<std::string>;

Words Joined(Words words, const Words& more);

// Locks ~/serve.pid, writes its pid into it, and answers HTTP on port 8767. "#BEFORE" stands
// between the two.
extern const char kServer[];
std::string ServerThat(const std::string& statement);  // in place of "#BEFORE"
std::string Replaced(std::string program, const std::string& part, const std::string& by);

class CheckTest : public CliTest {
 protected:
  // One scenario, in Python, which this suite's users have.
  ProgramOutcome CheckPython(const std::string& program, const Words& options = {},
                             const std::string& scenario = "stale/dead-pid");
  void ExpectNeverServes(const std::string& program, const Words& options,
                         const std::string& words);
  // How long the test runs is left to ctest's TIMEOUT: a hang is a failure there.
  void ExpectFound(const ProgramOutcome& outcome, const std::string& words);
};

}  // namespace pidfall
