#include "harness/report/timeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "harness/report/axis.h"

namespace pidfall {
namespace {

using namespace std::chrono_literals;

constexpr int kMinBar = 20;
constexpr int kMaxBar = 60;
constexpr int kOverhang = 3;     // the axis' last label begins where the bars end
constexpr int kTickColumns = 8;  // the least distance between two labels of the axis

// The marks of a column, the worst last.
enum Mark {
  kNothing,
  kThrottledMark,
  kStartingMark,
  kWaitsMark,
  kServesMark,
  kEndedMark,
  kPolite,
  kFailed,
  kMarks
};

struct Sign {
  const char* ascii;
  const char* utf8;
  const char* meaning;  // in the legend; empty: not in it
};
constexpr std::array<Sign, kMarks> kSigns = {{{" ", " ", ""},
                                              {"=", "┄", "throttled"},
                                              {"-", "╌", "starting"},
                                              {".", "░", "waits"},
                                              {"#", "█", "serves"},
                                              {"x", "╳", "ended"},
                                              {"o", "○", "polite exit"},
                                              {"!", "✗", "failed start"}}};

Mark MarkOf(Phase phase) {
  switch (phase) {
    case Phase::kDown:
      return kNothing;
    case Phase::kStarting:
      return kStartingMark;
    case Phase::kServes:
      return kServesMark;
    case Phase::kWaits:
      return kWaitsMark;
    case Phase::kThrottled:
      return kThrottledMark;
  }
  return kNothing;
}

Mark MarkOf(const ExitEntry& exit) {
  if (exit.provoked || exit.served) return kEndedMark;
  return exit.status == 0 && exit.signal == 0 ? kPolite : kFailed;
}

// The phase that fills most of [from, to).
Mark LongestPhase(const ActorLog& actor, SupervisorTime from, SupervisorTime to) {
  std::map<Phase, SupervisorTime> shares;
  for (const Span& span : actor.spans) {
    const SupervisorTime share = std::min(to, span.to) - std::max(from, span.from);
    if (share > 0s) shares[span.phase] += share;
  }
  if (shares.empty()) return kNothing;
  const auto longest = std::max_element(
      shares.begin(), shares.end(),
      [](const auto& one, const auto& other) { return one.second < other.second; });
  return MarkOf(longest->first);
}

std::vector<Mark> Bar(const ActorLog& actor, SupervisorTime duration, int columns) {
  std::vector<Mark> bar;
  bar.reserve(static_cast<std::size_t>(columns));
  const auto at = [&](int column) { return duration * column / columns; };
  for (int column = 0; column < columns; ++column) {
    bar.push_back(LongestPhase(actor, at(column), at(column + 1)));
  }
  for (const ExitEntry& exit : actor.exits) {
    const auto column = std::min<SupervisorTime::rep>(exit.at * columns / duration, columns - 1);
    Mark& mark = bar[static_cast<std::size_t>(column)];
    mark = std::max(mark, MarkOf(exit));
  }
  return bar;
}

std::string Text(const std::vector<Mark>& bar, bool utf8) {
  std::size_t used = bar.size();
  while (used > 0 && bar[used - 1] == kNothing) --used;
  std::string text;
  for (std::size_t i = 0; i < used; ++i) {
    text += utf8 ? kSigns[bar[i]].utf8 : kSigns[bar[i]].ascii;
  }
  return text + std::string(bar.size() - used, ' ');
}

struct Row {
  std::string group;
  std::string actor;
  std::vector<Mark> bar;
  std::string summary;
};

int LongestLabel(const std::vector<TimelineGroup>& groups) {
  std::size_t longest = 0;
  for (const TimelineGroup& group : groups) longest = std::max(longest, group.label.size());
  return static_cast<int>(longest);
}

int LongestName(const std::vector<TimelineGroup>& groups) {
  std::size_t longest = 0;
  for (const TimelineGroup& group : groups) {
    for (const ActorLog& actor : group.log->actors) longest = std::max(longest, actor.name.size());
  }
  return static_cast<int>(longest);
}

SupervisorTime LongestDuration(const std::vector<TimelineGroup>& groups) {
  SupervisorTime longest = 1s;
  for (const TimelineGroup& group : groups) longest = std::max(longest, group.log->duration);
  return longest;
}

std::vector<Row> Rows(const std::vector<TimelineGroup>& groups, int columns) {
  const SupervisorTime duration = LongestDuration(groups);
  std::vector<Row> rows;
  std::set<std::pair<std::string, std::vector<Mark>>> drawn;
  for (const TimelineGroup& group : groups) {
    std::string label = group.label;
    for (const ActorLog& actor : group.log->actors) {
      std::vector<Mark> bar = Bar(actor, duration, columns);
      const bool again = !drawn.emplace(actor.name, bar).second;
      if (again && !actor.supervised) continue;
      // A copy by hand that only served needs no words.
      const bool plain = !actor.supervised && actor.exits.size() <= 1 && bar.front() == kServesMark;
      rows.push_back({label, actor.name, std::move(bar), plain ? "" : Summary(*group.log, actor)});
      label.clear();
    }
  }
  return rows;
}

std::size_t LongestSummary(const std::vector<TimelineGroup>& groups) {
  std::size_t longest = 0;
  for (const Row& row : Rows(groups, kMinBar)) longest = std::max(longest, row.summary.size());
  return longest;
}

std::string Axis(SupervisorTime duration, int columns) {
  std::string axis;
  const SupervisorTime tick = Tick(duration, columns / kTickColumns);
  for (SupervisorTime at = 0s; at <= duration; at += tick) {
    const auto column = static_cast<std::size_t>(at * columns / duration);
    if (axis.size() < column) axis.resize(column, ' ');
    axis += AxisLabel(at, tick);
  }
  return axis;
}

std::string Legend(const std::vector<Row>& rows, bool utf8) {
  std::set<Mark> used;
  for (const Row& row : rows) used.insert(row.bar.begin(), row.bar.end());
  std::string legend;
  for (const Mark mark :
       {kServesMark, kWaitsMark, kFailed, kPolite, kThrottledMark, kStartingMark, kEndedMark}) {
    if (!used.contains(mark)) continue;
    if (!legend.empty()) legend += "  ";
    legend +=
        fmt::format("{} {}", utf8 ? kSigns[mark].utf8 : kSigns[mark].ascii, kSigns[mark].meaning);
  }
  return legend;
}

std::string TrimRight(const std::string& line) {
  return line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
}

}  // namespace

std::string DrawTimeline(const std::vector<TimelineGroup>& groups, const TimelineStyle& style) {
  const int labels = LongestLabel(groups) + LongestName(groups) + 4;
  const int summary = static_cast<int>(LongestSummary(groups));
  const int beside = style.width - labels - std::max(summary + 2, kOverhang);
  const bool below = beside < kMinBar;  // then the summaries stand below their bars
  const int columns =
      std::clamp(below ? style.width - labels - kOverhang : beside, kMinBar, kMaxBar);
  const std::vector<Row> rows = Rows(groups, columns);

  std::string drawing =
      TrimRight(std::string(labels, ' ') + Axis(LongestDuration(groups), columns));
  for (const Row& row : rows) {
    const std::string line = fmt::format("{:<{}}  {:<{}}  {}", row.group, LongestLabel(groups),
                                         row.actor, LongestName(groups), Text(row.bar, style.utf8));
    drawing += TrimRight(below ? line : line + "  " + row.summary);
    if (below && !row.summary.empty()) drawing += std::string(labels, ' ') + row.summary + "\n";
  }
  return drawing + Legend(rows, style.utf8) + "\n";
}

}  // namespace pidfall
