#include "harness/report/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <string>

#include "harness/report/text.h"

namespace pidfall {
namespace {

constexpr std::size_t kDefaultWidth = 80;
constexpr const char* kClearLine = "\r\x1B[K";

// A line that wraps could not be erased.
std::size_t Width(std::FILE* stream) {
  winsize size{};
  if (ioctl(fileno(stream), TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kDefaultWidth;
  return size.ws_col;
}

// Less than one in ten seconds is told by the minute.
std::string RateText(double each_s) {
  constexpr double kSlow = 0.1, kFast = 10;
  if (each_s < kSlow) return fmt::format("{:.1f}/min", 60 * each_s);
  return fmt::format("{:.{}f}/s", each_s, each_s < kFast ? 1 : 0);
}

}  // namespace

std::string PaceText(std::size_t done, std::size_t total, std::chrono::duration<double> taken) {
  constexpr std::size_t kFewest = 3;
  constexpr double kShortMs = 5000;
  if (done < kFewest) return "";
  const double each_ms = taken.count() * 1000 / static_cast<double>(done);
  const double left_ms = each_ms * static_cast<double>(total - done);
  if (left_ms < kShortMs) return "";
  return fmt::format(", {}, about {} left", RateText(1000 / each_ms), DurationText(left_ms));
}

Progress::Progress(std::FILE* stream, std::size_t total, std::chrono::seconds between)
    : stream_(stream),
      total_(total),
      between_(between),
      is_terminal_(isatty(fileno(stream)) == 1) {}

Progress::~Progress() {
  if (!is_terminal_) return;
  std::fputs(kClearLine, stream_);
  std::fflush(stream_);
}

std::string Progress::Line(const Result& result) const {
  std::string line = fmt::format("{}/{} {}{}{}", done_, total_, result.guard,
                                 result.guard.empty() ? "" : " ", CleanLine(result.scenario));
  if (breaches_ > 0) {
    line += fmt::format(", {} {}", breaches_, breaches_ == 1 ? "breach" : "breaches");
  }
  return line + PaceText(run_, total_ - done_ + run_, std::chrono::steady_clock::now() - began_);
}

void Progress::Step(const Result& result) {
  ++done_;
  if (result.duration_ms > 0) ++run_;
  // A breach under a policy that is not the user's does not count in the end.
  if (IsFailure(result) && result.policy.empty()) ++breaches_;
  Show(Line(result));
}

void Progress::Show(const std::string& line) {
  const auto now = std::chrono::steady_clock::now();
  if (!is_terminal_ && now - shown_ < between_) return;
  shown_ = now;
  const std::string shown =
      is_terminal_ ? kClearLine + line.substr(0, Width(stream_) - 1) : line + "\n";
  std::fputs(shown.c_str(), stream_);
  std::fflush(stream_);
}

}  // namespace pidfall
