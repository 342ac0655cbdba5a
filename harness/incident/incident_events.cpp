#include "harness/incident/incident_events.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <signal.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <string_view>

#include "harness/input/nearest.h"

namespace pidfall {
namespace {

constexpr int kMostTouches = 64;

enum class Object { kActor, kSupervised, kFile, kNothing };

struct Verb {
  std::string_view word;
  Object object;
  Action action;
  Change::Kind change = Change::Kind::kWrite;
  const char* other = nullptr;  // a key that it needs
};

constexpr Verb kVerbs[] = {
    {"start", Object::kActor, Action::kStart},
    {"stop", Object::kActor, Action::kStop},
    {"kill", Object::kActor, Action::kKill},
    {"hang", Object::kActor, Action::kHang},
    {"wake", Object::kActor, Action::kWake},
    {"signal", Object::kActor, Action::kSignal, Change::Kind::kWrite, "signal"},
    {"release", Object::kActor, Action::kRelease},
    {"visit", Object::kActor, Action::kVisit},
    {"load", Object::kSupervised, Action::kLoad},
    {"unload", Object::kSupervised, Action::kUnload},
    {"orphan", Object::kSupervised, Action::kOrphan},
    {"write", Object::kFile, Action::kChange, Change::Kind::kWrite, "text"},
    {"remove", Object::kFile, Action::kChange, Change::Kind::kRemove},
    {"link", Object::kFile, Action::kChange, Change::Kind::kLink, "to"},
    {"copy", Object::kFile, Action::kChange, Change::Kind::kCopy, "to"},
    {"upgrade", Object::kFile, Action::kChange, Change::Kind::kReplace, "from"},
    {"fill-disk", Object::kNothing, Action::kChange, Change::Kind::kFillDisk},
    {"free-disk", Object::kNothing, Action::kChange, Change::Kind::kFreeDisk},
    {"step-clock", Object::kNothing, Action::kChange, Change::Kind::kStepClock, "by"},
    {"reboot", Object::kNothing, Action::kReboot},
    {"restart-container", Object::kNothing, Action::kRestartContainer},
};

const Verb& VerbCalled(const TomlTable& table, const std::string& word) {
  const auto* found = std::find_if(std::begin(kVerbs), std::end(kVerbs),
                                   [&](const Verb& verb) { return verb.word == word; });
  if (found != std::end(kVerbs)) return *found;
  std::vector<std::string> known;
  for (const Verb& verb : kVerbs) known.emplace_back(verb.word);
  table.Fail("do", fmt::format("'{}' is none of {}: did you mean '{}'?", word,
                               fmt::join(known, ", "), Nearest(word, known)));
}

std::size_t IndexOf(const TomlTable& table, std::string_view key, const std::string& name,
                    const std::vector<Actor>& actors) {
  const auto found = std::find_if(actors.begin(), actors.end(),
                                  [&](const Actor& actor) { return actor.name == name; });
  if (found == actors.end()) table.Fail(key, fmt::format("no actor is called '{}'", name));
  return static_cast<std::size_t>(found - actors.begin());
}

// "{pid agent}" and "{thread agent}" with the place of the actor for its name.
std::string WithPlaces(const TomlTable& table, std::string text, const std::vector<Actor>& actors) {
  for (const std::string open : {"{pid ", "{thread "}) {
    for (std::size_t at = 0; (at = text.find(open, at)) != std::string::npos; ++at) {
      const std::size_t begin = at + open.size();
      const std::size_t end = std::min(text.find('}', begin), text.size());
      const std::string name = text.substr(begin, end - begin);
      text.replace(begin, end - begin, std::to_string(IndexOf(table, "text", name, actors)));
    }
  }
  return text;
}

int SignalCalled(const TomlTable& table, const std::string& name) {
  for (int number = 1; number < SIGRTMIN; ++number) {
    const char* short_name = sigabbrev_np(number);
    if (short_name != nullptr && name == std::string("SIG") + short_name) return number;
  }
  table.Fail("signal", fmt::format("'{}' is no signal such as SIGUSR2", name));
}

// A number, or the actor whose last one it was.
PidChoice ReadPid(TomlTable& table, const std::vector<Actor>& actors) {
  const std::string text = table.Text("pid");
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_number = error == std::errc() && end == text.data() + text.size() && number > 1;
  if (is_number) return {.number = number};
  return {.of = IndexOf(table, "pid", text, actors)};
}

std::string StepOf(TomlTable& table) {
  const auto by = std::chrono::duration_cast<std::chrono::seconds>(table.Duration("by"));
  return std::to_string(by.count());
}

void ReadActorEvent(TomlTable& table, const Verb& verb, const std::string& name,
                    const std::vector<Actor>& actors, Event* event) {
  event->actor = IndexOf(table, "do", name, actors);
  const Actor& actor = actors[event->actor];
  if (verb.object == Object::kSupervised && !actor.policy) {
    table.Fail("do", actor.name + " has no policy");
  }
  if (event->action == Action::kSignal) event->signal = SignalCalled(table, table.Text("signal"));
  if (event->action == Action::kKill) event->unreaped = table.Flag("unreaped");
  const bool starts = event->action == Action::kStart || event->action == Action::kLoad;
  if (starts && table.Has("pid")) event->pid = ReadPid(table, actors);
  if (event->action == Action::kStart && table.Has("held_at")) {
    event->held_at = table.Number("held_at", 1, kMostTouches);
  }
}

void ReadChange(TomlTable& table, const Verb& verb, const std::string& file,
                const std::vector<Actor>& actors, Event* event) {
  event->change = {verb.change, file, ""};
  if (verb.change == Change::Kind::kStepClock) {
    event->change.text = StepOf(table);
  } else if (verb.change == Change::Kind::kWrite && event->action == Action::kChange) {
    event->change.text = WithPlaces(table, table.TextOrNothing("text"), actors);
  } else if (verb.other != nullptr) {
    event->change.text = table.Text(verb.other);
  }
}

}  // namespace

Event ReadEvent(TomlTable& table, const std::vector<Actor>& actors) {
  Event event = {.at = table.Duration("at")};
  const std::string sentence = table.Text("do");
  const auto blank = std::min(sentence.find(' '), sentence.size());
  const std::string object = sentence.substr(std::min(blank + 1, sentence.size()));
  const Verb& verb = VerbCalled(table, sentence.substr(0, blank));
  event.action = verb.action;
  if (verb.object == Object::kFile && object.empty()) table.Fail("do", "which file?");
  if (verb.object == Object::kNothing && !object.empty()) {
    table.Fail("do", fmt::format("'{}' stands alone", verb.word));
  }
  if (verb.object == Object::kActor || verb.object == Object::kSupervised) {
    ReadActorEvent(table, verb, object, actors, &event);
  } else {
    ReadChange(table, verb, object, actors, &event);
  }
  table.Done();
  return event;
}

}  // namespace pidfall
