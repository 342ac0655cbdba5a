// A system call that touches a safeguard, as a value, and the points before and after it. Both are
// named by the call and its object, never by a position: a name survives another build, another
// locale and ASLR.
//
//   const Point point = ParsePoint("start:after:rename(x.pid.new,x.pid)#2");
//   point.call.object   // "x.pid.new,x.pid"
#pragma once

#include <cstdint>
#include <string>

namespace pidfall {

struct CallName {
  std::string name;    // "rename"
  std::string object;  // a file by its name in the safeguard's folder, "port 8767", "{pid}", ...
  int occurrence = 1;  // among the calls of this name on this object in one start
  std::string Text() const;
  auto operator<=>(const CallName&) const = default;
};

// What a call that opens a file does to it.
enum class Opening { kNone, kOnlyOpens, kCreatesIfMissing, kChanges };

struct NamedCall {
  CallName name;
  int64_t result = 0;  // once it has returned; a failure is the negative errno
  Opening opening = Opening::kNone;
  // "openat(x.pid) = 3", "unlink(x.pid) = ENOENT"
  std::string Text() const;
};

struct Point {
  enum Phase { kStart, kStop };
  Phase phase = kStart;
  CallName call;
  bool after = false;  // after the call; else before it
  std::string Text() const;
  auto operator<=>(const Point&) const = default;
};

// Removes the prefix; false: the text does not begin with it.
bool TakePrefix(std::string& text, const std::string& prefix);

// Throws BadInput.
CallName ParseCallName(const std::string& text);
Point ParsePoint(const std::string& text);

}  // namespace pidfall
