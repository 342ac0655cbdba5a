#include "harness/schedules/whole_call.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace pidfall {
namespace {

TEST(WholeCallTest, TheModeOfAnOpenThatMakesNothingDoesNotCount) {
  Descriptors descriptors;
  const std::string path = "/run/x.pid";
  const auto open = [&](uint64_t flags, uint64_t mode) {
    return WholeCallOf(getpid(),
                       {.number = SYS_openat,
                        .arguments = {static_cast<uint64_t>(AT_FDCWD),
                                      reinterpret_cast<uint64_t>(path.c_str()), flags, mode}},
                       descriptors)
        .value();
  };
  EXPECT_EQ(open(O_RDONLY, 1), open(O_RDONLY, 2));
  EXPECT_EQ(open(O_DIRECTORY, 1), open(O_DIRECTORY, 2));
  EXPECT_NE(open(O_TMPFILE, 1), open(O_TMPFILE, 2));
  EXPECT_NE(open(O_CREAT, 1), open(O_CREAT, 2));
}

TEST(WholeCallTest, ADescriptorThatIsNotTheSafeguardsHasNoWholeCall) {
  Descriptors descriptors;
  const RawCall flock{.number = SYS_flock, .arguments = {7, LOCK_EX}};
  EXPECT_FALSE(WholeCallOf(getpid(), flock, descriptors));
  EXPECT_EQ(descriptors.Add(7), 1);
  EXPECT_TRUE(WholeCallOf(getpid(), flock, descriptors));
  descriptors.Remove(7);
  EXPECT_FALSE(WholeCallOf(getpid(), flock, descriptors));
}

std::string SeenAs(SeenFiles& seen, uint64_t inode, time_t changed) {
  struct stat info {};
  info.st_ino = inode;
  info.st_mtime = changed;
  const WholeCall whole{.number = SYS_fstat, .roles = "ds"};
  const std::string bytes(reinterpret_cast<const char*>(&info), sizeof(info));
  return ResultOf(whole, 0, {"", bytes}, seen);
}

TEST(WholeCallTest, InodesAreKnownByTheOrderInWhichTheyWereSeenAndTimesAreNot) {
  SeenFiles one, other;
  EXPECT_EQ(SeenAs(one, 17, 1), SeenAs(other, 99, 2));
  EXPECT_EQ(SeenAs(one, 17, 3), SeenAs(other, 99, 4));
  EXPECT_NE(SeenAs(one, 18, 3), SeenAs(other, 99, 4));
}

}  // namespace
}  // namespace pidfall
