#include "harness/report/incident_charts.h"

#include <gtest/gtest.h>

namespace pidfall {
namespace {

IncidentCell CellOf(const std::string& variant, const std::string& guard) {
  SimulationLog log;
  log.actors.push_back({.name = "agent"});
  return {variant, "launchd", guard, log, {}};
}

TEST(IncidentCharts, BeforeAndAfterShareTheChartOfTheirVariant) {
  const std::vector<IncidentCell> cells = {CellOf("a", "broken"), CellOf("a", "fixed"),
                                           CellOf("b", "broken")};
  const std::vector<Chart> charts = ChartsOf(cells);
  ASSERT_EQ(charts.size(), 2U);
  EXPECT_EQ(charts[0].title, "a  (launchd)");
  ASSERT_EQ(charts[0].groups.size(), 2U);
  EXPECT_EQ(charts[0].groups[0].label, "broken");
  EXPECT_EQ(charts[0].groups[1].log, &cells[1].log);
  EXPECT_EQ(charts[1].groups.size(), 1U);
}

TEST(IncidentCharts, LeaveOutWhatWasNotSimulated) {
  std::vector<IncidentCell> cells = {CellOf("a", "broken")};
  cells[0].log.actors.clear();
  EXPECT_TRUE(ChartsOf(cells).empty());
}

}  // namespace
}  // namespace pidfall
