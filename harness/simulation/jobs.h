// The processes that a simulation drives: real ones on a stage, or a test's own.
//
//   class StageJobs : public Jobs { ... };
//   SimulationLog log = Simulate(plan, jobs);
//
// An actor is named by its place in SimulationPlan::actors; at most one process of it runs.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace pidfall {

enum class JobState {
  kBusy,       // none of the others: starting, working, ending; also right after Start and Signal
  kTimedWait,  // sleeps until a time of its own (poll with a timeout, sleep)
  kServes,     // owns the socket, or stays where the target has none
  kWaits,      // sleeps without a timeout and serves nothing (a lock, pause), or is stopped
  kEnded,
};

struct JobSighting {
  JobState state = JobState::kEnded;
  int status = 0;             // of kEnded: the exit status, 0 after a signal
  int signal = 0;             // of kEnded: the signal that ended it, or 0
  bool still_serves = false;  // of kBusy: it has not let go of its socket
};

struct JobStart {
  int pid = 0;      // the number that it must get; 0: any
  int held_at = 0;  // stays until Release at this touch of the pid file's folder, from 1; 0: not
  bool supervised = false;  // it has ended when its main process has, whatever that left
  std::map<std::string, std::string> environment;  // what its supervisor adds
  std::string working_directory;                   // none: wherever
  // When the main process has ended, SIGTERM goes once to its process group, before it is reaped:
  // the number of a group whose leader is gone may belong to strangers.
  bool end_group_with_it = false;
};

struct JobStarted {
  int pid = 0;
  bool beside_an_owner = false;  // somebody served when it was started
};

// A change that an incident makes to the surroundings of its processes. A file is {pid_file},
// {run}/name or {dir}/name; {pid 0} in a text stands for the pid of actor 0, {thread 0} for the id
// of its second thread.
struct Change {
  enum class Kind {
    kWrite,     // `text` into the file
    kRemove,    // the file, or a folder with all that is in it
    kLink,      // the file becomes a symlink to `text`
    kCopy,      // the file or folder is copied to `text`
    kReplace,   // by a copy of `text`, by rename, as an upgrade does
    kFillDisk,  // that the pid file is on
    kFreeDisk,
    kStepClock,  // the wall clock, as /proc tells it, by `text` seconds
    kNewBoot,    // another boot id, and nothing in {run}
  };
  Kind kind = Kind::kWrite;
  std::string file;
  std::string text;
};

class Jobs {
 public:
  virtual ~Jobs() = default;

  // Real time, from any fixed point, never going back.
  virtual std::chrono::nanoseconds Now() = 0;
  // The part of that time, until the last look, in which other programs had the processors.
  virtual std::chrono::nanoseconds LeftOut() const { return {}; }

  // Starts the actor's command in a process group of its own. Does not wait.
  virtual JobStarted Start(std::size_t actor, const JobStart& how) = 0;
  virtual void Signal(std::size_t actor, int signal) = 0;

  // Looks at every actor, afresh: a process that a lock has just woken no longer counts as waiting.
  // With nothing changed since the last look (a Start or Signal is a change) and `at_most` above
  // zero, first waits for a change, at most that long. One sighting per actor; of an actor never
  // started, or ended before, kEnded.
  virtual std::vector<JobSighting> Look(std::chrono::nanoseconds at_most) = 0;

  // Only incidents call these; a test's own jobs may leave them empty.

  // The actor is held at a touch (Event::held_at), and goes on.
  virtual void Release(std::size_t /*actor*/) {}
  // Its end leaves a zombie.
  virtual void KeepUnreaped(std::size_t /*actor*/) {}
  // A client asks for a page and reads the answer.
  virtual void Visit(std::size_t /*actor*/) {}
  // Its supervisor forgets it, and it lives on.
  virtual void Forget(std::size_t /*actor*/) {}
  // SIGKILL to every process that there is, children and bystanders included; all have ended then.
  virtual void EndAll() {}
  virtual void Make(const Change& /*change*/) {}
  // The pid file names a process that runs, or something that the actor started does.
  virtual bool HasSuccessor(std::size_t /*actor*/, const std::string& /*file*/) { return true; }
  // A supervisor removes the pid file that it was told of, or signals the process that it names.
  // Nothing happens where that is not the target's file.
  virtual void RemovePidFile(const std::string& /*file*/) {}
  virtual void SignalRecorded(const std::string& /*file*/, int /*signal*/) {}
};

}  // namespace pidfall
