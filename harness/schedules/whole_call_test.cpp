#include "harness/schedules/whole_call.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstring>

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

TEST(WholeCallTest, WhatIsLeftInALockBesideItsFieldsDoesNotCount) {
  Descriptors descriptors;
  descriptors.Add(7);
  const auto lock = [&](int command, int filling, pid_t pid) {
    struct flock whole;
    std::memset(&whole, filling, sizeof(whole));
    whole.l_type = F_WRLCK;
    whole.l_whence = SEEK_SET;
    whole.l_start = whole.l_len = 0;
    whole.l_pid = pid;
    const auto at = reinterpret_cast<uint64_t>(&whole);
    const auto name = static_cast<uint64_t>(command);
    return WholeCallOf(getpid(), {.number = SYS_fcntl, .arguments = {7, name, at}}, descriptors);
  };
  EXPECT_EQ(lock(F_SETLK, 0, 0), lock(F_SETLK, 0xff, 1));
  EXPECT_NE(lock(F_OFD_SETLK, 0, 0), lock(F_OFD_SETLK, 0, 1));
}

TEST(WholeCallTest, ADescriptorNamedByAPathIsKnownByItsNumber) {
  Descriptors descriptors;
  descriptors.Add(7);
  struct stat room {};
  const auto stat = [&](const char* path) {
    return WholeCallOf(
        getpid(),
        {.number = SYS_newfstatat,
         .arguments = {static_cast<uint64_t>(AT_FDCWD), reinterpret_cast<uint64_t>(path),
                       reinterpret_cast<uint64_t>(&room)}},
        descriptors);
  };
  ASSERT_TRUE(stat("/dev/fd/7"));
  EXPECT_EQ(stat("/dev/fd/7"), stat("/proc/self/fd/7"));
  EXPECT_EQ(stat("/dev/fd/7")->contents[1], "");
  EXPECT_EQ(stat("/dev/fd/7")->values[3], static_cast<uint64_t>(AT_EMPTY_PATH));
  EXPECT_FALSE(stat("/dev/fd/8"));
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
