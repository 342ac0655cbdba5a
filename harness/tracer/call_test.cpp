#include "harness/tracer/call.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "harness/input/bad_input.h"

namespace pidfall {
namespace {

TEST(Point, ReadsItsOwnText) {
  for (const char* text :
       {"start:before:openat(x.pid)", "start:after:rename(x.pid.new,x.pid)",
        "stop:after:close(x.pid (deleted))#2", "start:before:bind([::1] port {port})",
        "stop:before:openat(/proc/31/stat)#12"}) {
    EXPECT_EQ(ParsePoint(text).Text(), text);
  }
}

TEST(Point, KnowsItsParts) {
  const Point point = ParsePoint("stop:after:unlink(x.pid)#3");
  EXPECT_EQ(point.phase, Point::kStop);
  EXPECT_TRUE(point.after);
  EXPECT_EQ(point.call, (CallName{"unlink", "x.pid", 3}));
}

TEST(Point, RefusesATextThatNamesNoPoint) {
  for (const char* text : {"", "start", "start:after:", "start:after:unlink", "begin:after:a(b)",
                           "start:around:a(b)", "start:after:a(b)2", "start:after:a(b)#0",
                           "start:after:a(b)#", "start:after:(b)", "start:after:a)b("}) {
    EXPECT_THROW(ParsePoint(text), BadInput) << text;
  }
}

TEST(NamedCall, ShowsItsResultOrItsError) {
  EXPECT_EQ((NamedCall{{"openat", "x.pid"}, 3}.Text()), "openat(x.pid) = 3");
  EXPECT_EQ((NamedCall{{"unlink", "x.pid", 2}, -ENOENT}.Text()), "unlink(x.pid)#2 = ENOENT");
}

}  // namespace
}  // namespace pidfall
