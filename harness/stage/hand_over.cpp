#include "harness/stage/hand_over.h"

#include "harness/stage/elsewhere.h"
#include "harness/stage/expect.h"
#include "harness/stage/safeguard_files.h"
#include "harness/stage/serving.h"
#include "harness/stage/settle.h"

namespace pidfall {
namespace {

using Clock = std::chrono::steady_clock;

// Two that serve for a moment are only seen by a look in that moment.
constexpr Duration kOverlapLook = std::chrono::milliseconds(2);

std::string HowItIs(const Instance& next) {
  if (!next.ended()) return "still stands by";
  if (!next.ending()) return "is not there";
  return "ended with " + next.ending()->Describe() + " and printed " + next.Printed();
}

}  // namespace

Instance& StandBy(Stage& stage) {
  const auto& arguments = stage.target().standby_arguments;
  Instance& waiter = StartElsewhere(stage, arguments);
  const Outcome outcome = Settle(stage, waiter);
  NeedOwnPort(stage, waiter);
  if (outcome == Outcome::kWaits) return waiter;
  if (arguments.empty()) {
    throw NotApplicable(
        "a second start does not stand by, and nothing is known that makes it "
        "(standby_arguments in a target file)");
  }
  const bool serves = outcome == Outcome::kServes;
  throw Breach(serves ? "C1" : "C17",
               waiter.name() + " was told to stand by, and " +
                   (serves ? "serves beside the owner" : HowItIs(waiter)),
               serves ? breach_kind::kTwoServe : breach_kind::kNone);
}

void ExpectHandOver(Stage& stage, const Instance& owner, const Instance& next) {
  const auto since = Clock::now();
  bool both = false;
  const auto taken = [&] {
    const bool serves = Serves(stage, next);
    both = serves && Serves(stage, owner);
    return serves || next.ended();
  };
  stage.WaitUntil(taken, kHandOverBound, kOverlapLook);
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - since);
  Require(!both, "C1", next.name() + " serves beside the owner " + owner.name(),
          breach_kind::kTwoServe);
  Require(Serves(stage, next), "C17",
          "nobody serves " + std::to_string(took.count()) +
              " ms after the owner's turn: " + next.name() + " " + HowItIs(next));
  stage.Saw(next.name() + " serve after " + std::to_string(took.count()) + " ms");
  ExpectFileNames(stage, next, "C6");
}

}  // namespace pidfall
