#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "guard/holder.h"
#include "guard/instance_state.h"
#include "guard/refused.h"
#include "guard/restart.h"
#include "guard/supervisor.h"
#include "guard/watch.h"

namespace pidfall::guard {

void Instance::State::SetLockInheritance() {
  if (options.children == Children::kInert) return;  // opened close-on-exec
  lock_shared = true;
  fcntl(held.fd(), F_SETFD, 0);
}

void Instance::State::DropLock() {
  if (held.fd() >= 0 && !lock_shared && self.pid == getpid()) Unlock(held.fd());
  held.Drop();
}

void Instance::State::SignIn() {
  const Supervisor by =
      DetectSupervisor(self.pid, options.on_duplicate == OnDuplicate::kAuto ? Look::kAlsoParent
                                                                            : Look::kEnvironment);
  record = {.pid = self.pid,
            .state = StateAsOwner(),
            .boot = self.boot,
            .token = self.token,
            .pid_namespace = self.pid_namespace,
            .supervisor = by.kind,
            .unit = by.unit};
  options.one_file ? WritePidInPlace() : PublishAndRecord();
}

// The record is written before the pid file gets its name: a named owner can be verified.
void Instance::State::PublishAndRecord() {
  PendingPidFile pending(folder, record.pid, options.durable);
  record.pid_file = pending.mark();
  WriteRecord();
  file = pending.Publish();
}

void Instance::State::WriteRecord() {
  const std::string text = FormatRecord(record);
  const ssize_t n = pwrite(held.fd(), text.data(), text.size(), 0);
  if (n == static_cast<ssize_t>(text.size()) && (!options.durable || fsync(held.fd()) == 0)) return;
  throw Refused(Outcome::kTrouble, "cannot write " + folder.LockPath(), n < 0 ? errno : ENOSPC, "");
}

// As pidfile(3) does: no newline. Written over and then cut: the file is never empty.
void Instance::State::WritePidInPlace() {
  const std::string text = std::to_string(record.pid);
  const auto size = static_cast<ssize_t>(text.size());
  if (pwrite(held.fd(), text.data(), text.size(), 0) == size && ftruncate(held.fd(), size) == 0) {
    return;
  }
  throw Refused(Outcome::kTrouble, "cannot write " + folder.LockPath(), errno, "");
}

// Another process may have become the owner since: the child as which a daemon goes on.
bool Instance::State::RecordIsOurs() const {
  const auto now = ReadRecord(held.fd());
  return now && now->pid == self.pid;
}

void Instance::State::SignOut() {
  if (held.fd() < 0 || self.pid != getpid()) return;
  ready_file.Remove();
  if (options.one_file) {
    [[maybe_unused]] const int cut = ftruncate(held.fd(), 0);
    return;
  }
  if (lock_shared && !RecordIsOurs()) return;
  RemoveIfOurs(folder, file.key);
  record.state = RunState::kEnded;
  const std::string text = FormatRecord(record);
  [[maybe_unused]] const ssize_t n = pwrite(held.fd(), text.data(), text.size(), 0);
}

// The parent's thread may have held the mutex at the fork, and does not exist here to release it.
// Its share of `watching` is never freed, so neither mutex nor thread is destroyed while in use.
void Instance::State::ForgetParentsWatcher() {
  if (watching == nullptr || watching->pid == getpid()) return;
  watching->events.Reset();
  watching->stop.Reset();
  watching = nullptr;
}

std::unique_lock<std::mutex> Instance::State::KeepWatcherOut() {
  ForgetParentsWatcher();
  return watching ? std::unique_lock(watching->mutex) : std::unique_lock<std::mutex>();
}

Instance::Instance(std::unique_ptr<State> state) : state_(std::move(state)) {}
Instance::Instance(Instance&&) noexcept = default;
Instance& Instance::operator=(Instance&& other) noexcept {
  Release();
  state_ = std::move(other.state_);
  return *this;
}
Instance::~Instance() { Release(); }

Outcome Instance::outcome() const { return state_->outcome; }
const std::string& Instance::reason() const { return state_->reason; }
Previous Instance::previous() const { return state_->previous; }
const Options& Instance::options() const { return state_->options; }

Owner Instance::owner() const {
  if (state_->outcome == Outcome::kAcquired) return {.pid = state_->self.pid, .verified = true};
  if (state_->older.pid != 0) return state_->older;
  if (!state_->node.descriptor.valid()) return ReadPlainOwner(state_->folder);
  return FindHolder(state_->node.descriptor.get(), state_->node.key).owner;
}

// The lock goes last: while we hold it, no other copy can publish a file that we might remove.
void Instance::Release() {
  if (state_ == nullptr || state_->outcome != Outcome::kAcquired) return;
  state_->StopWatching();
  state_->SignOut();
  state_->DropLock();
}

void Instance::SetChildren(Children children) {
  const auto lock = state_->KeepWatcherOut();
  state_->options.children = children;
  state_->lock_shared |= children == Children::kPartOfInstance;
  state_->held.SetChildren(children);
  state_->ready_file.SetChildren(children);
  const int fd = state_->held.fd();
  if (fd >= 0) fcntl(fd, F_SETFD, children == Children::kInert ? FD_CLOEXEC : 0);
}

bool Instance::Publish() {
  const auto lock = state_->KeepWatcherOut();
  if (state_->held.fd() < 0) return false;
  try {
    state_->self = IdentifySelf();
    state_->SignIn();
    return true;
  } catch (const Refused& refused) {
    state_->reason = refused.reason;
    return false;
  }
}

bool Instance::PrepareExec() {
  state_->StopWatching();
  if (state_->self.pid == getpid()) state_->ready_file.Remove();
  return state_->self.pid == getpid() && PassLockOn(state_->held.fd());
}

bool Instance::Watch(std::function<void(const std::string&)> report) {
  if (state_->outcome != Outcome::kAcquired || state_->options.one_file) return false;
  return StartWatching(*state_, std::move(report));
}

}  // namespace pidfall::guard
