#include "harness/stage/departure.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <set>
#include <system_error>
#include <utility>

#include "harness/kernel/process.h"
#include "harness/stage/expect.h"
#include "harness/stage/question.h"
#include "harness/stage/serving.h"
#include "harness/stage/settle.h"

namespace pidfall {
namespace {

// A worker may be busy, or about to notice that its master has ended.
constexpr Duration kTakenBound = std::chrono::seconds(2);

std::optional<ProcessInfo> HolderOf(const Stage& stage, const Instance& owner) {
  const auto listeners = SocketsOf(stage, owner);
  for (const ProcessInfo& process : owner.Living()) {
    for (const uint64_t socket : OpenSockets(process.pid)) {
      if (listeners.contains(socket)) return process;
    }
  }
  return std::nullopt;
}

// "its listening socket on port 80 and never accepts a client: the port"
std::string WhatItKeeps(const Stage& stage) {
  const Target& target = stage.target();
  if (target.unix_socket) {
    return "the unix socket " + *target.unix_socket + " and never takes a client: the name";
  }
  const std::string port = " port " + std::to_string(stage.port());
  if (target.is_udp) return "its socket on UDP" + port + " and never reads a packet: the port";
  return "its listening socket on" + port + " and never accepts a client: the port";
}

// Processes that were there when the signal came, in the session of its recipient.
bool IsLeft(pid_t pid, const Recipient& recipient) {
  const auto& started = recipient.started;
  if (std::find(started.begin(), started.end(), pid) == started.end()) return false;
  return pid == recipient.main || !recipient.main || getsid(pid) == recipient.session;
}

}  // namespace

Recipient RecipientOf(const Instance& instance) {
  const auto main = instance.MainProcess();
  return {main, instance.Processes(), main ? getsid(*main) : 0};
}

void InterruptGroup(Stage& stage, Instance& instance) {
  const auto main = instance.MainProcess();
  const pid_t group = main ? getpgid(*main) : -1;
  std::vector<Child> others;
  for (const pid_t pid : instance.Processes()) {
    Child other{pid, UniqueFd(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)))};
    if (pid != main && getpgid(pid) == group && other.pidfd) others.push_back(std::move(other));
  }
  stage.Signal(instance, SIGINT);
  if (others.empty()) return;
  for (const Child& other : others) SendSignal(other, SIGINT);
  stage.Did("send SIGINT to the rest of its group");
}

bool Ends(Stage& stage, const Instance& instance, const Recipient& recipient, Duration bound) {
  const auto is_over = [&] {
    return instance.ended() && std::ranges::none_of(instance.Processes(), [&](pid_t pid) {
             return IsLeft(pid, recipient);
           });
  };
  return stage.WaitUntil(is_over, bound);
}

std::optional<ProcessInfo> IdleHolder(Stage& stage, const Instance& owner) {
  const Target& target = stage.target();
  if (!target.port && !target.unix_socket) return std::nullopt;
  auto holder = HolderOf(stage, owner);
  if (!holder) return std::nullopt;
  try {
    const Question question(stage);
    const auto is_no_holder = [&] { return question.IsTaken() || !HolderOf(stage, owner); };
    if (stage.WaitUntil(is_no_holder, kTakenBound)) return std::nullopt;
  } catch (const std::system_error&) {
    return std::nullopt;  // it listens no more
  }
  return holder;
}

void ExpectNoIdleHolder(Stage& stage, const Instance& owner) {
  const auto holder = IdleHolder(stage, owner);
  if (!holder) return;
  const Outcome next = Settle(stage, stage.Start());
  // At the path of a unix socket the next start may make a new one.
  const bool is_in_the_way = !stage.target().unix_socket || next != Outcome::kServes;
  if (!is_in_the_way || !HolderOf(stage, owner)) return;
  throw Breach("C13", fmt::format("{} (pid {}), which {} started, outlives it, keeps {} stays "
                                  "taken, and nobody answers on it",
                                  holder->program, holder->pid, owner.name(), WhatItKeeps(stage)));
}

}  // namespace pidfall
