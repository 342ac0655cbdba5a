// For tests that run scenarios: one case at a time, in its own sandbox.
//
//   const Result result = RunCase(*FindScenario("stale/zero"), target);
//   EXPECT_EQ(result.verdict, Verdict::kPass) << Account(result);
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <string_view>

#include "harness/run/result.h"
#include "harness/stage/scenario.h"
#include "harness/target/target.h"

namespace pidfall {

Result RunCase(const Scenario& scenario, const Target& target);

// Its summary and evidence, for a test that failed.
std::string Account(const Result& result);

// A test whose name is made at run time: "duplicate.second_start/pidfile" of "duplicate" and
// "second-start/pidfile". No dashes: what follows one is a negative pattern to --gtest_filter.
void RegisterCase(std::string_view suite, const std::string& name, std::function<void()> body);

}  // namespace pidfall
