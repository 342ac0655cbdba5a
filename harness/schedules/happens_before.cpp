#include "harness/schedules/happens_before.h"

#include <algorithm>
#include <string_view>

namespace pidfall {
namespace {

// For the entry, the content and the lock of its objects: '-' not touched, 'l' it looks, 'c' it
// changes. Any other call changes all three.
const std::map<std::string, std::string> kTouches = {
    {"opens only", "l--"}, {"close", "--c"},      {"flock", "--c"},      {"fcntl", "--c"},
    {"stat", "ll-"},       {"lstat", "ll-"},      {"newfstatat", "ll-"}, {"statx", "ll-"},
    {"fstat", "ll-"},      {"access", "l--"},     {"faccessat", "l--"},  {"faccessat2", "l--"},
    {"readlink", "l--"},   {"readlinkat", "l--"}, {"read", "-l-"},       {"pread64", "-l-"},
    {"readv", "-l-"},      {"fsync", "-l-"},      {"fdatasync", "-l-"},  {"write", "-c-"},
    {"pwrite64", "-c-"},   {"writev", "-c-"},     {"ftruncate", "-c-"},  {"fallocate", "-c-"},
    {"unlink", "c--"},     {"unlinkat", "c--"},   {"rename", "c--"},     {"renameat", "c--"},
    {"renameat2", "c--"},  {"mkdir", "c--"},      {"mkdirat", "c--"},    {"rmdir", "c--"},
    {"chmod", "c--"},      {"fchmod", "c--"},     {"fchmodat", "c--"},   {"chown", "c--"},
    {"lchown", "c--"},     {"fchown", "c--"},     {"fchownat", "c--"},
};

enum class Reach {
  kItsObjects,
  kJoinsThem,        // a descriptor of the one leads to the other from now on
  kEverything,       // a process, a folder with all its files, a server that has to answer
  kEverythingLater,  // one file has two names from now on, or an open of it waits
};

const std::map<std::string, Reach> kReaches = {
    {"rename", Reach::kJoinsThem},        {"renameat", Reach::kJoinsThem},
    {"renameat2", Reach::kJoinsThem},     {"kill", Reach::kEverything},
    {"tgkill", Reach::kEverything},       {"tkill", Reach::kEverything},
    {"pidfd_open", Reach::kEverything},   {"getdents64", Reach::kEverything},
    {"connect", Reach::kEverything},      {"shutdown", Reach::kEverything},
    {"link", Reach::kEverythingLater},    {"linkat", Reach::kEverythingLater},
    {"symlink", Reach::kEverythingLater}, {"symlinkat", Reach::kEverythingLater},
    {"mknod", Reach::kEverythingLater},   {"mknodat", Reach::kEverythingLater},
    {"mmap", Reach::kEverythingLater},
};

Reach ReachOf(const std::string& call) {
  const auto found = kReaches.find(call);
  return found == kReaches.end() ? Reach::kItsObjects : found->second;
}

bool IsSocket(const std::string& name) {
  return name.starts_with("@") || name.find(" port ") != std::string::npos;
}

// Its entries change its size and time. An open of it, and a close, tell nothing of them.
bool HoldsOthers(const std::string& name, const NamedCall& call) {
  const bool is_looked_at = call.opening != Opening::kOnlyOpens && call.name.name != "close";
  return name.starts_with("/proc/") || (name == "." && is_looked_at);
}

std::string_view TouchesOf(const NamedCall& call, const std::string& name) {
  const auto found =
      kTouches.find(call.opening == Opening::kOnlyOpens ? "opens only" : call.name.name);
  if (found == kTouches.end() || IsSocket(name)) return "ccc";
  return found->second;
}

// One address may include another, so all are one object. A puppet's call has the name that the
// file had in an earlier schedule, where it was removed later, or before.
std::string ObjectOf(std::string name) {
  constexpr std::string_view kDeleted = " (deleted)";
  if (name.find(" port ") != std::string::npos) return "port";
  if (name.ends_with(kDeleted)) name.resize(name.size() - kDeleted.size());
  return name;
}

// "x.new,x" are two. A name with a comma is two in each of its calls, which does no harm.
std::vector<std::string> NamesIn(const std::string& text) {
  std::vector<std::string> names;
  for (size_t at = 0; at <= text.size();) {
    const size_t end = std::min(text.find(',', at), text.size());
    if (end > at) names.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return names;
}

bool DependsOnEnds(const Touch& touch) {
  return touch.every_lock ||
         std::any_of(touch.things.begin(), touch.things.end(),
                     [](const Touch::Thing& thing) { return thing.part == Touch::kLock; });
}

}  // namespace

Touch KnownEvents::ReadTouch(const NamedCall& call) {
  const Reach reach = ReachOf(call.name.name);
  Touch touch{.everything = reach == Reach::kEverything || reach == Reach::kEverythingLater,
              .last = reach == Reach::kEverythingLater};
  for (const std::string& name : NamesIn(call.name.object)) {
    touch.everything |= HoldsOthers(name, call);
    const int next = static_cast<int>(objects_.size());
    const int object = objects_.emplace(ObjectOf(name), next).first->second;
    if (reach == Reach::kJoinsThem) touch.joins.push_back(object);
    const std::string_view touches = TouchesOf(call, name);
    for (const auto part : {Touch::kEntry, Touch::kContent, Touch::kLock}) {
      const char how = touches[part];
      if (how != '-') touch.things.push_back({object, part, how == 'c'});
    }
  }
  return touch;
}

const Touch& KnownEvents::TouchOf(const NamedCall& call) {
  const std::tuple key(call.name.name, call.name.object, call.opening);
  const auto known = touches_.find(key);
  return known != touches_.end() ? known->second
                                 : touches_.emplace(key, ReadTouch(call)).first->second;
}

int KnownEvents::NumberOf(const std::vector<int>& event) {
  return events_.emplace(event, static_cast<int>(events_.size()) + 1).first->second;
}

Touch HappensBefore::TouchOf(const NamedCall& call, After after) const {
  Touch touch = known_->TouchOf(call);
  touch.every_lock = after == After::kEnd;
  touch.everything |= after == After::kStir || all_depend_;
  return touch;
}

size_t HappensBefore::FileOf(int object) const {
  const auto index = static_cast<size_t>(object);
  return index < joined_.size() ? joined_[index] : index;
}

bool HappensBefore::AreOne(const Touch::Thing& one, const Touch::Thing& other) const {
  return one.part == other.part && FileOf(one.object) == FileOf(other.object);
}

bool HappensBefore::Depend(const Touch& one, const Touch& other) const {
  if (one.everything || other.everything) return true;
  if ((one.every_lock && DependsOnEnds(other)) || (other.every_lock && DependsOnEnds(one))) {
    return true;
  }
  for (const Touch::Thing& thing : one.things) {
    for (const Touch::Thing& its : other.things) {
      if ((thing.changes || its.changes) && AreOne(thing, its)) return true;
    }
  }
  return false;
}

HappensBefore::Clock HappensBefore::ClockBefore(int contender, const Touch& touch) const {
  Clock clock(numbers_.size());
  for (const Event& event : events_) {
    if (event.contender != contender && !Depend(event.touch, touch)) continue;
    for (size_t i = 0; i < clock.size(); ++i) clock[i] = std::max(clock[i], event.upto[i]);
  }
  return clock;
}

int HappensBefore::NumberAfter(int contender, const Clock& before) const {
  std::vector<int> event{contender};
  for (size_t i = 0; i < before.size(); ++i) {
    event.push_back(before[i] == 0 ? 0 : numbers_[i][before[i] - 1]);
  }
  return known_->NumberOf(event);
}

int HappensBefore::NumberOf(int contender, const NamedCall& call, After after) const {
  return NumberAfter(contender, ClockBefore(contender, TouchOf(call, after)));
}

void HappensBefore::Add(int contender, const NamedCall& call, After after) {
  Event event{.contender = contender, .touch = TouchOf(call, after)};
  event.upto = ClockBefore(contender, event.touch);
  const auto index = static_cast<size_t>(contender);
  latest_[index] = NumberAfter(contender, event.upto);
  numbers_[index].push_back(latest_[index]);
  event.upto[index] = numbers_[index].size();
  Join(event.touch.joins);
  all_depend_ |= event.touch.last;
  events_.push_back(std::move(event));
}

void HappensBefore::Join(const std::vector<int>& objects) {
  for (size_t i = joined_.size(); i < known_->objects(); ++i) joined_.push_back(i);
  for (const int object : objects) {
    const size_t from = FileOf(object), to = FileOf(objects.front());
    std::replace(joined_.begin(), joined_.end(), from, to);
  }
}

}  // namespace pidfall
