// Which orders of turns are equal. Turns that touch different things, or only look at the same one,
// commute: schedules that differ only in the order of such turns end alike, and one of them is
// enough (Mazurkiewicz, "Trace theory", 1986). Pure.
//
//   KnownEvents known;
//   HappensBefore one(2, known), other(2, known);
//   one.Add(0, writes_file, After::kNextCall), one.Add(1, binds_port, After::kNextCall);
//   other.Add(1, binds_port, After::kNextCall), other.Add(0, writes_file, After::kNextCall);
//   one.latest() == other.latest()   // true
//
// Where it cannot tell, turns depend on each other: then too many orders are tried, never too few.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "harness/schedules/turn.h"

namespace pidfall {

// What a call does to the things that contenders share.
struct Touch {
  // Of an object. Its entry is its name, and what the name stands for; also its mode and owner.
  enum Part { kEntry, kContent, kLock };
  struct Thing {
    int object = 0;
    Part part = kEntry;
    bool changes = true;  // else the call only looks at it
  };

  std::vector<Thing> things{};
  std::vector<int> joins{};  // objects that may be one file from now on
  bool every_lock = false;   // an end releases them, and closes the sockets
  bool everything = false;   // a signal, a look at a process or at all files of a folder, ...
  bool last = false;         // from now on every turn depends on every other
};

// Numbers for the objects and events of all schedules of one search. An event is a turn with all
// that happened before it; the numbers of events begin with 1.
class KnownEvents {
 public:
  const Touch& TouchOf(const NamedCall& call);
  int NumberOf(const std::vector<int>& event);
  size_t objects() const { return objects_.size(); }

 private:
  Touch ReadTouch(const NamedCall& call);

  std::map<std::string, int> objects_;
  std::map<std::tuple<std::string, std::string, Opening>, Touch> touches_;
  std::map<std::vector<int>, int> events_;
};

class HappensBefore {
 public:
  HappensBefore(size_t contenders, KnownEvents& known)
      : known_(&known), numbers_(contenders), latest_(contenders) {}

  void Add(int contender, const NamedCall& call, After after);
  // The number of such a turn, were it the next one.
  int NumberOf(int contender, const NamedCall& call, After after) const;

  // The number of each contender's latest turn; 0: it had none. Equal orders have equal numbers,
  // and no others have.
  const std::vector<int>& latest() const { return latest_; }

 private:
  using Clock = std::vector<size_t>;  // how many turns of each contender
  struct Event {
    int contender = 0;
    Touch touch;
    Clock upto;  // itself, and all that happened before it
  };

  Touch TouchOf(const NamedCall& call, After after) const;
  bool Depend(const Touch& one, const Touch& other) const;
  bool AreOne(const Touch::Thing& one, const Touch::Thing& other) const;
  Clock ClockBefore(int contender, const Touch& touch) const;
  int NumberAfter(int contender, const Clock& before) const;
  size_t FileOf(int object) const;
  void Join(const std::vector<int>& objects);

  KnownEvents* known_;
  std::vector<Event> events_;
  std::vector<std::vector<int>> numbers_;  // of each contender's turns
  std::vector<int> latest_;
  std::vector<size_t> joined_;  // by object: the one that stands for all that may be the same file
  bool all_depend_ = false;
};

}  // namespace pidfall
