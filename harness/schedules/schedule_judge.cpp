#include "harness/schedules/schedule_judge.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/input/text_parts.h"
#include "harness/observe/numbers.h"
#include "harness/stage/expect.h"

namespace pidfall {
namespace {

constexpr size_t kColumn = 44;

std::string Called(size_t index) { return ContenderName(static_cast<int>(index)); }

class Judge {
 public:
  Judge(Stage& stage, StartState state, Contest& contest)
      : stage_(stage), state_(state), contest_(contest) {}

  void ExpectOneOwner() {
    if (Contender* owner = contest_.owner(); owner != nullptr) {
      Require(owner->Serves(), "C1", "the owner no longer serves");
      AddOwner(owner, "the owner");
    }
    for (size_t i = 0; i < contest_.size(); ++i) {
      if (!contest_.IsOver(i) && contest_.contender(i).Serves()) {
        AddOwner(&contest_.contender(i), Called(i));
      }
    }
    Require(names_.size() < 2, "C1",
            names_.size() < 2 ? "" : names_[0] + " and " + names_[1] + " both serve");
    const bool may_be_none = state_ == StartState::kStoppingOwner;
    Require(may_be_none || !names_.empty(), "C3", "no copy serves in the end");
  }

  void ExpectDuplicates() {
    for (size_t i = 0; i < contest_.size(); ++i) {
      const bool stops = state_ == StartState::kStoppingOwner && i == 0;
      if (!stops) ExpectDuplicate(contest_.contender(i), Called(i));
    }
  }

  void ExpectNamed() {
    if (owner_ == nullptr) return;
    const FileState file = ReadState(stage_.pid_file());
    const auto all = owner_->Processes();
    const bool named = std::any_of(all.begin(), all.end(),
                                   [&](pid_t pid) { return HasNumber(file.content, pid); });
    Require(
        named, "C6",
        fmt::format("the pid file does not name {} in the end: it {}", names_.front(),
                    file.exists ? "holds \"" + FirstLine(file.content) + "\"" : "does not exist"));
  }

 private:
  void AddOwner(Contender* owner, const std::string& name) {
    owner_ = owner;
    names_.push_back(name);
  }

  void ExpectDuplicate(Contender& start, const std::string& name) {
    const auto wanted = stage_.target().duplicate_exit;
    if (!wanted || !start.ending() || !start.Processes().empty()) return;
    Require(start.ending()->signal == 0 && start.ending()->status == *wanted, "C2",
            fmt::format("{} ended with {} and printed \"{}\"", name, start.ending()->Describe(),
                        FirstLine(start.Output())));
  }

  Stage& stage_;
  StartState state_;
  Contest& contest_;
  std::vector<std::string> names_;  // of those that serve
  Contender* owner_ = nullptr;      // the last of them
};

std::string EndOf(Contender& start) {
  if (!start.Processes().empty()) return start.Serves() ? "serves" : "waits";
  return start.ending() ? "ended with " + start.ending()->Describe() : "ended";
}

std::string LineOf(size_t contender, const std::string& what) {
  return "saw " + std::string(kColumn * contender, ' ') + Called(contender) + " " + what;
}

}  // namespace

void JudgeSchedule(Stage& stage, StartState state, Contest& contest, bool has_pid_file) {
  Judge judge(stage, state, contest);
  judge.ExpectOneOwner();
  judge.ExpectDuplicates();
  if (has_pid_file) judge.ExpectNamed();
}

std::vector<std::string> StoryOf(Contest& contest) {
  std::vector<std::string> lines;
  for (const Contest::Line& line : contest.story()) {
    lines.push_back(LineOf(static_cast<size_t>(line.contender), line.text));
  }
  for (size_t i = 0; i < contest.size(); ++i) {
    lines.push_back(LineOf(i, EndOf(contest.contender(i))));
  }
  return lines;
}

}  // namespace pidfall
