#include "harness/report/source_place.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <utility>
#include <vector>

#include "harness/report/testing.h"

namespace pidfall {
namespace {

namespace fs = std::filesystem;

// A repository, with the working folder below its root.
class SourcePlaceTest : public testing::Test {
 protected:
  SourcePlaceTest() {
    std::string name = testing::TempDir() + "source-place-XXXXXX";
    root_ = fs::canonical(mkdtemp(name.data()));
    fs::create_directories(root_ / ".git");
    fs::create_directories(root_ / "app/src dir");
    fs::current_path(root_ / "app");
    head_.target->folder = root_ / "app";
  }
  ~SourcePlaceTest() override {
    fs::current_path("/");
    fs::remove_all(root_);
  }

  static void Write(const fs::path& file) { std::ofstream(file) << "serve()\n"; }
  std::string UriFor(std::vector<std::string> command) {
    head_.target->command = std::move(command);
    return PlaceOf(head_, Result()).uri;
  }

  fs::path root_;
  JsonHead head_{"0.1.0", "check", "full", Target()};
};

TEST_F(SourcePlaceTest, IsTheSourceFileOfTheCommandBeforeItsProgram) {
  fs::copy_file("/proc/self/exe", "program");
  Write("src dir/serve.py");
  EXPECT_EQ(UriFor({"./program", "src dir/serve.py"}), "app/src%20dir/serve.py");
  EXPECT_EQ(UriFor({"./program", "--port", "8767"}), "app/program");
}

TEST_F(SourcePlaceTest, IsTheResultsOwnFileFirst) {
  Write("serve.py");
  head_.target->command = {"serve.py"};
  EXPECT_EQ(PlaceOf(head_, Result{.file = "../deploy/web.service"}).uri, "deploy/web.service");
}

TEST_F(SourcePlaceTest, IsTheRunFileOfAServiceFolder) {
  EXPECT_EQ(PlaceOf(head_, Result{.file = "src dir"}).uri, "app/src%20dir/run");
}

TEST_F(SourcePlaceTest, IsTheFileOfTheWholeCommandWhereThatNamesNoneOfTheRepository) {
  head_.file = "serve.toml";
  EXPECT_EQ(UriFor({"/usr/bin/env", "-m", "http.server"}), "app/serve.toml");
}

TEST_F(SourcePlaceTest, OutsideTheRepositoryHasTheMachineForItsBase) {
  const SourcePlace place = PlaceOf(head_, Result{.file = "/etc/systemd/system/web.service"});
  EXPECT_EQ(place.uri, "etc/systemd/system/web.service");
  EXPECT_STREQ(place.base, kMachineBase);
}

TEST_F(SourcePlaceTest, IsElseAFileThatRepositoriesHave) {
  EXPECT_EQ(UriFor({"true"}), "README.md");
  Write(root_ / "README.rst");
  EXPECT_EQ(UriFor({"true"}), "README.rst");
  fs::create_directories(root_ / ".github/workflows");
  Write(root_ / ".github/workflows/pidfall.yml");
  EXPECT_EQ(UriFor({"true"}), ".github/workflows/pidfall.yml");
}

TEST_F(SourcePlaceTest, WithoutARepositoryIsBelowTheWorkingFolder) {
  fs::remove(root_ / ".git");
  Write("serve.py");
  EXPECT_EQ(UriFor({"serve.py"}), "serve.py");
}

}  // namespace
}  // namespace pidfall
