#include "harness/incident/supervise_run.h"

#include <memory>
#include <utility>

#include "harness/input/bad_input.h"
#include "harness/input/secrets.h"
#include "harness/process/elapsed.h"
#include "harness/simulation/convergence.h"
#include "harness/simulation/roll_out.h"
#include "harness/supervisor/policies.h"

namespace pidfall {
namespace {

// The policy that restarts each of the two copies while one replaces the other.
constexpr const char* kRestartPolicy = "kubernetes:Always";

std::vector<std::string> CommandOf(const std::string& policy, const Job& job,
                                   const std::vector<std::string>& command) {
  if (!command.empty()) return command;
  if (job.ends_when_server_runs) {
    throw BadInput("the command of --policy " + policy +
                   " leaves the server in the background: name the server itself after --");
  }
  if (!job.command.empty()) return job.command;
  throw BadInput("nothing to supervise: --policy " + policy + " names no command, none follows --");
}

}  // namespace

SimulationRequest SuperviseRequest(const std::string& policy_name,
                                   const std::vector<std::string>& command,
                                   std::chrono::nanoseconds window) {
  const auto roll_out = LookUpRollOut(policy_name);
  std::shared_ptr<const Policy> policy = LookUpPolicy(roll_out ? kRestartPolicy : policy_name);
  for (const auto& [name, value] : policy->job().environment) RememberSecret(name, value);
  SimulationRequest request;
  request.actors = {{.start = {.command = CommandOf(policy_name, policy->job(), command)}}};
  if (roll_out) {
    request.actors.push_back(request.actors.front());
    request.plan = SuperviseRollOut(*roll_out, std::move(policy), window);
  } else {
    request.plan = SuperviseAlone(std::move(policy), window);
  }
  request.as_deployed = true;
  return request;
}

Result SuperviseResult(const SimulationLog& log) {
  Result result{.scenario = "restart-loop/supervise",
                .family = "restart-loop",
                .clauses = {"C11"},
                .verdict = Verdict::kPass};
  if (const auto loop = RestartLoop(log)) {
    result.verdict = Verdict::kFail;
    result.summary = *loop;
  }
  if (log.cut_short) {
    result.verdict = Verdict::kBroken;
    result.summary = *log.cut_short;
  }
  result.duration_ms = Milliseconds(log.real);
  return result;
}

}  // namespace pidfall
