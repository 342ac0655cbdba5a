// Real supervisors beside their policies: as many starts within one; no gap more than a tenth too
// short, and their median no longer than a tenth and what the supervisor's own clock is too coarse
// for. (On a busy machine any one gap may be late.)
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <system_error>

#include "harness/process/launch.h"
#include "harness/supervisor/calibrate/real_supervisors.h"

namespace pidfall {
namespace {

using Starts = std::vector<SupervisorTime>;
using Seconds = std::chrono::duration<double>;

class Calibrate : public testing::TestWithParam<const RealSupervisor*> {};

bool IsInstalled(const char* program) {
  try {
    FindProgram(program);
    return true;
  } catch (const std::system_error&) {
    return false;
  }
}

std::string GapsText(const Starts& starts) {
  std::string text;
  for (std::size_t i = 1; i < starts.size(); ++i) {
    text += fmt::format(" {:.2f}", Seconds(starts[i] - starts[i - 1]).count());
  }
  return text;
}

// The time by which each gap is longer than predicted, the smallest first.
Starts Lateness(const Starts& real, const Starts& predicted) {
  Starts late = {SupervisorTime(0)};
  for (std::size_t i = 1; i < std::min(real.size(), predicted.size()); ++i) {
    late.push_back(real[i] - real[i - 1] - (predicted[i] - predicted[i - 1]));
  }
  std::sort(late.begin(), late.end());
  return late;
}

SupervisorTime TenthOfAGap(const Starts& predicted) {
  if (predicted.size() < 2) return SupervisorTime(0);
  return (predicted.back() - predicted.front()) / (predicted.size() - 1) / 10;
}

void Compare(const RealSupervisor& real, const BenchJob& job) {
  const auto policy = real.policy(job);
  Behaviour behaviour = job.sample->behaviour;
  behaviour.has_successor = false;  // a sample leaves nothing, and writes no pid file
  const Starts predicted = Predict(*policy, behaviour, kBenchWindow).starts;
  const Starts seen = StartsOf(job);
  const std::string text = fmt::format(
      "{}: {}: {} starts, {} predicted\n  gaps     {}\n  predicted{}\n", policy->Describe(),
      job.sample->name, seen.size(), predicted.size(), GapsText(seen), GapsText(predicted));
  std::fputs(text.c_str(), stdout);
  EXPECT_NEAR(static_cast<double>(seen.size()), static_cast<double>(predicted.size()), 1) << text;
  const Starts late = Lateness(seen, predicted);
  const SupervisorTime tenth = TenthOfAGap(predicted);
  EXPECT_GE(Seconds(late.front()).count(), -Seconds(tenth).count()) << text;
  EXPECT_LE(Seconds(late[late.size() / 2]).count(), Seconds(tenth + real.late).count()) << text;
}

TEST_P(Calibrate, RealOneStartsAsOftenAndAsLateAsItsPolicySays) {
  const RealSupervisor& real = *GetParam();
  if (!IsInstalled(real.program)) GTEST_SKIP() << real.program << " is not installed";
  if (const auto obstacle = Bench::Obstacle(real.needs_root)) GTEST_SKIP() << *obstacle;
  const Bench bench;
  const auto jobs = bench.Jobs(real.settings);
  bench.Run(real.prepare(bench, jobs), jobs);
  for (const BenchJob& job : jobs) Compare(real, job);
}

std::vector<const RealSupervisor*> All() {
  std::vector<const RealSupervisor*> all;
  for (const RealSupervisor& real : RealSupervisors()) all.push_back(&real);
  return all;
}

// A run names what was never compared.
struct Elsewhere {
  const char* name;
  const char* reason;
};
class CalibrateElsewhere : public testing::TestWithParam<Elsewhere> {};

TEST_P(CalibrateElsewhere, CannotRunHere) { GTEST_SKIP() << GetParam().reason; }

INSTANTIATE_TEST_SUITE_P(
    Real, CalibrateElsewhere,
    testing::Values(
        Elsewhere{"docker", "its daemon takes over the firewall and the cgroups of the machine"},
        Elsewhere{"kubernetes", "it needs a cluster"},
        Elsewhere{"launchd", "it runs on macOS; its rules are held against its published source"}),
    [](const auto& one) { return one.param.name; });

INSTANTIATE_TEST_SUITE_P(Real, Calibrate, testing::ValuesIn(All()),
                         [](const auto& one) { return one.param->name; });

}  // namespace
}  // namespace pidfall
