// `pidfall check` on a small server in Python, which each test changes a little.
//
//   const ProgramOutcome outcome = CheckPython(ServerThat("time.sleep(3)"));
//   EXPECT_EQ(outcome.status, kAsItShouldBe);
#pragma once

#include <string>
#include <vector>

#include "harness/cli/cli_testing.h"

namespace pidfall {

Words Joined(Words words, const Words& more);

// Locks ~/serve.pid, writes its pid into it, and answers HTTP on port 8767. "#BEFORE" stands
// between the lock and the port.
extern const char kServer[];
std::string ServerThat(const std::string& statement);  // in place of "#BEFORE"
std::string Replaced(std::string program, const std::string& part, const std::string& by);

class CheckTest : public CliTest {
 protected:
  // Runs one scenario on the Python program.
  ProgramOutcome CheckPython(const std::string& program, const Words& options = {},
                             const std::string& scenario = "stale/dead-pid");
  void ExpectNeverServes(const std::string& program, const Words& options,
                         const std::string& words);
  // No bound here: ctest's TIMEOUT ends a test that hangs.
  void ExpectFound(const ProgramOutcome& outcome, const std::string& words);
};

// A broken server and its correct twin, both in Python. Without `arguments` a program that reads
// one gets the port.
class TwinsTest : public CliTest {
 protected:
  ProgramOutcome Check(const std::string& program, const std::string& scenario,
                       const Words& arguments = {});
  void ExpectBreach(const std::string& program, const std::string& scenario,
                    const std::string& words, const Words& arguments = {});
  void ExpectNone(const std::string& program, const std::string& scenario, const std::string& words,
                  const Words& arguments = {});
};

}  // namespace pidfall
