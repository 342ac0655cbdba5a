#include "harness/report/reproduce.h"

#include <gtest/gtest.h>

namespace pidfall {
namespace {

TEST(AgainTest, RunNamesTheServerUnlessItIsTheFirst) {
  EXPECT_EQ(RunCommandLine("./pidfall", "serve-task-manager", "pidfile", "stale/zero"),
            "./pidfall run --guard pidfile --scenario stale/zero");
  EXPECT_EQ(RunCommandLine("./pidfall", "task-notes-api", "none", "stale/zero"),
            "./pidfall run --server task-notes-api --guard none --scenario stale/zero");
}

TEST(AgainTest, CheckCarriesItsOptionsAndItsCommand) {
  EXPECT_EQ(CheckCommandLine("build/bin/pidfall", {"--port", "8767"}, "stale/zero",
                             {"python3", "my serve.py"}),
            "build/bin/pidfall check --port 8767 --scenario stale/zero -- python3 'my serve.py'");
}

TEST(AgainTest, AnExplorationCarriesItsReplay) {
  EXPECT_EQ(
      ExploreCommandLine("./pidfall", {"schedules", {"--port", "80"}, "fresh:A1 B2", {"serve"}}),
      "./pidfall explore schedules --port 80 --replay 'fresh:A1 B2' -- serve");
}

TEST(AgainTest, AWholeExplorationHasNoReplayAndMayHaveItsCommandInAFile) {
  EXPECT_EQ(ExploreCommandLine("./pidfall", {"crash", {"--target", "my serve.toml"}, "", {}}),
            "./pidfall explore crash --target 'my serve.toml'");
}

TEST(AgainTest, AnotherCommandIsTheWordsThatTheUserGave) {
  EXPECT_EQ(WholeCommandLine("./pidfall", {"audit", "-v", "my folder"}),
            "./pidfall audit -v 'my folder'");
  EXPECT_EQ(WholeCommandLine("./pidfall", {"supervise", "--policy", "pm2"}, {"a b", "c"}),
            "./pidfall supervise --policy pm2 -- 'a b' c");
}

TEST(AgainTest, AnIncidentOfAFileIsRunAgainFromIt) {
  EXPECT_EQ(IncidentCommandLine("./pidfall", {"my file.toml"}),
            "./pidfall incident run 'my file.toml'");
}

TEST(AgainTest, AnIncidentCarriesItsOptionsAndItsCommand) {
  EXPECT_EQ(IncidentCommandLine("/my folder/pidfall",
                                {"2025-12-22-x", true, 9000, {"python3", "my serve.py"}}),
            "'/my folder/pidfall' incident run 2025-12-22-x --real-time --port 9000 -- python3 "
            "'my serve.py'");
}

}  // namespace
}  // namespace pidfall
