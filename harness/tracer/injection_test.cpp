#include "harness/tracer/injection.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>

#include "harness/input/bad_input.h"

namespace pidfall {
namespace {

TEST(Injection, ReadsItsOwnText) {
  for (const char* text :
       {"alone:start:write(x.pid)=ENOSPC", "alone:stop:unlink(x.pid)#2=EPERM",
        "beside:start:openat(x=y.pid)=EACCES", "alone:start:read(x.pid)=short"}) {
    EXPECT_EQ(ParseInjection(text).Text(), text);
  }
}

TEST(Injection, RefusesATextThatNamesNoInjection) {
  for (const char* text : {"", "alone:start:write(x.pid)", "start:write(x.pid)=EIO",
                           "alone:start:write(x.pid)=ETHIS", "alone:start:write=EIO"}) {
    EXPECT_THROW(ParseInjection(text), BadInput) << text;
  }
}

std::vector<int> Errors(bool beside_owner, const CallName& call) {
  std::vector<int> errors;
  for (const auto& one : InjectionsFor(beside_owner, Point::kStart, call)) {
    errors.push_back(one.error);
  }
  return errors;
}

bool Has(const std::vector<int>& errors, int error) {
  return std::find(errors.begin(), errors.end(), error) != errors.end();
}

TEST(InjectionsFor, TakesTheErrorsOfTheManualPage) {
  const auto opening = Errors(false, {"openat", "x.pid"});
  EXPECT_TRUE(Has(opening, EMFILE) && Has(opening, EROFS) && Has(opening, ENOENT));
  EXPECT_FALSE(Has(opening, EBADF) || Has(opening, 0));
  EXPECT_TRUE(Has(Errors(false, {"write", "x.pid"}), 0)) << "a short write";
}

TEST(InjectionsFor, NeverAnswersThatThereIsNoOwnerBesideOne) {
  EXPECT_FALSE(Has(Errors(true, {"openat", "x.pid"}), ENOENT));
  EXPECT_FALSE(Has(Errors(true, {"connect", "x.sock"}), ECONNREFUSED));
  EXPECT_TRUE(Has(Errors(true, {"openat", "x.pid"}), EACCES));
}

TEST(SpeaksOfAnOwner, IsTheKernelsAnswerWhenAnOwnerLives) {
  const auto speaks = [](const char* text) { return SpeaksOfAnOwner(ParseInjection(text)); };
  EXPECT_TRUE(speaks("alone:start:flock(x.lock)=EAGAIN"));
  EXPECT_TRUE(speaks("alone:start:bind(127.0.0.1 port {port})=EADDRINUSE"));
  EXPECT_TRUE(speaks("alone:start:kill(99)=EPERM"));
  EXPECT_FALSE(speaks("alone:start:flock(x.lock)=ENOLCK"));
  EXPECT_FALSE(speaks("alone:start:unlink(x.pid)=EPERM"));
}

}  // namespace
}  // namespace pidfall
