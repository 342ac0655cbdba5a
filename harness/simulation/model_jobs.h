// Jobs without processes, for tables and tests: servers as a few rules, on a clock that only they
// move.
//
//   ModelJobs jobs({{.duplicate_status = 1}, {.duplicate_status = 1}});
//   SimulationLog log = Simulate(plan, jobs);
#pragma once

#include <signal.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/simulation/jobs.h"

namespace pidfall {

enum class OnOwner { kExit, kWait, kPoll, kServeToo };

struct ModelServer {
  OnOwner on_owner = OnOwner::kExit;
  int duplicate_status = 0;
  bool fails = false;  // ends with duplicate_status, owner or none
  std::chrono::nanoseconds start_up = std::chrono::milliseconds(5);
  std::chrono::nanoseconds delay{0};   // of its start, by others that have the processors
  std::optional<int> term_status = 0;  // what it makes of SIGTERM; none: ignores it
};

class ModelJobs : public Jobs {
 public:
  explicit ModelJobs(std::vector<ModelServer> servers)
      : servers_(std::move(servers)), processes_(servers_.size()) {}

  std::chrono::nanoseconds Now() override { return now_; }
  std::chrono::nanoseconds LeftOut() const override { return left_out_; }

  JobStarted Start(std::size_t actor, const JobStart& how) override {
    const bool beside_an_owner = Owned();
    processes_.at(actor) = {.state = JobState::kBusy,
                            .next = now_ + servers_[actor].delay + servers_[actor].start_up};
    processes_[actor].delay = servers_[actor].delay;
    pids_wanted.push_back(how.pid);
    environments.push_back(how.environment);
    groups_ended_with_it.push_back(how.end_group_with_it);
    changed_ = true;
    return {how.pid != 0 ? how.pid : ++last_pid_, beside_an_owner};
  }

  void Signal(std::size_t actor, int signal) override {
    Process& process = processes_.at(actor);
    signals.push_back(signal);
    changed_ = true;
    if (signal == SIGKILL) return End(process, 0, SIGKILL);
    if (signal == SIGTERM && servers_[actor].term_status) {
      End(process, *servers_[actor].term_status, 0);
    }
  }

  std::vector<JobSighting> Look(std::chrono::nanoseconds at_most) override {
    ++looks;
    if (!changed_ && at_most.count() > 0) now_ = std::min(now_ + at_most, NextMove());
    changed_ = false;
    for (std::size_t i = 0; i < processes_.size(); ++i) Move(i);
    std::vector<JobSighting> sightings;
    for (const Process& process : processes_) {
      sightings.push_back({process.state, process.status, process.signal});
    }
    return sightings;
  }

  void Release(std::size_t actor) override { released.push_back(actor); }
  void KeepUnreaped(std::size_t actor) override { unreaped.push_back(actor); }
  void Forget(std::size_t actor) override { processes_.at(actor) = {}; }
  void Visit(std::size_t actor) override { visited.push_back(actor); }
  void EndAll() override {
    changed_ = true;
    for (Process& process : processes_) {
      if (process.state != JobState::kEnded) End(process, 0, SIGKILL);
    }
  }
  void Make(const Change& change) override { changes.push_back(change); }
  void RemovePidFile(const std::string& file) override { removed.push_back(file); }
  void SignalRecorded(const std::string& file, int signal) override {
    signalled.emplace_back(file, signal);
  }

  // The requests that it got, for the tests to see.
  std::vector<int> signals;
  std::vector<bool> groups_ended_with_it;
  std::vector<std::map<std::string, std::string>> environments;
  std::vector<Change> changes;
  std::vector<std::size_t> released, visited, unreaped;
  std::vector<int> pids_wanted;
  std::vector<std::string> removed;
  std::vector<std::pair<std::string, int>> signalled;
  int looks = 0;

 private:
  struct Process {
    JobState state = JobState::kEnded;
    std::chrono::nanoseconds next = std::chrono::nanoseconds::max();  // it moves by itself
    std::chrono::nanoseconds delay{0};                                // until then
    int status = 0;
    int signal = 0;
  };

  static void End(Process& process, int status, int signal) {
    process = {.state = JobState::kEnded, .status = status, .signal = signal};
  }

  bool Owned() const {
    return std::any_of(processes_.begin(), processes_.end(),
                       [](const Process& process) { return process.state == JobState::kServes; });
  }

  std::chrono::nanoseconds NextMove() const {
    auto next = std::chrono::nanoseconds::max();
    for (const Process& process : processes_) next = std::min(next, process.next);
    return next;
  }

  void Move(std::size_t actor) {
    Process& process = processes_[actor];
    const ModelServer& server = servers_[actor];
    const bool waits = process.state == JobState::kWaits || process.state == JobState::kTimedWait;
    if (waits && !Owned()) {
      process.state = JobState::kBusy;
      process.next = now_ + server.start_up;
      changed_ = true;
    }
    if (process.next > now_) return;
    process.next = std::chrono::nanoseconds::max();
    left_out_ += std::exchange(process.delay, std::chrono::nanoseconds(0));
    if (server.fails) return End(process, server.duplicate_status, 0);
    if (!Owned() || server.on_owner == OnOwner::kServeToo) {
      process.state = JobState::kServes;
      return;
    }
    if (server.on_owner == OnOwner::kExit) return End(process, server.duplicate_status, 0);
    process.state = server.on_owner == OnOwner::kWait ? JobState::kWaits : JobState::kTimedWait;
  }

  std::vector<ModelServer> servers_;
  std::vector<Process> processes_;
  std::chrono::nanoseconds now_ = std::chrono::hours(5);  // any point will do
  std::chrono::nanoseconds left_out_{0};
  bool changed_ = false;
  int last_pid_ = 100;
};

}  // namespace pidfall
