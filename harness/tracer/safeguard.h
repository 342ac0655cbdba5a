// What of the world belongs to a target's safeguard, so that the calls that touch it can be told
// from the thousand others that a start makes.
//
//   const Safeguard safeguard = SafeguardOf(found, stage);
//   safeguard.NameOf("/run/x.pid.lock")   // "x.pid.lock"; empty: it is none of it
#pragma once

#include <set>
#include <string>
#include <vector>

#include "harness/run/discovery.h"
#include "harness/stage/stage.h"

namespace pidfall {

class Safeguard {
 public:
  // `folders`: whatever appears in them belongs to it, but not the `strangers` that stood there
  // before. `files`: these do, wherever they are.
  Safeguard(std::vector<std::string> folders, std::set<std::string> files,
            std::set<std::string> strangers);

  // How the path is called in a call's name; empty when it is none of the safeguard's. Absolute and
  // without "..".
  std::string NameOf(const std::string& path) const;
  // The file with that name.
  std::string PathOf(const std::string& name) const;

  // Its files that are there now.
  std::vector<std::string> Present() const;

  const std::vector<std::string>& folders() const { return folders_; }

 private:
  std::vector<std::string> folders_;  // the first one's files go by their plain names
  std::set<std::string> files_;
  std::set<std::string> strangers_;
};

// From what the probing start found: its pid file, locks, sockets, and what stands beside them.
Safeguard SafeguardOf(const Found& found, const Stage& stage);

// A process's number in it becomes "{pid}", so that two starts say the same.
std::string WithoutPid(const std::string& text, pid_t pid);

}  // namespace pidfall
