#include "harness/tracer/traced_start.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <system_error>

#include "harness/kernel/process.h"
#include "harness/process/clone.h"
#include "harness/stage/serving.h"
#include "harness/tracer/beyond.h"
#include "harness/tracer/machine.h"

namespace pidfall {
namespace {

using Clock = std::chrono::steady_clock;

// No event reports that a process blocks: it is checked when no event came for this long.
constexpr Duration kLook = std::chrono::microseconds(300);
// A target that forks for ever is not followed for ever.
constexpr size_t kMostProcesses = 64;

Opening OpeningOf(const RawCall& call) {
  const auto flags = OpenFlags(call);
  if (!flags) return Opening::kNone;
  if ((*flags & O_TRUNC) != 0) return Opening::kChanges;
  return (*flags & O_CREAT) != 0 ? Opening::kCreatesIfMissing : Opening::kOnlyOpens;
}

}  // namespace

StartPlan SeenBy(StartPlan plan, std::function<void(const ProcessTree::Stop&)> on_stop) {
  plan.on_stop = std::move(on_stop);
  return plan;
}

void FixNextPid(pid_t pid) {
  try {
    SetLastPid(pid);
  } catch (const std::system_error&) {
    // Not writable for us (an older kernel): then its children's pids differ from run to run.
  }
}

HeldStart LaunchTraced(const Stage& stage, const StartPlan& plan,
                       const std::function<void()>& before_exec) {
  Pipe output = MakePipe();
  fcntl(output.read.get(), F_SETFL, O_NONBLOCK);
  StartOptions options{.pid = plan.pid, .held = true};
  if (plan.port != 0) options.port = plan.port;
  LaunchOptions launch = stage.LaunchOf(options, output.write.get(), "traced");
  launch.before_exec = [prepare = launch.before_exec, before_exec] {
    prepare();
    if (before_exec) before_exec();
  };
  try {
    Child child = Launch(launch);
    if (plan.pid != 0) FixNextPid(plan.pid);
    return {.child = std::move(child), .output = std::move(output.read)};
  } catch (const std::system_error& error) {
    SkipIfForbidden(error);
    throw Broken(error.what());
  }
}

TracedStart::TracedStart(Stage& stage, const Safeguard& safeguard, const StartPlan& plan,
                         HeldStart held)
    : stage_(stage),
      port_(plan.port == 0 ? stage.port() : plan.port),
      yields_(plan.yields),
      on_stop_(plan.on_stop),
      child_(std::move(held.child)),
      output_fd_(std::move(held.output)),
      output_(std::move(held.said)),
      lease_(std::move(held.lease)),
      tree_(child_.pid, held.how),
      attention_(safeguard, child_.pid, port_) {}

ContenderEvent TracedStart::Next(Duration bound) {
  if (held_) tree_.Resume(*held_);
  held_.reset();
  const auto start = Clock::now();
  for (auto quiet_since = start;;) {
    if (auto stop = NextStop()) {
      quiet_since = Clock::now();
      looks_asleep_ = 0;
      if (auto event = Take(*stop)) return *event;
      tree_.Resume(stop->thread);
    } else if (tree_.IsOver()) {
      return {ContenderEvent::kOver, {}};
    } else if (IsAtRest(quiet_since)) {
      return {ContenderEvent::kRests, {}};
    } else if (FallsAsleep()) {
      return {ContenderEvent::kSleeps, {}};
    }
    if (tree_.Processes().size() > kMostProcesses) break;
    if (!IsWithin(bound, Clock::now() - start)) break;
  }
  return {ContenderEvent::kBound, {}};
}

// Else it is chance which of two threads is seen first.
bool TracedStart::HasToWait(const ProcessTree::Stop& stop) {
  if (stop.returned || calls_.empty()) return false;
  const CallKind* kind = KindOf(stop.call.number);
  return kind != nullptr && attention_.ObjectOf(stop.thread, *kind, stop.call).has_value();
}

// A thread that waits to make a call goes on once the other's call is over, or blocks.
std::optional<ProcessTree::Stop> TracedStart::NextStop() {
  while (waiting_.empty() || !calls_.empty()) {
    const auto stop = tree_.Next(kLook);
    if (!stop && (waiting_.empty() || !tree_.Sleeps())) return std::nullopt;
    if (!stop) break;
    if (!HasToWait(*stop)) return stop;
    waiting_.push_back(*stop);
  }
  const ProcessTree::Stop stop = waiting_.front();
  waiting_.pop_front();
  return stop;
}

// At one look alone, a busy machine may show it asleep between two calls. Before its first call
// that touches the safeguard, a sleep changes nothing: it is waited for.
bool TracedStart::FallsAsleep() {
  constexpr int kLooks = 2;
  if (!yields_ || occurrences_.empty() || !tree_.Sleeps()) return false;
  return ++looks_asleep_ == kLooks;
}

// Time that others took from it on this machine does not count, unless it is far too long.
bool TracedStart::IsWithin(Duration bound, Duration passed) const {
  constexpr int kFarTooLong = 6, kAFairShare = 4;
  if (passed < bound) return true;
  Duration ran{0};
  for (const pid_t process : Processes()) {
    for (const auto& [thread, time] : ProcessorTimes(process)) ran += time.ran;
  }
  return passed < kFarTooLong * bound && ran < bound / kAFairShare;
}

// A start that listens serves, also if it wakes again. Any other has to sleep for good, or for
// long.
bool TracedStart::IsAtRest(Clock::time_point quiet_since) const {
  if (!tree_.Sleeps()) return false;
  const bool listens = stage_.target().listens();
  if (listens && Serves()) return true;
  const Duration quiet = Clock::now() - quiet_since;
  return tree_.SleepsForGood() || quiet >= kSettlesFor || (!listens && quiet >= kSleepsAfter);
}

std::optional<ContenderEvent> TracedStart::Take(const ProcessTree::Stop& stop) {
  if (on_stop_) on_stop_(stop);
  return stop.returned ? TakeReturn(stop) : TakeEntry(stop);
}

void TracedStart::NoteUnseen(const ProcessTree::Stop& stop) {
  if (stop.call.number == SYS_io_uring_setup) unseen_ = "io_uring";
  looks_beyond_ = looks_beyond_ || !ViewBeyond(stop).empty();
}

std::optional<ContenderEvent> TracedStart::TakeEntry(const ProcessTree::Stop& stop) {
  NoteUnseen(stop);
  const CallKind* kind = KindOf(stop.call.number);
  if (kind == nullptr) return std::nullopt;
  const auto object = attention_.ObjectOf(stop.thread, *kind, stop.call);
  if (!object) return std::nullopt;
  if (stop.call.number == SYS_mmap) unseen_ = "a shared mapping of " + *object;
  const int occurrence = ++occurrences_[{kind->name, *object}];
  calls_[stop.thread] = {.name = {kind->name, *object, occurrence},
                         .opening = OpeningOf(stop.call)};
  held_ = stop.thread;
  return ContenderEvent{ContenderEvent::kCall, calls_[stop.thread]};
}

std::optional<ContenderEvent> TracedStart::TakeReturn(const ProcessTree::Stop& stop) {
  const auto made = calls_.find(stop.thread);
  if (made == calls_.end()) return std::nullopt;
  ContenderEvent event{ContenderEvent::kReturned, made->second};
  calls_.erase(made);
  event.call.result = stop.call.result;
  if (const auto pending = pending_.find(stop.thread); pending != pending_.end()) {
    event.call.result = -pending->second.error;
    SetResult(stop.thread, event.call.result);
    pending_.erase(pending);
  }
  held_ = stop.thread;
  return event;
}

void TracedStart::FailCall(int error, bool made) {
  if (!held_) return;
  if (!made) SkipCall(*held_);
  pending_[*held_].error = error;
}

void TracedStart::ShortenCall() {
  constexpr int kCount = 2;  // the index of the size argument of read and write
  if (held_) SetArgument(*held_, kCount, 1);
}

void TracedStart::Terminate() {
  const auto all = Processes();
  if (all.empty()) return;
  const bool first_lives = std::find(all.begin(), all.end(), pid()) != all.end();
  kill(first_lives ? pid() : all.front(), SIGTERM);
}

bool TracedStart::Serves() const { return pidfall::Serves(stage_, Processes(), port_); }

const std::string& TracedStart::Output() {
  constexpr size_t kMostKept = 64 << 10;
  std::array<char, 4096> chunk{};
  for (ssize_t n = 0; output_.size() < kMostKept;
       output_.append(chunk.data(), static_cast<size_t>(n))) {
    n = read(output_fd_.get(), chunk.data(), chunk.size());
    if (n <= 0) break;
  }
  return output_;
}

}  // namespace pidfall
