#include "harness/sandbox/view.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "harness/process/fd.h"
#include "harness/run/pool.h"
#include "harness/sandbox/sandbox.h"

namespace pidfall {
namespace {

namespace fs = std::filesystem;

constexpr Duration kViewBound = std::chrono::seconds(20);

std::string Listed(std::vector<std::string> paths) {
  std::sort(paths.begin(), paths.end());
  std::string text;
  for (const std::string& path : paths) text += path + "|";
  return text;
}

std::string InViewWith(const std::string& own_layer,
                       const std::function<std::string(const World&)>& story) {
  return RunStory({.sandbox = {.as_deployed = true, .own_layer = {own_layer}},
                   .tell = story,
                   .bound = kViewBound});
}

// The name is difficult for mount options, which are split at commas, and layers at colons.
class ViewTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!FullSandboxWorks()) GTEST_SKIP() << FullSandboxObstacle();
    std::string name = testing::TempDir() + "pidfall-view, a:b \\ c-XXXXXX";
    folder_ = mkdtemp(name.data());
    WriteFile(folder_ + "/old", "before");
    WriteFile(folder_ + "/removed", "before");
    fs::create_directory(folder_ + "/below");
  }
  void TearDown() override {
    if (!folder_.empty()) fs::remove_all(folder_);
  }

  std::string In(const std::function<std::string(const World&)>& story) {
    return InViewWith(folder_, story);
  }

  // The files written below the folder, by their paths from there, sorted.
  std::string WrittenHere(const World& world) const {
    std::vector<std::string> found;
    for (const std::string& path : Written(world.view)) {
      if (path.starts_with(folder_ + "/")) found.push_back(path.substr(folder_.size() + 1));
    }
    return Listed(found) + " ";  // never empty: an empty result would be an error
  }

  std::string folder_;
};

TEST_F(ViewTest, NothingOutsideChanges) {
  const std::string told = In([&](const World&) {
    WriteFile(folder_ + "/old", "after");
    WriteFile(folder_ + "/new", "after");
    fs::remove(folder_ + "/removed");
    fs::permissions(folder_ + "/below", fs::perms::none);
    fs::remove(folder_ + "/below");
    return ReadFile(folder_ + "/old") + ReadFile(folder_ + "/new");
  });
  EXPECT_EQ(told, "afterafter");
  EXPECT_EQ(ReadFile(folder_ + "/old"), "before");
  EXPECT_EQ(ReadFile(folder_ + "/removed"), "before");
  EXPECT_FALSE(fs::exists(folder_ + "/new"));
  EXPECT_EQ(fs::status(folder_ + "/below").permissions(), fs::perms(0755));
}

TEST_F(ViewTest, WrittenListsExactlyTheNewAndChangedFiles) {
  EXPECT_EQ(In([&](const World& world) {
              ReadFile(folder_ + "/old");
              return WrittenHere(world);
            }),
            " ");
  EXPECT_EQ(In([&](const World& world) {
              WriteFile(folder_ + "/old", "after");
              WriteFile(folder_ + "/below/new", "after");
              fs::create_symlink("nowhere", folder_ + "/link");
              mkfifo((folder_ + "/fifo").c_str(), 0600);
              fs::remove(folder_ + "/removed");
              fs::create_directory(folder_ + "/empty");
              return WrittenHere(world);
            }),
            "below/new|fifo|link|old| ");
}

TEST_F(ViewTest, TheMachinesFilesAreVisible) {
  struct stat outside {};
  ASSERT_EQ(stat("/usr/bin/env", &outside), 0);
  EXPECT_EQ(In([&](const World&) {
              struct stat inside {};
              const bool same = stat("/usr/bin/env", &inside) == 0 &&
                                inside.st_size == outside.st_size &&
                                inside.st_mode == outside.st_mode;
              return std::string(same && fs::exists("/dev/null") ? "same" : "other");
            }),
            "same");
}

TEST_F(ViewTest, TheRootIsWrittenWithoutALayer) {
  const auto story = [](const World&) {
    WriteFile("/pidfall-view-test", "inside");
    return ReadFile("/pidfall-view-test");
  };
  EXPECT_EQ(InViewWith("/", story), "inside");
  EXPECT_FALSE(fs::exists("/pidfall-view-test"));
}

TEST_F(ViewTest, FilesWrittenOutsideTheLayersAreListedToo) {
  EXPECT_EQ(
      In([&](const World& world) {
        std::string told = Listed(Written(world.view)) + "then ";
        WriteFile("/pidfall-view-test", "inside");
        WriteFile(folder_ + "/new", "in a layer");
        fs::create_symlink("nowhere", "/dev/shm/link");
        fs::remove("/dev/stdin");
        WriteFile("/dev/stdin", "where the view had a link");
        return told + Listed(Written(world.view));
      }),
      "then " + Listed({"/pidfall-view-test", folder_ + "/new", "/dev/shm/link", "/dev/stdin"}));
}

TEST(WrittenTest, NothingIsListedWithoutAView) { EXPECT_TRUE(Written({}).empty()); }

TEST_F(ViewTest, EachViewBeginsAnew) {
  const auto appended = [&](const World&) {
    std::ofstream(folder_ + "/old", std::ios::app) << "+";
    return ReadFile(folder_ + "/old");
  };
  EXPECT_EQ(In(appended), "before+");
  EXPECT_EQ(In(appended), "before+");
}

}  // namespace
}  // namespace pidfall
