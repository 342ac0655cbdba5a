#include "harness/report/audit_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "harness/input/shell_quote.h"
#include "harness/input/text_parts.h"
#include "harness/report/findings.h"
#include "harness/report/text.h"
#include "harness/simulation/convergence.h"

namespace pidfall {
namespace {

using Row = std::array<std::string, 5>;

template <typename T>
std::string Joined(const std::vector<T>& items, const std::string& otherwise) {
  return items.empty() ? otherwise : fmt::format("{}", fmt::join(items, ","));
}

Row RowOf(const AuditedService& service, const Judged& judged) {
  const std::string& pid_file = service.facts.pid_file;
  return {CleanLine(service.source), Joined(judged.copies, "-"), Joined(service.facts.ports, "-"),
          pid_file.empty() ? "-" : CleanLine(pid_file), DuplicateWord(service)};
}

std::vector<Row> RowsOf(const Audit& audit) {
  std::vector<Row> rows = {{"service", "runs as", "port", "pid file", "a duplicate"}};
  for (std::size_t i = 0; i < audit.judged.size(); ++i) {
    rows.push_back(RowOf(audit.services.all[i], audit.judged[i]));
  }
  return rows;
}

std::string Aligned(const Row& row, const std::array<std::size_t, 5>& widths) {
  std::string line;
  for (std::size_t i = 0; i < row.size(); ++i) {
    line += fmt::format("{:<{}}", row.at(i), widths.at(i) + 2);
  }
  return line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
}

// The command has a line of its own: it may be long.
std::string CommandLine(const AuditedService& service) {
  const Job& job = service.policy->job();
  std::string text = "    " + service.policy->Describe();
  if (!service.facts.words.empty()) text += ": " + ShellCommand(service.facts.words);
  if (!job.image.empty()) text += ", in a container, image " + job.image;
  return CleanText(text) + '\n';
}

std::string TableText(const Audit& audit, const Paint& paint) {
  const std::vector<Row> rows = RowsOf(audit);
  if (rows.size() == 1) return "";
  std::array<std::size_t, 5> widths{};
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths.at(i) = std::max(widths.at(i), row.at(i).size());
    }
  }
  std::string text = paint.Dim(Aligned(rows.front(), widths));
  for (std::size_t i = 1; i < rows.size(); ++i) {
    text += Aligned(rows[i], widths);
    text += paint.Dim(CommandLine(audit.services.all[i - 1]));
  }
  return text;
}

std::string FindingsText(const Audit& audit, const Paint& paint, bool verbose) {
  std::string text;
  for (const Judged& judged : audit.judged) {
    for (const Result* found : Findings(judged.results, verbose)) {
      text += FindingText(*found, {}, paint);
    }
    for (const Result& result : judged.results) {
      if (!verbose || result.verdict != Verdict::kSkip) continue;
      text += "skipped: " + CleanLine(result.scenario + ": " + result.summary) + '\n';
    }
  }
  return text;
}

enum class Course { kRests, kLoops, kGivesUp };

Course CourseOf(const DuplicateOutcome& outcome) {
  if (outcome.starts <= ConvergenceBounds().starts) return Course::kRests;
  return outcome.gave_up ? Course::kGivesUp : Course::kLoops;
}

const char* Word(Course course) {
  constexpr const char* kWords[] = {"rests", "loops", "gives up"};
  return kWords[static_cast<int>(course)];
}

}  // namespace

std::string DuplicateWord(const AuditedService& service) {
  if (service.policy->job().is_one_shot) return "-";
  const Course after_0 = CourseOf(service.with_status_0);
  const Course after_1 = CourseOf(service.with_status_1);
  if (after_0 == after_1) return Word(after_0);
  if (after_0 == Course::kRests) return std::string(Word(after_1)) + " on failure";
  if (after_1 == Course::kRests) return std::string(Word(after_0)) + " on success";
  return fmt::format("{} or {}", Word(after_0), Word(after_1));
}

std::string AuditText(const Audit& audit, const Paint& paint, bool verbose) {
  std::string text = TableText(audit, paint) + FindingsText(audit, paint, verbose);
  for (const std::string& why : audit.services.unread) text += "not read: " + CleanLine(why) + '\n';
  return text;
}

std::string AuditSummary(const Audit& audit, double elapsed_ms) {
  if (audit.services.all.empty() && audit.services.unread.empty()) {
    return "no service is described here: no unit, plist, compose file, ...";
  }
  const Totals totals = Count(AllResults(audit));
  const auto unread = static_cast<int>(audit.services.unread.size());
  return fmt::format(
      "{}: {}, {} would restart a duplicate that ends (-v), {} not read   {}",
      CountText(static_cast<int>(audit.services.all.size()), "service"),
      totals.breaches == 1 ? "1 breach" : fmt::format("{} breaches", totals.breaches),
      totals.weaknesses, CountText(unread, "file"), DurationText(elapsed_ms));
}

}  // namespace pidfall
