#include "harness/incident/differences.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "harness/input/duration.h"
#include "harness/input/text_parts.h"
#include "harness/observe/file_state.h"

namespace pidfall {
namespace {

constexpr CountRange kAtMostOne = {0, 1};

const ActorLog* FindActor(const SimulationLog& log, const std::string& name) {
  const auto found = std::find_if(log.actors.begin(), log.actors.end(),
                                  [&](const ActorLog& actor) { return actor.name == name; });
  return found == log.actors.end() ? nullptr : &*found;
}

// How it ended by itself: a signal as launchctl lists it, negative.
std::set<int> StatusesOf(const ActorLog& actor) {
  std::set<int> statuses;
  for (const ExitEntry& exit : actor.exits) {
    if (!exit.provoked) statuses.insert(exit.signal != 0 ? -exit.signal : exit.status);
  }
  return statuses;
}

template <typename List>
std::string Listed(const List& list) {
  return list.empty() ? "none" : fmt::format("{}", fmt::join(list, ", "));
}

bool IsIn(const CountRange& bounds, int count) {
  return count >= bounds.least && count <= bounds.most;
}

std::string Words(const CountRange& bounds) {
  return bounds.least == bounds.most ? fmt::format("{}", bounds.least)
                                     : fmt::format("{} to {}", bounds.least, bounds.most);
}

// A file names an actor by the number of its last process, whole.
bool Names(const FileLog& file, const SimulationLog& log, const std::string& name) {
  const ActorLog* actor = FindActor(log, name);
  if (actor == nullptr || actor->starts.empty()) return false;
  return FirstLine(file.content) == std::to_string(actor->starts.back().pid);
}

bool IsAsSaid(const FileLog& file, const SimulationLog& log, const std::string& said) {
  const auto blank = std::min(said.find(' '), said.size());
  const std::string verb = said.substr(0, blank);
  const std::string object = said.substr(std::min(blank + 1, said.size()));
  if (verb == "gone") return !file.exists;
  if (verb == "empty") return file.exists && file.content.empty();
  if (verb == "names") return file.exists && Names(file, log, object);
  if (verb == "misnames") return file.exists && !Names(file, log, object);
  return file.exists && FirstLine(file.content) == object;  // says
}

class Comparison {
 public:
  Comparison(const ExpectedOutcome& expected, const SimulationLog& log)
      : expected_(expected), log_(log) {}

  std::vector<std::string> Run() {
    if (log_.cut_short) differences_.push_back(*log_.cut_short);
    for (const auto& [name, bounds] : expected_.starts) CompareStarts(name, bounds);
    for (const auto& [name, statuses] : expected_.statuses) {
      CompareStatuses(name, {statuses.begin(), statuses.end()});
    }
    CompareServedAfter();
    CompareOwners();
    CompareServing();
    CompareFiles();
    CompareSignalled();
    return differences_;
  }

 private:
  void CompareStarts(const std::string& name, const CountRange& bounds) {
    const ActorLog* actor = FindActor(log_, name);
    const int starts = actor == nullptr ? 0 : static_cast<int>(actor->starts.size());
    if (IsIn(bounds, starts)) return;
    differences_.push_back(fmt::format("{}: {} starts, expected {}", name, starts, Words(bounds)));
  }

  void CompareStatuses(const std::string& name, const std::set<int>& statuses) {
    const ActorLog* actor = FindActor(log_, name);
    const std::set<int> seen = actor == nullptr ? std::set<int>() : StatusesOf(*actor);
    if (seen == statuses) return;
    differences_.push_back(
        fmt::format("{}: statuses {}, expected {}", name, Listed(seen), Listed(statuses)));
  }

  void CompareServedAfter() {
    if (!expected_.served_within && !expected_.never_served) return;
    const auto served = ServedAfter(log_);
    const std::string seen = served               ? "served " + FormatDuration(*served) + " after"
                             : Gaps(log_).empty() ? "no owner ended"
                                                  : "never served after";
    if (expected_.never_served) {
      if (served || Gaps(log_).empty()) differences_.push_back(seen + ", expected never");
    } else if (!served || *served > *expected_.served_within) {
      differences_.push_back(
          fmt::format("{}, expected within {}", seen, FormatDuration(*expected_.served_within)));
    }
  }

  void CompareOwners() {
    const CountRange bounds = expected_.owners.value_or(kAtMostOne);
    const int owners = MostOwners(log_);
    if (!IsIn(bounds, owners)) {
      differences_.push_back(
          fmt::format("{} served at one instant, expected {}", owners, Words(bounds)));
    }
  }

  void CompareServing() {
    if (!expected_.serves) return;
    std::vector<std::string> serving;
    for (const ActorLog& actor : log_.actors) {
      const bool serves = !actor.spans.empty() && actor.spans.back().phase == Phase::kServes;
      if (serves) serving.push_back(actor.name);
    }
    const std::set<std::string> seen(serving.begin(), serving.end());
    const std::set<std::string> wanted(expected_.serves->begin(), expected_.serves->end());
    if (seen == wanted) return;
    differences_.push_back(
        fmt::format("at the end serves {}, expected {}", Listed(seen), Listed(wanted)));
  }

  void CompareFiles() {
    for (const auto& [name, said] : expected_.files) {
      const auto found = log_.files.find(name);
      const FileLog file = found == log_.files.end() ? FileLog() : found->second;
      if (IsAsSaid(file, log_, said)) continue;
      const std::string seen = file.exists ? "says " + Excerpt(file.content) : "is gone";
      differences_.push_back(fmt::format("{} {}, expected '{}'", name, seen, said));
    }
  }

  void CompareSignalled() {
    for (const ActorLog& actor : log_.actors) {
      const auto& wanted = expected_.signalled;
      const bool expected = std::find(wanted.begin(), wanted.end(), actor.name) != wanted.end();
      if (expected == !actor.signals.empty()) continue;
      differences_.push_back(fmt::format("{} got the signals {}, expected {}", actor.name,
                                         Listed(actor.signals), expected ? "some" : "none"));
    }
  }

  const ExpectedOutcome& expected_;
  const SimulationLog& log_;
  std::vector<std::string> differences_;
};

}  // namespace

std::vector<std::string> Differences(const ExpectedOutcome& expected, const SimulationLog& log) {
  return Comparison(expected, log).Run();
}

}  // namespace pidfall
