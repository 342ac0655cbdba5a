// A start that is run once up to its first call that touches the safeguard. Later starts are copies
// of it from there: a fork instead of the whole start-up of an interpreter.
//
//   PreparedStart prepared(stage, safeguard, {.pid = 8000});
//   if (auto held = prepared.Copy(4000)) {
//     TracedStart start(stage, safeguard, {.pid = 4000}, std::move(*held));
//   }
//
// A copy has the descriptors, the memory and the user of the original, a pid and an output of its
// own, and us as its parent, like any start. It differs in what a process draws or asks for while
// it starts up: random numbers, the time. Its own pid, threads, children, timers and open files are
// seen, and then it is not copied. The original lives beside its copies: one that looks at other
// processes sees it.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>

#include "harness/tracer/remote_calls.h"
#include "harness/tracer/traced_start.h"

namespace pidfall {

class PreparedStart {
 public:
  // The plan's pid is the original's.
  PreparedStart(Stage& stage, const Safeguard& safeguard, const StartPlan& plan);

  // The reason why it cannot be copied; empty: it can.
  const std::string& why_not() const { return why_not_; }
  // Held right before that call. `pid`: that it must get; 0: any. Empty: it cannot be copied, or as
  // many copies live as it can have.
  std::optional<HeldStart> Copy(pid_t pid);

 private:
  static constexpr size_t kMostCopies = 9;  // at once
  struct Output {
    Pipe pipe;
    std::weak_ptr<void> copy;  // lives as long as the start that has this output
  };
  using Outputs = std::array<Output, kMostCopies>;

  static HeldStart LaunchWith(const Stage& stage, const StartPlan& plan, Outputs& outputs);
  void See(const ProcessTree::Stop& stop);
  void Prepare();
  std::string KeptFromACopy();
  pid_t Fork(pid_t pid);
  HeldStart HeldFrom(pid_t copy, Output& output);

  Stage& stage_;
  Outputs outputs_;
  std::string why_not_;
  RawCall last_;               // at its entry
  uint64_t thread_id_at_ = 0;  // where libc keeps it
  TracedStart original_;
  std::optional<RemoteCalls> calls_;
};

}  // namespace pidfall
