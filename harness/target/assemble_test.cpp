#include "harness/target/assemble.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace pidfall {
namespace {

TEST(AssembleTest, GivenValueWinsOverTheDescribedOne) {
  const Target described{.command = {"a"}, .port = 1, .pid_file = "/a", .stop_command = "a"};
  const Target target =
      Assemble(described, {.command = {"b"}, .port = 2, .pid_file = "/b", .stop_command = "b"});
  EXPECT_EQ(target.command, std::vector<std::string>{"b"});
  EXPECT_EQ(target.port, 2);
  EXPECT_EQ(target.pid_file, "/b");
  EXPECT_EQ(target.stop_command, "b");
}

TEST(AssembleTest, ValueThatIsNotGivenStaysAsDescribed) {
  const Target described{.command = {"a"},
                         .port = 1,
                         .pid_file = "/a",
                         .health_path = "/health",
                         .duplicate_exit = 75,
                         .folder = "/srv",
                         .older_command = {"old"},
                         .also = {"other"},
                         .needs = {"db"}};
  EXPECT_EQ(Assemble(described, {}), described);
}

TEST(AssembleTest, TargetWithoutAFolderStartsInTheCurrentOne) {
  EXPECT_EQ(Assemble({.folder = ""}, {}).folder, std::filesystem::current_path());
}

}  // namespace
}  // namespace pidfall
