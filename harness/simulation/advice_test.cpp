// Each row of "What to do" in docs/supervisors.md: the settings that do the least harm, for a
// program that cannot wait.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/simulation/duplicate_table.h"
#include "harness/supervisor/compose.h"
#include "harness/supervisor/docker.h"
#include "harness/supervisor/openrc_script.h"
#include "harness/supervisor/pm2_ecosystem.h"
#include "harness/supervisor/policies.h"
#include "harness/supervisor/policy_testing.h"
#include "harness/supervisor/supervisord_conf.h"
#include "harness/supervisor/systemd_unit.h"

namespace pidfall {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAreArray;

constexpr SupervisorTime kBeside = 10min;
constexpr SupervisorTime kStartUp = 50ms;
const std::vector<int> kAnyStatus = {0, 1, 75, 78};

using MadePolicy = std::shared_ptr<const Policy>;

MadePolicy Named(const std::string& name) { return LookUpPolicy(name); }
MadePolicy Unit(const std::string& lines) {
  return ParseSystemdUnit({{"web.service", "[Service]\nExecStart=/bin/web\n" + lines}});
}
MadePolicy Compose(const std::string& restart) {
  return ParseComposeService("c.yaml", "services: {web: {restart: " + restart + "}}", "");
}
MadePolicy Supervisord(const std::string& lines) {
  return ParseSupervisordProgram("s.conf", "[program:web]\ncommand=/bin/web\n" + lines, "");
}
MadePolicy Pm2(const std::string& keys) {
  return ParsePm2Ecosystem("e.json", R"({"apps": [{"script": "web.js")" + keys + "}]}", "");
}
MadePolicy Openrc(const std::string& lines) {
  return ParseOpenrcScript("web.initd", "command=/bin/web\nsupervisor=supervise-daemon\n" + lines);
}

struct Advice {
  const char* row;  // of the page
  MadePolicy policy;
  std::vector<int> statuses;
  int least_starts, most_starts;
  std::optional<SupervisorTime> served_within;  // none: never
  bool gives_up = false;
};

const std::vector<Advice>& AllAdvice() {
  static const std::vector<Advice> all = {
      {"launchd", Named("launchd:keepalive"), kAnyStatus, 60, 60, 11s},
      {"launchd", Named("launchd:successful-exit"), {0}, 1, 1, {}},
      {"systemd", Unit("Restart=always\nRestartSec=10\n"), kAnyStatus, 59, 60, 11s},
      {"systemd", Unit("Restart=always\n"), kAnyStatus, 5, 5, {}, true},
      {"systemd, quiet", Unit("Restart=on-failure\nRestartPreventExitStatus=75\n"), {75}, 1, 1, {}},
      {"systemd, quiet", Unit("Restart=on-failure\nType=notify\n"), {0}, 5, 5, {}, true},
      {"Docker, compose", Compose("always"), kAnyStatus, 10, 20, 61s},
      {"Docker, compose", Compose("unless-stopped"), kAnyStatus, 10, 20, 61s},
      {"Kubernetes", Named("kubernetes:Always"), kAnyStatus, 5, 10, 5min + 1s},
      {"supervisord", Supervisord("startsecs=0\nautorestart=false\n"), {0}, 1, 1, {}},
      {"supervisord", Supervisord(""), kAnyStatus, 4, 4, {}, true},
      // The sleep of a script is outside the model: what stands here is a folder without one.
      {"runit, s6, daemontools", Named("runit"), kAnyStatus, 570, 600, 2s},
      {"runit, s6, daemontools", Named("s6"), kAnyStatus, 570, 600, 2s},
      {"runit, s6, daemontools", Named("daemontools"), kAnyStatus, 570, 600, 2s},
      {"monit", Named("monit"), kAnyStatus, 10, 10, 61s},
      {"PM2", Pm2(R"(, "stop_exit_codes": [75])"), {75}, 1, 1, {}},
      {"OpenRC supervise-daemon", Openrc("respawn_delay=10\nrespawn_max=0\n"), kAnyStatus, 59, 60,
       11s},
      {"OpenRC supervise-daemon", Openrc(""), kAnyStatus, 11, 11, {}, true},
      {"Procfile runners", Named("procfile"), kAnyStatus, 1, 1, {}}};
  return all;
}

void ExpectAsAdvised(const Advice& advice, int status) {
  const DuplicateOutcome outcome =
      PlayDuplicate(advice.policy, {.duplicate_status = status, .start_up = kStartUp}, kBeside);
  EXPECT_GE(outcome.starts, advice.least_starts);
  EXPECT_LE(outcome.starts, advice.most_starts);
  EXPECT_EQ(outcome.gave_up.has_value(), advice.gives_up);
  EXPECT_EQ(outcome.serves_within.has_value(), advice.served_within.has_value());
  EXPECT_LE(outcome.serves_within.value_or(0s), advice.served_within.value_or(0s));
}

TEST(Advice, EachRowOfThePageComesTrue) {
  for (const Advice& advice : AllAdvice()) {
    for (const int status : advice.statuses) {
      SCOPED_TRACE(std::string(advice.row) + ": " + advice.policy->Describe() + ", status " +
                   std::to_string(status));
      ExpectAsAdvised(advice, status);
    }
  }
}

// "Not [0]: a signal counts as 0 too."
TEST(Advice, Pm2WouldNotRestartAKilledServerWithStatus0AmongItsStopCodes) {
  const EndedRun killed = {.ended = 5s, .signal = 9};
  EXPECT_FALSE(RestartsAfter(*Pm2(R"(, "stop_exit_codes": [0])"), killed));
  EXPECT_TRUE(RestartsAfter(*Pm2(R"(, "stop_exit_codes": [75])"), killed));
}

// The first cell of each row of the page's table, in its order.
std::vector<std::string> RowsOfThePage() {
  std::ifstream page(PIDFALL_DOCS "/supervisors.md");
  std::vector<std::string> rows;
  bool is_inside = false;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("## ")) is_inside = line == "## What to do";
    if (!is_inside || !line.starts_with("| ") || line.starts_with("| supervisor |")) continue;
    rows.push_back(line.substr(2, line.find(" |") - 2));
  }
  return rows;
}

TEST(Advice, EachRowOfThePageIsProvedHere) {
  std::vector<std::string> proved;
  for (const Advice& advice : AllAdvice()) {
    if (proved.empty() || proved.back() != advice.row) proved.emplace_back(advice.row);
  }
  EXPECT_THAT(RowsOfThePage(), ElementsAreArray(proved));
}

}  // namespace
}  // namespace pidfall
