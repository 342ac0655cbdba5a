#include "harness/schedules/learning_start.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/netlink.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "harness/process/fd.h"

namespace pidfall {
namespace {

// Of its descriptors, or of what its next file gets: they change what later calls do.
bool IsPrivate(long number) {
  return IsOneOf(number,
                 {SYS_lseek, SYS_dup, SYS_fcntl, SYS_umask, SYS_close, SYS_read, SYS_write,
                  SYS_pread64, SYS_pwrite64, SYS_fstat, SYS_getdents64, SYS_ftruncate, SYS_flock});
}

// They copy to or from a descriptor, or make another one of it, in a way that is not followed.
bool IsUnfollowed(long number) {
#ifdef SYS_dup2
  if (number == SYS_dup2) return true;
#endif
  return IsOneOf(
      number, {SYS_dup3, SYS_readv, SYS_writev, SYS_preadv, SYS_pwritev, SYS_sendfile, SYS_mmap});
}

bool ChangesFlagsOnly(const RawCall& call) {
  return call.number == SYS_fcntl &&
         IsOneOf(static_cast<long>(call.arguments[1]), {F_GETFD, F_SETFD, F_GETFL, F_SETFL});
}

bool IsOpen(long number) {
#ifdef SYS_open
  if (number == SYS_open) return true;
#endif
  return number == SYS_openat;
}

// What the kernel tells there of other processes and their sockets depends on the schedule.
bool TellsOfOthers(const std::string& path) {
  return path == "/proc" || path == "/proc/locks" || path.find("/net/") != std::string::npos;
}

std::string PathOfOpen(const ProcessTree::Stop& stop) {
  const bool has_folder = stop.call.number == SYS_openat;
  const int folder = has_folder ? static_cast<int>(stop.call.arguments[0]) : AT_FDCWD;
  return AbsolutePath(stop.thread, folder, stop.call.arguments[has_folder ? 1 : 0]);
}

// A call whose effect on others, or theirs on it, no puppet can stand for.
std::string Unmodelled(const NamedCall& call, const RawCall& raw) {
  const std::string& object = call.name.object;
  if (object.starts_with(",") || object.ends_with(",")) return call.name.Text();
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
                             DecisionTree& tree, std::string& drift)
    : tree_(tree), drift_(drift), start_(stage, safeguard, [&] {
        StartPlan learning = plan;
        learning.on_stop = [this](const ProcessTree::Stop& stop) { See(stop); };
        return learning;
      }()) {}

void LearningStart::GiveUp(const std::string& why) {
  if (only_real_) return;
  Learn({.kind = Step::kOnlyReal, .why = why});
  only_real_ = true;
}

// After a drift nothing more is learnt: the histories no longer mean the same.
void LearningStart::Learn(const Step& step) {
  if (only_real_) return;
  if (tree_.Learn(place_, step)) return;
  only_real_ = true;
  if (!drift_.empty()) return;
  drift_ = fmt::format("pid {} {}, and before {}", start_.pid(), step.Text(),
                       tree_.StepAt(place_)->Text());
}

void LearningStart::Follow(const std::string& result, int64_t shown) {
  if (!only_real_) place_ = tree_.Add(place_, result, shown);
}

bool LearningStart::IsItsOwn(pid_t thread) {
  if (own_threads_.contains(thread)) return true;
  const std::string task =
      "/proc/" + std::to_string(start_.pid()) + "/task/" + std::to_string(thread) + "/comm";
  if (ReadOrEmpty(task).empty()) return false;
  own_threads_.insert(thread);
  return true;
}

void LearningStart::See(const ProcessTree::Stop& stop) {
  last_ = stop;
  if (only_real_) return;
  const bool is_other = !IsItsOwn(stop.thread);
  if (is_other && touched_) GiveUp("it has more than one process");
  if (is_other) return;  // a launcher's helper, before all that counts
  stop.returned ? SeeReturn(stop) : SeeEntry(stop);
}

void LearningStart::SeeEntry(const ProcessTree::Stop& stop) {
  const RawCall& call = stop.call;
  if (IsOpen(call.number)) {
    const std::string path = PathOfOpen(stop);
    if (TellsOfOthers(path)) GiveUp("it reads " + path);
  }
  const bool asks_for_sockets = call.number == SYS_socket && call.arguments[0] == AF_NETLINK &&
                                call.arguments[2] == NETLINK_SOCK_DIAG;
  if (asks_for_sockets) return GiveUp("it asks the kernel for sockets");
  if (touched_ && call.number == SYS_execve) return GiveUp("it executes another program");
  const bool is_tracked = descriptors_.NumberOf(static_cast<int>(call.arguments[0])).has_value();
  if (is_tracked && IsUnfollowed(call.number)) {
    return GiveUp(fmt::format("call {} on a descriptor", call.number));
  }
  const bool changes_it = call.number == SYS_umask || (is_tracked && !ChangesFlagsOnly(call));
  if (changes_it && IsPrivate(call.number)) private_[stop.thread] = stop;
}

// Those that touch the safeguard are held, and learnt there.
void LearningStart::SeeReturn(const ProcessTree::Stop& stop) {
  const auto made = private_.find(stop.thread);
  if (made == private_.end()) return;
  const auto whole = WholeCallOf(stop.thread, made->second.call, descriptors_);
  private_.erase(made);
  if (call_) return GiveUp("two threads");
  if (!whole) return GiveUp(fmt::format("call {}", stop.call.number));
  Learn({.kind = Step::kOwn, .whole = *whole});
  const std::string result =
      ResultOf(*whole, stop.call.result, OutputOf(stop.thread, *whole, stop.call), seen_);
  Follow(result, stop.call.result);
  NoteDescriptor(*whole, stop.call);
}

void LearningStart::NoteDescriptor(const WholeCall& whole, const RawCall& call) {
  if (call.result < 0) return;
  if (whole.Opens()) descriptors_.Add(static_cast<int>(call.result));
  if (whole.Closes()) descriptors_.Remove(static_cast<int>(call.arguments[0]));
}

void LearningStart::LearnCall(const NamedCall& call) {
  touched_ = true;
  private_.erase(last_.thread);
  if (only_real_) return;
  if (!IsItsOwn(last_.thread)) return GiveUp("it has more than one process");
  const std::string unmodelled = Unmodelled(call, last_.call);
  if (!unmodelled.empty()) return GiveUp(unmodelled);
  if (call_) return GiveUp("two threads");
  call_ = WholeCallOf(last_.thread, last_.call, descriptors_);
  if (!call_) return GiveUp("the call " + call.name.Text());
  Learn({.kind = Step::kCall, .name = call.name, .whole = *call_});
}

void LearningStart::LearnResult() {
  if (only_real_ || !call_) return;
  const auto output = OutputOf(last_.thread, *call_, last_.call);
  Follow(ResultOf(*call_, last_.call.result, output, seen_), last_.call.result);
  NoteDescriptor(*call_, last_.call);
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
      if (!call_) Learn({.kind = Step::kRests});
      break;
    case ContenderEvent::kOver:
      Learn({.kind = Step::kOver, .ending = ending(), .output = Output()});
      break;
    case ContenderEvent::kBound:
      GiveUp("it neither ended nor came to rest");
  }
  if (!start_.unseen().empty()) GiveUp(start_.unseen());
  return event;
}

void LearningStart::Terminate() {
  rested_ = false;
  Follow("SIGTERM", 0);
  start_.Terminate();
}

}  // namespace pidfall
