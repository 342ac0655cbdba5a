// One schedule carried out by real starts: each contender stands before its next call that touches
// the safeguard until the schedule lets it go on.
//
//   Contest contest(stage, safeguard, plans);
//   contest.Run(choices);
//   contest.turns(), contest.story(), contest.contender(0).Serves()
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/tracer/schedule_search.h"
#include "harness/tracer/traced_start.h"

namespace pidfall {

class Contest {
 public:
  Contest(Stage& stage, const Safeguard& safeguard) : stage_(stage), safeguard_(safeguard) {}

  // Its start is made up to its first call. Called in the order of their names.
  void AddStart(const StartPlan& plan);
  // One that serves gets SIGTERM, and stands before the first call of its stop.
  void AddStop(std::unique_ptr<TracedStart> owner);

  // Who may go on, turn by turn; when the choices are used up, each for as long as it can. Throws
  // Drift when a choice cannot be made.
  void Run(const std::vector<int>& choices);

  const std::vector<Turn>& turns() const { return turns_; }
  size_t size() const { return contenders_.size(); }
  TracedStart& contender(size_t index) { return *contenders_[index].start; }
  // It sleeps and wakes for ever, or is blocked, and serves nothing.
  bool IsOver(size_t index) const { return contenders_[index].standing == Standing::kOver; }

  // What was called, in its order, and by whom.
  struct Line {
    int contender = 0;
    std::string text;
  };
  const std::vector<Line>& story() const { return story_; }
  // Why this is not all that could happen; empty: it is.
  const std::string& cut_short() const { return cut_short_; }

 private:
  enum class Standing {
    kReady,   // before a call
    kSleeps,  // for a time: it goes on when no other can
    kRests,   // blocked, or serving: others may move it on
    kOver,
  };
  struct Contender {
    std::unique_ptr<TracedStart> start;
    Standing standing = Standing::kReady;
    int slept = 0;
  };

  std::vector<int> Enabled() const;
  void Advance(int index);
  void LookForTheStirred();
  bool WakeASleeper();
  void Settle(Contender& contender, int index, const Event& event);
  Duration Bound() const;

  Stage& stage_;
  const Safeguard& safeguard_;
  std::deque<Contender> contenders_;
  std::vector<Turn> turns_;
  std::vector<Line> story_;
  std::string cut_short_;
};

// The same choices led elsewhere than before.
struct Drift : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace pidfall
