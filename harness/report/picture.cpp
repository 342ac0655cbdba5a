#include "harness/report/picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <sstream>
#include <string_view>

#include "harness/input/bad_input.h"
#include "harness/report/axis.h"
#include "harness/report/text.h"
#include "harness/simulation/log_times.h"

namespace pidfall {
namespace {

using namespace std::chrono_literals;

// In units of the drawing, which scales to any size.
constexpr int kWidth = 900, kLeft = 150, kRight = 880, kBarHeight = 14, kRow = 40, kLine = 22;
constexpr int kMostTicks = 7;

constexpr char kServesColor[] = "#2da44e";
constexpr char kFailedColor[] = "#cf222e";
constexpr char kPoliteColor[] = "#bf8700";
constexpr char kEndedColor[] = "#1b1f24";

struct Look {
  Phase phase;
  const char* color;
  const char* meaning;
};
constexpr Look kLooks[] = {{Phase::kServes, kServesColor, "serves"},
                           {Phase::kWaits, "#79b8ff", "waits"},
                           {Phase::kThrottled, "#d0d7de", "throttled"},
                           {Phase::kStarting, "#eac54f", "starting"}};

// More that only the starts of a story do.
struct StoryLook {
  std::string_view phase;
  const char* color;
  const char* meaning;
  int height;
};
constexpr StoryLook kStoryLooks[] = {{"guard", "#6639ba", "holds the guard", 4},
                                     {"apart", "#a8d8b4", "on its own port", kBarHeight},
                                     {"idle", "#e3d5c0", "serves no more", kBarHeight},
                                     {"stranger", "#d9c7e8", "another program", kBarHeight}};

std::string TextAt(int x, int y, const std::string& text, const std::string& more = "") {
  return fmt::format("<text x=\"{}\" y=\"{}\"{}>{}</text>\n", x, y, more, XmlText(CleanLine(text)));
}

std::string Rect(double x, int y, double width, int height, const std::string& color) {
  return fmt::format("<rect x=\"{:.1f}\" y=\"{}\" width=\"{:.1f}\" height=\"{}\" fill=\"{}\"/>\n",
                     x, y, width, height, color);
}

// In lines that the drawing is wide enough for.
std::vector<std::string> Wrapped(const std::string& text) {
  constexpr std::size_t kWidest = 110;
  constexpr std::size_t kMostLines = 4;
  std::vector<std::string> lines;
  std::istringstream words(CleanLine(text));
  for (std::string word; words >> word && lines.size() <= kMostLines;) {
    if (lines.empty() || lines.back().size() + word.size() > kWidest) {
      lines.push_back(word);
    } else {
      lines.back() += ' ' + word;
    }
  }
  if (lines.size() > kMostLines) lines.back() = "...";
  return lines;
}

class Picture {
 public:
  Picture(const PictureHead& head, SupervisorTime duration) : head_(head), duration_(duration) {}

  std::string Draw(const std::vector<Chart>& charts) {
    Line(TextAt(0, y_, head_.title, " font-size=\"18\" font-weight=\"bold\""));
    if (!head_.source.empty()) Line(TextAt(0, y_, head_.source, " class=\"quiet\""));
    for (const Chart& chart : charts) DrawChart(chart);
    DrawAxis();
    DrawLegend();
    return Whole();
  }

 private:
  void Line(const std::string& text) {
    out_ += text;
    y_ += kLine;
  }

  double X(SupervisorTime at) const {
    const double share =
        std::chrono::duration<double>(at) / std::chrono::duration<double>(duration_);
    return kLeft + (kRight - kLeft) * std::clamp(share, 0.0, 1.0);
  }

  void DrawChart(const Chart& chart) {
    y_ += kLine / 2;
    for (const std::string& line : Wrapped(chart.title)) {
      Line(TextAt(0, y_, line, " font-weight=\"bold\""));
    }
    for (const TimelineGroup& group : chart.groups) DrawGroup(group);
  }

  void DrawGroup(const TimelineGroup& group) {
    if (!group.may_overlap) DrawOverlaps(*group.log);
    if (!group.label.empty()) out_ += TextAt(0, y_, group.label, " font-weight=\"bold\"");
    for (std::size_t i = 0; i < group.log->actors.size(); ++i) {
      const ActorLog& actor = group.log->actors[i];
      out_ += TextAt(kLeft - 10, y_, actor.name, " text-anchor=\"end\"");
      DrawBar(actor);
      if (group.story != nullptr) DrawStory(group.story->lanes[i]);
      const std::string below =
          group.story != nullptr ? MarksOf(group.story->lanes[i]) : Summary(*group.log, actor);
      out_ += TextAt(kLeft, y_ + kBarHeight, below, " class=\"quiet\" font-size=\"11\"");
      y_ += kRow;
    }
  }

  void DrawStory(const StoryTimes::Lane& lane) {
    for (const auto& [phase, from_s, to_s] : lane.bars) {
      const auto* look =
          std::find_if(std::begin(kStoryLooks), std::end(kStoryLooks),
                       [&name = phase](const auto& one) { return one.phase == name; });
      if (look == std::end(kStoryLooks)) continue;
      const double from = X(TimeOf(from_s));
      out_ += Rect(from, y_ + 3 - look->height, std::max(X(TimeOf(to_s)) - from, 1.0), look->height,
                   look->color);
      drawn_.insert(look);
    }
    for (const StoryTimes::Mark& mark : lane.marks) {
      out_ += Rect(X(TimeOf(mark.at_s)), y_ - kBarHeight, 2, kBarHeight + 3, kEndedColor);
    }
  }

  // The words of its signals and faults, in the order of time.
  static std::string MarksOf(const StoryTimes::Lane& lane) {
    constexpr std::size_t kMostBytes = 110;
    std::string words;
    for (const auto& [at_s, what] : lane.marks) {
      words += (words.empty() ? "" : ", ") + what + fmt::format(" at {:.0f} ms", at_s * 1000);
    }
    return words.size() <= kMostBytes ? words : words.substr(0, kMostBytes) + " ...";
  }

  void DrawBar(const ActorLog& actor) {
    const int top = y_ - kBarHeight + 3;
    out_ += fmt::format("<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" stroke=\"#d0d7de\"/>\n",
                        kLeft, y_ + 3, kRight, y_ + 3);
    for (const Span& span : actor.spans) {
      const auto* look = std::find_if(std::begin(kLooks), std::end(kLooks),
                                      [&](const Look& one) { return one.phase == span.phase; });
      if (look == std::end(kLooks)) continue;
      out_ += Rect(X(span.from), top, std::max(X(span.to) - X(span.from), 1.0), kBarHeight,
                   look->color);
    }
    for (const ExitEntry& exit : actor.exits) {
      out_ += Rect(X(exit.at) - 1, top - 3, 2, kBarHeight + 3, ColorOf(exit));
    }
  }

  static const char* ColorOf(const ExitEntry& exit) {
    if (exit.provoked || exit.served) return kEndedColor;
    return exit.status == 0 && exit.signal == 0 ? kPoliteColor : kFailedColor;
  }

  // Behind the rows of a group: wherever two of them serve at one instant.
  void DrawOverlaps(const SimulationLog& log) {
    std::vector<SupervisorTime> edges;
    for (const ActorLog& actor : log.actors) {
      for (const Span& span : actor.spans) edges.insert(edges.end(), {span.from, span.to});
    }
    std::sort(edges.begin(), edges.end());
    edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
    for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
      const auto owners =
          std::count_if(log.actors.begin(), log.actors.end(), [&](const auto& actor) {
            return ServesAt(actor, edges[i] + (edges[i + 1] - edges[i]) / 2);
          });
      if (owners > 1) DrawOverlap(edges[i], edges[i + 1], log.actors.size());
    }
  }

  void DrawOverlap(SupervisorTime from, SupervisorTime to, std::size_t rows) {
    const int height = kRow * static_cast<int>(rows);
    out_ += Rect(X(from), y_ - kBarHeight - 3, std::max(X(to) - X(from), 2.0), height, "#ffb3ad");
    has_overlap_ = true;
  }

  std::string Label(SupervisorTime at, SupervisorTime tick) const {
    if (!head_.start) return AxisLabel(at, tick);
    const auto clock = *head_.start + std::chrono::duration_cast<std::chrono::seconds>(at);
    const auto in_day = (clock % 24h).count();
    const std::string minutes = fmt::format("{:02}:{:02}", in_day / 3600, in_day / 60 % 60);
    const std::string seconds = minutes + fmt::format(":{:02}", in_day % 60);
    if (tick >= 1s) return tick < 1min ? seconds : minutes;
    return seconds + fmt::format(".{:03}", at / 1ms % 1000);
  }

  void DrawAxis() {
    const SupervisorTime tick = Tick(duration_, kMostTicks);
    for (SupervisorTime at = 0s; at <= duration_; at += tick) {
      out_ += Rect(X(at), y_ - kLine, 1, 8, "#57606a");
      const char* anchor = X(at) > kRight - 30 ? " text-anchor=\"end\"" : "";
      out_ += TextAt(static_cast<int>(X(at)), y_, Label(at, tick), anchor);
    }
    y_ += kLine;
  }

  void DrawLegend() {
    int x = 0;
    const auto entry = [&](const char* color, const char* meaning) {
      out_ += Rect(x, y_ - 10, 10, 10, color) + TextAt(x + 14, y_, meaning);
      x += 34 + 7 * static_cast<int>(std::string_view(meaning).size());
    };
    for (const Look& look : kLooks) entry(look.color, look.meaning);
    entry(kFailedColor, "failed start");
    entry(kPoliteColor, "polite exit");
    entry(kEndedColor, "ended");
    for (const StoryLook* look : drawn_) entry(look->color, look->meaning);
    if (has_overlap_) entry("#ffb3ad", "two owners");
    out_ += TextAt(kRight, y_, "pidfall " + head_.version, " class=\"quiet\" text-anchor=\"end\"");
    y_ += kLine;
  }

  std::string Whole() const {
    return fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"-10 0 {} {}\" "
        "font-family=\"sans-serif\" "
        "font-size=\"13\" fill=\"#1b1f24\" role=\"img\" aria-label=\"{}\">\n"
        "<style>.quiet {{ fill: #57606a }}</style>\n"
        "<rect x=\"-10\" width=\"{}\" height=\"{}\" fill=\"#ffffff\"/>\n{}</svg>\n",
        kWidth, y_, XmlText(CleanLine(head_.title)), kWidth, y_, out_);
  }

  const PictureHead& head_;
  SupervisorTime duration_;
  std::string out_;
  int y_ = 26;
  bool has_overlap_ = false;
  std::set<const StoryLook*> drawn_;
};

SupervisorTime WholeDuration(const std::vector<Chart>& charts) {
  SupervisorTime longest = 1ms;
  for (const Chart& chart : charts) {
    for (const TimelineGroup& group : chart.groups) {
      longest = std::max(longest, group.log->duration);
    }
  }
  return longest;
}

[[noreturn]] void RefuseClock(const std::string& text) {
  throw BadInput("--start: '" + text + "' is no time such as 10:28 or 2025-12-22T10:28");
}

}  // namespace

std::string PictureText(const PictureHead& head, const std::vector<Chart>& charts) {
  return Picture(head, WholeDuration(charts)).Draw(charts);
}

std::chrono::seconds ParseClock(const std::string& text) {
  std::string_view rest = text;
  if (const std::size_t date = rest.find('T'); date != std::string_view::npos) {
    rest.remove_prefix(date + 1);
  }
  constexpr std::array<int, 3> kMost = {23, 59, 59};
  std::array<int, 3> parts{};
  std::size_t count = 0;
  for (bool more = true; more; ++count) {
    if (count == parts.size()) RefuseClock(text);
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), parts[count]);
    if (error != std::errc() || end != rest.data() + 2 || parts[count] > kMost[count]) {
      RefuseClock(text);
    }
    rest.remove_prefix(2);
    more = rest.starts_with(':');
    if (more) rest.remove_prefix(1);
  }
  if (count < 2 || !rest.empty()) RefuseClock(text);
  return std::chrono::hours(parts[0]) + std::chrono::minutes(parts[1]) +
         std::chrono::seconds(parts[2]);
}

}  // namespace pidfall
