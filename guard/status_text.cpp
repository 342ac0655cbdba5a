#include "guard/status_text.h"

#include <cstdio>

namespace pidfall::guard {
namespace {

std::string Pid(pid_t pid) { return "PID " + std::to_string(pid); }

// A path may hold any byte but 0. Bytes that are not UTF-8 stay as they are.
std::string Quoted(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    if (static_cast<unsigned char>(c) >= ' ') {
      quoted += c;
      continue;
    }
    char escaped[8];
    std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned int>(c));
    quoted += escaped;
  }
  return quoted + '"';
}

std::string DescribeRunning(const Answered& answered) {
  std::string words = "running, " + Pid(answered.owner.pid);
  if (!answered.owner.verified) words += " (not verified)";
  return words + (answered.run_state == RunState::kStarting ? ", starting" : "");
}

}  // namespace

std::string Describe(const Answered& answered) {
  switch (answered.state) {
    case State::kRunning:
      return DescribeRunning(answered);
    case State::kDeadWithFile:
      return "not running; " + Pid(answered.owner.pid) + " has ended and its file is left";
    case State::kNotRunning:
      return "not running";
    case State::kUnknown:
      break;
  }
  return "unknown: " + answered.why;
}

std::string Describe(const Copy& copy) {
  switch (copy.state) {
    case CopyState::kOwner:
      return "the owner";
    case CopyState::kStarting:
      return "the owner, starting";
    case CopyState::kStandingBy:
      return "standing by";
    case CopyState::kNone:
      return copy.why;
    case CopyState::kUnknown:
      break;
  }
  return "unknown: " + copy.why;
}

std::string Describe(const std::vector<pid_t>& standing_by) {
  std::string words;
  for (const pid_t pid : standing_by) {
    words += (words.empty() ? "  standing by: " : ", ") + Pid(pid);
  }
  return words;
}

std::string NameOf(const Answered& answered) {
  switch (answered.state) {
    case State::kRunning:
      return answered.run_state == RunState::kStarting ? "starting" : "owner";
    case State::kDeadWithFile:
      return "ended-with-file";
    case State::kNotRunning:
      return "none";
    case State::kUnknown:
      break;
  }
  return "unknown";
}

std::string NameOf(CopyState state) {
  switch (state) {
    case CopyState::kOwner:
      return "owner";
    case CopyState::kStarting:
      return "starting";
    case CopyState::kStandingBy:
      return "standing-by";
    case CopyState::kNone:
      return "none";
    case CopyState::kUnknown:
      break;
  }
  return "unknown";
}

std::string Json(const StatusLine& line) {
  std::string text =
      "{\"pid_file\": " + Quoted(line.pid_file) + ", \"state\": " + Quoted(line.state);
  if (line.pid > 0) {
    text += ", \"pid\": " + std::to_string(line.pid) +
            ", \"verified\": " + (line.verified ? "true" : "false");
  }
  std::string pids;
  for (const pid_t pid : line.standing_by) pids += (pids.empty() ? "" : ", ") + std::to_string(pid);
  text += ", \"standing_by\": [" + pids + "]";
  if (!line.why.empty()) text += ", \"why\": " + Quoted(line.why);
  return text + "}";
}

}  // namespace pidfall::guard
