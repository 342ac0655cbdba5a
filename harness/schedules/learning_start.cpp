#include "harness/schedules/learning_start.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/syscall.h>

#include "harness/process/fd.h"
#include "harness/tracer/beyond.h"
#include "harness/tracer/exploration.h"

namespace pidfall {
namespace {

// Calls about its descriptors, or about what its next file gets: they change later calls.
bool IsPrivate(long number) {
  return IsOneOf(number, {SYS_lseek, SYS_fcntl, SYS_umask, SYS_read, SYS_write, SYS_pread64,
                          SYS_pwrite64, SYS_fstat, SYS_getdents64, SYS_ftruncate, SYS_flock});
}

// They copy to or from a descriptor in a way that is not followed.
bool IsUnfollowed(long number) {
  return IsOneOf(number, {SYS_readv, SYS_writev, SYS_preadv, SYS_pwritev, SYS_sendfile, SYS_mmap});
}

// It goes when its process closes any descriptor of the file, and no child inherits it.
bool IsProcessLock(uint64_t command) {
  return IsOneOf(static_cast<long>(command), {F_SETLK, F_SETLKW});
}

// A puppet has the pid of a start's first process. Other processes of it are not there.
bool AsksAboutAHelper(const RawCall& raw, const std::string& object) {
  constexpr std::string_view kProc = "/proc/";
  std::optional<long> pid;
  if (raw.number == SYS_kill) pid = static_cast<int>(raw.arguments[0]);
  if (object.starts_with(kProc)) pid = std::strtol(object.c_str() + kProc.size(), nullptr, 10);
  return pid && (*pid < 0 || *pid % kBetweenPids != 0);
}

bool ChangesFlagsOnly(const RawCall& call) {
  return call.number == SYS_fcntl &&
         IsOneOf(static_cast<long>(call.arguments[1]), {F_GETFD, F_SETFD, F_GETFL, F_SETFL});
}

// A call whose effect on others, or theirs on it, no puppet can stand for.
std::string Unmodelled(const NamedCall& call, const RawCall& raw) {
  const std::string& object = call.name.object;
  if (object.starts_with(",") || object.ends_with(",")) return call.name.Text();
  if (AsksAboutAHelper(raw, object)) return call.name.Text();
  const bool signals = raw.number == SYS_kill && raw.arguments[1] != 0;
  return signals ? "a signal: " + call.name.Text() : "";
}

std::string UnmodelledResult(const NamedCall& call, const RawCall& raw) {
  const bool reached = raw.number == SYS_connect && (raw.result == 0 || raw.result == -EINPROGRESS);
  const bool reads_process =
      raw.result >= 0 && IsOpen(raw.number) && call.name.object.starts_with("/proc/");
  if (reached) return "a connection: " + call.name.Text();
  return reads_process ? "it reads " + call.name.object : "";
}

}  // namespace

LearningStart::LearningStart(Stage& stage, const Safeguard& safeguard, const StartPlan& plan,
                             HeldStart held, DecisionTree& tree, std::string& drift)
    : tree_(tree),
      drift_(drift),
      start_(stage, safeguard, SeenBy(plan, [this](const ProcessTree::Stop& stop) { See(stop); }),
             std::move(held)) {}

void LearningStart::GiveUp(const std::string& why) {
  if (only_real_) return;
  Learn({.kind = Step::kOnlyReal, .why = why});
  only_real_ = true;
}

// After a drift nothing more is learnt: the histories no longer mean the same.
void LearningStart::Learn(const Step& step) {
  if (only_real_) return;
  const bool is_known = tree_.Learn(place_, step);
  only_real_ = !is_known || tree_.StepAt(place_)->kind == Step::kOnlyReal;
  if (is_known) return;
  if (!drift_.empty()) return;
  drift_ = fmt::format("pid {} {}, and before {}", start_.pid(), step.Text(),
                       tree_.StepAt(place_)->Text());
}

void LearningStart::Follow(const std::string& result, int64_t shown) {
  if (!only_real_) place_ = tree_.Add(place_, result, shown);
}

void LearningStart::See(const ProcessTree::Stop& stop) {
  last_ = stop;
  if (only_real_) return;
  stop.returned ? SeeReturn(stop) : SeeEntry(stop);
}

void LearningStart::SeeEntry(const ProcessTree::Stop& stop) {
  const RawCall& call = stop.call;
  Descriptors& its = descriptors_.Of(stop);
  if (const auto why = ViewBeyond(stop); !why.empty()) return GiveUp(why);
  if (call.number == SYS_umask && Processes().size() > 1) {
    has_own_umask_.insert(stop.process);
    return;
  }
  if (IsFork(stop)) return descriptors_.Fork(stop);
  if (IsEnd(stop)) return SeeEnd(stop);
  const bool is_tracked = its.NumberOf(static_cast<int>(call.arguments[0])).has_value();
  if (is_tracked && IsUnfollowed(call.number)) {
    return GiveUp(fmt::format("call {} on a descriptor", call.number));
  }
  const bool changes_it = call.number == SYS_umask || (is_tracked && !ChangesFlagsOnly(call));
  if ((changes_it && IsPrivate(call.number)) || ChangesDescriptors(call)) {
    private_[stop.thread] = stop;
  }
}

// The lock of a process ends with it, also where a child has the file open.
void LearningStart::SeeEnd(const ProcessTree::Stop& stop) {
  const size_t had = descriptors_.Of(stop).numbers().size();
  const auto closed = descriptors_.End(stop);
  if (stop.process == locker_ && closed.size() < had) GiveUp("a lock that its children outlive");
  LearnClosed(closed);
}

// One puppet stands in for all processes, but such a lock tells them apart: it goes when its
// process closes any descriptor of the file, and does not when another one does.
void LearningStart::NoteLock(const WholeCall& whole, pid_t process) {
  const bool locks = whole.number == SYS_fcntl && IsProcessLock(whole.values[1]);
  if (locker_ != 0 && process != locker_) GiveUp("helpers beside a lock of the process");
  if (locks) locker_ = process;
}

// Those that touch the safeguard are held, and learnt there.
void LearningStart::SeeReturn(const ProcessTree::Stop& stop) {
  const auto made = private_.find(stop.thread);
  if (made == private_.end()) return;
  const RawCall entered = made->second.call;
  private_.erase(made);
  if (ChangesDescriptors(entered)) return LearnClosed(descriptors_.Return(stop, entered));
  const auto whole = WholeCallOf(stop.thread, entered, descriptors_.Of(stop));
  if (!whole) return GiveUp(fmt::format("call {}", stop.call.number));
  NoteLock(*whole, stop.process);
  const auto output = OutputOf(stop.thread, *whole, stop.call);
  LearnOwn(*whole, ResultOf(*whole, stop.call.result, output, seen_), stop.call.result);
}

void LearningStart::LearnOwn(const WholeCall& whole, const std::string& result, int64_t shown) {
  if (call_) return GiveUp("two threads");
  Learn({.kind = Step::kOwn, .whole = whole});
  Follow(result, shown);
}

void LearningStart::LearnClosed(const std::vector<int>& files) {
  for (const int file : files) LearnOwn(CloseOf(file), "0", 0);
}

void LearningStart::NoteDescriptor(const WholeCall& whole, const ProcessTree::Stop& stop) {
  if (stop.call.result < 0) return;
  Descriptors& its = descriptors_.Of(stop);
  if (whole.Opens()) its.Add(static_cast<int>(stop.call.result));
  if (stop.call.number == SYS_close) its.Remove(static_cast<int>(stop.call.arguments[0]));
}

void LearningStart::LearnCall(const NamedCall& call) {
  private_.erase(last_.thread);
  if (only_real_) return;
  const std::string unmodelled = Unmodelled(call, last_.call);
  if (!unmodelled.empty()) return GiveUp(unmodelled);
  if (call_) return GiveUp("two threads");
  if (has_own_umask_.contains(last_.process)) return GiveUp("a umask beside other processes");
  Descriptors& its = descriptors_.Of(last_);
  call_ = WholeCallOf(last_.thread, last_.call, its);
  const auto closed = static_cast<int>(last_.call.arguments[0]);
  const bool keeps = last_.call.number == SYS_close && its.NumberOf(closed) && !its.IsLast(closed);
  if (keeps && last_.process == locker_) return GiveUp("it closes a copy of what it has locked");
  if (keeps) call_ = NoChange();
  if (!call_) return GiveUp("the call " + call.name.Text());
  NoteLock(*call_, last_.process);
  Learn({.kind = Step::kCall, .name = call.name, .opening = call.opening, .whole = *call_});
}

void LearningStart::LearnResult() {
  if (only_real_ || !call_) return;
  const auto output = OutputOf(last_.thread, *call_, last_.call);
  Follow(ResultOf(*call_, last_.call.result, output, seen_), last_.call.result);
  NoteDescriptor(*call_, last_);
  call_.reset();
}

ContenderEvent LearningStart::Next(Duration bound) {
  if (std::exchange(slept_, false)) Follow("woke", 0);
  ContenderEvent event = start_.Next(bound);
  const bool woken = rested_ && event.kind != ContenderEvent::kRests;
  if (woken) {
    Follow("woken", 0);
    GiveUp("another process wakes it");
  }
  rested_ = event.kind == ContenderEvent::kRests && !call_;
  switch (event.kind) {
    case ContenderEvent::kCall:
      LearnCall(event.call);
      break;
    case ContenderEvent::kReturned:
      LearnResult();
      if (const auto why = UnmodelledResult(event.call, last_.call); !why.empty()) GiveUp(why);
      break;
    case ContenderEvent::kSleeps:
      slept_ = !call_;
      if (slept_) Learn({.kind = Step::kSleeps});
      break;
    case ContenderEvent::kRests:
      if (!call_) Learn({.kind = Step::kRests, .ending = ending()});
      break;
    case ContenderEvent::kOver:
      Learn({.kind = Step::kOver, .ending = ending(), .output = Output()});
      break;
    case ContenderEvent::kBound:
      GiveUp("it neither ended nor came to rest");
  }
  if (!start_.unseen().empty()) GiveUp(start_.unseen());
  const bool is_over = event.kind == ContenderEvent::kOver;
  if (!is_over && descriptors_.HasLostOne(Processes())) GiveUp("a signal ended a helper");
  return event;
}

void LearningStart::Terminate() {
  rested_ = false;
  Follow("SIGTERM", 0);
  start_.Terminate();
}

}  // namespace pidfall
