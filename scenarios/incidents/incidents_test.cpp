// The library of incidents as data: what every file must hold, and the report's expected outcomes
// against servers that are a few rules. That each one happens as its file says is a test by itself
// (label `incident`), with real processes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "harness/incident/differences.h"
#include "harness/incident/find_incident.h"
#include "harness/incident/incident.h"
#include "harness/incident/incident_file.h"
#include "harness/incident/incidents_folder.h"
#include "harness/simulation/convergence.h"
#include "harness/simulation/model_jobs.h"

namespace pidfall {
namespace {

constexpr const char* kFolder = PIDFALL_INCIDENTS;
constexpr const char* kReport = "2025-12-22-port-conflict";

// The public incidents: each has an address, and is told before and after its fix.
class Library : public testing::Test {
 protected:
  Library() : incidents_(ReadIncidents(kFolder)) {
    std::erase_if(incidents_, [](const Incident& incident) { return incident.id == kReport; });
  }

  std::vector<Incident> incidents_;
};

// So that it stays up to date.
TEST(Page, HoldsEachIncidentAsItIsNow) {
  std::ifstream file(PIDFALL_DOCS "/incident-library.md");
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(), IncidentPage(ReadIncidents(kFolder)))
      << "write it anew: pidfall incident list --markdown >docs/incident-library.md";
}

TEST_F(Library, HoldsTheTwelveThatComeFirst) {
  std::set<std::string> ids;
  for (const Incident& incident : incidents_) ids.insert(incident.id);
  EXPECT_GE(ids.size(), 30U);
  for (const char* first : {"launchd-exit0-loop",
                            "launchd-exit1-loop",
                            "parked-for-good",
                            "untether-sibling",
                            "rails-own-pid",
                            "apache-disk-helper",
                            "restart-race-two-cleaners",
                            "hermit-unlink-inode",
                            "materialize-inherited-fd",
                            "rocksdb-close-drops-lock",
                            "orphan-by-rebind",
                            "old-exit-removes-new",
                            "httplib-reuseport",
                            "osquery-empty",
                            "daemons-pid-zero",
                            "crun-partial-overwrite",
                            "fwknop-six-digits",
                            "wazuh-enospc",
                            "agent-browser-eperm",
                            "patroni-thread-id",
                            "pg-autofailover-zombie",
                            "wedged-holder"}) {
    EXPECT_TRUE(ids.contains(first)) << first;
  }
}

TEST_F(Library, EveryOneHasAnAddressOfItsOwn) {
  const std::regex address(R"([\w.-]+/[\w.-]+#[0-9]+)");
  std::set<std::string> sources;
  for (const Incident& incident : incidents_) {
    EXPECT_TRUE(std::regex_match(incident.source, address)) << incident.id;
    EXPECT_TRUE(sources.insert(incident.source).second) << incident.source << " stands twice";
    for (const std::string& see : incident.see) EXPECT_TRUE(std::regex_match(see, address)) << see;
  }
}

TEST_F(Library, EveryMechanismIsNumberedAndNamed) {
  const std::regex numbered("M([1-9]|[1-4][0-9]|5[0-2]): .+");
  for (const Incident& incident : incidents_) {
    const bool is = std::regex_match(incident.mechanism, numbered);
    // From a later look round than the numbers.
    EXPECT_TRUE(is || incident.id == "replaced-program") << incident.id;
  }
}

TEST_F(Library, TheBrokenOneBreaksAClauseAndTheFixedOneNone) {
  for (const Incident& incident : incidents_) {
    SCOPED_TRACE(incident.id);
    ASSERT_EQ(incident.guards.size(), 2U);
    EXPECT_EQ(incident.guards[0].name, "broken");
    EXPECT_EQ(incident.guards[1].name, "fixed");
    for (const IncidentVariant& variant : incident.variants) {
      EXPECT_THAT(variant.expected.at("broken").breaks, testing::MatchesRegex("C[0-9]+"));
      EXPECT_EQ(variant.expected.at("fixed").breaks, "");
      EXPECT_TRUE(variant.expected.at("fixed").signalled.empty());
    }
  }
}

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

TEST(Report, EveryCellIsAsExpectedOfModels) {
  for (const IncidentVariant& variant : FindIncident(kFolder, kReport).variants) {
    for (const auto& [guard, expected] : variant.expected) {
      SCOPED_TRACE(variant.name + ", " + guard);
      EXPECT_EQ(Differences(expected, RunModel(variant, guard)), std::vector<std::string>{});
    }
  }
}

TEST(Report, CellsThatDoNotConvergeAreThoseThatBreakC11) {
  for (const IncidentVariant& variant : FindIncident(kFolder, kReport).variants) {
    for (const auto& [guard, expected] : variant.expected) {
      SCOPED_TRACE(variant.name + ", " + guard);
      EXPECT_EQ(!ConvergenceBreaches(RunModel(variant, guard)).empty(), expected.breaks == "C11");
    }
  }
}

TEST(Report, HasFourCellsForEachOfThreeGuards) {
  const Incident incident = FindIncident(kFolder, kReport);
  EXPECT_EQ(incident.variants.size(), 4U);
  EXPECT_EQ(incident.guards.size(), 3U);
  for (const IncidentVariant& variant : incident.variants) {
    EXPECT_EQ(variant.plan.duration, std::chrono::hours(1));
    EXPECT_EQ(variant.expected.size(), 3U);
  }
}

}  // namespace
}  // namespace pidfall
