// The calls by which a start touches its safeguard, whatever thread or helper of it makes them, and
// by whatever path.
//
//   GuardCalls calls(stage, instance);
//   if (const auto now = calls.See(call)) ...   // "create x.pid", before or after
#pragma once

#include <map>
#include <optional>
#include <string>

#include "harness/faults/call_stepper.h"
#include "harness/stage/attention.h"
#include "harness/stage/instance.h"
#include "harness/stage/safeguard.h"
#include "harness/stage/stage.h"

namespace pidfall {

struct GuardCall {
  enum Kind {
    kLook,
    kOpen,
    kClose,  // or unlock
    kCreate,
    kEmpty,
    kReplace,
    kRemove,
    kLock,
    kWrite,  // or set its mode, owner or times
    kBind,
    kListen,
  };
  Kind kind = kLook;
  std::string object;     // a file by its name in the safeguard's folder, "127.0.0.1 port 80", ...
  bool returned = false;  // else it is about to be made
  bool failed = false;

  // The call changes the safeguard's files, is about to, or failed to.
  bool Changes() const;
  // False for a look at another process, and for another program.
  bool Touches() const;
  // "before it created x.pid", "after it created x.pid"
  std::string When() const;
};

class GuardCalls {
 public:
  GuardCalls(const Stage& stage, const Instance& instance);
  GuardCalls(const GuardCalls&) = delete;
  GuardCalls& operator=(const GuardCalls&) = delete;

  // Takes each call, at its entry and when it has returned. Empty: it has nothing to do with the
  // safeguard.
  std::optional<GuardCall> See(const Call& call);

 private:
  std::optional<GuardCall> Entry(const Call& call);
  GuardCall::Kind KindOfOpen(const Call& call, const std::string& object) const;
  GuardCall::Kind KindOfCall(const Call& call, const CallKind& kind, const std::string& object);

  std::string pid_, port_;
  Safeguard safeguard_;
  Attention attention_;
  std::map<pid_t, GuardCall> made_;  // by the thread that is in it
};

}  // namespace pidfall
