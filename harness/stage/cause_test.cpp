#include "harness/stage/cause.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace pidfall {
namespace {

TEST(SaysCauseTest, EachLanguagesOwnWordsDo) {
  EXPECT_TRUE(SaysCause("cannot open /run/x.pid: Permission denied", EACCES));
  EXPECT_TRUE(SaysCause("PermissionError: [Errno 13] Permission denied: '/run/x.pid'", EACCES));
  EXPECT_TRUE(SaysCause("Error: EACCES: permission denied, open '/run/x.pid'", EACCES));
  EXPECT_TRUE(SaysCause("open /run/x.pid: no such file or directory", ENOENT));
  EXPECT_TRUE(SaysCause("Os { code: 28 } /run/x.pid (os error 28)", ENOSPC));
  EXPECT_TRUE(SaysCause("Port 80 is already in use", EADDRINUSE));
  EXPECT_TRUE(SaysCause("/run is read-only", EROFS));
}

TEST(SaysCauseTest, ThePathAloneDoesNot) {
  EXPECT_FALSE(SaysCause("cannot write /run/x.pid", ENOSPC));
  EXPECT_FALSE(SaysCause("cannot write /run/x.pid: Permission denied", ENOSPC));
  EXPECT_FALSE(SaysCause("/run/x.pid: error 280", ENOSPC));
  EXPECT_FALSE(SaysCause("", EACCES));
}

}  // namespace
}  // namespace pidfall
