// The end of an owner, and what is left of it afterwards.
//
//   const Recipient recipient = RecipientOf(owner);
//   stage.Signal(owner, SIGTERM);
//   if (!Ends(stage, owner, recipient)) ...
//   ExpectNoIdleHolder(stage, owner);
//
// An idle holder is a process that inherited the listening socket and never accepts a client: a
// helper that was started without closing the socket, for example. A worker accepts, so it is none.
#pragma once

#include <optional>
#include <vector>

#include "harness/stage/expect.h"
#include "harness/stage/stage.h"

namespace pidfall {

// The process that a signal goes to, and those that were there then.
struct Recipient {
  std::optional<pid_t> main;
  std::vector<pid_t> started;
  pid_t session = 0;
};

Recipient RecipientOf(const Instance& instance);

// SIGINT as a terminal's Ctrl-C sends it: to its whole group, and so to the program that a wrapper
// (flock, npm, sh) waits for, too.
void InterruptGroup(Stage& stage, Instance& instance);

// Within the bound it ends, and with it what it had started. What a client made it start may live
// on, a session for example, and so may a service for the whole machine (as Erlang's epmd) that it
// put into a session of its own.
bool Ends(Stage& stage, const Instance& instance, const Recipient& recipient,
          Duration bound = kStopBound);

// To be called once the owner's main process has ended. Connects a client of its own to the port.
std::optional<ProcessInfo> IdleHolder(Stage& stage, const Instance& owner);

// C13: the next start may end an idle holder; else it is a breach that names it.
void ExpectNoIdleHolder(Stage& stage, const Instance& owner);

}  // namespace pidfall
