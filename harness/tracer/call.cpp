#include "harness/tracer/call.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "harness/input/bad_input.h"

namespace pidfall {
namespace {

[[noreturn]] void RefusePoint(const std::string& text) {
  throw BadInput("'" + text + "' names no point, such as 'start:after:rename(x.pid.new,x.pid)#2'");
}

const char* Word(Point::Phase phase) { return phase == Point::kStart ? "start" : "stop"; }

int ParseOccurrence(const std::string& text, const std::string& whole) {
  int value = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || rest != end || value < 1) RefusePoint(whole);
  return value;
}

}  // namespace

bool TakePrefix(std::string& text, const std::string& prefix) {
  if (!text.starts_with(prefix)) return false;
  text.erase(0, prefix.size());
  return true;
}

std::string CallName::Text() const {
  return name + "(" + object + ")" + (occurrence > 1 ? "#" + std::to_string(occurrence) : "");
}

std::string NamedCall::Text() const {
  const char* error = result < 0 ? strerrorname_np(static_cast<int>(-result)) : nullptr;
  return name.Text() + " = " + (error != nullptr ? error : std::to_string(result));
}

std::string Point::Text() const {
  return std::string(Word(phase)) + (after ? ":after:" : ":before:") + call.Text();
}

CallName ParseCallName(const std::string& text) {
  const size_t open = text.find('('), close = text.rfind(')');
  if (open == std::string::npos || close == std::string::npos || open == 0 || close < open) {
    RefusePoint(text);
  }
  CallName name{text.substr(0, open), text.substr(open + 1, close - open - 1)};
  const std::string rest = text.substr(close + 1);
  if (!rest.empty() && rest[0] != '#') RefusePoint(text);
  if (!rest.empty()) name.occurrence = ParseOccurrence(rest.substr(1), text);
  return name;
}

Point ParsePoint(const std::string& text) {
  Point point;
  std::string rest = text;
  point.phase = TakePrefix(rest, "stop:") ? Point::kStop : Point::kStart;
  if (point.phase == Point::kStart && !TakePrefix(rest, "start:")) RefusePoint(text);
  point.after = TakePrefix(rest, "after:");
  if (!point.after && !TakePrefix(rest, "before:")) RefusePoint(text);
  point.call = ParseCallName(rest);
  return point;
}

}  // namespace pidfall
