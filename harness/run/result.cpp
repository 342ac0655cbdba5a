#include "harness/run/result.h"

namespace pidfall {

const char* Name(Verdict verdict) {
  switch (verdict) {
    case Verdict::kPass:
      return "pass";
    case Verdict::kFail:
      return "fail";
    case Verdict::kSkip:
      return "skip";
    case Verdict::kNotApplicable:
      return "n/a";
    case Verdict::kKnown:
      return "known";
    case Verdict::kBroken:
      break;
  }
  return "broken";
}

const char* Name(Severity severity) {
  return severity == Severity::kBreach ? "breach" : "weakness";
}

bool IsFailure(const Result& result) {
  if (!result.expected.empty()) return result.surprise;
  return result.verdict == Verdict::kFail && result.severity == Severity::kBreach;
}

namespace {

int& Slot(Totals& totals, Verdict verdict) {
  switch (verdict) {
    case Verdict::kPass:
      return totals.pass;
    case Verdict::kFail:
      return totals.fail;
    case Verdict::kSkip:
      return totals.skip;
    case Verdict::kNotApplicable:
      return totals.not_applicable;
    case Verdict::kKnown:
      return totals.known;
    case Verdict::kBroken:
      break;
  }
  return totals.broken;
}

}  // namespace

Totals Count(const std::vector<Result>& results) {
  Totals totals;
  for (const Result& result : results) {
    ++Slot(totals, result.verdict);
    if (result.surprise) ++totals.surprises;
    if (result.verdict != Verdict::kFail) continue;
    ++(result.severity == Severity::kBreach ? totals.breaches : totals.weaknesses);
  }
  return totals;
}

}  // namespace pidfall
