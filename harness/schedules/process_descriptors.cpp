#include "harness/schedules/process_descriptors.h"

#include <linux/close_range.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "harness/probe/process.h"

namespace pidfall {
namespace {

WholeCall On(long number, int descriptor) {
  return {.number = number, .roles = "d", .values = {static_cast<uint64_t>(descriptor)}};
}

uint64_t CloneFlags(const ProcessTree::Stop& stop) {
  if (stop.call.number == SYS_clone) return stop.call.arguments[0];
  uint64_t flags = 0;  // the first field of clone3's struct
  const std::string bytes = ReadBytes(stop.thread, stop.call.arguments[0], sizeof(flags));
  if (bytes.size() == sizeof(flags)) std::memcpy(&flags, bytes.data(), sizeof(flags));
  return flags;
}

bool IsDuplicateTo(long number) {
#ifdef SYS_dup2
  if (number == SYS_dup2) return true;
#endif
  return number == SYS_dup3;
}

bool IsOpenIn(pid_t process, int descriptor) {
  return !DescriptorTarget(process, descriptor).empty();
}

// Which of a process's descriptors a call has closed.
bool HasClosed(const ProcessTree::Stop& stop, const RawCall& entered, int descriptor) {
  const auto number = static_cast<uint64_t>(descriptor);
  if (entered.number == SYS_execve) return !IsOpenIn(stop.process, descriptor);
  if (entered.number == SYS_close_range) {
    return entered.arguments[0] <= number && number <= entered.arguments[1] &&
           (entered.arguments[2] & CLOSE_RANGE_CLOEXEC) == 0;
  }
  return IsDuplicateTo(entered.number) && entered.arguments[1] == number &&
         entered.arguments[0] != number;
}

}  // namespace

bool IsFork(const ProcessTree::Stop& stop) {
#ifdef SYS_fork
  if (IsOneOf(stop.call.number, {SYS_fork, SYS_vfork})) return true;
#endif
  if (!IsOneOf(stop.call.number, {SYS_clone, SYS_clone3})) return false;
  return (CloneFlags(stop) & CLONE_THREAD) == 0;
}

bool IsEnd(const ProcessTree::Stop& stop) {
  if (stop.call.number == SYS_exit_group) return true;
  return stop.call.number == SYS_exit && Threads(stop.process).size() == 1;
}

Descriptors& ProcessDescriptors::Of(const ProcessTree::Stop& stop) {
  const auto [found, is_new] = all_.try_emplace(stop.process);
  Descriptors& its = found->second.descriptors;
  const auto parent = all_.find(stop.parent);
  if (is_new && parent != all_.end() && !parent->second.unborn.empty()) {
    its = parent->second.unborn.front();
    parent->second.unborn.pop_front();
  }
  return its;
}

std::vector<WholeCall> ProcessDescriptors::Fork(const ProcessTree::Stop& stop) {
  const Descriptors& parents = Of(stop);
  std::vector<WholeCall> calls;
  for (const auto& [descriptor, number] : parents.numbers()) calls.push_back(On(SYS_dup, number));
  all_[stop.process].unborn.push_back(parents.Inherited());
  return calls;
}

std::vector<WholeCall> ProcessDescriptors::End(const ProcessTree::Stop& stop) {
  std::vector<WholeCall> calls;
  for (const auto& [descriptor, number] : Of(stop).numbers()) {
    calls.push_back(On(SYS_close, number));
  }
  all_[stop.process].descriptors = {};  // it may have children that made no call yet
  return calls;
}

std::vector<WholeCall> ProcessDescriptors::Return(const ProcessTree::Stop& stop,
                                                  const RawCall& entered) {
  Descriptors& its = Of(stop);
  std::vector<WholeCall> calls;
  for (const auto& [descriptor, number] : std::map(its.numbers())) {
    if (!HasClosed(stop, entered, descriptor)) continue;
    calls.push_back(On(SYS_close, number));
    its.Remove(descriptor);
  }
  if (!IsDuplicateTo(entered.number)) return calls;
  const auto copied = its.NumberOf(static_cast<int>(entered.arguments[0]));
  if (copied && entered.arguments[0] != entered.arguments[1]) {
    calls.push_back(On(SYS_dup, *copied));
    its.Add(static_cast<int>(entered.arguments[1]));
  }
  return calls;
}

bool ProcessDescriptors::OthersHaveSome(pid_t process) const {
  return std::any_of(all_.begin(), all_.end(), [&](const auto& entry) {
    const auto& unborn = entry.second.unborn;
    const bool one_inherits = std::any_of(
        unborn.begin(), unborn.end(), [](const auto& childs) { return !childs.numbers().empty(); });
    return one_inherits || (entry.first != process && !entry.second.descriptors.numbers().empty());
  });
}

bool ProcessDescriptors::HasLostOne(const std::vector<pid_t>& living) const {
  return std::any_of(all_.begin(), all_.end(), [&](const auto& entry) {
    return !entry.second.descriptors.numbers().empty() &&
           std::find(living.begin(), living.end(), entry.first) == living.end();
  });
}

}  // namespace pidfall
