#include "harness/tracer/injection.h"

#include <cerrno>
#include <cstring>

#include "harness/input/bad_input.h"
#include "harness/kernel/call_kinds.h"

namespace pidfall {
namespace {

constexpr char kShort[] = "short";
constexpr int kLastError = 133;

[[noreturn]] void RefuseInjection(const std::string& text) {
  throw BadInput("'" + text +
                 "' names no error, such as 'alone:start:write(x.pid)=ENOSPC' (or =short)");
}

int ParseError(const std::string& name, const std::string& whole) {
  if (name == kShort) return 0;
  for (int error = 1; error <= kLastError; ++error) {
    const char* known = strerrorname_np(error);
    if (known != nullptr && name == known) return error;
  }
  RefuseInjection(whole);
}

// The answer "no owner" where one lives is false, and no safeguard can detect that.
bool IsALieBesideAnOwner(int error) {
  return error == ENOENT || error == ECONNREFUSED || error == ENETUNREACH || error == ETIMEDOUT;
}

bool CanBeShort(const std::string& name) { return name == "read" || name == "write"; }

}  // namespace

std::string Injection::Text() const {
  return std::string(beside_owner ? "beside:" : "alone:") +
         (phase == Point::kStart ? "start:" : "stop:") + call.Text() + "=" +
         (error == 0 ? kShort : strerrorname_np(error));
}

Injection ParseInjection(const std::string& text) {
  Injection injection;
  std::string rest = text;
  injection.beside_owner = TakePrefix(rest, "beside:");
  if (!injection.beside_owner && !TakePrefix(rest, "alone:")) RefuseInjection(text);
  injection.phase = TakePrefix(rest, "stop:") ? Point::kStop : Point::kStart;
  if (injection.phase == Point::kStart && !TakePrefix(rest, "start:")) RefuseInjection(text);
  const size_t equals = rest.rfind('=');
  if (equals == std::string::npos) RefuseInjection(text);
  injection.call = ParseCallName(rest.substr(0, equals));
  injection.error = ParseError(rest.substr(equals + 1), text);
  return injection;
}

std::vector<Injection> InjectionsFor(bool beside_owner, Point::Phase phase, const CallName& call) {
  std::vector<Injection> all;
  for (const int error : ErrorsOf(call.name.c_str())) {
    if (beside_owner && IsALieBesideAnOwner(error)) continue;
    all.push_back({beside_owner, phase, call, error});
  }
  if (CanBeShort(call.name)) all.push_back({beside_owner, phase, call, 0});
  return all;
}

bool SpeaksOfAnOwner(const Injection& injection) {
  const std::string& name = injection.call.name;
  if (injection.error == EWOULDBLOCK) return name == "flock" || name == "fcntl";
  if (injection.error == EADDRINUSE) return name == "bind" || name == "listen";
  return injection.error == EPERM && (name == "kill" || name == "pidfd_open");
}

bool IsMadeAllTheSame(const Injection& injection) { return injection.call.name == "close"; }

}  // namespace pidfall
