#include "harness/supervisor/prediction.h"

namespace pidfall {
namespace {

// A policy without a throttle starts an instant exit without end; nobody needs more.
constexpr std::size_t kMostStarts = 100'000;

}  // namespace

Prediction Predict(const Policy& policy, const Behaviour& behaviour, SupervisorTime window) {
  Prediction prediction;
  std::vector<EndedRun> history;
  while (prediction.starts.size() < kMostStarts) {
    const Decision decision = policy.Next(history);
    if (!decision.start_at) {
      prediction.rest = decision.why;
      prediction.gave_up = decision.gave_up;
      break;
    }
    if (*decision.start_at >= window) break;
    prediction.starts.push_back(*decision.start_at);
    history.push_back({.started = *decision.start_at,
                       .ended = *decision.start_at + behaviour.run_time,
                       .status = behaviour.status,
                       .signal = behaviour.signal,
                       .has_successor = behaviour.has_successor});
  }
  return prediction;
}

}  // namespace pidfall
