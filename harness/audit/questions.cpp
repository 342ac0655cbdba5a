#include "harness/audit/questions.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "harness/input/duration.h"
#include "harness/input/shell_quote.h"
#include "harness/simulation/convergence.h"

namespace pidfall {
namespace {

Result Answer(const char* question, const char* clause, Verdict verdict, std::string summary,
              std::vector<std::string> evidence = {}) {
  return {.scenario = question,
          .clauses = {clause},
          .verdict = verdict,
          .summary = std::move(summary),
          .evidence = std::move(evidence)};
}

// --- copies

// Services with the same command cannot be told apart by their processes.
int MeantToRun(const Asked& asked) {
  int copies = 0;
  for (const AuditedService& other : asked.all) {
    if (other.facts.words != asked.service.facts.words) continue;
    if (other.policy->job().copies == 0) return 0;
    copies += other.policy->job().copies;
  }
  return copies;
}

// The most that run at once; of an agent that each user has, the most of one user.
int CopiesAtOnce(const Asked& asked) {
  if (!asked.service.is_per_user) return static_cast<int>(asked.copies.size());
  std::map<uid_t, int> of_user;
  int most = 0;
  for (const Copy& copy : asked.copies) {
    most = std::max(most, ++of_user[asked.process(copy.pid).user]);
  }
  return most;
}

const LiveProcess* ProcessLikeIt(const Asked& asked) {
  for (const auto& [pid, process] : asked.machine.processes) {
    if (MayBe(asked.service, process)) return &process;
  }
  return nullptr;
}

std::string ExtraCopies(const Asked& asked) {
  std::vector<pid_t> extra;
  for (const Copy& copy : asked.copies) {
    if (!copy.is_supervised) extra.push_back(copy.pid);
  }
  return fmt::format("{}", fmt::join(extra, ", "));
}

// --- port

// They hold the published ports of containers.
bool IsOfContainers(const LiveProcess& process) {
  static const std::set<std::string> programs = {
      "docker-proxy", "rootlessport",    "rootlesskit", "slirp4netns",  "pasta",
      "conmon",       "containerd-shim", "gvproxy",     "com.docker.ba"};
  return process.is_in_container || programs.contains(process.program);
}

// systemd listens in place of a service that it starts on demand.
bool IsItsOwn(const Asked& asked, pid_t holder) {
  if (holder == 1) return true;
  if (asked.is_in_container()) return IsOfContainers(asked.process(holder));
  return IsKin(asked.service, asked.machine, holder);
}

struct PortState {
  bool listened = false;
  bool unknown = false;  // a holder is not to be seen
  const LiveProcess* stranger = {};
};

PortState StateOf(const Asked& asked, int port) {
  PortState state;
  for (const OpenPort& open : asked.machine.ports) {
    if (open.port != port) continue;
    state.listened = true;
    state.unknown = state.unknown || open.holders.empty();
    const bool own = std::any_of(open.holders.begin(), open.holders.end(),
                                 [&](pid_t holder) { return IsItsOwn(asked, holder); });
    if (!own && !open.holders.empty()) state.stranger = &asked.process(open.holders.front());
  }
  return state;
}

Result Stranger(const Asked& asked, int port, const LiveProcess& stranger) {
  const std::string runs = asked.copies.empty() ? "no copy of it" : NamedCopies(asked);
  return Answer("port", "C10", Verdict::kFail,
                fmt::format("port {} belongs to another program: {}", port, Named(stranger)),
                {"saw " + runs,
                 fmt::format("do stop pid {}, or give one of the two another port", stranger.pid)});
}

// --- restart loop

std::string StartsText(const std::string& duplicate, const DuplicateOutcome& outcome) {
  std::string text =
      fmt::format("{} is started {}", duplicate,
                  outcome.starts == 1 ? "once" : fmt::format("{} times", outcome.starts));
  if (outcome.gave_up) {
    text += fmt::format(", given up after {}", FormatDuration(*outcome.gave_up));
  }
  return text;
}

}  // namespace

std::string Named(const LiveProcess& process) {
  return fmt::format("pid {} ({})", process.pid,
                     process.words.empty() ? process.program : ShellCommand(process.words));
}

std::string NamedCopies(const Asked& asked) {
  std::vector<std::string> texts;
  for (const Copy& copy : asked.copies) {
    texts.push_back(Named(asked.process(copy.pid)) + (copy.is_supervised ? ", under systemd" : ""));
  }
  return fmt::format("{}", fmt::join(texts, "; "));
}

Result CopiesAnswer(const Asked& asked) {
  const auto answer = [](Verdict verdict, const std::string& summary,
                         std::vector<std::string> evidence = {}) {
    return Answer("copies", "C1", verdict, summary, std::move(evidence));
  };
  const Job& job = asked.service.policy->job();
  if (asked.is_in_container()) return answer(Verdict::kNotApplicable, "it runs in a container");
  if (job.is_one_shot) return answer(Verdict::kNotApplicable, "it is meant to end by itself");
  if (asked.is_opaque()) {
    return answer(Verdict::kSkip,
                  "its command is a script: which processes are its own cannot be told");
  }
  if (asked.copies.empty()) {
    const LiveProcess* like = ProcessLikeIt(asked);
    if (like == nullptr) return answer(Verdict::kNotApplicable, "it does not run");
    return answer(Verdict::kSkip, "whether it runs as " + Named(*like) + " cannot be seen");
  }
  const int meant = MeantToRun(asked);
  const int copies = CopiesAtOnce(asked);
  if (meant == 0 || copies <= meant) {
    return answer(Verdict::kPass, "runs as " + NamedCopies(asked));
  }
  return answer(Verdict::kFail, fmt::format("{} copies of it run", copies),
                {"saw " + NamedCopies(asked),
                 fmt::format("do stop the one that does not belong here (of pid {}), and guard "
                             "the service: pidfall-guard --pid-file FILE -- COMMAND",
                             ExtraCopies(asked))});
}

Result PortAnswer(const Asked& asked) {
  const auto answer = [](Verdict verdict, const std::string& summary) {
    return Answer("port", "C10", verdict, summary);
  };
  const std::vector<int>& ports = asked.service.facts.ports;
  if (ports.empty()) return answer(Verdict::kNotApplicable, "no port is configured");
  bool listened = false, unknown = false;
  for (const int port : ports) {
    const PortState state = StateOf(asked, port);
    listened = listened || state.listened;
    unknown = unknown || state.unknown || (state.stranger != nullptr && asked.is_opaque());
    if (state.stranger != nullptr && !asked.is_opaque()) {
      return Stranger(asked, port, *state.stranger);
    }
  }
  const std::string list = fmt::format("port {}", fmt::join(ports, ", "));
  if (unknown) {
    return answer(Verdict::kSkip, list + ": whose it is cannot be seen by this user");
  }
  return answer(Verdict::kPass, list + (listened ? " is its own" : ": nobody listens"));
}

Result LoopAnswer(const Asked& asked) {
  const AuditedService& service = asked.service;
  const auto answer = [](Verdict verdict, const std::string& summary,
                         std::vector<std::string> evidence = {}) {
    Result result = Answer("restart-loop", "C11", verdict, summary, std::move(evidence));
    result.severity = Severity::kWeakness;
    return result;
  };
  const std::string starts = "beside a live copy, in ten minutes, " +
                             StartsText("a duplicate that exits 0", service.with_status_0) + ", " +
                             StartsText("one that exits 1", service.with_status_1);
  if (service.policy->job().is_one_shot) {
    return answer(Verdict::kNotApplicable, "it is meant to end by itself");
  }
  if (service.duplicate_waits) {
    return answer(Verdict::kPass, "a duplicate waits: pidfall-guard --on-duplicate " +
                                      service.facts.guards_duplicate);
  }
  if (!Loops(service)) return answer(Verdict::kPass, starts);
  return answer(Verdict::kFail, "its supervisor restarts a duplicate that ends",
                {"saw " + service.policy->Describe() + ": " + starts,
                 "do let the duplicate wait for the lock; other settings: docs/supervisors.md"});
}

}  // namespace pidfall
