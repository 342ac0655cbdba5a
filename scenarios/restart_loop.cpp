// A safeguard and a supervisor together: do they come to rest?
#include <signal.h>

#include <chrono>
#include <string>

#include "harness/simulation/convergence.h"
#include "harness/simulation/supervised.h"
#include "harness/stage/story_end.h"
#include "harness/supervisor/policies.h"
#include "scenarios/catalogue.h"

namespace pidfall {
namespace {

constexpr char kLoops[] =
    "A start every ten seconds for as long as the other copy lives, and a log full of errors "
    "(https://github.com/openclaw/openclaw/issues/82248).";
constexpr char kNobody[] =
    "The supervisor gives the agent up, and no copy serves once the other has ended.";

constexpr char kKeepAlive[] = "launchd:keepalive";
constexpr char kSuccessfulExit[] = "launchd:successful-exit";
constexpr char kRunAtLoad[] = "launchd:run-at-load";

// Under a policy that restarts nothing, no copy has to take over.
void Converges(Stage& stage, const std::string& policy, FirstCopy first, bool serves_again = true) {
  const SimulationLog log = Supervise(stage, policy, first);
  const auto breaches = ConvergenceBreaches(log, {.serves_again = serves_again});
  if (!breaches.empty()) throw Breach(breaches.front().clause, breaches.front().summary);
}

void KeepAliveByHandFirst(Stage& stage) { Converges(stage, kKeepAlive, FirstCopy::kByHand); }

constexpr Scenario kKeepAliveByHandFirst{
    "restart-loop/keep-alive-by-hand-first",
    "C11 C1",
    "KeepAlive=true, a copy by hand came first: at most 2 starts in ten minutes, and the agent "
    "serves within 20 s of the copy's end.",
    kLoops,
    KeepAliveByHandFirst,
    part::kNone,
    need::kNothing,
    kKeepAlive};

void KeepAliveAgentFirst(Stage& stage) { Converges(stage, kKeepAlive, FirstCopy::kAgent); }

constexpr Scenario kKeepAliveAgentFirst{
    "restart-loop/keep-alive-agent-first",
    "C11 C1",
    "KeepAlive=true, the agent came first: a copy by hand does not disturb it, and a killed owner "
    "is replaced within 20 s.",
    kLoops,
    KeepAliveAgentFirst,
    part::kNone,
    need::kNothing,
    kKeepAlive};

void SuccessfulExitByHandFirst(Stage& stage) {
  Converges(stage, kSuccessfulExit, FirstCopy::kByHand);
}

constexpr Scenario kSuccessfulExitByHandFirst{
    "restart-loop/successful-exit-by-hand-first",
    "C11 C1",
    "KeepAlive={SuccessfulExit=false}, a copy by hand came first: at most 2 starts in ten "
    "minutes, and the agent serves within 20 s of the copy's end.",
    kNobody,
    SuccessfulExitByHandFirst,
    part::kNone,
    need::kNothing,
    kSuccessfulExit};

void SuccessfulExitAgentFirst(Stage& stage) {
  Converges(stage, kSuccessfulExit, FirstCopy::kAgent);
}

constexpr Scenario kSuccessfulExitAgentFirst{
    "restart-loop/successful-exit-agent-first",
    "C11 C1",
    "KeepAlive={SuccessfulExit=false}, the agent came first: a copy by hand does not disturb it, "
    "and a killed owner is replaced within 20 s.",
    kNobody,
    SuccessfulExitAgentFirst,
    part::kNone,
    need::kNothing,
    kSuccessfulExit};

void RunAtLoadByHandFirst(Stage& stage) { Converges(stage, kRunAtLoad, FirstCopy::kByHand, false); }

constexpr Scenario kRunAtLoadByHandFirst{
    "restart-loop/run-at-load-by-hand-first",
    "C11 C1",
    "No KeepAlive, a copy by hand came first: they never both serve.",
    "Two copies serve after a login.",
    RunAtLoadByHandFirst,
    part::kNone,
    need::kNothing,
    kRunAtLoad};

void RunAtLoadAgentFirst(Stage& stage) { Converges(stage, kRunAtLoad, FirstCopy::kAgent, false); }

constexpr Scenario kRunAtLoadAgentFirst{
    "restart-loop/run-at-load-agent-first",
    "C11 C1",
    "No KeepAlive, the agent came first: they never both serve.",
    "Two copies serve after a login.",
    RunAtLoadAgentFirst,
    part::kNone,
    need::kNothing,
    kRunAtLoad};

bool ReplacesAKilledOwner(const std::string& policy) {
  const EndedRun killed{.ended = std::chrono::minutes(1), .signal = SIGKILL};
  return LookUpPolicy(policy)->Next({killed}).start_at.has_value();
}

void NamedPolicyByHandFirst(Stage& stage) {
  const std::string& policy = stage.target().policy;
  Converges(stage, policy, FirstCopy::kByHand, ReplacesAKilledOwner(policy));
}

constexpr Scenario kNamedPolicyByHandFirst{
    "restart-loop/named-policy-by-hand-first",
    "C11 C1",
    "Under the --policy named, a copy by hand came first: at most 2 starts in ten minutes, and "
    "where it restarts at all another copy serves within 20 s of the copy's end.",
    kLoops,
    NamedPolicyByHandFirst,
    part::kNamedPolicy};

void NamedPolicyAgentFirst(Stage& stage) {
  const std::string& policy = stage.target().policy;
  Converges(stage, policy, FirstCopy::kAgent, ReplacesAKilledOwner(policy));
}

constexpr Scenario kNamedPolicyAgentFirst{
    "restart-loop/named-policy-agent-first",
    "C11 C1",
    "Under the --policy named, the agent came first: a copy by hand does not disturb it, and "
    "where it restarts at all a killed owner is replaced within 20 s.",
    kLoops,
    NamedPolicyAgentFirst,
    part::kNamedPolicy};

constexpr Scenario kFamily[] = {kKeepAliveByHandFirst,      kKeepAliveAgentFirst,
                                kSuccessfulExitByHandFirst, kSuccessfulExitAgentFirst,
                                kRunAtLoadByHandFirst,      kRunAtLoadAgentFirst,
                                kNamedPolicyByHandFirst,    kNamedPolicyAgentFirst};

}  // namespace

std::span<const Scenario> RestartLoopFamily() { return kFamily; }

}  // namespace pidfall
