#include "harness/incident/log_wire.h"

#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>

namespace pidfall {
namespace {

using std::chrono::seconds;

TEST(LogWireTest, EverythingArrives) {
  SimulationLog log;
  log.duration = seconds(600);
  log.real = seconds(1);
  log.notes = {"a note"};
  log.cut_short = "why";
  log.actors.push_back({.name = "agent",
                        .supervised = true,
                        .starts = {{seconds(1), 7}},
                        .exits = {{seconds(2), 7, 0, 9, true, true}},
                        .spans = {{Phase::kThrottled, seconds(2), seconds(3)}},
                        .gave_up = std::nullopt,
                        .rest = "rest"});
  const SimulationLog arrived = DecodeLog(EncodeLog(log));
  EXPECT_EQ(EncodeLog(arrived), EncodeLog(log));
  EXPECT_EQ(arrived.duration, seconds(600));
  EXPECT_EQ(arrived.cut_short, "why");
  ASSERT_EQ(arrived.actors.size(), 1U);
  EXPECT_FALSE(arrived.actors[0].gave_up);
  EXPECT_EQ(arrived.actors[0].exits[0].signal, 9);
  EXPECT_TRUE(arrived.actors[0].exits[0].provoked);
  EXPECT_EQ(arrived.actors[0].spans[0].phase, Phase::kThrottled);
}

TEST(LogWireTest, ACutMessageIsAnError) {
  const std::string wire = EncodeLog({});
  EXPECT_THROW(DecodeLog(wire.substr(0, wire.size() / 2)), std::runtime_error);
  EXPECT_THROW(DecodeLog(""), std::runtime_error);
  EXPECT_THROW(DecodeLog("{}"), std::runtime_error);
}

}  // namespace
}  // namespace pidfall
