#include "harness/sandbox/view_plan.h"

#include <gtest/gtest.h>
#include <linux/sched.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>

#include "harness/process/fd.h"
#include "harness/sandbox/kernel_files.h"
#include "harness/sandbox/mounts.h"
#include "harness/sandbox/sandbox.h"
#include "harness/sandbox/trial.h"

namespace pidfall {
namespace {

namespace fs = std::filesystem;

const Place* Find(const ViewPlan& plan, const std::string& path) {
  const auto found = std::find_if(plan.begin(), plan.end(),
                                  [&](const Place& place) { return place.path == path; });
  return found == plan.end() ? nullptr : &*found;
}

TEST(ViewPlanTest, ShowsEveryEntryOfTheRootButItsBase) {
  const std::string base = ChoosePrivateFolder({});
  const ViewPlan plan = PlanView(base, {});
  for (const auto& entry : fs::directory_iterator("/")) {
    EXPECT_EQ(Find(plan, entry.path()) != nullptr, entry.path() != base) << entry.path();
  }
}

TEST(ViewPlanTest, AFolderWithALayerOfItsOwnIsMountedOverItsParent) {
  const ViewPlan plan = PlanView(ChoosePrivateFolder({}), {"/usr/bin", "/", "/usr", "/missing"});
  ASSERT_NE(Find(plan, "/usr/bin"), nullptr);
  EXPECT_LT(Find(plan, "/usr"), Find(plan, "/usr/bin"));
  EXPECT_EQ(Find(plan, "/")->as, Shown::kFolder);
  EXPECT_EQ(Find(plan, "/missing"), nullptr);
  EXPECT_EQ(std::count_if(plan.begin(), plan.end(),
                          [](const Place& place) { return place.path == "/usr"; }),
            1);
}

TEST(ViewPlanTest, OnlyAFolderThatIsNotEmptyIsALayer) {
  if (!FullSandboxWorks()) GTEST_SKIP() << FullSandboxObstacle();
  const std::string folder = "/srv";
  if (!fs::is_directory(fs::symlink_status(folder))) GTEST_SKIP() << "no folder " << folder;
  const std::string failure = TryInNamespaces({.namespaces = CLONE_NEWNS | CLONE_NEWPID}, [&] {
    KeepMountsPrivate();
    MountFolder(folder);
    if (Find(PlanView("/", {}), folder)->as != Shown::kFolder) throw std::runtime_error("empty");
    WriteFile(folder + "/file", "");
    if (Find(PlanView("/", {}), folder)->as != Shown::kLayer) throw std::runtime_error("full");
  });
  EXPECT_EQ(failure, "");
}

}  // namespace
}  // namespace pidfall
