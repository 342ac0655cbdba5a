// The options of the zoo's server.
//
//   const Settings settings = ParseCommandLine(argc, argv);  // ends the process for a bad one
#pragma once

#include <string>

namespace pidfall::zoo {

inline constexpr int kBadUsage = 2;
inline constexpr int kFailure = 74;  // sysexits' EX_IOERR: not 0, not 1, not a duplicate's status

// Correct ways to keep a second copy out, as programs in the field do it.
enum class Style {
  kSeparateLock,    // a permanent lock file, and a record for people
  kFlockOnPidFile,  // the lock is on the pid file itself
  kAbstractSocket,  // a name that the kernel frees
  kPortOnly,        // the port is the lock
  kStandsBy,        // separate-lock, and a duplicate waits for the owner's end
  kDaemonizing,     // separate-lock, in the background
  kUdpPort,         // the port is the lock, and a UDP one
  kLockOnly,        // an empty file with a lock on it, and no record
};

enum class Action { kServe, kStatus, kStop };

enum class OnDuplicate { kExit, kWait, kTakeOver, kAuto };

struct Settings {
  std::string host = "127.0.0.1";
  int port = 8769;
  std::string pid_file;
  int duplicate_exit = 0;
  Style style = Style::kSeparateLock;
  Action action = Action::kServe;
  OnDuplicate on_duplicate = OnDuplicate::kExit;
  bool ends_main_thread = false;  // other threads serve
  bool has_admin = false;         // listens on a unix socket, too
  bool has_helper = false;        // the first request starts a program that outlives it
  char** command_line = nullptr;  // ours, for the restart in place on SIGUSR2
};

Settings ParseCommandLine(int argc, char** argv);

}  // namespace pidfall::zoo
