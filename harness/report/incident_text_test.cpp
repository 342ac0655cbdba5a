#include "harness/report/incident_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace pidfall {
namespace {

using std::chrono::minutes;
using testing::HasSubstr;

Incident Example() {
  Incident incident{.id = "2025-12-22-x",
                    .title = "Two copies fight",
                    .dated = "2025-12-22",
                    .source = "owner/repo#1",
                    .mechanism = "a restart policy"};
  incident.guards = {{.name = "none"}};
  incident.variants.push_back({.name = "agent first"});
  incident.variants[0].expected["none"] = {.why = "it loops", .breaks = "C11"};
  return incident;
}

IncidentCell Cell(const std::string& variant, const std::string& guard) {
  SimulationLog log;
  log.duration = minutes(10);
  log.actors.push_back({.name = "agent", .supervised = true, .starts = {{minutes(0), 7}}});
  return {variant, "launchd KeepAlive=true", guard, log, {}};
}

TEST(IncidentTextTest, ListsIdTitleAndMechanism) {
  EXPECT_EQ(IncidentListText({Example()}),
            "2025-12-22-x  Two copies fight\n"
            "              a restart policy; owner/repo#1\n");
}

TEST(IncidentTextTest, ShowsTheExpectedOutcomes) {
  EXPECT_EQ(IncidentText(Example()),
            "2025-12-22-x  Two copies fight\nmechanism  a restart policy\n"
            "source     owner/repo#1\ndated      2025-12-22\n\nagent first\n  none: it loops "
            "(breaks C11)\n");
}

TEST(IncidentTextTest, SummarizesALinePerVariant) {
  const std::string text = CellsSummary(
      Example(),
      {Cell("agent first", "none"), Cell("agent first", "pidfile"), Cell("by hand first", "none")});
  EXPECT_EQ(text,
            "incident 2025-12-22, agent first, 10 min: none 1 start; pidfile 1 start\n"
            "incident 2025-12-22, by hand first, 10 min: none 1 start\n");
}

TEST(IncidentTextTest, TellsALinePerGuard) {
  IncidentCell by_hand = Cell("agent first", "fixed");
  by_hand.log.actors[0].supervised = false;
  by_hand.result.summary = "two serve";
  EXPECT_EQ(CellsLines(Example(), {Cell("agent first", "broken"), by_hand}),
            "2025-12-22-x (owner/repo#1), agent first\n  broken 1 start\n  fixed two serve\n");
}

TEST(IncidentTextTest, DrawsAVariantWithAllItsGuards) {
  const std::string text =
      CellsText(Example(), {Cell("agent first", "none"), Cell("agent first", "pidfile")}, {});
  EXPECT_TRUE(text.starts_with("2025-12-22-x  agent first\nlaunchd KeepAlive=true; 10 min "))
      << text;
  EXPECT_THAT(text, HasSubstr("pidfile"));
}

TEST(IncidentTextTest, ACellThatWasNotSimulatedSaysSo) {
  IncidentCell cell = Cell("agent first", "none");
  cell.log.actors.clear();
  EXPECT_THAT(CellsSummary(Example(), {cell}), HasSubstr("none not simulated"));
}

}  // namespace
}  // namespace pidfall
