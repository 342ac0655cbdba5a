// Owners that watch their own file.
#include <gtest/gtest.h>

#include <string>

#include "scenarios/catalogue.h"
#include "scenarios/testing.h"

namespace pidfall {
namespace {

constexpr char kLockedOnFile[] =
    "import fcntl, os, socket, sys, threading, time\n"
    "lock = os.open(sys.argv[2], os.O_RDWR | os.O_CREAT, 0o644)\n"
    "try: fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)\n"
    "except BlockingIOError: os._exit(3)\n"
    "os.ftruncate(lock, 0); os.write(lock, b'%d\\n' % os.getpid())\n";
constexpr char kServeShared[] =
    "s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)\n"
    "s.bind(('127.0.0.1', int(sys.argv[1]))); s.listen()\n"
    "while True: s.accept()[0].close()\n";
constexpr char kWatch[] =
    "def watch():\n"
    "  while os.path.exists(sys.argv[2]): time.sleep(0.01)\n"
    "  os._exit(75)\n"
    "threading.Thread(target=watch, daemon=True).start()\n";

Result RemoveFile(const std::string& watch) {
  const Target target{.command = {"/usr/bin/python3", "-c", kLockedOnFile + watch + kServeShared,
                                  "{port}", "{pid_file}"},
                      .port = 8767,
                      .pid_file = "{pid_file}"};
  return RunCase(*FindScenario("ownership/file-removed"), target);
}

TEST(OwnershipTest, AnOwnerThatEndsWithItsFileIsNotEndedByAContender) {
  const Result result = RemoveFile(kWatch);
  EXPECT_EQ(result.verdict, Verdict::kNotApplicable) << Account(result);
}

TEST(OwnershipTest, AnOwnerThatLivesOnWithoutItsFileIsJoinedByAnother) {
  const Result result = RemoveFile("");
  EXPECT_NE(result.summary.find("the lock was on that very file: B serves beside the owner A"),
            std::string::npos)
      << Account(result);
}

}  // namespace
}  // namespace pidfall
