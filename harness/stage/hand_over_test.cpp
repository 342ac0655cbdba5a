#include "harness/stage/hand_over.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/stage/testing.h"

namespace pidfall {
namespace {

using testing::HasSubstr;

// Its second start waits for the lock, and does `then` once the first has ended.
Target Locked(const std::string& then) {
  return {.command = {"/bin/sh", "-c",
                      "exec 9> {dir}/lock; flock -n 9 || { flock 9; " + then +
                          "; }; echo $$ > {pid_file}; "
                          "mkfifo {dir}/../fifo 2>/dev/null; exec cat <> {dir}/../fifo"},
          .pid_file = "{pid_file}"};
}

std::string HandedOver(Stage& stage) {
  Instance& owner = stage.StartOwner();
  Instance& waiter = StandBy(stage);
  stage.KillTree(owner);
  ExpectHandOver(stage, owner, waiter);
  return "handed over";
}

TEST(HandOverTest, TheStandbyServesOnceTheOwnerIsKilled) {
  EXPECT_EQ(OnStage(Locked(":"), HandedOver), "handed over");
}

TEST(HandOverTest, AStandbyThatTakesNoFileOverIsABreach) {
  EXPECT_THAT(OnStage(Locked("exec sleep 1000"), HandedOver),
              HasSubstr("the pid file does not name the owner B"));
}

// Its second start waits for the lock, and then for a lock of its own.
constexpr char kWaitsOn[] = R"(
import fcntl, socket, sys
lock = open(sys.argv[2], 'w')
try:
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
except OSError:
    fcntl.flock(lock, fcntl.LOCK_EX)
    fcntl.flock(open(sys.argv[2]), fcntl.LOCK_EX)
listener = socket.create_server(('127.0.0.1', int(sys.argv[1])))
while True: listener.accept()[0].close()
)";

TEST(HandOverTest, AStandbyThatWaitsOnStillStandsBy) {
  const Target target = {.command = {"/usr/bin/python3", "-c", kWaitsOn, "{port}", "{dir}/lock"},
                         .port = 8767};
  EXPECT_THAT(OnStage(target, HandedOver), HasSubstr("B still stands by"));
}

// A start whose port is taken serves on the next one that is free.
constexpr char kTakesNextPort[] = R"(
import socket, sys
for port in range(8767, 8777):
    try:
        listener = socket.create_server(('127.0.0.1', port))
        break
    except OSError: pass
while True: listener.accept()[0].close()
)";

TEST(HandOverTest, AStartOnTheNextPortDoesNotStandBy) {
  const Target target = {.command = {"/usr/bin/python3", "-c", kTakesNextPort}, .port = 8767};
  EXPECT_THAT(OnStage(target, HandedOver),
              HasSubstr("B serves on another port, because its own is taken"));
}

TEST(HandOverTest, ATargetThatNeverWaitsIsNotConcerned) {
  const Target target = {.command = {"/bin/sh", "-c",
                                     "[ -s {pid_file} ] && exit 1; echo $$ > {pid_file}; "
                                     "mkfifo {dir}/../fifo; exec cat <> {dir}/../fifo"},
                         .pid_file = "{pid_file}"};
  EXPECT_THAT(OnStage(target, HandedOver), HasSubstr("a second start does not stand by"));
}

}  // namespace
}  // namespace pidfall
