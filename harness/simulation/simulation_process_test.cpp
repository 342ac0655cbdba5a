// The simulation on real processes, as plain as they come.
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>

#include "harness/simulation/simulation.h"
#include "harness/supervisor/launchd.h"

namespace pidfall {
namespace {

using namespace std::chrono_literals;

// One actor, a command that ends by itself.
class SpawnedJob : public Jobs {
 public:
  explicit SpawnedJob(std::vector<std::string> command) : command_(std::move(command)) {}
  ~SpawnedJob() override {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    Reap();
  }

  std::chrono::nanoseconds Now() override {
    return std::chrono::steady_clock::now().time_since_epoch();
  }

  JobStarted Start(std::size_t /*actor*/, const JobStart& /*how*/) override {
    std::vector<char*> arguments;
    for (std::string& word : command_) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    EXPECT_EQ(posix_spawnp(&pid_, arguments[0], nullptr, nullptr, arguments.data(), environ), 0);
    fd_ = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0));
    return {.pid = pid_};
  }

  void Signal(std::size_t /*actor*/, int signal) override { kill(pid_, signal); }

  std::vector<JobSighting> Look(std::chrono::nanoseconds at_most) override {
    if (pid_ <= 0) return {ended_};
    pollfd ended = {.fd = fd_, .events = POLLIN, .revents = 0};
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(at_most).count();
    if (poll(&ended, 1, static_cast<int>(wait)) == 1) Reap();
    return {pid_ > 0 ? JobSighting{.state = JobState::kBusy} : ended_};
  }

 private:
  void Reap() {
    int status = 0;
    waitpid(pid_, &status, 0);
    close(fd_);
    pid_ = 0;
    ended_ = {.state = JobState::kEnded,
              .status = WIFEXITED(status) ? WEXITSTATUS(status) : 0,
              .signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0};
  }

  std::vector<std::string> command_;
  pid_t pid_ = 0;
  int fd_ = -1;
  JobSighting ended_;
};

TEST(SimulationOfProcesses, FiftyRestartsAtTheThrottleAreNotWaitedFor) {
  const std::shared_ptr<const Policy> policy(MakeLaunchdPolicy({.keep_alive = true}));
  SpawnedJob job({"false"});
  const SimulationLog log = Simulate(SuperviseAlone(policy, 520s), job);
  EXPECT_GE(log.actors[0].starts.size(), 50U);
  EXPECT_LE(log.actors[0].starts.size(), 52U);
  for (const ExitEntry& exit : log.actors[0].exits) EXPECT_EQ(exit.status, 1);
  EXPECT_LT(log.real, log.duration / 10);
}

TEST(SimulationOfProcesses, RealTimeWaitsForTheThrottle) {
  const std::shared_ptr<const Policy> policy(
      MakeLaunchdPolicy({.keep_alive = true, .throttle = 1s}));
  SpawnedJob job({"false"});
  SimulationPlan plan = SuperviseAlone(policy, 1500ms);
  plan.real_time = true;
  const SimulationLog log = Simulate(plan, job);
  EXPECT_EQ(log.actors[0].starts.size(), 2U);
  EXPECT_GE(log.real, 1s);
}

}  // namespace
}  // namespace pidfall
