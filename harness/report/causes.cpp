#include "harness/report/causes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <regex>
#include <string_view>

#include "harness/report/findings.h"

namespace pidfall {
namespace {

// The scenario without any fault.
constexpr std::string_view kPlainSecondStart = "duplicate/second-start";
constexpr std::string_view kOnAnotherPort = "duplicate/other-port";

bool IsBreach(const Result& result) {
  return result.verdict == Verdict::kFail && result.severity == Severity::kBreach;
}

bool TwoServe(const Result& result) { return IsOfKind(result.kinds, breach_kind::kTwoServe); }

bool IsNoGuard(const Result& result) {
  return IsBreach(result) && result.scenario == kPlainSecondStart && TwoServe(result);
}

// Only the port keeps a second copy out. Most scenarios give it another one, so that a guard shows.
bool IsPortTheGuard(const Result& result) {
  return IsBreach(result) && result.scenario == kOnAnotherPort && TwoServe(result);
}

bool GuardsNothing(const Result& result) { return IsNoGuard(result) || IsPortTheGuard(result); }

bool LostItsLock(const Result& result) { return IsOfKind(result.kinds, breach_kind::kLostLock); }

std::string ClauseOf(const Result& result) {
  return result.clauses.empty() ? "" : result.clauses.front();
}

bool FollowsFrom(const Cause& cause, const Result& result) {
  if (!IsBreach(result) || !IsBreach(*cause.nearest)) return false;
  if (result.guard != cause.nearest->guard) return false;
  // That two serve comes of the lost lock, never the other way round.
  if (LostItsLock(result) && !LostItsLock(*cause.nearest)) return false;
  const bool lets_in = GuardsNothing(*cause.nearest) || LostItsLock(*cause.nearest);
  if (lets_in && TwoServe(result)) return true;
  return ClauseOf(result) == ClauseOf(*cause.nearest) &&
         FormOf(result.summary) == FormOf(cause.nearest->summary);
}

// A missing guard may stand after findings that follow from it: they come after the rest.
std::vector<const Result*> FollowersLast(std::vector<const Result*> findings) {
  const auto all = findings;
  std::stable_partition(findings.begin(), findings.end(), [&](const Result* finding) {
    return IsNoGuard(*finding) || std::none_of(all.begin(), all.end(), [&](const Result* other) {
             return other != finding && GuardsNothing(*other) &&
                    FollowsFrom({.nearest = other, .others = {}}, *finding);
           });
  });
  return findings;
}

}  // namespace

std::string FormOf(const std::string& summary) {
  // The circumstances come after this word.
  std::string form = summary.substr(0, summary.find(", although"));
  form = form.substr(0, form.find(", which is not"));
  static const std::regex kVaries("\"[^\"]*\"|/[^ ,:]*|\\b[A-Z][0-9]*\\b|[0-9]+");
  return std::regex_replace(form, kVaries, "_");
}

std::vector<Cause> ByCause(const std::vector<const Result*>& findings) {
  std::vector<Cause> causes;
  for (const Result* finding : FollowersLast(findings)) {
    const auto cause = std::find_if(causes.begin(), causes.end(), [&](const Cause& known) {
      return FollowsFrom(known, *finding);
    });
    if (cause != causes.end()) {
      cause->others.push_back(finding);
    } else {
      causes.push_back({.nearest = finding, .others = {}, .is_no_guard = IsNoGuard(*finding)});
    }
  }
  return causes;
}

std::string FirstStepText(const std::vector<Result>& results,
                          const std::function<std::string(const Cause&)>& fix) {
  auto findings = Findings(results, false);
  std::erase_if(findings, [](const Result* finding) { return !IsBreach(*finding); });
  if (findings.size() < 2) return "";
  const std::vector<Cause> causes = ByCause(findings);
  const auto largest = std::max_element(
      causes.begin(), causes.end(),
      [](const Cause& a, const Cause& b) { return a.others.size() < b.others.size(); });
  return fmt::format("first    {} ({} of {} breaches): {}\n", largest->nearest->scenario,
                     largest->others.size() + 1, findings.size(), fix(*largest));
}

}  // namespace pidfall
