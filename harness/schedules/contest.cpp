#include "harness/schedules/contest.h"

#include <algorithm>

#include "harness/input/text_parts.h"
#include "harness/schedules/schedule.h"

namespace pidfall {
namespace {

// More than any safeguard needs: some targets write a log beside their pid file for ever.
constexpr size_t kMostTurns = 2000;
// A contender that retries and sleeps this often, while no other can go on, does so for ever.
constexpr int kMostSleeps = 200;

}  // namespace

void Contest::AddStart(std::unique_ptr<Contender> start) {
  Entrant& added = entrants_.emplace_back();
  added.start = std::move(start);
  Settle(added, static_cast<int>(entrants_.size()) - 1, added.start->Next(bound_));
}

void Contest::AddStop(std::unique_ptr<Contender> owner) {
  owner->Terminate();
  AddStart(std::move(owner));
}

// Goes on through the returns of calls: only the next call is a choice.
void Contest::Settle(Entrant& entrant, int index, const ContenderEvent& first) {
  ContenderEvent event = first;
  while (event.kind == ContenderEvent::kReturned) {
    story_.push_back({index, event.call.Text(), event.call.result});
    event = entrant.start->Next(bound_);
  }
  switch (event.kind) {
    case ContenderEvent::kCall:
      entrant.standing = Standing::kReady;
      entrant.next = event.call;
      ReplaceAll(entrant.next.name.object, "{pid}", std::to_string(entrant.start->pid()));
      entrant.slept = 0;
      return;
    case ContenderEvent::kSleeps:
      entrant.standing = Standing::kSleeps;
      return;
    case ContenderEvent::kBound:
      cut_short_ = ContenderName(index) + " neither ended nor came to rest";
      entrant.standing = Standing::kOver;
      return;
    default:
      entrant.standing = event.kind == ContenderEvent::kOver ? Standing::kOver : Standing::kRests;
      if (event.kind == ContenderEvent::kOver) story_.push_back({index, "ends"});
  }
}

// Where its file exists, an open creates none.
NamedCall Contest::CallNow(const NamedCall& call) const {
  NamedCall now = call;
  const bool may_create = call.opening == Opening::kCreatesIfMissing;
  if (may_create && exists_ && exists_(call.name.object)) now.opening = Opening::kOnlyOpens;
  return now;
}

// Without the choice.
Turn Contest::NextTurn() const {
  Turn turn;
  for (size_t i = 0; i < entrants_.size(); ++i) {
    if (entrants_[i].standing == Standing::kSleeps) turn.asleep.push_back(static_cast<int>(i));
    if (entrants_[i].standing != Standing::kReady) continue;
    turn.enabled.push_back(static_cast<int>(i));
    turn.calls.push_back(entrants_[i].next);
  }
  return turn;
}

After Contest::Advance(int index) {
  Entrant& entrant = entrants_[static_cast<size_t>(index)];
  Settle(entrant, index, entrant.start->Next(bound_));
  if (SettleResumed() || entrant.start->LooksBeyond()) return After::kStir;
  if (entrant.standing == Standing::kReady) return After::kNextCall;
  return entrant.standing == Standing::kOver ? After::kEnd : After::kStir;
}

// It may have to answer a contender that waits for it. False: it did not run.
bool Contest::LetTheOwnerGoOn() {
  if (!owner_ || !owner_->RunsAgain()) return false;
  ContenderEvent event = owner_->Next(bound_);
  while (event.kind == ContenderEvent::kCall || event.kind == ContenderEvent::kReturned) {
    event = owner_->Next(bound_);
  }
  return true;
}

// After a released lock, a signal or a connection, a contender that waited for it runs again.
// False: none did.
bool Contest::SettleResumed() {
  bool any = LetTheOwnerGoOn();
  for (size_t i = 0; i < entrants_.size(); ++i) {
    Entrant& entrant = entrants_[i];
    if (entrant.standing != Standing::kRests || !entrant.start->RunsAgain()) continue;
    Settle(entrant, static_cast<int>(i), entrant.start->Next(bound_));
    any = true;
  }
  return any;
}

// Ends one contender's sleep when no other can go on. False: none sleeps any more.
bool Contest::WakeASleeper() {
  for (size_t i = 0; i < entrants_.size(); ++i) {
    Entrant& entrant = entrants_[i];
    if (entrant.standing != Standing::kSleeps) continue;
    if (++entrant.slept > kMostSleeps) {
      entrant.standing = Standing::kRests;
      continue;
    }
    Settle(entrant, static_cast<int>(i), entrant.start->Next(bound_));
    return true;
  }
  return false;
}

void Contest::Run(const std::vector<int>& choices) {
  std::optional<int> last;
  for (;;) {
    Turn turn = NextTurn();
    if (turn.enabled.empty()) {
      if (!WakeASleeper()) return;
      if (!turns_.empty()) turns_.back().wakes_a_sleeper = true;
      continue;
    }
    const size_t at = turns_.size();
    turn.chosen = at < choices.size() ? choices[at] : DefaultChoice(turn.enabled, last);
    if (std::find(turn.enabled.begin(), turn.enabled.end(), turn.chosen) == turn.enabled.end()) {
      throw Drift(ContenderName(turn.chosen) + " cannot move at turn " + std::to_string(at + 1));
    }
    if (at == kMostTurns) {
      cut_short_ = "more than " + std::to_string(kMostTurns) + " turns";
      return;
    }
    turn.made = CallNow(turn.CallOf(turn.chosen));
    turns_.push_back(turn);
    last = turn.chosen;
    turns_.back().after = Advance(turn.chosen);
  }
}

}  // namespace pidfall
