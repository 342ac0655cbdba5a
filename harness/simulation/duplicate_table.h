// How each supervisor treats each answer of a duplicate: the table of `supervise --table`. Computed
// by a simulation: another copy serves for ten minutes, then goes.
//
//   Print(DuplicateTable(10min));
//   PlayDuplicate(LookUpPolicy("runit"), {.duplicate_status = 0}, 10min).starts   // 572
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/simulation/model_jobs.h"
#include "harness/supervisor/policy.h"

namespace pidfall {

struct DuplicateAnswer {
  std::string name;  // "exit 75"
  ModelServer server;
};
// exit 0, 1, 75 (EX_TEMPFAIL) and 78 (EX_CONFIG), and standing by.
const std::vector<DuplicateAnswer>& DuplicateAnswers();

struct DuplicateOutcome {
  int starts = 0;                               // while the other copy lives
  std::optional<SupervisorTime> gave_up;        // when, since the first start
  std::optional<SupervisorTime> serves_within;  // after the other copy ended; none: never
};

// The other copy serves first, and goes `beside` after the policy was loaded or, where that is
// worse for the take-over, right after the last duplicate before that moment.
DuplicateOutcome PlayDuplicate(const std::shared_ptr<const Policy>& policy,
                               const ModelServer& answer, SupervisorTime beside);

// A row per known policy, a column per answer, and how to read them.
std::string DuplicateTable(SupervisorTime beside);

}  // namespace pidfall
