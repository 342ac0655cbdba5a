#include "guard/holder.h"

#include <unistd.h>

#include <string>
#include <utility>

#include "guard/identity.h"
#include "guard/small_file.h"

namespace pidfall::guard {
namespace {

// First the handle, then the question: so the answer is about the process that the handle names.
Descriptor OpenLockingProcess(const FileKey& key, pid_t* pid) {
  *pid = LockingProcess(key);
  if (*pid <= 0) return {};
  Descriptor process = OpenProcess(*pid);
  if (!process.valid() || !HoldsLock(*pid, key) || !Alive(process)) return {};
  return process;
}

void DescribeByRecord(Holder* holder) {
  holder->owner.pid = holder->record->pid;
  holder->owner.supervisor = holder->record->supervisor;
  holder->owner.unit = holder->record->unit;
}

bool OfOtherNamespace(const Record& record) {
  return record.boot == BootId() && record.pid_namespace != PidNamespace();
}

}  // namespace

std::optional<Record> ReadRecord(int lock_fd) {
  char text[kRecordSize];
  const ssize_t n = pread(lock_fd, text, sizeof text, 0);
  return n > 0 ? ParseRecord({text, static_cast<size_t>(n)}) : std::nullopt;
}

bool RecordedLives(int lock_fd) {
  const auto record = ReadRecord(lock_fd);
  if (!record || record->state == RunState::kEnded) return false;
  const Descriptor process = OpenProcess(record->pid);
  return process.valid() && Alive(process);
}

Owner ReadPlainOwner(const Folder& folder) {
  const auto text = ReadFileAt(folder.descriptor.get(), folder.pid_name);
  const auto pid = text ? ParsePid(*text) : std::nullopt;
  return {.pid = pid.value_or(0)};
}

Holder FindHolder(int lock_fd, const FileKey& key) {
  Holder holder;
  holder.record = ReadRecord(lock_fd);
  const bool signed_in = holder.record && holder.record->state != RunState::kEnded;
  if (signed_in) {
    DescribeByRecord(&holder);
    holder.process = OpenVerified(*holder.record);
    holder.in_other_namespace = OfOtherNamespace(*holder.record);
  }
  if (!holder.process.valid()) {
    Holder locker = FindLocker(key);
    holder.process = std::move(locker.process);
    if (locker.owner.pid > 0) holder.owner = locker.owner;
    if (locker.owner.pid > 0) holder.in_other_namespace = false;
  }
  holder.owner.verified = holder.process.valid();
  return holder;
}

Holder FindLocker(const FileKey& key) {
  Holder locker;
  locker.process = OpenLockingProcess(key, &locker.owner.pid);
  locker.owner.verified = locker.process.valid();
  return locker;
}

}  // namespace pidfall::guard
