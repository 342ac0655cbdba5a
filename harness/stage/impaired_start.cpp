#include "harness/stage/impaired_start.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "harness/kernel/process.h"
#include "harness/stage/answers.h"
#include "harness/stage/expect.h"
#include "harness/stage/safeguard_files.h"
#include "harness/stage/serving.h"
#include "harness/stage/settle.h"

namespace pidfall {
namespace {

std::string PidFileName(const Stage& stage) {
  return std::filesystem::path(stage.pid_file()).filename().string();
}

}  // namespace

ImpairedStart::ImpairedStart(Stage& stage, Impairment impairment)
    : stage_(stage), impairment_(std::move(impairment)), before_(FilesInFolder()) {}

std::set<std::string> ImpairedStart::FilesInFolder() const {
  std::set<std::string> names;
  std::error_code removed;  // with the files, by a start that made it
  for (const auto& entry : std::filesystem::directory_iterator(stage_.folder(), removed)) {
    names.insert(entry.path().filename().string());
  }
  return names;
}

void ImpairedStart::ExpectFailsClosed() {
  started_ = &stage_.Start(impairment_.start);
  const bool in_time = SettlesInTime(*started_);
  const Outcome outcome = SettleSoon();
  if (outcome == Outcome::kServes) return ExpectGuarded();
  if (outcome == Outcome::kWaits) return stage_.KillTree(*started_);
  fails_in_time_ = in_time;
  ExpectFailed();
}

void ImpairedStart::ExpectFailed() {
  ExpectFailure(stage_, *started_, impairment_.clause, impairment_.names, impairment_.cause);
  left_ = FilesInFolder();
  for (const std::string& name : before_) left_.erase(name);
  pid_file_left_ = PidFile(stage_).content;
}

bool ImpairedStart::Crashed() const { return started_->ending() && started_->ending()->IsCrash(); }

bool ImpairedStart::SettlesInTime(Instance& instance) {
  try {
    Settle(stage_, instance, BoundOfStart(stage_, kBound));
    return true;
  } catch (const Broken&) {
    return false;
  }
}

Outcome ImpairedStart::SettleSoon() {
  try {
    const Outcome outcome = Settle(stage_, *started_);
    // Without a port it would seem to serve, because it stays.
    const auto all = started_->Processes();
    const bool hangs = !stage_.target().listens() && std::ranges::any_of(all, WaitsInOpen);
    const std::string waits = "a start waits for ever when " + impairment_.what;
    if (outcome == Outcome::kWaits && impairment_.start.most_files) {
      // As asyncio does: it takes the lack of a descriptor for an address that cannot be had.
      Prefer(stage_, false, impairment_.clause, waits);
      return outcome;
    }
    Require(outcome != Outcome::kWaits && !hangs, impairment_.clause, waits);
    // Without a free descriptor it cannot accept a client, which is no fault of its guard.
    const bool must_answer = outcome == Outcome::kServes && !impairment_.start.most_files;
    Require(!must_answer || StillAnswers(stage_), impairment_.clause,
            "a start hangs with its port open and answers nobody when " + impairment_.what);
    return outcome;
  } catch (const Broken&) {
    throw Breach(impairment_.clause,
                 "a start neither serves nor ends within 10 s when " + impairment_.what);
  }
}

// Maybe only the port keeps a contender out. Another port shows whether this matters: once the
// impairment is removed, is a contender there refused? What is refused there is refused on the
// owner's port, too.
void ImpairedStart::ExpectGuarded() {
  StartOptions contender = impairment_.start;
  contender.most_files.reset();
  const Target& target = stage_.target();
  const bool has_others = target.pid_file && target.port && Mentions(target.command, "{port}");
  Instance& second = stage_.Start(has_others ? OnAnotherPort() : contender);
  another_port_served_ = Settle(stage_, second) == Outcome::kServes && has_others;
  if (!Serves(stage_, *started_) && stage_.Gone(*started_, kStopBound)) {
    stage_.KillTree(second);
    another_port_served_ = false;
    return ExpectFailed();  // it had listened for a moment only
  }
  if (another_port_served_) Settle(stage_, stage_.Start(contender));
  ExpectOnlyOwner(*started_);
}

StartOptions ImpairedStart::OnAnotherPort() const {
  StartOptions options = impairment_.start;
  options.most_files.reset();
  options.port = stage_.OtherPort();
  return options;
}

void ImpairedStart::ExpectOnlyOwner(const Instance& owner) {
  Require(Serving(stage_).size() == 1 && Serves(stage_, owner), impairment_.clause,
          "a start runs unguarded when " + impairment_.what + ": a contender serves too",
          breach_kind::kTwoServe);
}

void ImpairedStart::Stop() {
  if (!started_->MainProcess()) return;
  stage_.TerminateAll(*started_);
  stage_.Gone(*started_, kStopBound);
}

void ImpairedStart::ExpectNextServes() {
  stage_.EndAll();
  StartOptions options = impairment_.start;
  options.most_files.reset();
  Instance& next = stage_.Start(options);
  const bool next_in_time = SettlesInTime(next);
  ExpectServes(stage_, next, impairment_.clause, "the fault is over (" + impairment_.what + ")");
  Require(fails_in_time_ || !next_in_time, impairment_.clause,
          "a start takes longer than 2 s to fail when " + impairment_.what);
  if (another_port_served_) {
    const bool is_refused = Settle(stage_, stage_.Start(OnAnotherPort())) != Outcome::kServes;
    Require(!is_refused, impairment_.clause,
            "a start runs unguarded when " + impairment_.what +
                ": only then a contender on another port serves too",
            breach_kind::kTwoServe);
  }
  if (!left_.empty()) PreferNothingLeft(next);
}

// A lock file may stay for ever: a clean stop leaves it as well.
void ImpairedStart::PreferNothingLeft(Instance& next) {
  stage_.Stop(next);
  const bool same_file = PidFile(stage_).exists && PidFile(stage_).content == pid_file_left_;
  if (!same_file && left_.contains(PidFileName(stage_))) SayLeft("its pid file");
  left_.erase(PidFileName(stage_));
  for (const std::string& name : FilesInFolder()) left_.erase(name);
  if (!left_.empty()) SayLeft(*left_.begin());
}

// A crash is excused because it does no more harm than a refusal.
void ImpairedStart::SayLeft(const std::string& file) {
  const std::string when = " behind when " + impairment_.what;
  Require(!Crashed(), impairment_.clause,
          "a start that failed ended with " + started_->ending().value_or(Ending{}).Describe() +
              " and left " + file + when);
  Prefer(stage_, false, impairment_.clause, "a failed start leaves " + file + when);
}

}  // namespace pidfall
