#include "harness/report/reproduce.h"

#include <gtest/gtest.h>

namespace pidfall {
namespace {

TEST(AgainTest, RunNamesTheServerUnlessItIsTheFirst) {
  EXPECT_EQ(AgainRun("./pidfall", "serve-task-manager", "pidfile", "stale/zero"),
            "./pidfall run --guard pidfile --scenario stale/zero");
  EXPECT_EQ(AgainRun("./pidfall", "task-notes-api", "none", "stale/zero"),
            "./pidfall run --server task-notes-api --guard none --scenario stale/zero");
}

TEST(AgainTest, CheckCarriesItsOptionsAndItsCommand) {
  EXPECT_EQ(
      AgainCheck("build/bin/pidfall", {"--port", "8767"}, "stale/zero", {"python3", "my serve.py"}),
      "build/bin/pidfall check --port 8767 --scenario stale/zero -- python3 'my serve.py'");
}

TEST(AgainTest, AnExplorationCarriesItsReplay) {
  EXPECT_EQ(AgainExplore("./pidfall", {"schedules", {"--port", "80"}, "fresh:A1 B2", {"serve"}}),
            "./pidfall explore schedules --port 80 --replay 'fresh:A1 B2' -- serve");
}

TEST(AgainTest, AnIncidentOfAFileIsRunAgainFromIt) {
  EXPECT_EQ(AgainIncident("./pidfall", {"my file.toml"}), "./pidfall incident run 'my file.toml'");
}

TEST(AgainTest, AnIncidentCarriesItsOptionsAndItsCommand) {
  EXPECT_EQ(
      AgainIncident("/my folder/pidfall", {"2025-12-22-x", true, 9000, {"python3", "my serve.py"}}),
      "'/my folder/pidfall' incident run 2025-12-22-x --real-time --port 9000 -- python3 "
      "'my serve.py'");
}

}  // namespace
}  // namespace pidfall
