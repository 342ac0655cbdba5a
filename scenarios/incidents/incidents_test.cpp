// Every incident's expected outcome against model servers: the data and the supervisor's rules must
// agree before a real process is started.
#include <gtest/gtest.h>

#include "harness/incident/incident.h"
#include "harness/supervisor/convergence.h"
#include "harness/supervisor/model_jobs.h"

namespace pidfall {
namespace {

constexpr const char* kFolder = PIDFALL_INCIDENTS;

ModelServer ModelOf(const std::string& guard, bool supervised) {
  if (guard == "none") return {.duplicate_status = 1};
  if (guard == "pidfile") return {.duplicate_status = 0};
  return {.on_owner = supervised ? OnOwner::kWait : OnOwner::kExit};
}

SimulationLog RunModel(const IncidentVariant& variant, const std::string& guard) {
  std::vector<ModelServer> servers;
  for (const Actor& actor : variant.plan.actors) {
    servers.push_back(ModelOf(guard, actor.policy != nullptr));
  }
  ModelJobs jobs(servers);
  return Simulate(variant.plan, jobs);
}

TEST(Incidents, EveryFileIsRead) { EXPECT_FALSE(ReadIncidents(kFolder).empty()); }

TEST(Incidents, EveryCellIsAsExpectedOfModels) {
  for (const Incident& incident : ReadIncidents(kFolder)) {
    for (const IncidentVariant& variant : incident.variants) {
      for (const auto& [guard, expected] : variant.expected) {
        SCOPED_TRACE(incident.id + ", " + variant.name + ", " + guard);
        EXPECT_EQ(Differences(expected, RunModel(variant, guard)), std::vector<std::string>{});
      }
    }
  }
}

TEST(Incidents, CellsThatDoNotConvergeAreThoseThatBreakC11) {
  for (const Incident& incident : ReadIncidents(kFolder)) {
    for (const IncidentVariant& variant : incident.variants) {
      for (const auto& [guard, expected] : variant.expected) {
        SCOPED_TRACE(incident.id + ", " + variant.name + ", " + guard);
        const auto breaches = ConvergenceBreaches(RunModel(variant, guard));
        EXPECT_EQ(!breaches.empty(), expected.breaks == "C11");
      }
    }
  }
}

TEST(Incidents, TheReportHasFourCellsForEachOfThreeGuards) {
  const Incident incident = FindIncident(kFolder, "2025-12-22-port-conflict");
  EXPECT_EQ(incident.variants.size(), 4U);
  EXPECT_EQ(incident.guards.size(), 3U);
  for (const IncidentVariant& variant : incident.variants) {
    EXPECT_EQ(variant.plan.duration, std::chrono::hours(1));
    EXPECT_EQ(variant.expected.size(), 3U);
  }
}

}  // namespace
}  // namespace pidfall
