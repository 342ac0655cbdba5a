// Predicts how often a policy starts a program that always ends the same way.
//
//   Prediction loop = Predict(*policy, {.run_time = 50ms, .status = 0}, 60s);
//   loop.starts.size()   // 6 under launchd KeepAlive=true
#pragma once

#include <string>
#include <vector>

#include "harness/supervisor/policy.h"

namespace pidfall {

struct Behaviour {
  SupervisorTime run_time{};
  int status = 0;
  int signal = 0;
  bool has_successor = true;  // as in EndedRun
};

struct Prediction {
  std::vector<SupervisorTime> starts;  // within the window
  std::string rest;                    // why it is not started again; empty: it would be
  bool gave_up = false;
};

Prediction Predict(const Policy& policy, const Behaviour& behaviour, SupervisorTime window);

}  // namespace pidfall
