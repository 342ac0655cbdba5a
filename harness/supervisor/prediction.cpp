#include "harness/supervisor/prediction.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/input/duration.h"
#include "harness/supervisor/policies.h"

namespace pidfall {
namespace {

// A policy without a throttle starts an instant exit without end; the table needs no more.
constexpr std::size_t kMostStarts = 100'000;

std::string Title(const Behaviour& behaviour) {
  const std::string how = behaviour.signal != 0 ? fmt::format("signal {}", behaviour.signal)
                                                : fmt::format("exit {}", behaviour.status);
  return fmt::format("{} after {}", how, FormatDuration(behaviour.run_time));
}

std::string Cell(const Prediction& prediction) {
  const std::size_t starts = prediction.starts.size();
  const std::string count = fmt::format("{} start{}", starts, starts == 1 ? "" : "s");
  if (starts >= kMostStarts) return "starts without end";
  if (prediction.gave_up) return count + ", gives up";
  return count + (prediction.rest.empty() ? ", goes on" : ", stays down");
}

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
                       .signal = behaviour.signal});
  }
  return prediction;
}

std::string PolicyTable(const std::vector<Behaviour>& behaviours, SupervisorTime window) {
  std::vector<std::vector<std::string>> rows = {{"in " + FormatDuration(window)}};
  for (const Behaviour& behaviour : behaviours) rows[0].push_back(Title(behaviour));
  for (const std::string& name : PolicyNames()) {
    const auto policy = LookUpPolicy(name);
    rows.push_back({name});
    for (const Behaviour& behaviour : behaviours) {
      rows.back().push_back(Cell(Predict(*policy, behaviour, window)));
    }
  }
  std::string table;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t column = 0; column < row.size(); ++column) {
      std::size_t width = 0;
      for (const auto& other : rows) width = std::max(width, other[column].size());
      line += fmt::format("{:<{}}", row[column], width + 2);
    }
    table += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return table;
}

}  // namespace pidfall
