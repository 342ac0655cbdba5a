#include "harness/simulation/duplicate_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "harness/input/duration.h"
#include "harness/simulation/simulation.h"
#include "harness/supervisor/policies.h"

namespace pidfall {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// How long a start takes to serve, or to see that it is a duplicate.
constexpr SupervisorTime kStartUp = milliseconds(50);
constexpr SupervisorTime kOtherFirst = seconds(1);
// Kubernetes' longest wait is five minutes.
constexpr SupervisorTime kForATakeOver = minutes(15);

constexpr std::size_t kOther = 0;
constexpr std::size_t kSupervised = 1;

// The other copy ends at `stop`.
SimulationPlan PlanFor(std::shared_ptr<const Policy> policy, SupervisorTime stop) {
  return {.actors = {{"other", nullptr}, {"supervised", std::move(policy)}},
          .events = {{.at = SupervisorTime(0), .action = Action::kStart, .actor = kOther},
                     {.at = kOtherFirst, .action = Action::kLoad, .actor = kSupervised},
                     {.at = stop, .action = Action::kStop, .actor = kOther}},
          .duration = stop + kForATakeOver};
}

SimulationLog Play(const std::shared_ptr<const Policy>& policy, const ModelServer& answer,
                   SupervisorTime stop) {
  ModelJobs jobs({ModelServer{}, answer});
  return Simulate(PlanFor(policy, stop), jobs);
}

// The worst moment to go: right after a duplicate has given way.
SupervisorTime WorstStop(const ActorLog& supervised, SupervisorTime end) {
  SupervisorTime worst = end;
  for (const ExitEntry& exit : supervised.exits) {
    if (exit.at < end) worst = exit.at + milliseconds(1);
  }
  return worst;
}

std::string Cell(const DuplicateOutcome& outcome) {
  std::string text = std::to_string(outcome.starts);
  if (outcome.gave_up) text += fmt::format(" until {}", FormatDuration(*outcome.gave_up));
  if (!outcome.serves_within) return text + ", never";
  return text + fmt::format(", {}", FormatDuration(*outcome.serves_within));
}

std::vector<std::string> RowOf(const std::string& name, SupervisorTime beside) {
  std::vector<std::string> row = {name};
  const std::shared_ptr<const Policy> policy = LookUpPolicy(name);
  for (const DuplicateAnswer& answer : DuplicateAnswers()) {
    row.push_back(Cell(PlayDuplicate(policy, answer.server, beside)));
  }
  return row;
}

std::string Aligned(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths(rows.front().size(), 0);
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += fmt::format("{:<{}}", row[i], widths[i] + 2);
    }
    text += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
  }
  return text;
}

}  // namespace

const std::vector<DuplicateAnswer>& DuplicateAnswers() {
  static const std::vector<DuplicateAnswer> answers = [] {
    std::vector<DuplicateAnswer> all;
    for (const int status : {0, 1, 75, 78}) {
      all.push_back(
          {fmt::format("exit {}", status), {.duplicate_status = status, .start_up = kStartUp}});
    }
    all.push_back({"wait", {.on_owner = OnOwner::kWait, .start_up = kStartUp}});
    return all;
  }();
  return answers;
}

DuplicateOutcome PlayDuplicate(const std::shared_ptr<const Policy>& policy,
                               const ModelServer& answer, SupervisorTime beside) {
  const SupervisorTime end = kOtherFirst + beside;
  const ActorLog supervised = Play(policy, answer, end).actors[kSupervised];
  DuplicateOutcome outcome;
  outcome.starts =
      static_cast<int>(std::count_if(supervised.starts.begin(), supervised.starts.end(),
                                     [end](const StartEntry& start) { return start.at < end; }));
  if (supervised.gave_up) outcome.gave_up = supervised.exits.back().at - kOtherFirst;
  outcome.serves_within = ServedAfter(Play(policy, answer, WorstStop(supervised, end)));
  return outcome;
}

std::string DuplicateTable(SupervisorTime beside) {
  std::vector<std::vector<std::string>> rows = {{"a duplicate's answer"}};
  for (const DuplicateAnswer& answer : DuplicateAnswers()) rows.front().push_back(answer.name);
  for (const std::string& name : PolicyNames()) rows.push_back(RowOf(name, beside));
  return Aligned(rows) +
         fmt::format(
             "60, 10 s: 60 starts in the {} that another copy serves; once that has ended, one "
             "serves within 10 s.\n"
             "5 until 0.7 s: given up after 0.7 s. never: no copy serves until a person starts "
             "one.\n",
             FormatDuration(beside));
}

}  // namespace pidfall
