#include "harness/schedules/process_descriptors.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <string>

#include "harness/kernel/process.h"

namespace pidfall {
namespace {

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

bool IsCopy(const RawCall& call) {
  return call.number == SYS_dup ||
         (call.number == SYS_fcntl &&
          IsOneOf(static_cast<long>(call.arguments[1]), {F_DUPFD, F_DUPFD_CLOEXEC}));
}

// Whether a call has closed this descriptor of its process.
bool HasClosed(const ProcessTree::Stop& stop, const RawCall& entered, int descriptor) {
  const auto number = static_cast<uint64_t>(descriptor);
  const auto& [first, second, third, fourth, fifth, sixth] = entered.arguments;
  if (entered.number == SYS_execve) return DescriptorTarget(stop.process, descriptor).empty();
  if (entered.number == SYS_close) return number == first;
  if (entered.number == SYS_close_range) {
    return first <= number && number <= second && (third & CLOSE_RANGE_CLOEXEC) == 0;
  }
  return IsDuplicateTo(entered.number) && number == second && first != second;
}

// The files that are closed by that.
std::vector<int> Close(Descriptors& its, const std::function<bool(int)>& is_closed) {
  std::vector<int> files;
  for (const auto& [descriptor, number] : std::map(its.numbers())) {
    if (!is_closed(descriptor)) continue;
    if (const auto file = its.Remove(descriptor)) files.push_back(*file);
  }
  return files;
}

}  // namespace

bool IsFork(const ProcessTree::Stop& stop) {
#ifdef SYS_fork
  if (IsOneOf(stop.call.number, {SYS_fork, SYS_vfork})) return true;
#endif
  if (!IsOneOf(stop.call.number, {SYS_clone, SYS_clone3})) return false;
  return (CloneFlags(stop) & CLONE_THREAD) == 0;
}

bool ChangesDescriptors(const RawCall& call) {
  return IsOneOf(call.number, {SYS_close, SYS_close_range, SYS_execve}) ||
         IsDuplicateTo(call.number) || IsCopy(call);
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

void ProcessDescriptors::Fork(const ProcessTree::Stop& stop) {
  all_[stop.process].unborn.push_back(Of(stop).Inherited());
}

std::vector<int> ProcessDescriptors::End(const ProcessTree::Stop& stop) {
  return Close(Of(stop), [](int) { return true; });
}

std::vector<int> ProcessDescriptors::Return(const ProcessTree::Stop& stop, const RawCall& entered) {
  Descriptors& its = Of(stop);
  if (stop.call.result < 0) return {};
  auto closed = Close(its, [&](int one) { return HasClosed(stop, entered, one); });
  const auto from = static_cast<int>(entered.arguments[0]);
  if (IsDuplicateTo(entered.number) || IsCopy(entered)) {
    its.Copy(from, static_cast<int>(stop.call.result));
  }
  return closed;
}

bool ProcessDescriptors::HasLostOne(const std::vector<pid_t>& living) const {
  return std::any_of(all_.begin(), all_.end(), [&](const auto& entry) {
    return !entry.second.descriptors.numbers().empty() &&
           std::find(living.begin(), living.end(), entry.first) == living.end();
  });
}

}  // namespace pidfall
