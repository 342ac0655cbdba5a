#include "harness/run/verdict.h"

#include <cstddef>
#include <exception>
#include <vector>

#include "harness/stage/story_end.h"

namespace pidfall {
namespace {

// Weaknesses that were noted before belong to other stories on the same stage.
StoryVerdict PassOrWeakness(Stage& stage, std::size_t noted_before) {
  const auto& all = stage.evidence().weaknesses();
  if (all.size() == noted_before) return {.verdict = Verdict::kPass};
  const auto& first = all[noted_before];
  return {Verdict::kFail, first.summary, Severity::kWeakness, first.clause};
}

void PutFirst(std::vector<std::string>& clauses, const std::string& broken) {
  std::erase(clauses, broken);
  clauses.insert(clauses.begin(), broken);
}

}  // namespace

StoryVerdict VerdictOn(Stage& stage, const std::function<void()>& story) {
  const std::size_t noted_before = stage.evidence().weaknesses().size();
  try {
    story();
    return PassOrWeakness(stage, noted_before);
  } catch (const Breach& breach) {
    return {Verdict::kFail, breach.summary, Severity::kBreach, breach.clause, breach.kinds};
  } catch (const Skip& skip) {
    return {Verdict::kSkip, skip.what()};
  } catch (const NotApplicable& reason) {
    return {Verdict::kNotApplicable, reason.what()};
  } catch (const std::exception& error) {
    return {Verdict::kBroken, error.what()};
  }
}

void Put(const StoryVerdict& verdict, Result* result) {
  result->verdict = verdict.verdict;
  result->summary = verdict.summary;
  if (verdict.verdict != Verdict::kFail) return;
  result->severity = verdict.severity;
  result->kinds = verdict.kinds;
  PutFirst(result->clauses, verdict.clause);
}

}  // namespace pidfall
