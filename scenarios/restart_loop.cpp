// A safeguard and a supervisor together: do they come to rest?
#include <signal.h>

#include <string>

#include "harness/input/duration.h"
#include "harness/stage/expect.h"
#include "harness/supervisor/policies.h"
#include "harness/supervisor/supervised.h"
#include "scenarios/catalogue.h"

namespace pidfall {
namespace {

constexpr char kKeepAlive[] = "launchd:keepalive";
constexpr char kSuccessfulExit[] = "launchd:successful-exit";
constexpr char kRunAtLoad[] = "launchd:run-at-load";

// The bounds of C11.
constexpr int kMostStarts = 2;
constexpr SupervisorTime kServedWithin = std::chrono::seconds(20);  // two throttle intervals

void ExpectFewStarts(const Supervision& seen) {
  Require(MostOwners(seen.log) <= 1, "C1", "both copies served at one instant");
  Require(seen.starts_beside_an_owner <= kMostStarts, "C11",
          "the supervisor started it " + std::to_string(seen.starts_beside_an_owner) +
              " times beside a live owner within " + FormatDuration(seen.log.duration) +
              ", the bound is " + std::to_string(kMostStarts) + " in ten minutes");
}

void ExpectServedAgain(const SimulationLog& log) {
  for (const Gap& gap : Gaps(log)) {
    const SupervisorTime nobody = gap.to.value_or(log.duration) - gap.from;
    Require(gap.to && nobody <= kServedWithin, "C11",
            gap.to ? "nobody served for " + FormatDuration(nobody) + " after the owner went"
                   : "nobody that it knows of ever served after the owner went");
  }
}

void Converges(Stage& stage, const std::string& policy, FirstCopy first) {
  const Supervision seen = Supervise(stage, policy, first);
  ExpectFewStarts(seen);
  ExpectServedAgain(seen.log);
}

void KeepAliveByHandFirst(Stage& stage) { Converges(stage, kKeepAlive, FirstCopy::kByHand); }
void KeepAliveAgentFirst(Stage& stage) { Converges(stage, kKeepAlive, FirstCopy::kAgent); }
void SuccessfulExitByHandFirst(Stage& stage) {
  Converges(stage, kSuccessfulExit, FirstCopy::kByHand);
}
void SuccessfulExitAgentFirst(Stage& stage) {
  Converges(stage, kSuccessfulExit, FirstCopy::kAgent);
}

// Nothing is restarted under this policy, so nobody owes a takeover.
void RunAtLoadByHandFirst(Stage& stage) {
  ExpectFewStarts(Supervise(stage, kRunAtLoad, FirstCopy::kByHand));
}
void RunAtLoadAgentFirst(Stage& stage) {
  ExpectFewStarts(Supervise(stage, kRunAtLoad, FirstCopy::kAgent));
}

bool ReplacesAKilledOwner(const std::string& policy) {
  const EndedRun killed{.ended = std::chrono::minutes(1), .signal = SIGKILL};
  return LookUpPolicy(policy)->Next({killed}).start_at.has_value();
}

void NamedPolicy(Stage& stage, FirstCopy first) {
  const std::string& policy = stage.target().policy;
  const Supervision seen = Supervise(stage, policy, first);
  ExpectFewStarts(seen);
  if (ReplacesAKilledOwner(policy)) ExpectServedAgain(seen.log);
}

void NamedPolicyByHandFirst(Stage& stage) { NamedPolicy(stage, FirstCopy::kByHand); }
void NamedPolicyAgentFirst(Stage& stage) { NamedPolicy(stage, FirstCopy::kAgent); }

constexpr char kLoops[] =
    "A start every ten seconds for as long as the other copy lives, and a log full of errors "
    "(https://github.com/openclaw/openclaw/issues/82248).";
constexpr char kNobody[] = "The agent is given up, and nobody serves once the other copy has gone.";

constexpr Scenario kFamily[] = {
    {"restart-loop/keep-alive-by-hand-first", "C11 C1",
     "KeepAlive=true, a copy by hand came first: at most 2 starts in ten minutes, and the agent "
     "serves within 20 s of the copy's end.",
     kLoops, KeepAliveByHandFirst, part::kNone, Users::kOne, kKeepAlive},
    {"restart-loop/keep-alive-agent-first", "C11 C1",
     "KeepAlive=true, the agent came first: a copy by hand does not disturb it, and a killed owner "
     "is replaced within 20 s.",
     kLoops, KeepAliveAgentFirst, part::kNone, Users::kOne, kKeepAlive},
    {"restart-loop/successful-exit-by-hand-first", "C11 C1",
     "KeepAlive={SuccessfulExit=false}, a copy by hand came first: at most 2 starts in ten "
     "minutes, and the agent serves within 20 s of the copy's end.",
     kNobody, SuccessfulExitByHandFirst, part::kNone, Users::kOne, kSuccessfulExit},
    {"restart-loop/successful-exit-agent-first", "C11 C1",
     "KeepAlive={SuccessfulExit=false}, the agent came first: a copy by hand does not disturb it, "
     "and a killed owner is replaced within 20 s.",
     kNobody, SuccessfulExitAgentFirst, part::kNone, Users::kOne, kSuccessfulExit},
    {"restart-loop/run-at-load-by-hand-first", "C11 C1",
     "No KeepAlive, a copy by hand came first: they never both serve.",
     "Two copies serve after a login.", RunAtLoadByHandFirst, part::kNone, Users::kOne, kRunAtLoad},
    {"restart-loop/run-at-load-agent-first", "C11 C1",
     "No KeepAlive, the agent came first: they never both serve.",
     "Two copies serve after a login.", RunAtLoadAgentFirst, part::kNone, Users::kOne, kRunAtLoad},
    {"restart-loop/named-policy-by-hand-first", "C11 C1",
     "Under the --policy named, a copy by hand came first: at most 2 starts in ten minutes, and "
     "where it restarts at all somebody serves within 20 s of the copy's end.",
     kLoops, NamedPolicyByHandFirst, part::kNamedPolicy},
    {"restart-loop/named-policy-agent-first", "C11 C1",
     "Under the --policy named, the agent came first: a copy by hand does not disturb it, and "
     "where it restarts at all a killed owner is replaced within 20 s.",
     kLoops, NamedPolicyAgentFirst, part::kNamedPolicy},
};

}  // namespace

std::span<const Scenario> RestartLoopFamily() { return kFamily; }

}  // namespace pidfall
