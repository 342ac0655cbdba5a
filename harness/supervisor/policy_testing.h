// Helpers that the tests of policies share.
//
//   EXPECT_EQ(StartCount(*policy, {.run_time = 50ms, .status = 1}, 60s), 5U);
//   EXPECT_EQ(BadInputOf([] { ParseProcfile("Procfile", "web"); }), "Procfile:1: ...");
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/input/bad_input.h"
#include "harness/supervisor/prediction.h"

namespace pidfall {

inline std::size_t StartCount(const Policy& policy, const Behaviour& behaviour,
                              SupervisorTime window) {
  return Predict(policy, behaviour, window).starts.size();
}

inline bool RestartsAfter(const Policy& policy, const EndedRun& run) {
  return policy.Next({run}).start_at.has_value();
}

inline std::string BadInputOf(const std::function<void()>& act) {
  try {
    act();
  } catch (const BadInput& error) {
    return error.what();
  }
  return "none";
}

}  // namespace pidfall
