#include "harness/stage/hindered.h"

#include <filesystem>
#include <utility>

namespace pidfall {
namespace {

std::string PidFileName(const Stage& stage) {
  return std::filesystem::path(stage.pid_file()).filename().string();
}

}  // namespace

Hindered::Hindered(Stage& stage, Hindrance hindrance)
    : stage_(stage), hindrance_(std::move(hindrance)), before_(FilesInFolder()) {}

std::set<std::string> Hindered::FilesInFolder() const {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(stage_.folder())) {
    names.insert(entry.path().filename().string());
  }
  return names;
}

void Hindered::ExpectClosed() {
  started_ = &stage_.Start(hindrance_.start);
  const bool in_time = SettlesInTime(*started_);
  if (SettleSoon() == Outcome::kServes) return ExpectGuarded();
  fails_in_time_ = in_time;
  ExpectFailed();
}

void Hindered::ExpectFailed() {
  stage_.ExpectFailure(*started_, hindrance_.clause, hindrance_.names, hindrance_.cause);
  left_ = FilesInFolder();
  for (const std::string& name : before_) left_.erase(name);
  pid_file_left_ = stage_.PidFile().content;
}

bool Hindered::SettlesInTime(Instance& instance) {
  try {
    stage_.Settle(instance, kBound);
    return true;
  } catch (const Broken&) {
    return false;
  }
}

Outcome Hindered::SettleSoon() {
  try {
    const Outcome outcome = stage_.Settle(*started_);
    stage_.Require(outcome != Outcome::kWaits, hindrance_.clause,
                   "a start waits for ever when " + hindrance_.what);
    return outcome;
  } catch (const Broken&) {
    throw Breach(hindrance_.clause,
                 "a start neither serves nor ends within 10 s when " + hindrance_.what);
  }
}

void Hindered::ExpectGuarded() {
  StartOptions contender = hindrance_.start;
  contender.most_files.reset();
  Instance& second = stage_.Start(contender);
  stage_.Settle(second);
  if (!stage_.Serves(*started_) && stage_.Gone(*started_, Stage::kStopBound)) {
    stage_.KillTree(second);
    return ExpectFailed();  // after all: it had listened for a moment
  }
  ExpectKeptOut(*started_);
  const Target& target = stage_.target();
  if (!target.pid_file || !target.port || !Mentions(target.command, "{port}")) return;
  // The port alone may have kept that one out. Whether this matters, another port tells: once the
  // hindrance is removed, is a contender there refused?
  another_port_served_ = stage_.Settle(stage_.Start(OnAnotherPort())) == Outcome::kServes;
}

StartOptions Hindered::OnAnotherPort() const {
  StartOptions options = hindrance_.start;
  options.most_files.reset();
  options.port = stage_.OtherPort();
  return options;
}

void Hindered::ExpectKeptOut(const Instance& owner) {
  stage_.Require(stage_.Serving().size() == 1 && stage_.Serves(owner), hindrance_.clause,
                 "a start runs unguarded when " + hindrance_.what + ": a contender serves too");
}

void Hindered::ExpectNextServes() {
  stage_.EndAll();
  StartOptions options = hindrance_.start;
  options.most_files.reset();
  Instance& next = stage_.Start(options);
  const bool next_in_time = SettlesInTime(next);
  stage_.ExpectServes(next, hindrance_.clause, "it is no longer so that " + hindrance_.what);
  stage_.Require(fails_in_time_ || !next_in_time, hindrance_.clause,
                 "a start takes longer than 2 s to fail when " + hindrance_.what);
  if (another_port_served_) {
    const bool is_refused = stage_.Settle(stage_.Start(OnAnotherPort())) != Outcome::kServes;
    stage_.Require(!is_refused, hindrance_.clause,
                   "a start runs unguarded when " + hindrance_.what +
                       ": only then a contender on another port serves too");
  }
  if (!left_.empty()) PreferNothingLeft(next);
}

// A lock file may stay for ever: that is one which a clean stop leaves as well.
void Hindered::PreferNothingLeft(Instance& next) {
  stage_.Stop(next);
  const bool same_file = stage_.PidFile().exists && stage_.PidFile().content == pid_file_left_;
  if (!same_file && left_.contains(PidFileName(stage_))) {
    stage_.Prefer(false, hindrance_.clause,
                  "a failed start leaves its pid file behind when " + hindrance_.what);
  }
  left_.erase(PidFileName(stage_));
  for (const std::string& name : FilesInFolder()) left_.erase(name);
  if (left_.empty()) return;
  stage_.Prefer(false, hindrance_.clause,
                "a failed start leaves " + *left_.begin() + " behind when " + hindrance_.what);
}

}  // namespace pidfall
