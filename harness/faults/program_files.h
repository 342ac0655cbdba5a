// The files that a target's command names: its program, a script, a configuration.
//
//   ProgramFiles files(stage);
//   Instance& owner = stage.StartOwner({.command = files.command()});
//   files.Replace();   // as a package upgrade does: by rename, under the running owner
//
// In a view of the machine they are replaced in place, and nothing outside changes. Otherwise they
// are the machine's own: then the command names copies in the stage's folder.
#pragma once

#include <string>
#include <vector>

#include "harness/stage/stage.h"

namespace pidfall {

class ProgramFiles {
 public:
  explicit ProgramFiles(Stage& stage);

  const std::vector<std::string>& command() const { return command_; }
  // NotApplicable where one of them may not be written.
  void Replace();

 private:
  void UseCopies();

  Stage& stage_;
  std::vector<std::string> command_;
  std::vector<std::string> files_;
};

// Its command with every file by its absolute path, for a start in another working folder.
std::vector<std::string> WithWholePaths(const Target& target);
// With every file by its path from the target's working folder.
std::vector<std::string> WithRelativePaths(const Target& target);

}  // namespace pidfall
