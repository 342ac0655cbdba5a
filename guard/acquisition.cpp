// From options to an Instance, step by step. Everything that ends it early is a thrown Refused.
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <utility>

#include "guard/holder.h"
#include "guard/instance_state.h"
#include "guard/lock_wait.h"
#include "guard/older_instance.h"
#include "guard/refused.h"
#include "guard/restart.h"
#include "guard/supervisor.h"

namespace pidfall::guard {
namespace {

using Clock = std::chrono::steady_clock;
constexpr int kMostReplacements = 100;  // of the lock file, while we open and lock it
constexpr std::chrono::seconds kTakeOverPatience{10};
constexpr std::chrono::milliseconds kReadersInstant{200};

Previous Classify(const LockNode& node, const std::optional<Record>& record, bool one_file,
                  const Identity& self) {
  if (node.fresh) return Previous::kNone;
  if (one_file) return Previous::kCrash;  // a clean end leaves it empty
  if (!record) return Previous::kGarbage;
  if (record->state == RunState::kEnded) return Previous::kClean;
  if (record->boot != self.boot) return Previous::kOtherBoot;
  if (record->pid_namespace != self.pid_namespace) return Previous::kOtherNamespace;
  return Previous::kCrash;
}

}  // namespace

class Acquisition {
 public:
  explicit Acquisition(Options options) : state_(std::make_unique<Instance::State>()) {
    state_->options = std::move(options);
  }

  Instance Run() {
    try {
      Lock();
      PassOlderInstance();
      Hold();
      state_->PutReadyFile(state_->StateAsOwner() == RunState::kReady);
      state_->SignIn();
      state_->TellOwner();
      state_->outcome = Outcome::kAcquired;
    } catch (const Refused& refused) {
      LetGo();
      state_->outcome = refused.outcome;
      state_->reason = refused.reason;
    } catch (const std::exception& error) {
      LetGo();
      state_->reason = error.what();
    }
    return Instance(std::move(state_));
  }

 private:
  // The refused Instance may live on, and must keep nobody out. Another process's lock file stays
  // open: the question for its holder goes through it.
  void LetGo() {
    state_->ready_file.Remove();
    state_->DropLock();
    if (!locked_) return;
    if (node().descriptor.valid() && !state_->lock_shared) Unlock(node().descriptor.get());
    node().descriptor.Reset();
  }

  const Options& options() const { return state_->options; }
  LockNode& node() { return state_->node; }

  void Lock() {
    state_->folder = OpenFolder(options());
    for (int i = 0; i < kMostReplacements; ++i) {
      if (!AdoptInherited()) OpenAndLock();
      if (!StillNamed(state_->folder, node().key)) continue;
      locked_ = true;
      return CheckFolder(state_->folder, node(), options());
    }
    throw Refused(Outcome::kTrouble, state_->folder.LockPath() + " is replaced again and again", 0,
                  "find out by whom");
  }

  // After a restart in place the lock is ours already.
  bool AdoptInherited() {
    Descriptor inherited = TakeInheritedLock(state_->folder);
    if (!inherited.valid()) return false;
    node() = DescribeLock(std::move(inherited));
    state_->lock_shared = true;  // with children of the program that we were before
    return TryLock(state_->folder, node(), options().also_ofd);
  }

  void OpenAndLock() {
    node() = OpenLockNode(state_->folder, options());
    // Before locking: the answer to a second guard in one process must not depend on the lock kind.
    if (HeldHere(node().key)) {
      throw Refused(Outcome::kHeldHere, "this process already holds " + state_->folder.LockPath(),
                    0, "");
    }
    if (TryLock(state_->folder, node(), options().also_ofd)) return;
    MeetOwner();
  }

  void MeetOwner() {
    const OnDuplicate answer = Answer();
    if (answer == OnDuplicate::kExit && RecordedLives(node().descriptor.get())) throw Busy();
    const Holder holder = FindHolder(node().descriptor.get(), node().key);
    // A reader of /proc/PID/fdinfo (lsof, a monitor) has that process's files open for an
    // instant. An owner that is killed just then leaves its lock to the reader for that long.
    if (answer != OnDuplicate::kWait && !holder.process.valid()) {
      return WaitForOwner(Clock::now() + kReadersInstant);
    }
    if (answer == OnDuplicate::kExit) throw Busy();
    AskOrAnnounce(holder.owner, holder.process);
    WaitForOwner(Deadline());
  }

  Refused Busy() const { return {Outcome::kBusy, "an owner lives", 0, ""}; }

  OnDuplicate Answer() {
    OnDuplicate answer = options().on_duplicate;
    if (answer == OnDuplicate::kAuto) {
      const bool supervised = DetectSupervisor(getpid(), Look::kAlsoParent).Present();
      answer = supervised ? OnDuplicate::kWait : OnDuplicate::kExit;
    }
    const bool has_time = options().patience != std::chrono::milliseconds(0);
    return answer == OnDuplicate::kWait && !has_time ? OnDuplicate::kExit : answer;
  }

  std::optional<Clock::time_point> Deadline() {
    if (options().patience) return Clock::now() + *options().patience;
    if (Answer() == OnDuplicate::kTakeOver) return Clock::now() + kTakeOverPatience;
    return std::nullopt;
  }

  void AskOrAnnounce(const Owner& owner, const Descriptor& process) {
    if (Answer() == OnDuplicate::kTakeOver) return Ask(owner, process);
    if (options().before_waiting) options().before_waiting(owner);
    state_->TellStandingBy(owner);
  }

  void Ask(const Owner& owner, const Descriptor& process) {
    if (options().ask) options().ask(owner);
    if (SendSignal(process, owner.pid, SIGTERM) || errno == ESRCH) return;
    throw Refused(Outcome::kForbidden,
                  "cannot end the owner (PID " + std::to_string(owner.pid) + ")", errno, "");
  }

  // For the lock, never for the pid: another contender may be first, or a child may keep the lock.
  void WaitForOwner(std::optional<Clock::time_point> deadline) {
    switch (WaitForLock(node().descriptor.get(), deadline)) {
      case Waited::kLocked:
        node().fresh = false;  // another owner had it while we waited
        if (!options().also_ofd || TryLock(state_->folder, node(), true)) return;
        throw Busy();
      case Waited::kTimeOver:
        throw Busy();
      case Waited::kInterrupted:
        throw Refused(Outcome::kInterrupted, "a signal ended the waiting", 0, "");
      case Waited::kFailed:
        throw Refused(Outcome::kUnsupported, "cannot wait for " + state_->folder.LockPath(), errno,
                      "");
    }
  }

  // We have the lock; so an instance that runs now does not know of it.
  void PassOlderInstance() {
    const auto record = node().fresh ? std::nullopt : ReadRecord(node().descriptor.get());
    state_->self = IdentifySelf();
    state_->previous = Classify(node(), record, options().one_file, state_->self);
    if (options().one_file) return;
    const std::string published = record ? record->pid_file : "";
    const OlderInstance older = FindOlder(state_->folder, published, state_->self.pid, options());
    if (!older.process.valid()) return;
    state_->older = {.pid = older.pid, .verified = true, .plain = true};
    if (older.another_users) throw Refused(Outcome::kForbidden, "an older instance runs", 0, "");
    if (Answer() == OnDuplicate::kExit) throw Busy();
    AskOrAnnounce(state_->older, older.process);
    WaitForOlder(older.process);
  }

  void WaitForOlder(const Descriptor& process) {
    const auto deadline = Deadline();
    if (WaitUntilEnded(process, deadline)) return;
    if (deadline && Clock::now() >= *deadline) throw Busy();
    throw Refused(Outcome::kInterrupted, "a signal ended the waiting", 0, "");
  }

  void Hold() {
    if (state_->held.Hold(std::move(node().descriptor), node().key, options().children)) {
      return state_->SetLockInheritance();
    }
    throw Refused(Outcome::kHeldHere, "this process already holds " + state_->folder.LockPath(), 0,
                  "");
  }

  std::unique_ptr<Instance::State> state_;
  bool locked_ = false;
};

Instance Acquire(Options options) { return Acquisition(std::move(options)).Run(); }

}  // namespace pidfall::guard
