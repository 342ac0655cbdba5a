#include <fmt/format.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "harness/audit/questions.h"

namespace pidfall {
namespace {

// The times of files and of processes come from two clocks of the kernel.
constexpr auto kClockDifference = std::chrono::seconds(2);

Result Answer(Verdict verdict, std::string summary, std::vector<std::string> evidence = {}) {
  return {.scenario = "pid-file",
          .clauses = {"C4"},
          .verdict = verdict,
          .summary = std::move(summary),
          .evidence = std::move(evidence)};
}

std::string WhatRuns(const Asked& asked) {
  return "saw " + (asked.copies.empty() ? "no copy of it" : NamedCopies(asked));
}

Result Missing(const Asked& asked) {
  const std::string& path = asked.service.facts.pid_file;
  if (asked.copies.empty()) {
    return Answer(Verdict::kPass, path + " is not there, and no copy is seen");
  }
  return Answer(Verdict::kFail,
                fmt::format("{} is missing while pid {} runs", path, asked.copies.front().pid),
                {WhatRuns(asked),
                 "do find out what removed it (an old copy's exit, a cleaner of /tmp or /run), "
                 "then restart the service: until then tools that read the file cannot find it"});
}

// Some programs empty their file when they end.
Result HoldsNoPid(const Asked& asked, const PidFile& file) {
  const std::string& path = asked.service.facts.pid_file;
  if (asked.copies.empty()) {
    return Answer(Verdict::kPass, path + " holds no pid, and no copy is seen");
  }
  return Answer(Verdict::kFail,
                fmt::format("{} holds no pid ({}) while pid {} runs", path, file.why,
                            asked.copies.front().pid),
                {WhatRuns(asked), "do restart the service, which writes the file anew"});
}

Result Stale(const Asked& asked, const PidFile& file) {
  const std::string& path = asked.service.facts.pid_file;
  const std::string cure = asked.copies.empty()
                               ? "do remove it, and see that the service starts with such a file "
                                 "in place: pidfall check --scenario 'stale/*'"
                               : "do restart the service, which writes the file anew";
  return Answer(Verdict::kFail,
                fmt::format("{} is stale: it names process {}, which is gone", path, file.pid),
                {WhatRuns(asked), cure});
}

// A wrapper may have started the process by another name: then it is as old as the file.
Result OfAnother(const Asked& asked, const PidFile& file) {
  const std::string& path = asked.service.facts.pid_file;
  const LiveProcess& named = asked.process(file.pid);
  const bool is_younger = named.began > file.written + kClockDifference;
  if (!is_younger && (asked.copies.empty() || asked.is_opaque())) {
    return Answer(Verdict::kSkip, fmt::format("{} names {}: whether that is the service's cannot "
                                              "be told from its command line",
                                              path, Named(named)));
  }
  return Answer(Verdict::kFail, fmt::format("{} names another program: {}", path, Named(named)),
                {WhatRuns(asked),
                 is_younger ? "saw that process begin after the file was written: the kernel has "
                              "used the number again"
                            : "saw that process begin before the file was written",
                 "do remove the file, and signal no process because of it"});
}

}  // namespace

Result PidFileAnswer(const Asked& asked) {
  const std::string& path = asked.service.facts.pid_file;
  if (path.empty()) return Answer(Verdict::kNotApplicable, "no pid file is configured");
  if (asked.is_in_container()) return Answer(Verdict::kNotApplicable, "it runs in a container");
  const PidFile& file = asked.machine.pid_files.at(path);
  if (file.state == PidFile::State::kMissing) return Missing(asked);
  if (file.state == PidFile::State::kHoldsNoPid) return HoldsNoPid(asked, file);
  if (file.state == PidFile::State::kUnreadable) {
    return Answer(Verdict::kSkip, path + ": " + file.why);
  }
  if (!asked.machine.processes.contains(file.pid)) return Stale(asked, file);
  if (!IsKin(asked.service, asked.machine, file.pid)) return OfAnother(asked, file);
  return Answer(Verdict::kPass, fmt::format("{} names {}", path, Named(asked.process(file.pid))));
}

}  // namespace pidfall
