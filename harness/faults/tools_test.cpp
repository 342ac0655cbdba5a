#include "harness/faults/tools.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "harness/stage/testing.h"

namespace pidfall {
namespace {

using std::filesystem::exists;

Target UsesId() {
  return {.command = {"/bin/sh", "-c",
                      "id > /dev/null; nothing-of-this-name 2> /dev/null; "
                      "mkfifo {dir}/../fifo; exec cat <> {dir}/../fifo"}};
}

TEST(ToolsTest, AStartsToolsAreThoseThatItExecutes) {
  EXPECT_EQ(OnStage(UsesId(),
                    [](Stage& stage) {
                      std::string all;
                      for (const std::string& tool : ToolsOfFirstStart(stage)) all += tool + " ";
                      return all;
                    }),
            "cat id mkfifo ");
}

TEST(ToolsTest, APathWithoutAToolHasTheOthers) {
  EXPECT_EQ(OnStage(UsesId(),
                    [](Stage& stage) -> std::string {
                      const std::string path = PathWithout(stage, "id");
                      const std::string folder = path.substr(path.find('=') + 1);
                      return std::string(exists(folder + "/id") ? "id " : "") +
                             (exists(folder + "/cat") ? "cat" : "");
                    }),
            "cat");
}

}  // namespace
}  // namespace pidfall
