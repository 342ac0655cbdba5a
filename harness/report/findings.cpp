#include "harness/report/findings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

#include "harness/report/text.h"

namespace pidfall {
namespace {

constexpr std::size_t kLabelWidth = 7;
constexpr std::size_t kFirstLines = 4;
constexpr std::size_t kLastLines = 10;

bool IsFinding(const Result& result, bool verbose) {
  if (result.verdict == Verdict::kBroken || result.surprise) return true;
  if (!HasFailed(result)) return false;
  if (result.verdict == Verdict::kKnown) return verbose;
  const bool breach = result.severity == Severity::kBreach;
  return verbose || (breach && result.expected.empty());
}

int Rank(const Result& result) {
  if (result.verdict == Verdict::kFail) return result.severity == Severity::kBreach ? 0 : 1;
  if (result.verdict == Verdict::kKnown) return 4;
  return result.surprise ? 2 : 3;
}

std::string Head(const Result& result, const Paint& paint) {
  switch (result.verdict) {
    case Verdict::kFail: {
      const bool breach = result.severity == Severity::kBreach;
      const std::string head = fmt::format("FAIL  {}", Name(result.severity));
      return breach ? paint.Red(head) : paint.Yellow(head);
    }
    case Verdict::kPass:
      return result.surprise ? paint.Yellow("PASS  surprise") : "PASS";
    case Verdict::kNotApplicable:
      return result.surprise ? paint.Yellow("N/A   surprise") : "N/A";
    case Verdict::kKnown:
      return fmt::format("KNOWN {}", Name(result.severity));
    case Verdict::kSkip:
      return "SKIP";
    case Verdict::kBroken:
      break;
  }
  return paint.Red("BROKEN");
}

// "  did    A started", further lines under the first.
std::string Line(std::string_view label, std::string_view text, const Paint& paint) {
  std::string out = "  " + paint.Dim(fmt::format("{:<{}}", label, kLabelWidth));
  for (const char c : CleanText(text)) {
    out += c;
    if (c == '\n') out.append(2 + kLabelWidth, ' ');
  }
  return out + '\n';
}

// Evidence begins with its label: "did ...", "saw ...", "do ..." (the cure). Any other line belongs
// to the one before.
std::string EvidenceLine(std::string_view evidence, const Paint& paint) {
  for (const std::string_view label : {"did ", "saw ", "kept ", "do "}) {
    if (!evidence.starts_with(label)) continue;
    const std::size_t length = label.size();
    return Line(label.substr(0, length - 1), evidence.substr(length), paint);
  }
  return Line("", evidence, paint);
}

std::string EvidenceText(const std::vector<std::string>& evidence, bool whole, const Paint& paint) {
  const bool cut = !whole && evidence.size() > kFirstLines + kLastLines + 1;
  const std::size_t left_out = cut ? evidence.size() - kFirstLines - kLastLines : 0;
  std::string out;
  for (std::size_t i = 0; i < evidence.size(); ++i) {
    if (cut && i == kFirstLines) {
      out += Line("...", fmt::format("{} more lines (-v)", left_out), paint);
      i += left_out;
    }
    out += EvidenceLine(evidence[i], paint);
  }
  return out;
}

std::string OptionalLine(std::string_view label, std::string_view text, const Paint& paint) {
  return text.empty() ? "" : Line(label, text, paint);
}

// "C6 C2" of a pass, "C6" of a fail: only the broken clause, which stands first.
std::string Clauses(const Result& result) {
  if (HasFailed(result) && !result.clauses.empty()) return result.clauses.front();
  return fmt::format("{}", fmt::join(result.clauses, " "));
}

}  // namespace

std::vector<const Result*> Findings(const std::vector<Result>& results, bool verbose) {
  std::vector<const Result*> findings;
  for (const Result& result : results) {
    if (IsFinding(result, verbose)) findings.push_back(&result);
  }
  std::stable_sort(findings.begin(), findings.end(),
                   [](const Result* a, const Result* b) { return Rank(*a) < Rank(*b); });
  return findings;
}

std::string FindingText(const Result& result, const Advice& advice, const Paint& paint,
                        bool whole) {
  std::string out = fmt::format("{}  {}  ", Head(result, paint), Clauses(result));
  if (!result.guard.empty()) out += result.guard + "  ";
  out += paint.Bold(CleanLine(result.scenario));
  if (!result.summary.empty()) out += "   " + CleanLine(result.summary);
  out += '\n';
  out += EvidenceText(result.evidence, whole, paint);
  if (result.surprise) out += Line("expect", result.expected, paint);
  if (result.verdict == Verdict::kFail) {
    out += OptionalLine("known", advice.known, paint);
    out += OptionalLine("harm", advice.harm, paint);
  }
  out += OptionalLine("also", advice.also, paint);
  out += OptionalLine("again", result.reproduce, paint);
  if (result.verdict == Verdict::kFail) out += OptionalLine("fix", advice.fix, paint);
  return out;
}

std::string ReasonsText(const std::vector<Result>& results, Verdict verdict) {
  std::vector<std::pair<std::string, std::vector<std::string>>> groups;
  for (const Result& result : results) {
    if (result.verdict != verdict) continue;
    auto group = std::find_if(groups.begin(), groups.end(),
                              [&](const auto& known) { return known.first == result.summary; });
    if (group == groups.end()) group = groups.insert(group, {result.summary, {}});
    auto& names = group->second;
    const bool named = std::find(names.begin(), names.end(), result.scenario) != names.end();
    if (!named) names.push_back(result.scenario);
  }
  std::string out;
  for (const auto& [reason, names] : groups) {
    out += fmt::format("{}: {}\n  {}\n", verdict == Verdict::kSkip ? "skipped" : Name(verdict),
                       CleanLine(reason), fmt::join(names, " "));
  }
  return out;
}

std::string KeptText(const std::vector<Result>& results) {
  std::string out;
  for (const Result& result : results) {
    if (result.evidence.empty() || !result.evidence.back().starts_with("kept ")) continue;
    const std::string guard = result.guard.empty() ? "" : ' ' + result.guard;
    out += fmt::format("{}  {}{}\n", result.evidence.back(), result.scenario, guard);
  }
  return out;
}

}  // namespace pidfall
