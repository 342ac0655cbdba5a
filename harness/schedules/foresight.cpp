#include "harness/schedules/foresight.h"

#include <algorithm>

namespace pidfall {
namespace {

// As if its file existed, and another call followed: both depend on what happened before.
int NumberIn(const HappensBefore& order, int contender, NamedCall call) {
  if (call.opening == Opening::kCreatesIfMissing) call.opening = Opening::kOnlyOpens;
  return order.NumberOf(contender, call, After::kNextCall);
}

void Add(HappensBefore& order, const Turn& turn) { order.Add(turn.chosen, turn.made, turn.after); }

}  // namespace

// A file may have another name: "x.pid" is "x.pid (deleted)" after another contender's turn.
bool Foresight::State::IsLike(const State& other) const {
  const bool same_call = next && other.next ? next->name.name == other.next->name.name
                                            : next.has_value() == other.next.has_value();
  return same_call && sleeps == other.sleeps;
}

bool Foresight::Outcome::IsLike(const Outcome& other) const {
  return made.name.name == other.made.name.name && made.opening == other.made.opening &&
         after == other.after &&
         std::equal(changed.begin(), changed.end(), other.changed.begin(), other.changed.end(),
                    [](const auto& one, const auto& its) {
                      return one.first == its.first && one.second.IsLike(its.second);
                    });
}

Foresight::States Foresight::StatesBefore(const std::vector<Turn>& turns, size_t index) const {
  States states(contenders_);
  if (index == turns.size()) return states;
  for (const int contender : turns[index].enabled) {
    states[static_cast<size_t>(contender)].next = turns[index].CallOf(contender);
  }
  for (const int contender : turns[index].asleep) {
    states[static_cast<size_t>(contender)].sleeps = true;
  }
  return states;
}

Foresight::Outcome Foresight::OutcomeOf(const std::vector<Turn>& turns, size_t index) const {
  Outcome outcome{.made = turns[index].made, .after = turns[index].after};
  const States before = StatesBefore(turns, index), then = StatesBefore(turns, index + 1);
  for (int i = 0; i < static_cast<int>(contenders_); ++i) {
    const State &was = before[static_cast<size_t>(i)], &is = then[static_cast<size_t>(i)];
    if (i == turns[index].chosen || !was.IsLike(is)) outcome.changed.emplace(i, is);
  }
  return outcome;
}

// Whether a sleeper wakes depends on all others, so nothing is learnt of a turn that woke one.
bool Foresight::Learn(const std::vector<Turn>& turns) {
  if (at_first_.empty() && !turns.empty()) at_first_ = StatesBefore(turns, 0);
  bool as_before = true;
  HappensBefore order(contenders_, events_);
  for (size_t i = 0; i < turns.size(); ++i) {
    const Turn& turn = turns[i];
    if (!turn.wakes_a_sleeper) {
      const Outcome outcome = OutcomeOf(turns, i);
      const int number = NumberIn(order, turn.chosen, turn.CallOf(turn.chosen));
      const auto [known, is_new] = outcomes_.emplace(number, outcome);
      as_before = as_before && (is_new || known->second.IsLike(outcome));
    }
    Add(order, turn);
  }
  return as_before;
}

// Empty: none can take it.
std::optional<Turn> Foresight::TurnIn(const States& states) {
  Turn turn;
  for (size_t i = 0; i < states.size(); ++i) {
    if (states[i].sleeps) turn.asleep.push_back(static_cast<int>(i));
    if (!states[i].next) continue;
    turn.enabled.push_back(static_cast<int>(i));
    turn.calls.push_back(*states[i].next);
  }
  return turn.enabled.empty() ? std::nullopt : std::optional(turn);
}

std::optional<std::vector<Turn>> Foresight::TurnsOf(const std::vector<int>& choices) {
  HappensBefore order(contenders_, events_);
  std::vector<Turn> turns;
  States states = at_first_;
  while (auto turn = TurnIn(states)) {
    const auto last = turns.empty() ? std::nullopt : std::optional(turns.back().chosen);
    turn->chosen =
        turns.size() < choices.size() ? choices[turns.size()] : DefaultChoice(turn->enabled, last);
    if (!turn->Enables(turn->chosen)) return std::nullopt;
    const auto known = outcomes_.find(NumberIn(order, turn->chosen, turn->CallOf(turn->chosen)));
    if (known == outcomes_.end()) return std::nullopt;
    turn->made = known->second.made;
    turn->after = known->second.after;
    for (const auto& [contender, state] : known->second.changed) {
      states[static_cast<size_t>(contender)] = state;
    }
    Add(order, *turn);
    turns.push_back(std::move(*turn));
  }
  const auto sleeps = [](const State& state) { return state.sleeps; };
  if (turns.empty() || std::any_of(states.begin(), states.end(), sleeps)) return std::nullopt;
  return turns;
}

Foresight::Order Foresight::OrderOf(const std::vector<Turn>& turns) {
  HappensBefore order(contenders_, events_);
  for (const Turn& turn : turns) Add(order, turn);
  return order.latest();
}

}  // namespace pidfall
