#include "harness/cli/check_findings.h"

#include <fmt/format.h>

#include "harness/cli/page_notes.h"
#include "harness/input/shell_quote.h"
#include "harness/report/causes.h"
#include "harness/report/findings.h"
#include "harness/report/text.h"
#include "harness/target/parts.h"
#include "scenarios/catalogue.h"
#include "scenarios/nearness.h"

namespace pidfall {
namespace {

Advice AdviceOn(const Result& result) {
  return {.harm = HarmOf(result), .fix = PatternsPlace(result.family)};
}

std::string GuardedCommand(const Target& target) {
  return "pidfall-guard --pid-file FILE -- " + CleanText(ShellCommand(target.command));
}

Advice AdviceOn(const Cause& cause, const Target& target) {
  Advice advice = AdviceOn(*cause.nearest);
  if (cause.is_no_guard) {
    advice.fix = "nothing keeps a second copy out; the shortest way to a guard is\n" +
                 GuardedCommand(target) + '\n' + advice.fix;
  }
  if (cause.others.empty()) return advice;
  advice.also = fmt::format("{} more follow from it (-v shows each):", cause.others.size());
  for (const Result* other : cause.others) advice.also += ' ' + other->scenario;
  return advice;
}

}  // namespace

void PrintFindings(const Outputs& outputs, const std::vector<Result>& results, const Target& target,
                   bool verbose) {
  const std::vector<Result> nearest_first = NearestFirst(results);
  for (const Cause& cause : ByCause(Findings(nearest_first, verbose))) {
    outputs.Print(FindingText(*cause.nearest, AdviceOn(cause, target), outputs.paint(), verbose));
    if (!verbose) continue;
    for (const Result* other : cause.others) {
      outputs.Print(FindingText(*other, AdviceOn(*other), outputs.paint(), verbose));
    }
  }
}

std::string BesideOlderVersion(const std::vector<Result>& results) {
  std::string lines;
  for (const Result& result : results) {
    const Scenario* scenario = FindScenario(result.scenario);
    const bool was_judged = result.verdict == Verdict::kPass || HasFailed(result);
    const bool is_asked = scenario != nullptr && (scenario->parts & part::kOlderVersion) != 0;
    if (!was_judged || !is_asked) continue;
    lines += fmt::format("  {}  {}\n", Name(result.verdict), scenario->story);
  }
  return lines.empty() ? "" : "beside the older version:\n" + lines;
}

std::string FirstStep(const std::vector<Result>& results, const Target& target) {
  return FirstStepText(NearestFirst(results), [&](const Cause& cause) {
    return cause.is_no_guard ? GuardedCommand(target) : AdviceOn(*cause.nearest).fix;
  });
}

}  // namespace pidfall
