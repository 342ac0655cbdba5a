#include "harness/tracer/contest.h"

#include <algorithm>

#include "harness/tracer/schedule.h"

namespace pidfall {
namespace {

// More than any safeguard needs: some targets write a log beside their pid file for ever.
constexpr size_t kMostTurns = 2000;
// A contender that retries and sleeps this often, while no other can go on, does so for ever.
constexpr int kMostSleeps = 200;

}  // namespace

Duration Contest::Bound() const {
  return std::max<Duration>(stage_.target().start_timeout, kSettlesFor);
}

void Contest::AddStart(const StartPlan& plan) {
  StartPlan yielding = plan;
  yielding.yields = true;
  Contender& added = contenders_.emplace_back();
  added.start = std::make_unique<TracedStart>(stage_, safeguard_, yielding);
  Settle(added, static_cast<int>(contenders_.size()) - 1, added.start->Next(Bound()));
}

void Contest::AddStop(std::unique_ptr<TracedStart> owner) {
  Contender& added = contenders_.emplace_back();
  added.start = std::move(owner);
  added.start->Terminate();
  Settle(added, static_cast<int>(contenders_.size()) - 1, added.start->Next(Bound()));
}

// Goes on through the returns of calls: only the next call is a choice.
void Contest::Settle(Contender& contender, int index, const Event& first) {
  Event event = first;
  while (event.kind == Event::kReturned) {
    story_.push_back({index, event.call.Text()});
    event = contender.start->Next(Bound());
  }
  switch (event.kind) {
    case Event::kCall:
      contender.standing = Standing::kReady;
      contender.slept = 0;
      return;
    case Event::kSleeps:
      contender.standing = Standing::kSleeps;
      return;
    case Event::kBound:
      cut_short_ = ContenderName(index) + " neither ended nor came to rest";
      contender.standing = Standing::kOver;
      return;
    default:
      contender.standing = event.kind == Event::kOver ? Standing::kOver : Standing::kRests;
      if (event.kind == Event::kOver) story_.push_back({index, "ends"});
  }
}

std::vector<int> Contest::Enabled() const {
  std::vector<int> enabled;
  for (size_t i = 0; i < contenders_.size(); ++i) {
    if (contenders_[i].standing == Standing::kReady) enabled.push_back(static_cast<int>(i));
  }
  return enabled;
}

void Contest::Advance(int index) {
  Contender& contender = contenders_[static_cast<size_t>(index)];
  Settle(contender, index, contender.start->Next(Bound()));
  LookForTheStirred();
}

// After a released lock, a signal or a connection, a contender that waited for it runs again.
void Contest::LookForTheStirred() {
  for (size_t i = 0; i < contenders_.size(); ++i) {
    Contender& contender = contenders_[i];
    if (contender.standing != Standing::kRests || !contender.start->Stirs()) continue;
    Settle(contender, static_cast<int>(i), contender.start->Next(Bound()));
  }
}

// Ends one contender's sleep when no other can go on. False: none sleeps any more.
bool Contest::WakeASleeper() {
  for (size_t i = 0; i < contenders_.size(); ++i) {
    Contender& contender = contenders_[i];
    if (contender.standing != Standing::kSleeps) continue;
    if (++contender.slept > kMostSleeps) {
      contender.standing = Standing::kRests;
      continue;
    }
    Settle(contender, static_cast<int>(i), contender.start->Next(Bound()));
    return true;
  }
  return false;
}

void Contest::Run(const std::vector<int>& choices) {
  std::optional<int> last;
  for (;;) {
    Turn turn{.enabled = Enabled()};
    if (turn.enabled.empty()) {
      if (WakeASleeper()) continue;
      return;
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
    turns_.push_back(turn);
    last = turn.chosen;
    Advance(turn.chosen);
  }
}

}  // namespace pidfall
