#include "harness/report/summary.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "harness/input/text_parts.h"
#include "harness/report/text.h"

namespace pidfall {
namespace {

const char* Headline(const Totals& totals, bool interrupted) {
  if (interrupted) return "INTERRUPTED";
  if (totals.surprises > 0) return "FAILED";
  if (totals.broken > 0) return "BROKEN";
  return totals.pass + totals.fail > 0 ? "OK" : "NOTHING JUDGED";
}

int ExpectedNotApplicable(const std::vector<Result>& results) {
  return static_cast<int>(std::count_if(results.begin(), results.end(), [](const Result& result) {
    return result.verdict == Verdict::kNotApplicable && !result.surprise;
  }));
}

std::string KnownText(const Totals& totals) {
  return totals.known > 0 ? fmt::format(", {} known", totals.known) : "";
}

// The kinds of results that -v would show.
std::string HiddenText(const Totals& totals) {
  std::vector<std::string> hidden;
  if (totals.weaknesses > 0) hidden.emplace_back("the weaknesses");
  if (totals.known > 0) hidden.emplace_back("the known failures");
  if (totals.not_applicable > 0) hidden.emplace_back("why n/a");
  return hidden.empty() ? "" : fmt::format("   (-v: {})", fmt::join(hidden, ", "));
}

}  // namespace

std::string RunSummary(const std::vector<Result>& results, double elapsed_ms, bool interrupted) {
  const Totals totals = Count(results);
  const int all = static_cast<int>(results.size());
  const int not_applicable = ExpectedNotApplicable(results);
  const int as_expected = all - not_applicable - totals.surprises - totals.skip - totals.broken;
  return fmt::format("{}: {}, {} as expected, {} n/a, {}, {} skipped{}   {}",
                     Headline(totals, interrupted), CountText(all, "verdict"), as_expected,
                     not_applicable, CountText(totals.surprises, "surprise"), totals.skip,
                     totals.broken > 0 ? fmt::format(", {} broken", totals.broken) : "",
                     DurationText(elapsed_ms));
}

std::string CheckSummary(const std::vector<Result>& results, const SummaryOptions& options) {
  const Totals totals = Count(results);
  return fmt::format("{}{} pass, {} {}, {} {}{}, {} n/a, {} skip, {} broken   {}{}",
                     options.interrupted ? "INTERRUPTED: " : "", totals.pass, totals.breaches,
                     totals.breaches == 1 ? "breach" : "breaches", totals.weaknesses,
                     totals.weaknesses == 1 ? "weakness" : "weaknesses", KnownText(totals),
                     totals.not_applicable, totals.skip, totals.broken,
                     DurationText(options.elapsed_ms), options.verbose ? "" : HiddenText(totals));
}

}  // namespace pidfall
