#include "scenarios/together.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/stage/expect.h"
#include "harness/stage/safeguard_files.h"
#include "harness/stage/serving.h"
#include "harness/stage/settle.h"

namespace pidfall {
namespace {

// Each may have one of two addresses: then clients reach one or the other.
std::string NoneServes(const Stage& stage, const std::vector<Instance*>& together) {
  std::vector<std::string> parts;
  for (const Instance* instance : together) {
    if (ListensAnywhere(stage, *instance)) parts.push_back(instance->name());
  }
  if (parts.empty()) return "none of the starts serves";
  return fmt::format("none of the starts serves whole, these do in part: {}",
                     fmt::join(parts, ", "));
}

// A start that loops for ever without its port (an unchecked listen) never decides.
Outcome DecidedOutcome(Stage& stage, Instance& instance, const Instance* owner) {
  try {
    if (owner != nullptr) return ExpectNotServing(stage, instance, *owner, "C1");
    return Settle(stage, instance);
  } catch (const Broken& undecided) {
    throw Breach("C2", std::string(undecided.what()) + ", beside other starts");
  }
}

// One owner serves, and its file is gone: that takes no two starts which passed a check.
bool IsOnlyRemoved(const Stage& stage, const Breach& breach) {
  return breach.clause == "C6" && stage.target().pid_file && !PidFile(stage).exists;
}

// Two serve, or another one has written the owner's file. A start that ended, with whatever status,
// may have found the mark of another one.
bool HasPassedCheck(const Breach& breach) {
  return IsOfKind(breach.kinds, breach_kind::kTwoServe) || breach.clause == "C6";
}

}  // namespace

void ExpectOneOf(Stage& stage, const std::vector<Instance*>& together) {
  Instance* owner = nullptr;
  for (Instance* instance : together) {
    if (DecidedOutcome(stage, *instance, owner) == Outcome::kServes) owner = instance;
  }
  Require(owner != nullptr, "C3", NoneServes(stage, together));
  for (Instance* instance : together) {
    if (instance != owner) ExpectQuiet(stage, *instance, *owner);
  }
  ExpectFileNames(stage, *owner, "C6");
}

void ExpectOneOfAs(Stage& stage, const std::vector<Instance*>& together, const Reason& reason) {
  try {
    ExpectOneOf(stage, together);
  } catch (const Breach& breach) {
    if (IsOnlyRemoved(stage, breach)) {
      throw breach.DueTo("the owner's pid file was removed while others started");
    }
    const bool holds = reason.where_none_passed.empty() || HasPassedCheck(breach);
    throw holds ? breach.DueTo(reason.text, reason.kinds) : breach.DueTo(reason.where_none_passed);
  }
}

}  // namespace pidfall
