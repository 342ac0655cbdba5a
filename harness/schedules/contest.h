// One schedule, carried out: each contender is held before its next call that touches the safeguard
// until the schedule lets it go on.
//
//   Contest contest(bound);
//   contest.AddStart(std::make_unique<TracedStart>(...));
//   contest.Run(choices);
//   contest.turns(), contest.story(), contest.contender(0).Serves()
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/schedules/turn.h"
#include "harness/tracer/contender.h"

namespace pidfall {

class Contest {
 public:
  // `bound`: of the time from one event of a contender to the next.
  // `exists`: whether the file of that name in a call does.
  explicit Contest(Duration bound, std::function<bool(const std::string&)> exists = {})
      : bound_(bound), exists_(std::move(exists)) {}

  // Runs it up to its first call. To be called in the order of the names.
  void AddStart(std::unique_ptr<Contender> start);
  // Sends SIGTERM to an owner that serves, and runs it up to the first call of its stop.
  void AddStop(std::unique_ptr<Contender> owner);

  // One that serves and takes no turn: it goes on whenever another wakes it.
  void AddOwner(std::unique_ptr<Contender> owner) { owner_ = std::move(owner); }

  // `choices`: the contender that makes each turn. After them, each goes on for as long as it can.
  // Throws Drift when a choice is not possible.
  void Run(const std::vector<int>& choices);

  const std::vector<Turn>& turns() const { return turns_; }
  Contender* owner() { return owner_.get(); }  // null: there is none
  size_t size() const { return entrants_.size(); }
  Contender& contender(size_t index) { return *entrants_[index].start; }
  // No process of it is left, or it was cut short. It does not serve.
  bool IsOver(size_t index) const { return entrants_[index].standing == Standing::kOver; }

  // A call and its contender, in the order of the calls.
  struct Line {
    int contender = 0;
    std::string text;
    int64_t result = 0;  // of the call
  };
  const std::vector<Line>& story() const { return story_; }
  // The reason why the contest ended early; empty: it is complete.
  const std::string& cut_short() const { return cut_short_; }

 private:
  enum class Standing {
    kReady,   // before a call
    kSleeps,  // for a time: it goes on when no other can
    kRests,   // blocked, or serving: others may wake it
    kOver,
  };
  struct Entrant {
    std::unique_ptr<Contender> start;
    Standing standing = Standing::kReady;
    NamedCall next{};  // when it is ready
    int slept = 0;
  };

  Turn NextTurn() const;
  NamedCall CallNow(const NamedCall& call) const;
  After Advance(int index);
  bool SettleResumed();
  bool LetTheOwnerGoOn();
  bool WakeASleeper();
  void Settle(Entrant& entrant, int index, const ContenderEvent& event);

  Duration bound_;
  std::function<bool(const std::string&)> exists_;
  std::unique_ptr<Contender> owner_;
  std::deque<Entrant> entrants_;
  std::vector<Turn> turns_;
  std::vector<Line> story_;
  std::string cut_short_;
};

// The same choices led to another result than before.
struct Drift : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace pidfall
