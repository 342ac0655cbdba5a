#include "harness/observe/cause.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <string>

namespace pidfall {
namespace {

constexpr char kFile[] = "/run/x.pid";

TEST(SaysCauseTest, EachLanguagesOwnWordsCount) {
  const auto says = [](const std::string& output, int error) {
    return SaysCause(output, kFile, error);
  };
  EXPECT_TRUE(says("cannot open /run/x.pid: Permission denied", EACCES));
  EXPECT_TRUE(says("PermissionError: [Errno 13] Permission denied: '/run/x.pid'", EACCES));
  EXPECT_TRUE(says("Error: EACCES: permission denied, open '/run/x.pid'", EACCES));
  EXPECT_TRUE(says("File not readable! /run/x.pid", EACCES));
  EXPECT_TRUE(says("open /run/x.pid: no such file or directory", ENOENT));
  EXPECT_TRUE(says("java.nio.file.NoSuchFileException: /run/x.pid", ENOENT));
  EXPECT_TRUE(says("the folder of /run/x.pid doesn't exist", ENOENT));
  EXPECT_TRUE(says("Can't create file '/run/x.pid' (Errcode: 28)", ENOSPC));
  EXPECT_TRUE(says("Os { code: 28 } /run/x.pid", ENOSPC));
  EXPECT_TRUE(says("Port 80 is already in use", EADDRINUSE));
  EXPECT_TRUE(says("error: AddrInUse", EADDRINUSE));
  EXPECT_TRUE(says("/run is read-only", EROFS));
}

TEST(SaysCauseTest, AnotherCauseDoesNotCount) {
  EXPECT_FALSE(SaysCause("cannot write /run/x.pid", kFile, ENOSPC));
  EXPECT_FALSE(SaysCause("cannot write /run/x.pid: Permission denied", kFile, ENOSPC));
  EXPECT_FALSE(SaysCause("/run/x.pid: errno 280", kFile, ENOSPC));
  EXPECT_FALSE(SaysCause("child exited with code 2: missing argument", kFile, ENOENT));
  EXPECT_FALSE(SaysCause("killed the main user's process", "80", EADDRINUSE));
  EXPECT_FALSE(SaysCause("", kFile, EACCES));
}

TEST(SaysCauseTest, LongOutputIsSearched) {
  const std::string much(64 << 10, '=');
  EXPECT_FALSE(SaysCause("errno" + much, "", ENOSPC));
  EXPECT_TRUE(SaysCause(much + "No space left on device", "", ENOSPC));
}

TEST(SaysCauseTest, AWordInThePathDoesNotCount) {
  EXPECT_FALSE(SaysCause("cannot open /srv/read-only/x.pid", "/srv/read-only/x.pid", EROFS));
}

}  // namespace
}  // namespace pidfall
