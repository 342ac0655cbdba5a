// Judges the services of this machine: a pure function of what their files and the machine
// say.
//
//   for (const Judged& judged : Judge(services.all, machine)) ... judged.results ...
//
// Four questions for each service: "web.service/pid-file", ".../copies", ".../port" and
// ".../restart-loop". Nothing is a breach that could be a misunderstanding: where the processes,
// files or sockets of another user are not to be seen, the answer is a skip. A restart loop is
// predicted, not observed: a weakness.
#pragma once

#include <sys/types.h>

#include <vector>

#include "harness/audit/machine.h"
#include "harness/audit/services.h"
#include "harness/run/result.h"

namespace pidfall {

struct Judged {
  std::vector<pid_t> copies;
  std::vector<Result> results;  // one per question
};

// One per service, in their order.
std::vector<Judged> Judge(const std::vector<AuditedService>& services, const Machine& machine);

// A breach of `first` stays where a look a moment later confirms it: a service that is started or
// stopped right then is no finding.
std::vector<Judged> Confirmed(std::vector<Judged> first, const std::vector<Judged>& second);

}  // namespace pidfall
