#include "harness/audit/check_order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/audit/testing.h"

namespace pidfall {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

TEST(ObstacleToCheckTest, ACommandThatRunsHereHasNone) {
  EXPECT_EQ(ObstacleToCheck(ServiceOf({"/bin/sh", "serve.sh"})), "");
}

TEST(ObstacleToCheckTest, WhatCannotRunHereIsNotTried) {
  EXPECT_THAT(ObstacleToCheck(ServiceWith({.image = "postgres:16"})),
              StartsWith("it runs in a container"));
  EXPECT_THAT(ObstacleToCheck(ServiceWith({.command = {"true"}, .is_one_shot = true})),
              StartsWith("it is meant to end"));
  EXPECT_EQ(ObstacleToCheck(ServiceWith({})), "no command is configured");
  EXPECT_EQ(ObstacleToCheck(ServiceOf({"/bin/sh", "%h/serve.sh"})),
            "systemd fills in '%h/serve.sh' first");
  EXPECT_THAT(ObstacleToCheck(ServiceOf({"no-such-program"})), HasSubstr("no-such-program"));
  EXPECT_EQ(ObstacleToCheck(ServiceWith({.command = {"/bin/sh"}, .working_directory = "/nowhere"})),
            "its folder /nowhere is not there");
}

Result BreachedBefore() { return {.verdict = Verdict::kFail, .severity = Severity::kBreach}; }

TEST(WorstFirstTest, BreachesComeBeforeLoopsAndThoseBeforeTheRest) {
  Audit audit;
  audit.services.all = {ServiceOf({"quiet"}), ServiceOf({"loops"}), ServiceOf({"broken"})};
  constexpr int kMany = 60;
  audit.services.all[1].with_status_0.starts = kMany;
  audit.judged = {{}, {}, {.results = {BreachedBefore()}}};
  const auto& all = audit.services.all;
  EXPECT_THAT(WorstFirst(audit), ElementsAre(&all[2], &all[1], &all[0]));
}

}  // namespace
}  // namespace pidfall
