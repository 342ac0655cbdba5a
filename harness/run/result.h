// The result of one scenario on one target: the unit of every report.
#pragma once

#include <string>
#include <vector>

#include "harness/stage/breach_kinds.h"
#include "harness/stage/story_times.h"

namespace pidfall {

enum class Verdict {
  kPass,
  kFail,
  kSkip,           // this machine cannot run it
  kNotApplicable,  // this target has no such part
  kKnown,          // fails as an accepted baseline does
  kBroken,         // could not be set up or judged
};

// The severity of a kFail and a kKnown: harm for somebody, or harmless by itself.
enum class Severity { kBreach, kWeakness };

// The words of the JSON and of the table: "pass", "fail", "skip", "n/a", "known",
// "broken".
const char* Name(Verdict verdict);
const char* Name(Severity severity);

struct Result {
  std::string scenario;              // "pid-reuse/stranger"
  std::string family;                // "pid-reuse"
  std::string policy;                // the supervisor that the scenario simulates
  std::vector<std::string> clauses;  // those tested; after a fail the broken one comes first
  Verdict verdict = Verdict::kBroken;
  Severity severity = Severity::kBreach;
  BreachKinds kinds = breach_kind::kNone;  // of a breach
  std::string summary;                     // one sentence: the breach, or why it was not judged
  std::vector<std::string> evidence;       // "did ...", "saw ...", in the order it happened
  StoryTimes times;                        // no lanes: not known
  double duration_ms = 0;
  std::string reproduce;  // the command that shows just this case again

  std::string server;  // of `run` and `audit`
  std::string file;    // the file that it is about: a service's, an incident's; empty: none

  // `run` only.
  std::string guard;
  std::string expected;   // "pass", "fail C4", "n/a", from scenarios/expected.toml
  bool surprise = false;  // the verdict is not the expected one
};

inline constexpr char kTimeIsOver[] = "not judged: the time that --time allows was over";

// A run fails by a surprise or, where nothing was expected, by a breach.
bool IsFailure(const Result& result);

// Then it has a severity, and its first clause is the broken one.
inline bool HasFailed(const Result& result) {
  return result.verdict == Verdict::kFail || result.verdict == Verdict::kKnown;
}

struct Totals {
  int pass = 0, fail = 0, skip = 0, not_applicable = 0, known = 0, broken = 0;
  int breaches = 0, weaknesses = 0, surprises = 0;
};

Totals Count(const std::vector<Result>& results);

}  // namespace pidfall
