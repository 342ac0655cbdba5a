#include "harness/schedules/puppet_start.h"

#include "harness/stage/serving.h"

namespace pidfall {

const Step& PuppetStart::Now() const {
  const Step* step = tree_.StepAt(place_);
  if (step == nullptr) throw NotKnown();
  if (step->kind == Step::kOnlyReal) throw NotKnown(step->why);
  return *step;
}

// The result as the real program got it: another descriptor than the puppet's.
int64_t PuppetStart::Follow(const std::string& result) {
  const auto branch = tree_.After(place_, result);
  if (!branch) throw NotKnown();
  place_ = branch->place;
  return branch->shown;
}

int64_t PuppetStart::FollowAnswer(const Step& step) {
  const auto [result, output] = puppet_.TakeAnswer();
  return Follow(ResultOf(step.whole, result, output, seen_));
}

ContenderEvent PuppetStart::Return(const Step& step) {
  ContenderEvent event{ContenderEvent::kReturned, {.name = step.name}};
  event.call.result = FollowAnswer(step);
  phase_ = kBefore;
  return event;
}

ContenderEvent PuppetStart::Next(Duration) {
  for (;;) {
    if (auto event = Go()) return *event;
  }
}

std::optional<ContenderEvent> PuppetStart::Go() {
  const Step& step = Now();
  switch (step.kind) {
    case Step::kOwn:
      puppet_.Ask(step.whole);
      FollowAnswer(step);
      return std::nullopt;
    case Step::kSleeps:
      if (phase_ != kAsleep) {
        phase_ = kAsleep;
        return ContenderEvent{ContenderEvent::kSleeps, {}};
      }
      phase_ = kBefore;
      Follow("woke");
      return std::nullopt;
    case Step::kRests:
      ending_ = step.ending;
      return ContenderEvent{ContenderEvent::kRests, {}};
    case Step::kOver:
      ending_ = step.ending;
      output_ = step.output;
      puppet_.Kill();
      return ContenderEvent{ContenderEvent::kOver, {}};
    default:
      return GoOn(step);
  }
}

// It is held before the call; then it makes it, which may take until another one acts.
std::optional<ContenderEvent> PuppetStart::GoOn(const Step& step) {
  if (phase_ == kBefore) {
    phase_ = kHeld;
    return ContenderEvent{ContenderEvent::kCall, {.name = step.name, .opening = step.opening}};
  }
  if (phase_ == kHeld) puppet_.Ask(step.whole);
  phase_ = kMaking;
  if (!puppet_.IsDone()) return ContenderEvent{ContenderEvent::kRests, {}};
  return Return(step);
}

void PuppetStart::Terminate() { Follow("SIGTERM"); }

bool PuppetStart::Serves() const { return pidfall::Serves(stage_, Processes(), port_); }

std::vector<pid_t> PuppetStart::Processes() const {
  return puppet_.is_alive() ? std::vector<pid_t>{puppet_.pid()} : std::vector<pid_t>{};
}

}  // namespace pidfall
