// One start of a target that is stepped from call to call of those that touch its safeguard. Either
// the target itself (traced_start.h) or a puppet that makes the same calls (puppet_start.h).
//
//   const ContenderEvent event = contender.Next(bound);
//   if (event.kind == ContenderEvent::kCall) event.call.Text()   // "unlink(x.pid)": held before it
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "harness/process/launch.h"
#include "harness/tracer/call.h"

namespace pidfall {

struct ContenderEvent {
  enum Kind {
    kCall,      // held before it
    kReturned,  // held after it
    kRests,     // serves, or waits for others or for ever
    kSleeps,    // for a time; Next waits until it wakes
    kOver,      // no process of it is left
    kBound,     // no event in time, or too many processes to follow
  };
  Kind kind = kOver;
  NamedCall call;
};

class Contender {
 public:
  Contender() = default;
  virtual ~Contender() = default;
  Contender(const Contender&) = delete;
  Contender& operator=(const Contender&) = delete;

  // Continues it until the next event.
  virtual ContenderEvent Next(Duration bound) = 0;
  // Sends SIGTERM to its first process, or to the daemon that this process left.
  virtual void Terminate() = 0;
  virtual void Kill() = 0;

  // Of the started process: "{pid}" in the names of its calls.
  virtual pid_t pid() const = 0;
  virtual std::vector<pid_t> Processes() const = 0;
  // The end of the started process; empty until it has ended.
  virtual const std::optional<Ending>& ending() const = 0;
  // One of its processes runs again after it was at rest.
  virtual bool RunsAgain() const = 0;
  // It holds the target's listening socket. Of a target without one: it lives, and waits for no
  // lock.
  virtual bool Serves() const = 0;
  // It has looked at others, or acted on them, in a way that no call of an event shows.
  virtual bool LooksBeyond() const = 0;
  // Its output so far, at most the first 64 KiB.
  virtual const std::string& Output() = 0;
};

}  // namespace pidfall
