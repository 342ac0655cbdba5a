#include "harness/faults/useless_locks.h"

#include <gtest/gtest.h>

#include <string>

#include "harness/stage/serving.h"
#include "harness/stage/testing.h"

namespace pidfall {
namespace {

// Two starts that serve on ports of their own, and lock before that.
std::string WhyUselessAfter(const std::string& locks) {
  const std::string script =
      "import fcntl, os, signal, socket, sys, tempfile\n"
      "path = sys.argv[2]\n" +
      locks +
      "\ns = socket.create_server(('127.0.0.1', int(sys.argv[1])))\n"
      "signal.pause()";
  const Target target{.command = {"/usr/bin/python3", "-c", script, "{port}", "{pid_file}"},
                      .port = 8767,
                      .pid_file = "{pid_file}"};
  return OnStage(target, [](Stage& stage) {
    const Instance& owner = stage.StartOwner();
    const Instance& other = stage.Start({.port = stage.OtherPort()});
    stage.WaitUntil([&] { return Serves(stage, other); }, Stage::kSettleBound);
    return UselessLockOf(stage, owner);
  });
}

void ExpectUseless(const std::string& locks, const std::string& why) {
  const std::string sentence = WhyUselessAfter(locks);
  EXPECT_NE(sentence.find("A holds keeps nobody out, since " + why), std::string::npos)
      << locks << ": " << sentence;
}

TEST(UselessLocksTest, ASharedLockKeepsNobodyOut) {
  ExpectUseless("f = open(path, 'a+'); fcntl.flock(f, fcntl.LOCK_SH | fcntl.LOCK_NB)",
                "it is shared");
  ExpectUseless("f = open(path, 'a+'); fcntl.lockf(f, fcntl.LOCK_SH | fcntl.LOCK_NB)",
                "it is shared");
}

TEST(UselessLocksTest, ALockOfAFileWithoutANameKeepsNobodyOut) {
  const std::string why = "no other start can open its file, which has no name";
  ExpectUseless("f = tempfile.TemporaryFile(); fcntl.flock(f, fcntl.LOCK_EX)", why);
  ExpectUseless("f = os.memfd_create('x.lock'); fcntl.flock(f, fcntl.LOCK_EX)", why);
}

TEST(UselessLocksTest, ALockWhoseNameDiffersWithEachStartKeepsNobodyOut) {
  ExpectUseless("f = open(f'{path}.{os.getpid()}', 'w'); fcntl.flock(f, fcntl.LOCK_EX)",
                "each start locks a file of its own");
  for (const std::string type : {"SOCK_STREAM", "SOCK_DGRAM"}) {
    ExpectUseless(
        "f = socket.socket(socket.AF_UNIX, socket." + type + "); f.bind(f'\\0x-{os.getpid()}')",
        "each start binds a name of its own");
  }
}

TEST(UselessLocksTest, ALockThatTheOtherStartDoesNotTakeIsOfUse) {
  const std::string locks = "try: fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)\nexcept OSError: 0";
  EXPECT_EQ(WhyUselessAfter("f = open(path, 'a+')\n" + locks), "");
  EXPECT_EQ(WhyUselessAfter("s1 = socket.socket(socket.AF_UNIX)\n"
                            "try: s1.bind('\\0x-1')\nexcept OSError: 0"),
            "");
}

TEST(UselessLocksTest, ASocketOnWhichClientsAreTakenIsNoLock) {
  EXPECT_EQ(WhyUselessAfter("a = socket.socket(socket.AF_UNIX); a.bind(f'\\0x-{os.getpid()}')\n"
                            "a.listen()"),
            "");
}

TEST(UselessLocksTest, ASharedLockBesideAnExclusiveOneIsOfUse) {
  EXPECT_EQ(
      WhyUselessAfter("f = open(path + '.data', 'a+'); fcntl.flock(f, fcntl.LOCK_SH)\n"
                      "g = open(path, 'a+')\n"
                      "try: fcntl.flock(g, fcntl.LOCK_EX | fcntl.LOCK_NB)\nexcept OSError: 0"),
      "");
}

}  // namespace
}  // namespace pidfall
