#include "harness/supervisor/systemd_words.h"

#include <signal.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string>
#include <utility>

#include "harness/supervisor/text_lines.h"

namespace pidfall {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

// systemd.time(7)
constexpr std::pair<std::string_view, microseconds> kSpanUnits[] = {
    {"us", microseconds(1)},
    {"usec", microseconds(1)},
    {"ms", milliseconds(1)},
    {"msec", milliseconds(1)},
    {"", std::chrono::seconds(1)},
    {"s", std::chrono::seconds(1)},
    {"sec", std::chrono::seconds(1)},
    {"second", std::chrono::seconds(1)},
    {"seconds", std::chrono::seconds(1)},
    {"m", std::chrono::minutes(1)},
    {"min", std::chrono::minutes(1)},
    {"minute", std::chrono::minutes(1)},
    {"minutes", std::chrono::minutes(1)},
    {"h", std::chrono::hours(1)},
    {"hr", std::chrono::hours(1)},
    {"hour", std::chrono::hours(1)},
    {"hours", std::chrono::hours(1)},
    {"d", std::chrono::hours(24)},
    {"day", std::chrono::hours(24)},
    {"days", std::chrono::hours(24)},
    {"w", std::chrono::hours(24 * 7)},
    {"week", std::chrono::hours(24 * 7)},
    {"weeks", std::chrono::hours(24 * 7)}};

// Beyond this a simulation says nothing new, and sums stay far from overflow.
constexpr SupervisorTime kLongestSpan = std::chrono::hours(24 * 366 * 10);

// sysexits.h and the two of the C library, as exit-status.c names them.
constexpr std::pair<std::string_view, int> kStatusNames[] = {
    {"SUCCESS", 0}, {"FAILURE", 1},    {"USAGE", 64},       {"DATAERR", 65},  {"NOINPUT", 66},
    {"NOUSER", 67}, {"NOHOST", 68},    {"UNAVAILABLE", 69}, {"SOFTWARE", 70}, {"OSERR", 71},
    {"OSFILE", 72}, {"CANTCREAT", 73}, {"IOERR", 74},       {"TEMPFAIL", 75}, {"PROTOCOL", 76},
    {"NOPERM", 77}, {"CONFIG", 78}};

// Takes one "1.5min" from the front of `rest`.
std::optional<SupervisorTime> TakeSpan(std::string_view& rest) {
  double number = 0;
  const auto [stop, error] =
      std::from_chars(rest.data(), rest.data() + rest.size(), number, std::chars_format::fixed);
  if (error != std::errc() || !(number >= 0)) return std::nullopt;
  rest = Trim(rest.substr(static_cast<std::size_t>(stop - rest.data())));
  const std::string_view unit = rest.substr(0, rest.find_first_of("0123456789. \t"));
  const auto known = std::find_if(std::begin(kSpanUnits), std::end(kSpanUnits),
                                  [unit](const auto& entry) { return entry.first == unit; });
  if (known == std::end(kSpanUnits)) return std::nullopt;
  rest = Trim(rest.substr(unit.size()));
  const double length = number * static_cast<double>(SupervisorTime(known->second).count());
  if (!(length <= static_cast<double>(kLongestSpan.count()))) return std::nullopt;
  return SupervisorTime(static_cast<SupervisorTime::rep>(length));
}

std::optional<int> SignalNamed(std::string_view name) {
  if (name.starts_with("SIG")) name.remove_prefix(3);
  for (int signal = 1; signal < NSIG; ++signal) {
    const char* abbreviation = sigabbrev_np(signal);
    if (abbreviation != nullptr && name == abbreviation) return signal;
  }
  return std::nullopt;
}

}  // namespace

std::optional<TimeSpan> ParseTimeSpan(std::string_view text) {
  if (text == "infinity") return TimeSpan{};
  std::string_view rest = Trim(text);
  SupervisorTime sum{0};
  do {
    const auto part = TakeSpan(rest);
    if (!part) return std::nullopt;
    sum += *part;
    if (sum > kLongestSpan) return std::nullopt;
  } while (!rest.empty());
  return TimeSpan{sum};
}

bool AddExitStatus(std::string_view word, ExitStatusSet* into) {
  constexpr int kLargestStatus = 255;
  if (const auto number = WholeNumber(word)) {
    into->statuses.insert(*number);
    return *number <= kLargestStatus;
  }
  for (const auto& [name, status] : kStatusNames) {
    if (word == name) return into->statuses.insert(status), true;
  }
  const auto signal = SignalNamed(word);
  if (signal) into->signals.insert(*signal);
  return signal.has_value();
}

}  // namespace pidfall
