// A start whose guard is impaired. C8 and C9 require that it either still serves, guarded, or ends
// like a failure. It never hangs, and it leaves nothing that blocks the next start.
//
//   FillDisk(stage);
//   ImpairedStart start(stage, {.clause = "C8", .what = "the disk is full",
//                               .names = stage.folder()});
//   start.ExpectFailsClosed();
//   FreeDisk(stage);
//   start.ExpectNextServes();
#pragma once

#include <set>
#include <string>

#include "harness/stage/settle.h"
#include "harness/stage/stage.h"

namespace pidfall {

struct Impairment {
  std::string clause;
  std::string what;   // "the disk is full"
  std::string names;  // what the message of a failed start must name
  int cause = 0;      // the errno that its message must explain in words; 0: any
  StartOptions start = {};
};

class ImpairedStart {
 public:
  // The impairment must be in place. Files that are in the folder now count as old ones.
  ImpairedStart(Stage& stage, Impairment impairment);

  // The impaired start, judged. A contender is started too when it serves.
  void ExpectFailsClosed();
  // SIGTERM, where it serves in spite of the impairment.
  void Stop();
  // It ended by a signal of its own making, and new files are in the folder.
  bool CrashedWithFilesLeft() const { return Crashed() && !left_.empty(); }
  // The impairment has been removed.
  void ExpectNextServes();

  // A start that hangs, on a FIFO for example, is a breach when an unimpaired one is quicker (C9).
  static constexpr Duration kBound = std::chrono::seconds(2);

 private:
  bool SettlesInTime(Instance& instance);
  Outcome SettleSoon();
  void ExpectFailed();
  void ExpectGuarded();
  StartOptions OnAnotherPort() const;
  void ExpectOnlyOwner(const Instance& owner);
  bool Crashed() const;
  void PreferNothingLeft(Instance& next);
  void SayLeft(const std::string& file);
  std::set<std::string> FilesInFolder() const;

  Stage& stage_;
  Impairment impairment_;
  std::set<std::string> before_;
  std::set<std::string> left_;  // by a start that failed
  std::string pid_file_left_;   // its content
  Instance* started_ = nullptr;
  bool fails_in_time_ = true;
  bool another_port_served_ = false;
};

}  // namespace pidfall
