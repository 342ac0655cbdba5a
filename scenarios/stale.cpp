// What is in the file when no owner lives: it never keeps the next start out.
#include <string>

#include "harness/stage/stage.h"
#include "scenarios/catalogue.h"

namespace pidfall {
namespace {

// The file holds `content`, nobody owns it: the start serves, and the file then names it.
void Recovers(Stage& stage, const std::string& content, const std::string& clause,
              const std::string& although) {
  stage.NeedPidFile();
  stage.WritePidFile(content);
  Instance& server = stage.Start();
  stage.ExpectServes(server, clause, although);
  stage.ExpectFileNames(server, clause);
}

void DeadPid(Stage& stage) { Recovers(stage, "99999", "C3", "no process has the pid 99999"); }
void Empty(Stage& stage) { Recovers(stage, "", "C5", "an empty file names nobody"); }
void Zero(Stage& stage) { Recovers(stage, "0", "C5", "0 is no process"); }

constexpr Scenario kFamily[] = {
    {"stale/dead-pid", "C3", "The file names pid 99999, which no process has: the start serves.",
     "After a crash the server stays down until somebody removes the file.", DeadPid},
    {"stale/empty", "C5", "The file is empty: the start serves.",
     "A crash between create and write blocks every later start (osquery/osquery#2631).", Empty},
    {"stale/zero", "C5", "The file says 0: the start serves, and nobody is signalled.",
     "kill(0) means the caller's own group (thuehlinger/daemons#1).", Zero},
};

}  // namespace

std::span<const Scenario> StaleFamily() { return kFamily; }

}  // namespace pidfall
