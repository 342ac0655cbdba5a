#include "harness/cli/check_findings.h"

#include <fmt/format.h>

#include "harness/report/causes.h"
#include "harness/report/findings.h"
#include "scenarios/catalogue.h"

namespace pidfall {
namespace {

Advice AdviceOn(const Result& result) {
  const Scenario* scenario = FindScenario(result.scenario);
  return {.harm = scenario != nullptr ? std::string(scenario->harm) : "",
          .fix = "docs/SERVER-SAFEGUARD-PATTERNS.md#" + result.family};
}

Advice AdviceOn(const Cause& cause) {
  Advice advice = AdviceOn(*cause.nearest);
  if (cause.is_no_guard) {
    advice.fix =
        "nothing keeps a second copy out; the shortest way to a guard is\n"
        "pidfall-guard --pid-file FILE -- COMMAND\n" +
        advice.fix;
  }
  if (cause.others.empty()) return advice;
  advice.also = fmt::format("{} more follow from it (-v shows each):", cause.others.size());
  for (const Result* other : cause.others) advice.also += ' ' + other->scenario;
  return advice;
}

}  // namespace

void PrintFindings(const Outputs& outputs, const std::vector<Result>& results, bool verbose) {
  for (const Cause& cause : ByCause(Findings(results, verbose))) {
    outputs.Print(FindingText(*cause.nearest, AdviceOn(cause), outputs.paint(), verbose));
    if (!verbose) continue;
    for (const Result* other : cause.others) {
      outputs.Print(FindingText(*other, AdviceOn(*other), outputs.paint(), verbose));
    }
  }
}

}  // namespace pidfall
