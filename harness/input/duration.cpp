#include "harness/input/duration.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "harness/input/bad_input.h"

namespace pidfall {
namespace {

using std::chrono::nanoseconds;
using namespace std::chrono_literals;

// Longer simulations show nothing new, and the sum of two does not overflow.
constexpr nanoseconds kLongest = 24h * 366;

struct Unit {
  std::string_view name;
  nanoseconds length;
};
constexpr Unit kUnits[] = {{"ms", 1ms}, {"s", 1s}, {"min", 1min},
                           {"m", 1min}, {"h", 1h}, {"d", 24h}};

std::optional<nanoseconds> LengthOf(std::string_view unit) {
  for (const Unit& known : kUnits) {
    if (known.name == unit) return known.length;
  }
  return std::nullopt;
}

// Takes one "30min" from the front of `rest`; nothing where there is none.
std::optional<nanoseconds> TakePart(std::string_view& rest) {
  double number = 0;
  const auto [stop, error] =
      std::from_chars(rest.data(), rest.data() + rest.size(), number, std::chars_format::fixed);
  if (error != std::errc() || !(number >= 0)) return std::nullopt;
  rest.remove_prefix(static_cast<std::size_t>(stop - rest.data()));
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  const std::size_t unit_size = std::min(rest.find_first_of("0123456789. "), rest.size());
  const auto length = LengthOf(rest.substr(0, unit_size));
  if (!length || number > static_cast<double>(kLongest / *length)) return std::nullopt;
  rest.remove_prefix(unit_size);
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  return nanoseconds(static_cast<nanoseconds::rep>(number * static_cast<double>(length->count())));
}

}  // namespace

nanoseconds ParseDuration(std::string_view text) {
  if (text == "0") return 0ns;
  nanoseconds sum{};
  std::string_view rest = text;
  do {
    const auto part = TakePart(rest);
    if (!part) {
      throw BadInput(
          fmt::format("'{}' is not a duration such as 500ms, 10s, 8min or 1h 30min", text));
    }
    sum += *part;
  } while (!rest.empty() && sum <= kLongest);
  if (sum > kLongest) throw BadInput(fmt::format("'{}' is longer than a year", text));
  return sum;
}

std::string FormatDuration(nanoseconds duration) {
  const double seconds = std::chrono::duration<double>(duration).count();
  if (seconds == 0) return "0 s";
  if (seconds < 0.0005) return "less than 1 ms";
  if (seconds < 0.95) return fmt::format("{:.1g} s", seconds);
  if (seconds < 9.95) return fmt::format("{:.2g} s", seconds);
  const auto whole = std::chrono::round<std::chrono::seconds>(duration).count();
  const auto two = [](auto large, const char* large_unit, auto small, const char* small_unit) {
    return small == 0 ? fmt::format("{} {}", large, large_unit)
                      : fmt::format("{} {} {} {}", large, large_unit, small, small_unit);
  };
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return two(whole / 60, "min", whole % 60, "s");
  if (whole < 86400) return two(whole / 3600, "h", whole % 3600 / 60, "min");
  return two(whole / 86400, "d", whole % 86400 / 3600, "h");
}

}  // namespace pidfall
