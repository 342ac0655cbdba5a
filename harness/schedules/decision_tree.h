// The next step of a contender, as a function of what its calls returned so far: learnt from
// starts of the real program. Pure.
//
//   DecisionTree tree;
//   tree.Learn(DecisionTree::kRoot, step);               // false: it did something else before
//   const auto next = tree.Add(DecisionTree::kRoot, "0", 0);
//   tree.StepAt(next)                                     // null: no real start came here yet
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>

#include "harness/process/launch.h"
#include "harness/schedules/whole_call.h"
#include "harness/tracer/call.h"

namespace pidfall {

struct Step {
  enum Kind {
    kCall,      // touches the safeguard: a choice of the schedule
    kOwn,       // of its own descriptors only: lseek, dup, umask
    kSleeps,    // for a time
    kRests,     // until another process, or a signal, wakes it
    kOver,      // it ends
    kOnlyReal,  // nobody else can do that: `why`
  };
  Kind kind = kRests;
  // Of kCall. Not a part of it: after an unlink it is "x.pid (deleted)".
  CallName name{};
  Opening opening = Opening::kNone;
  WholeCall whole{};  // of kCall and kOwn
  std::optional<Ending> ending{};
  std::string output{};  // when it ends; may differ from run to run
  std::string why{};

  bool operator==(const Step& other) const;
  // "makes unlink(x.pid)", "sleeps"
  std::string Text() const;
};

class DecisionTree {
 public:
  using Place = size_t;  // one history
  static constexpr Place kRoot = 0;

  DecisionTree() : nodes_(1) {}

  // Null: not known.
  const Step* StepAt(Place place) const;
  // False: another step is known there, so the target is not a function of what it sees. A call
  // that only writes other bytes than before becomes kOnlyReal: they may be an inode or a time.
  bool Learn(Place place, const Step& step);

  struct Branch {
    Place place = kRoot;
    int64_t shown = 0;  // the result as the real program got it
  };
  std::optional<Branch> After(Place place, const std::string& result) const;
  Place Add(Place place, const std::string& result, int64_t shown);

 private:
  struct Node {
    std::optional<Step> step;
    std::map<std::string, Branch> branches;
  };
  std::deque<Node> nodes_;
};

}  // namespace pidfall
