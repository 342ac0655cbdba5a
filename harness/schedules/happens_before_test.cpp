#include "harness/schedules/happens_before.h"

#include <gmock/gmock.h>

namespace pidfall {
namespace {

constexpr After kNext = After::kNextCall;

using Order = std::vector<std::pair<int, NamedCall>>;

NamedCall Of(const char* name, const char* object) { return {.name = {name, object}}; }
NamedCall OpensOnly(const char* object) {
  return {.name = {"openat", object}, .opening = Opening::kOnlyOpens};
}

const NamedCall kReads = Of("read", "x.pid"), kWrites = Of("write", "x.pid");
const NamedCall kBinds = Of("bind", "127.0.0.1 port {port}");

// Whether the two come to the same when B's turn comes first, too.
bool Commute(const NamedCall& a, const NamedCall& b, const Order& before = {},
             After after = kNext) {
  KnownEvents known;
  HappensBefore one(2, known), other(2, known);
  for (const auto& [contender, call] : before) {
    one.Add(contender, call, kNext);
    other.Add(contender, call, kNext);
  }
  one.Add(0, a, after), one.Add(1, b, kNext);
  other.Add(1, b, kNext), other.Add(0, a, after);
  return one.latest() == other.latest();
}

TEST(HappensBefore, TurnsOnDifferentObjectsCommute) {
  EXPECT_TRUE(Commute(kWrites, kBinds));
  EXPECT_TRUE(Commute(kWrites, Of("write", "x.log")));
  EXPECT_FALSE(Commute(kWrites, kWrites));
}

TEST(HappensBefore, TurnsThatOnlyLookCommute) {
  EXPECT_TRUE(Commute(kReads, kReads));
  EXPECT_FALSE(Commute(kReads, kWrites));
}

TEST(HappensBefore, EveryAddressIsOneObject) {
  EXPECT_FALSE(Commute(kBinds, Of("bind", "0.0.0.0 port {port}")));
}

TEST(HappensBefore, ARemovedFileKeepsItsName) {
  EXPECT_FALSE(Commute(Of("write", "x.pid (deleted)"), kReads));
}

TEST(HappensBefore, EachOfTwoNamesCounts) {
  const NamedCall renames = Of("rename", "x.new,x.pid");
  EXPECT_FALSE(Commute(renames, OpensOnly("x.pid")));
  EXPECT_FALSE(Commute(renames, Of("openat", "x.new")));
  EXPECT_TRUE(Commute(renames, Of("openat", "x.lock")));
}

TEST(HappensBefore, SignalsAndLooksAtAFolderDependOnEverything) {
  for (const NamedCall& call : {Of("kill", "4000"), Of("getdents64", "."), Of("connect", "x.sock"),
                                OpensOnly("/proc/4000/stat"), Of("fstat", ".")}) {
    EXPECT_FALSE(Commute(call, kBinds)) << call.name.Text();
  }
}

TEST(HappensBefore, ATurnThatStirsDependsOnEverything) {
  EXPECT_FALSE(Commute(kWrites, kBinds, {}, After::kStir));
}

TEST(HappensBefore, TheNameTheContentAndTheLockOfAFileAreThreeThings) {
  const NamedCall opens = OpensOnly("x.pid"), locks = Of("flock", "x.pid"),
                  removes = Of("unlink", "x.pid");
  EXPECT_TRUE(Commute(opens, kWrites));
  EXPECT_TRUE(Commute(opens, locks));
  EXPECT_TRUE(Commute(locks, kWrites));
  EXPECT_TRUE(Commute(removes, kWrites));
  EXPECT_FALSE(Commute(opens, removes));
  EXPECT_FALSE(Commute(locks, Of("close", "x.pid")));
  EXPECT_FALSE(Commute(Of("openat", "x.pid"), kReads)) << "it may empty the file";
}

// It releases its locks and closes its sockets.
TEST(HappensBefore, AnEndTouchesEveryLockAndSocket) {
  EXPECT_FALSE(Commute(kReads, kWrites, {}, After::kEnd));
  EXPECT_TRUE(Commute(Of("read", "x.log"), kWrites, {}, After::kEnd));
  EXPECT_FALSE(Commute(Of("read", "x.log"), kBinds, {}, After::kEnd));
  EXPECT_FALSE(Commute(Of("read", "x.log"), Of("flock", "x.lock"), {}, After::kEnd));
}

// A descriptor of x.new leads to x.pid after a rename.
TEST(HappensBefore, ARenameMakesTwoNamesOneObject) {
  EXPECT_FALSE(Commute(Of("write", "x.new"), kReads, {{1, Of("rename", "x.new,x.pid")}}));
  EXPECT_TRUE(Commute(Of("write", "x.new"), kReads, {{1, Of("rename", "x.old,x.pid")}}));
}

TEST(HappensBefore, AfterALinkNothingCommutes) {
  EXPECT_TRUE(Commute(kWrites, kBinds));
  EXPECT_FALSE(Commute(kWrites, kBinds, {{1, Of("linkat", "x.new,x.pid")}}));
}

// A's bind commutes with each write, but not the writes with each other.
TEST(HappensBefore, WhatComesBeforeCountsAsWell) {
  KnownEvents known;
  HappensBefore one(2, known), other(2, known), third(2, known);
  one.Add(0, kWrites, kNext), one.Add(0, kBinds, kNext), one.Add(1, kWrites, kNext);
  other.Add(0, kWrites, kNext), other.Add(1, kWrites, kNext), other.Add(0, kBinds, kNext);
  third.Add(1, kWrites, kNext), third.Add(0, kWrites, kNext), third.Add(0, kBinds, kNext);
  EXPECT_EQ(one.latest(), other.latest());
  EXPECT_NE(one.latest(), third.latest());
}

TEST(HappensBefore, TheNumberOfATurnIsKnownBeforeIt) {
  KnownEvents known;
  HappensBefore order(2, known);
  order.Add(0, kWrites, kNext);
  const int number = order.NumberOf(1, kReads, kNext);
  order.Add(1, kReads, kNext);
  EXPECT_EQ(order.latest(), (std::vector<int>{1, number}));
}

}  // namespace
}  // namespace pidfall
