#include "harness/simulation/duplicate_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <set>
#include <sstream>
#include <string>

#include "harness/supervisor/policies.h"

namespace pidfall {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

// The bounds of contract clause C11.
constexpr int kMostStarts = 2;
constexpr SupervisorTime kServedWithin = 20s;

bool ComesToRest(const DuplicateOutcome& outcome) {
  return outcome.starts <= kMostStarts && outcome.serves_within &&
         *outcome.serves_within <= kServedWithin;
}

// The recommendation, for every supervisor: stand by.
TEST(DuplicateTable, StandingByComesToRestUnderEverySupervisorAndNoExitStatusUnderAny) {
  for (const std::string& name : PolicyNames()) {
    const std::shared_ptr<const Policy> policy = LookUpPolicy(name);
    for (const DuplicateAnswer& answer : DuplicateAnswers()) {
      const bool waits = answer.name == "wait";
      EXPECT_EQ(ComesToRest(PlayDuplicate(policy, answer.server, 10min)), waits)
          << name << ", " << answer.name;
    }
  }
}

// The second best, for a program that cannot wait: a quiet loop that takes over soon, where the
// supervisor's own file allows one.
TEST(DuplicateTable, SlowLoopTakesOverWithinItsDelay) {
  const std::pair<const char*, SupervisorTime> slow[] = {
      {"systemd:always:10s", 10s}, {"launchd:keepalive", 11s}, {"monit", 60s}};
  for (const auto& [name, delay] : slow) {
    const DuplicateOutcome outcome = PlayDuplicate(LookUpPolicy(name), {}, 10min);
    EXPECT_LE(outcome.serves_within.value_or(1h), delay + 1s) << name;
    EXPECT_LE(outcome.starts, 60) << name;
    EXPECT_FALSE(outcome.gave_up) << name;
  }
}

TEST(DuplicateTable, LoopIsCountedForAsLongAsTheOtherCopyServes) {
  const auto loop = PlayDuplicate(LookUpPolicy("launchd:keepalive"), {.start_up = 50ms}, 10min);
  EXPECT_EQ(loop.starts, 60);
  EXPECT_EQ(loop.serves_within, 10049ms) << "gone 1 ms after a duplicate has";
  const auto limit = PlayDuplicate(LookUpPolicy("systemd:always"), {.start_up = 50ms}, 10min);
  EXPECT_EQ(limit.starts, 5);
  EXPECT_EQ(limit.gave_up, 650ms);
  EXPECT_EQ(limit.serves_within, std::nullopt);
}

std::string PageText(const std::string& page) {
  std::ifstream file(PIDFALL_DOCS "/" + page);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// The table's lines for which `is_shown`, as a page shows them.
std::string IndentedTable(const std::function<bool(const std::string&)>& is_shown) {
  std::string indented;
  std::istringstream table(DuplicateTable(10min));
  for (std::string line; std::getline(table, line);) {
    if (is_shown(line)) indented += "    " + line + "\n";
  }
  return indented;
}

// So that the pages stay up to date.
TEST(DuplicateTable, PagesHoldTheTableAsItIsPrinted) {
  const auto all = [](const std::string&) { return true; };
  EXPECT_THAT(PageText("supervisors.md"), HasSubstr(IndentedTable(all)));
}

TEST(DuplicateTable, ReadmeHoldsItsBestKnownRowsAndHowToReadThem) {
  const std::set<std::string> left_out = {"launchd:crashed",
                                          "launchd:not-crashed",
                                          "launchd:only-success",
                                          "launchd:run-at-load",
                                          "systemd:always",
                                          "docker:on-failure",
                                          "kubernetes:OnFailure",
                                          "supervisord:always",
                                          "s6",
                                          "daemontools",
                                          "monit",
                                          "pm2",
                                          "openrc",
                                          "procfile"};
  const std::string table = IndentedTable(
      [&](const std::string& line) { return !left_out.contains(line.substr(0, line.find("  "))); });
  EXPECT_THAT(PageText("../README.md"), HasSubstr("\n\n" + table + "\n"));
}

}  // namespace
}  // namespace pidfall
