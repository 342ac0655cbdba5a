#include "harness/report/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <set>
#include <string_view>

#include "harness/input/text_parts.h"
#include "harness/report/text.h"

namespace pidfall {
namespace {

constexpr std::size_t kGap = 2;

// Every distinct value of `field`, in the order of the results.
std::vector<std::string> Distinct(const std::vector<Result>& results, std::string Result::*field) {
  std::vector<std::string> distinct;
  for (const Result& result : results) {
    const bool known = std::find(distinct.begin(), distinct.end(), result.*field) != distinct.end();
    if (!known) distinct.push_back(result.*field);
  }
  return distinct;
}

Totals Cell(const std::vector<Result>& results, const std::string& family,
            const std::string& guard) {
  std::vector<Result> cell;
  std::copy_if(results.begin(), results.end(), std::back_inserter(cell), [&](const Result& r) {
    return (family.empty() || r.family == family) && r.guard == guard;
  });
  return Count(cell);
}

std::string CellText(const Totals& cell) {
  const int judged = cell.pass + cell.fail + cell.broken;
  const std::string_view mark = cell.surprises + cell.broken > 0 ? "!" : "";
  if (judged == 0) return fmt::format("{}{}", cell.skip > 0 ? "skip" : "-", mark);
  return fmt::format("{}/{}{}", cell.fail, judged, mark);
}

std::string Painted(const Totals& cell, const std::string& text, const Paint& paint) {
  if (cell.surprises + cell.broken > 0) return paint.Red(text);
  if (cell.fail > 0) return paint.Yellow(text);
  return cell.pass > 0 ? paint.Green(text) : paint.Dim(text);
}

std::size_t WidthOfFirstColumn(const std::vector<std::string>& families) {
  std::size_t width = 0;
  for (const std::string& family : families) width = std::max(width, family.size());
  return width;
}

class Grid {
 public:
  Grid(const std::vector<Result>& results, const Paint& paint)
      : results_(results),
        paint_(paint),
        families_(Distinct(results, &Result::family)),
        guards_(Distinct(results, &Result::guard)),
        first_width_(WidthOfFirstColumn(families_)) {}

  std::string Text() const {
    std::string out(first_width_, ' ');
    for (const std::string& guard : guards_) out += std::string(kGap, ' ') + guard;
    out += '\n';
    for (const std::string& family : families_) out += Row(family, family);
    if (families_.size() > 1) out += Row("all", "");
    return out;
  }

 private:
  std::string Row(const std::string& label, const std::string& family) const {
    std::string row = fmt::format("{:<{}}", label, first_width_);
    for (const std::string& guard : guards_) {
      const Totals cell = Cell(results_, family, guard);
      const std::string text = CellText(cell);
      const std::size_t width = std::max(guard.size(), text.size());
      // First the padding: the codes of a colour have no width on the screen.
      row += std::string(kGap + width - text.size(), ' ') + Painted(cell, text, paint_);
    }
    return row + '\n';
  }

  const std::vector<Result>& results_;
  const Paint& paint_;
  std::vector<std::string> families_;
  std::vector<std::string> guards_;
  std::size_t first_width_;
};

std::string Remark(const Totals& totals) {
  if (totals.surprises > 0) return CountText(totals.surprises, "surprise") + ", marked !";
  return totals.fail > 0 ? "each one is expected, see docs/bundled-servers.md" : "none found";
}

}  // namespace

std::string RunTable(const std::vector<Result>& results, const TableHead& head,
                     const Paint& paint) {
  std::set<std::string_view> scenarios;
  std::set<std::string_view> guards;
  for (const Result& result : results) {
    scenarios.insert(result.scenario);
    guards.insert(result.guard);
  }
  const std::string title =
      fmt::format("pidfall {}: {} x {}", head.version,
                  CountText(static_cast<int>(scenarios.size()), "scenario"),
                  guards.size() == 1 ? "1 strategy" : fmt::format("{} strategies", guards.size()));
  return fmt::format("{}   sandbox: {}   (broken promises / judged; {})\n{}", paint.Bold(title),
                     head.sandbox, Remark(Count(results)), Grid(results, paint).Text());
}

}  // namespace pidfall
