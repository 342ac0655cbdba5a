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

}  // namespace

std::string TimeLeftText(std::size_t done, std::size_t total, std::chrono::duration<double> taken) {
  constexpr std::size_t kFewest = 3;
  constexpr double kShortMs = 5000;
  if (done < kFewest) return "";
  const double each_ms = taken.count() * 1000 / static_cast<double>(done);
  const double left_ms = each_ms * static_cast<double>(total - done);
  return left_ms < kShortMs ? "" : ", about " + DurationText(left_ms) + " left";
}

Progress::Progress(std::FILE* stream, std::size_t total)
    : stream_(stream), total_(total), on_(isatty(fileno(stream)) == 1) {}

Progress::~Progress() {
  if (!on_) return;
  std::fputs(kClearLine, stream_);
  std::fflush(stream_);
}

void Progress::Step(const Result& result) {
  ++done_;
  if (result.duration_ms > 0) ++run_;
  if (!on_) return;
  const std::string left =
      TimeLeftText(run_, total_ - done_ + run_, std::chrono::steady_clock::now() - began_);
  std::string line =
      fmt::format("{}/{} {} {}{}", done_, total_, result.guard, CleanLine(result.scenario), left);
  line.resize(std::min(line.size(), Width(stream_) - 1));
  std::fputs((kClearLine + line).c_str(), stream_);
  std::fflush(stream_);
}

}  // namespace pidfall
