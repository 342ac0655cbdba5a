#include "harness/report/html.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace pidfall {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::size_t kMostBytes = 1 << 20;

Result Failing(const std::string& summary) {
  return {.scenario = "stale/zero",
          .family = "stale",
          .clauses = {"C3"},
          .verdict = Verdict::kFail,
          .summary = summary,
          .evidence = {"did start A (pid 3)", "saw " + summary},
          .reproduce = "pidfall check --scenario stale/zero -- ./serve"};
}

std::string PageOf(const std::vector<Result>& results) {
  return HtmlText({"1.2", "check", "full"}, results, {},
                  {{"stale/zero", {.story = "A story.", .harm = "A harm.", .cure = "A cure."}}});
}

// The content of the data element.
std::string DataOf(const std::string& page) {
  const std::string begin = "id=\"data\">";
  const std::size_t at = page.find(begin) + begin.size();
  return page.substr(at, page.find("</script>", at) - at);
}

TEST(HtmlTest, HoldsTheResultsWithTheirStoriesAndCures) {
  const auto data = nlohmann::json::parse(DataOf(PageOf({Failing("it broke")})));
  EXPECT_EQ(data["results"][0]["summary"], "it broke");
  EXPECT_EQ(data["page"]["scenarios"]["stale/zero"]["cure"], "A cure.");
  EXPECT_EQ(data["page"]["causes"][0]["nearest"], 0);
}

TEST(HtmlTest, NamesACauseOnceWithThoseThatFollowFromIt) {
  const auto data = nlohmann::json::parse(
      DataOf(PageOf({Failing("B took 1 s"), Failing("B took 2 s"), Failing("another thing")})));
  ASSERT_EQ(data["page"]["causes"].size(), 2);
  EXPECT_EQ(data["page"]["causes"][0]["others"], nlohmann::json({1}));
}

TEST(HtmlTest, ASimulationHasItsLanes) {
  SimulatedFacts facts{.variant = "by hand first"};
  facts.times = {.duration_s = 60,
                 .is_simulated = true,
                 .lanes = {{"agent", {{"serves", 0.00004, 12.34567}}, {{12.34567, -9}}, {}}}};
  const std::string page =
      HtmlText({"1.2", "incident", "full"}, {Failing("it broke")}, {facts}, {});
  const auto simulation = nlohmann::json::parse(DataOf(page))["results"][0]["simulation"];
  EXPECT_EQ(simulation, nlohmann::json::parse(R"({"duration_s": 60, "simulated": true, "lanes": [
      {"name": "agent", "bars": [["serves", 0, 12.3457]], "ends": [[12.3457, -9]]}]})"));
}

TEST(HtmlTest, ATargetsOutputEndsNoElement) {
  const std::string hostile = "</script><script>alert(1)</script><!-- & \x1B[2J \xFF \xE2\x80\xA8";
  const std::string page = PageOf({Failing(hostile)});
  EXPECT_THAT(DataOf(page), Not(HasSubstr("<")));
  const auto data = nlohmann::json::parse(DataOf(page));
  EXPECT_THAT(data["results"][0]["summary"].get<std::string>(), HasSubstr("</script><script>"));
  for (const char c : DataOf(page)) EXPECT_TRUE(c >= ' ' && c <= '~') << int{c};
}

TEST(HtmlTest, AMegabyteOfOutputIsCut) {
  const std::string page = PageOf({Failing(std::string(kMostBytes, 'y'))});
  EXPECT_LT(page.size(), kMostBytes / 4);
  EXPECT_THAT(page, HasSubstr("more bytes)"));
}

TEST(HtmlTest, LoadsNothing) {
  const std::string page = PageOf({});
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
  EXPECT_THAT(page, Not(HasSubstr("src=")));
  EXPECT_THAT(page, Not(HasSubstr("<link rel=\"stylesheet\"")));
  EXPECT_THAT(page, Not(HasSubstr("PIDFALL_PAGE")));
}

}  // namespace
}  // namespace pidfall
