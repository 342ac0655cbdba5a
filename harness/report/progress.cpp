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

// A line that wraps could not be cleared again.
std::size_t Width(std::FILE* stream) {
  winsize size{};
  if (ioctl(fileno(stream), TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kDefaultWidth;
  return size.ws_col;
}

}  // namespace

Progress::Progress(std::FILE* stream, std::size_t total)
    : stream_(stream), total_(total), on_(isatty(fileno(stream)) == 1) {}

Progress::~Progress() {
  if (!on_) return;
  std::fputs(kClearLine, stream_);
  std::fflush(stream_);
}

void Progress::Step(const Result& result) {
  ++done_;
  if (!on_) return;
  std::string line =
      fmt::format("{}/{} {} {}", done_, total_, result.guard, CleanLine(result.scenario));
  line.resize(std::min(line.size(), Width(stream_) - 1));
  std::fputs((kClearLine + line).c_str(), stream_);
  std::fflush(stream_);
}

}  // namespace pidfall
