// Which scenarios run on which machine: those whose row needs no more than it has. A skip must
// never look like a pass.
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "harness/sandbox/landlock.h"
#include "scenarios/catalogue.h"
#include "scenarios/program.h"

namespace pidfall {
namespace {

using Names = std::set<std::string>;

struct Told {
  Names all, skipped;
  Names broken;  // whole results
};

Names Those(const std::function<bool(Needs)>& which) {
  Names names;
  for (const Scenario& scenario : Catalogue()) {
    if (which(scenario.needs)) names.emplace(scenario.id);
  }
  return names;
}

bool IsLong(Needs needs) { return Includes(needs, need::kSeconds); }

// In the plain sandbox root changes users, and Landlock stands in for an ordinary user's second.
bool IsMissing(Needs needs) {
  if (Includes(needs, need::kNamespaces)) return true;
  if (geteuid() == 0) return false;
  return Includes(needs, need::kForeignFile) ||
         (Includes(needs, need::kSecondUser) && !LandlockScopesSignals());
}

Names LongOnes() { return Those(IsLong); }
Names AllButTheLong() { return Those(std::not_fn(IsLong)); }

// `option` is --scenario or --except.
Told RunSelected(const std::string& option, const Names& scenarios, const std::string& variable,
                 std::function<void()> prepare = nullptr) {
  const std::string folder = MakeFolder();
  const std::string path = folder + "/results.json";
  std::vector<std::string> arguments = {"run", "--guard", "reference", "--json", path};
  for (const std::string& name : scenarios) {
    arguments.insert(arguments.end(), {option, name});
  }
  RunPidfall(arguments, {variable}, std::move(prepare));
  Told told;
  const auto json = nlohmann::json::parse(ReadFile(path));
  for (const auto& result : json["results"]) {
    const std::string scenario = result["scenario"], verdict = result["verdict"];
    told.all.insert(scenario);
    if (verdict == "skip") told.skipped.insert(scenario);
    if (verdict == "broken") told.broken.insert(result.dump());
  }
  std::filesystem::remove_all(folder);
  return told;
}

constexpr char kPlain[] = "PIDFALL_SANDBOX=plain";

// The catalogue's tests show that the full sandbox skips nothing.
TEST(ModesTest, ThePlainSandboxSkipsWhatNeedsMoreAndNoOthers) {
  const Told told = RunSelected("--except", LongOnes(), kPlain);
  EXPECT_EQ(told.all, AllButTheLong());
  EXPECT_EQ(told.skipped, Those(IsMissing));
  EXPECT_EQ(told.broken, Names());
}

TEST(ModesTest, TheLongOnesRunInThePlainSandboxToo) {
  const Told told = RunSelected("--scenario", LongOnes(), kPlain);
  EXPECT_EQ(told.all, LongOnes());
  EXPECT_EQ(told.skipped, Names());
  EXPECT_EQ(told.broken, Names());
}

// As some containers do; for this process and all that it starts.
void ForbidTracing() {
  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ptrace, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog filter{.len = std::size(code), .filter = code};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) ThrowErrno("give up new privileges");
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0) ThrowErrno("forbid ptrace");
}

TEST(ModesTest, WhereTracingIsForbiddenTheHeldMomentsAreSkipped) {
  const Names windows = {"duplicate/during-shutdown", "duplicate/during-start-up"};
  Names all = windows;
  all.insert("stale/dead-pid");
  const Told told = RunSelected("--scenario", all, "LC_ALL=C", ForbidTracing);
  EXPECT_EQ(told.all, all);
  EXPECT_EQ(told.skipped, windows);
  EXPECT_EQ(told.broken, Names());
}

}  // namespace
}  // namespace pidfall
