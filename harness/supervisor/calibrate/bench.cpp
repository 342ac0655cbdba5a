#include "harness/supervisor/calibrate/bench.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <system_error>

#include "harness/process/fd.h"
#include "harness/process/launch.h"
#include "harness/process/program_folder.h"
#include "harness/process/shell.h"

namespace pidfall {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr SupervisorTime kFirstStartWithin = 60s;
constexpr SupervisorTime kLookEvery = 50ms;
constexpr SupervisorTime kEmptyWithin = 10s;
constexpr SupervisorTime kForEver = 24h;

// A group in each hierarchy that systemd looks at, removed with all that it made in them.
class ScratchCgroups {
 public:
  ScratchCgroups() {
    for (const char* root :
         {"/sys/fs/cgroup/systemd", "/sys/fs/cgroup/unified", "/sys/fs/cgroup"}) {
      if (!fs::exists(fs::path(root) / "cgroup.procs")) continue;
      groups_.push_back(fs::path(root) / ("pidfall-calibrate-" + std::to_string(getpid())));
      fs::create_directory(groups_.back());
    }
  }
  ~ScratchCgroups() {
    for (const fs::path& group : groups_) {
      for (auto waited = 0ns; !Remove(group) && waited < kEmptyWithin; waited += kLookEvery) {
        RunInShell("exec sleep 0.05", kEmptyWithin);
      }
    }
  }
  ScratchCgroups(const ScratchCgroups&) = delete;
  ScratchCgroups& operator=(const ScratchCgroups&) = delete;

  std::string Enter() const {
    std::string script;
    for (const fs::path& group : groups_) {
      script += fmt::format("echo 0 > {}/cgroup.procs || exit\n", group.string());
    }
    return script;
  }

 private:
  // Its processes may not have been reaped yet: then the kernel says busy.
  static bool Remove(const fs::path& group) {
    std::error_code error;
    for (const fs::directory_entry& entry : fs::directory_iterator(group, error)) {
      if (entry.is_directory(error)) Remove(entry.path());
    }
    return rmdir(group.c_str()) == 0 || !fs::exists(group, error);
  }

  std::vector<fs::path> groups_;
};

std::string Unshare() {
  const std::string as_root = geteuid() == 0 ? "" : " --user --map-root-user";
  return "unshare" + as_root +
         " --pid --mount --cgroup --uts --ipc --net --fork --kill-child --mount-proc";
}

// Ends at the latest with this very process.
Child StartBench(const std::string& script) {
  const auto ends_with_us = [] { prctl(PR_SET_PDEATHSIG, SIGKILL); };
  return StartShell(
      script, {.environment = {"PATH=" + std::string(getenv("PATH")), "HOME=/run", "TMPDIR=/run"},
               .before_exec = ends_with_us});
}

bool HasStarted(const BenchJob& job) { return fs::exists(job.Log()); }

std::string Missing(const std::vector<BenchJob>& jobs, const std::string& output) {
  const auto missing = std::find_if_not(jobs.begin(), jobs.end(), HasStarted);
  return fmt::format("{} was never started:\n{}", missing->name, output);
}

std::string Inner(const std::string& folder, const BenchStart& start) {
  return fmt::format(
      "mount --bind {0} {0} && mount -t tmpfs -o mode=755 run /run && mkdir /run/lock &&\n"
      "mount -o remount,bind,ro / || exit\n{1}{2}",
      folder, start.script, start.becomes_pid_1 ? "" : "sleep 1000 & wait\n");
}

}  // namespace

const std::vector<Sample>& Samples() {
  static const std::vector<Sample> samples = {
      {"exit-0", {.status = 0}},
      {"exit-1", {.status = 1}},
      {"duplicate", {.status = 75}},
      {"killed", {.signal = SIGKILL}},
      {"half-a-second", {.run_time = 500ms, .status = 1}},
      {"three-seconds", {.run_time = 3s, .status = 1}},
      {"three-seconds-exit-0", {.run_time = 3s}},
      {"stands-by", {.run_time = kForEver}},
  };
  return samples;
}

std::vector<std::string> BenchJob::Command() const {
  const Behaviour& behaviour = sample->behaviour;
  std::string answer = std::to_string(behaviour.status);
  if (behaviour.signal != 0) answer = "kill";
  if (behaviour.run_time == kForEver) answer = "stay";
  const auto run_time = behaviour.run_time == kForEver ? 0ns : behaviour.run_time;
  return {ProgramFolder() + "/calibrate-sample", Log(),
          std::to_string(std::chrono::floor<std::chrono::milliseconds>(run_time).count()), answer};
}

Bench::Bench() {
  char pattern[] = "/tmp/pidfall-calibrate.XXXXXX";
  if (mkdtemp(pattern) == nullptr) {
    throw std::system_error(errno, std::generic_category(), pattern);
  }
  folder_ = pattern;
}

Bench::~Bench() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

std::optional<std::string> Bench::Obstacle(bool needs_root) {
  if (needs_root && geteuid() != 0) return "it needs root";
  const ShellRun run = RunInShell(Unshare() + " true", kEmptyWithin);
  if (run.ending == Ending{}) return std::nullopt;
  return "no namespaces of its own: " + run.output;
}

std::vector<BenchJob> Bench::Jobs(const std::vector<std::string>& settings) const {
  std::vector<BenchJob> jobs;
  for (std::size_t i = 0; i < settings.size(); ++i) {
    for (const Sample& sample : Samples()) {
      const std::string name = fmt::format("{}-{}", sample.name, i);
      const std::string folder = folder_ + "/" + name;
      fs::create_directory(folder);
      jobs.push_back({folder, name, settings[i], &sample});
    }
  }
  return jobs;
}

void Bench::Run(const BenchStart& start, const std::vector<BenchJob>& jobs) const {
  std::optional<ScratchCgroups> cgroups;
  if (start.in_own_cgroup) cgroups.emplace();
  WriteFile(folder_ + "/inner", Inner(folder_, start));
  const std::string output = folder_ + "/output";
  const Child bench =
      StartBench(fmt::format("{}exec {} sh {}/inner > {} 2>&1\n", cgroups ? cgroups->Enter() : "",
                             Unshare(), folder_, output));
  auto waited = 0ns;
  while (!std::all_of(jobs.begin(), jobs.end(), HasStarted) && waited < kFirstStartWithin &&
         !WaitForEnd(bench, kLookEvery)) {
    waited += kLookEvery;
  }
  const bool started = std::all_of(jobs.begin(), jobs.end(), HasStarted);
  if (started) WaitForEnd(bench, kBenchWindow);
  SendSignal(bench, SIGKILL);
  WaitForEnd(bench, kForEver);
  Reap(bench);
  if (!started) throw std::runtime_error(Missing(jobs, ReadOrEmpty(output)));
}

std::vector<SupervisorTime> StartsOf(const BenchJob& job) {
  std::vector<SupervisorTime> starts;
  std::ifstream log(job.Log());
  long long first = 0;
  for (long long at = 0; log >> at;) {
    if (starts.empty()) first = at;
    const SupervisorTime start(at - first);
    if (start < kBenchWindow) starts.push_back(start);
  }
  return starts;
}

}  // namespace pidfall
