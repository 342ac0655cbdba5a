#include "harness/incident/incident_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "harness/simulation/model_jobs.h"
#include "harness/supervisor/policies.h"

namespace pidfall {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::HasSubstr;

// A copy by hand first, an agent that is never satisfied, and a guard that exits 1.
Incident PortConflict() {
  Incident incident{.id = "2025-12-22-x", .dated = "2025-12-22"};
  incident.actors = {{.name = "by-hand", .command = {"{servers}/s", "{guard}", "{port}"}},
                     {.name = "agent", .command = {"{servers}/s"}}};
  incident.guards = {{.name = "none", .arguments = {"--guard", "none"}}};
  IncidentVariant variant{.name = "by hand first"};
  variant.plan = {.actors = {{"by-hand", nullptr}, {"agent", LookUpPolicy("launchd:keepalive")}},
                  .events = {{.at = seconds(0), .action = Action::kStart, .actor = 0},
                             {.at = seconds(1), .action = Action::kLoad, .actor = 1}},
                  .duration = minutes(10)};
  variant.expected["none"] = {.why = "it loops", .breaks = "C11", .starts = {{"agent", {50, 61}}}};
  incident.variants = {variant};
  return incident;
}

std::vector<SimulationLog> Model(const std::vector<SimulationRequest>& requests) {
  std::vector<SimulationLog> logs;
  for (const SimulationRequest& request : requests) {
    ModelJobs jobs({{.duplicate_status = 1}, {.duplicate_status = 1}});
    logs.push_back(Simulate(request.plan, jobs));
  }
  return logs;
}

TEST(IncidentRunTest, AnExpectedBreachIsAFailAndNoSurprise) {
  const auto cells = RunIncident(
      PortConflict(),
      {.servers = "/bin", .reproduce = [](const Incident&) { return "show it again"; }}, Model);
  ASSERT_EQ(cells.size(), 1U);
  const Result& result = cells[0].result;
  EXPECT_EQ(result.scenario, "incident/2025-12-22-x (by hand first)");
  EXPECT_EQ(result.verdict, Verdict::kFail);
  EXPECT_EQ(result.expected, "fail C11");
  EXPECT_FALSE(result.surprise) << result.summary;
  EXPECT_EQ(result.reproduce, "show it again");
}

TEST(IncidentRunTest, AnotherOutcomeIsASurprise) {
  Incident incident = PortConflict();
  incident.variants[0].expected["none"].starts["agent"] = {1, 1};
  const Result result = RunIncident(incident, {}, Model)[0].result;
  EXPECT_TRUE(result.surprise);
  EXPECT_NE(result.summary, "");
}

TEST(IncidentRunTest, CommandsAreFilledInPerActor) {
  std::vector<SimulationRequest> seen;
  RunIncident(PortConflict(), {.servers = "/bin", .real_time = true},
              [&](const std::vector<SimulationRequest>& requests) {
                seen = requests;
                return Model(requests);
              });
  ASSERT_EQ(seen.size(), 1U);
  ASSERT_EQ(seen[0].actors.size(), 2U);
  EXPECT_EQ(seen[0].actors[0].start.command,
            (std::vector<std::string>{"/bin/s", "--guard", "none", "{port}"}));
  EXPECT_EQ(seen[0].actors[1].start.command, std::vector<std::string>{"/bin/s"});
  EXPECT_TRUE(seen[0].port);
  EXPECT_TRUE(seen[0].plan.real_time);
}

TEST(IncidentRunTest, ACommandOfTheUsersIsJudgedByConvergence) {
  const auto cells = RunIncident(PortConflict(),
                                 {.servers = "/bin", .command = {"python3", "my serve.py"}}, Model);
  ASSERT_EQ(cells.size(), 1U);
  EXPECT_EQ(cells[0].guard, "yours");
  EXPECT_EQ(cells[0].result.verdict, Verdict::kFail);
  EXPECT_EQ(cells[0].result.expected, "");
}

TEST(IncidentRunTest, ACommandOfTheUsersServesOnItsOwnPort) {
  std::vector<SimulationRequest> seen;
  const auto look = [&](const std::vector<SimulationRequest>& requests) {
    seen = requests;
    return Model(requests);
  };
  RunIncident(PortConflict(), {.command = {"serve"}, .port = 9000}, look);
  EXPECT_EQ(seen.at(0).port, 9000);
  RunIncident(PortConflict(), {.command = {"serve"}}, look);
  EXPECT_EQ(seen.at(0).port, std::nullopt);
}

TEST(IncidentRunTest, ACommandOfTheUsersThatNothingLetsServeIsABreach) {
  const auto cells = RunIncident(
      PortConflict(), {.command = {"false"}}, [](const std::vector<SimulationRequest>& requests) {
        ModelJobs jobs({{.duplicate_status = 1, .fails = true}, {.fails = true}});
        return std::vector<SimulationLog>{Simulate(requests.at(0).plan, jobs)};
      });
  EXPECT_EQ(cells.at(0).result.verdict, Verdict::kFail);
  EXPECT_EQ(cells.at(0).result.summary, "it never served");
}

TEST(IncidentRunTest, ACommandOfTheUsersStandsWhereTheGuardDoes) {
  std::vector<SimulationRequest> seen;
  RunIncident(PortConflict(), {.servers = "/bin", .command = {"serve"}, .pid_file = "/run/s.pid"},
              [&](const std::vector<SimulationRequest>& requests) {
                seen = requests;
                return Model(requests);
              });
  EXPECT_EQ(seen.at(0).actors.at(0).start.command, std::vector<std::string>{"serve"});
  EXPECT_EQ(seen.at(0).actors.at(1).start.command, std::vector<std::string>{"/bin/s"});
  EXPECT_EQ(seen.at(0).pid_file, "/run/s.pid");
}

TEST(IncidentRunTest, AStrangerThatGotASignalIsABreachOfYours) {
  const auto cells = RunIncident(PortConflict(), {.command = {"serve"}}, [](const auto& requests) {
    std::vector<SimulationLog> logs = Model(requests);
    logs.at(0).actors.at(0).signals = {"SIGTERM"};
    return logs;
  });
  EXPECT_THAT(cells.at(0).result.summary, HasSubstr("by-hand, a stranger, got SIGTERM"));
}

TEST(IncidentRunTest, TwoOwnersAreNoBreachWhereTheFixedOneHasTwo) {
  Incident incident = PortConflict();
  const auto two_owners = [](const std::vector<SimulationRequest>& requests) {
    ModelJobs jobs({ModelServer{}, {.on_owner = OnOwner::kServeToo}});
    return std::vector<SimulationLog>{Simulate(requests.at(0).plan, jobs)};
  };
  EXPECT_EQ(RunIncident(incident, {.command = {"s"}}, two_owners)[0].result.clauses.at(0), "C1");
  incident.variants[0].expected["none"].owners = CountRange{2, 2};
  EXPECT_EQ(RunIncident(incident, {.command = {"s"}}, two_owners)[0].result.verdict,
            Verdict::kPass);
}

TEST(IncidentRunTest, WhatThisMachineCannotIsSkipped) {
  const auto cells = RunIncident(PortConflict(), {}, [](const auto& requests) {
    SimulationLog log;
    log.skipped = "needs namespaces";
    return std::vector<SimulationLog>(requests.size(), log);
  });
  EXPECT_EQ(cells[0].result.verdict, Verdict::kSkip);
  EXPECT_EQ(cells[0].result.summary, "needs namespaces");
}

TEST(IncidentRunTest, WhatCouldNotBeSimulatedIsBroken) {
  const auto cells = RunIncident(PortConflict(), {}, [](const auto& requests) {
    SimulationLog log;
    log.cut_short = "no sandbox";
    return std::vector<SimulationLog>(requests.size(), log);
  });
  EXPECT_EQ(cells[0].result.verdict, Verdict::kBroken);
  EXPECT_EQ(cells[0].result.summary, "no sandbox");
  EXPECT_FALSE(cells[0].result.surprise);
}

}  // namespace
}  // namespace pidfall
