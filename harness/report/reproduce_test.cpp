#include "harness/report/reproduce.h"

#include <gtest/gtest.h>

namespace pidfall {
namespace {

TEST(AgainTest, RunNamesTheServerUnlessItIsTheFirst) {
  EXPECT_EQ(AgainRun("serve-task-manager", "pidfile", "stale/zero"),
            "./pidfall run --guard pidfile --scenario stale/zero");
  EXPECT_EQ(AgainRun("task-notes-api", "none", "stale/zero"),
            "./pidfall run --server task-notes-api --guard none --scenario stale/zero");
}

TEST(AgainTest, CheckCarriesItsOptionsAndItsCommand) {
  EXPECT_EQ(AgainCheck({"--port", "8767"}, "stale/zero", {"python3", "my serve.py"}),
            "pidfall check --port 8767 --scenario stale/zero -- python3 'my serve.py'");
}

TEST(AgainTest, AnIncidentOfAFileIsRunAgainFromIt) {
  EXPECT_EQ(AgainIncident("my file.toml", false, {}), "./pidfall incident run 'my file.toml'");
}

TEST(AgainTest, AnIncidentCarriesItsOptionsAndItsCommand) {
  EXPECT_EQ(AgainIncident("2025-12-22-x", true, {"python3", "my serve.py"}),
            "./pidfall incident run 2025-12-22-x --real-time -- python3 'my serve.py'");
}

}  // namespace
}  // namespace pidfall
