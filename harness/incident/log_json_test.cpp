#include "harness/incident/log_json.h"

#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>

namespace pidfall {
namespace {

using std::chrono::seconds;

TEST(LogJsonTest, EverythingArrives) {
  SimulationLog log;
  log.duration = seconds(600);
  log.real = seconds(1);
  log.notes = {"a note"};
  log.cut_short = "why";
  log.skipped = "no namespaces";
  log.files["{pid_file}"] = {true, "7\n"};
  log.actors.push_back({.name = "agent",
                        .supervised = true,
                        .starts = {{seconds(1), 7, true}},
                        .exits = {{seconds(2), 7, 0, 9, true, true}},
                        .spans = {{Phase::kThrottled, seconds(2), seconds(3)}},
                        .gave_up = std::nullopt,
                        .rest = "rest",
                        .signals = {"SIGTERM"}});
  const nlohmann::json told = log;
  const SimulationLog arrived = told;
  EXPECT_EQ(nlohmann::json(arrived), told);
  EXPECT_EQ(arrived.duration, seconds(600));
  EXPECT_EQ(arrived.cut_short, "why");
  EXPECT_EQ(arrived.skipped, "no namespaces");
  EXPECT_EQ(arrived.files.at("{pid_file}").content, "7\n");
  ASSERT_EQ(arrived.actors.size(), 1U);
  EXPECT_EQ(arrived.actors[0].signals, std::vector<std::string>{"SIGTERM"});
  EXPECT_FALSE(arrived.actors[0].gave_up);
  EXPECT_TRUE(arrived.actors[0].starts[0].beside_an_owner);
  EXPECT_EQ(arrived.actors[0].exits[0].signal, 9);
  EXPECT_TRUE(arrived.actors[0].exits[0].provoked);
  EXPECT_EQ(arrived.actors[0].spans[0].phase, Phase::kThrottled);
}

TEST(LogJsonTest, AnythingElseIsAnError) {
  EXPECT_THROW(nlohmann::json::object().get<SimulationLog>(), nlohmann::json::exception);
}

}  // namespace
}  // namespace pidfall
