// A private world in which a real supervisor runs small programs, and what they noted.
//
//   Bench bench;
//   auto jobs = bench.Jobs({"Restart=always\n"});
//   bench.Run({.script = "runsv " + jobs[0].folder + " &\n"}, jobs);
//   StartsOf(jobs[0])   // of the first twelve seconds
//
// The supervisor is in a pid, mount, cgroup, uts, ipc and network namespace of its own, with the
// machine's root read-only and an empty /run: all that it starts ends with the bench.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/supervisor/prediction.h"

namespace pidfall {

struct Sample {
  const char* name;
  Behaviour behaviour;
};
// How a program answers that a supervisor starts: at once or later, with each kind of end.
const std::vector<Sample>& Samples();

// One sample under one setting of its supervisor.
struct BenchJob {
  std::string folder;
  std::string name;     // of its folder, and of its service
  std::string setting;  // lines of the supervisor's own file
  const Sample* sample = nullptr;

  std::string Log() const { return folder + "/log"; }
  std::vector<std::string> Command() const;
};

struct BenchStart {
  std::string script;          // in the namespaces; what it leaves in the background goes on
  bool in_own_cgroup = false;  // needs root
  bool becomes_pid_1 = false;  // the script ends in exec
};

constexpr SupervisorTime kBenchWindow = std::chrono::seconds(12);

class Bench {
 public:
  Bench();
  ~Bench();
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  // Why no supervisor can run here; none: one can.
  static std::optional<std::string> Obstacle(bool needs_root);

  std::vector<BenchJob> Jobs(const std::vector<std::string>& settings) const;
  // Until each job has had its window. Throws std::runtime_error where one never starts.
  void Run(const BenchStart& start, const std::vector<BenchJob>& jobs) const;

  const std::string& folder() const { return folder_; }

 private:
  std::string folder_;
};

// The starts in its window, counted from the first one.
std::vector<SupervisorTime> StartsOf(const BenchJob& job);

}  // namespace pidfall
