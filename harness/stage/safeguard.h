// The files that belong to a target's safeguard, so that the calls that touch it can be told from
// the thousand others of a start.
//
//   const Safeguard safeguard = SafeguardOf(stage);
//   safeguard.NameOf("/run/x.pid.lock")   // "x.pid.lock"; empty: not one of its files
#pragma once

#include <set>
#include <string>
#include <vector>

#include "harness/stage/stage.h"

namespace pidfall {

class Safeguard {
 public:
  // `folders`: every file that appears in them belongs to it, but not the `strangers` that stood
  // there before. `files`: these belong to it in any folder.
  Safeguard(std::vector<std::string> folders, std::set<std::string> files,
            std::set<std::string> strangers);

  // The name of the path in a call's name; empty when the path is not the safeguard's. `path` is
  // absolute and without "..".
  std::string NameOf(const std::string& path) const;
  // The file with that name.
  std::string PathOf(const std::string& name) const;

  // Its files that exist now.
  std::vector<std::string> Present() const;

  const std::vector<std::string>& folders() const { return folders_; }

 private:
  std::vector<std::string> folders_;  // the files of the first one have plain names
  std::set<std::string> files_;
  std::set<std::string> strangers_;
};

// The target's pid file, locks and sockets, and the files beside them.
Safeguard SafeguardOf(const Stage& stage);

}  // namespace pidfall
