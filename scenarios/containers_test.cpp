// Servers that a container holds: what lives there ends with its first process, and its host has
// another name each time.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "scenarios/catalogue.h"
#include "scenarios/testing.h"

namespace pidfall {
namespace {

constexpr char kArguments[] =
    "import fcntl, os, signal, socket, sys\n"
    "path = sys.argv[1]\n";
constexpr char kToTheBackground[] =
    "ready, tell = os.pipe()\n"
    "if os.fork():\n"
    "  os.close(tell)\n"
    "  sys.exit(int(os.read(ready, 1) or b'1'))\n"
    "os.setsid()\n";
constexpr char kTakePidFile[] =
    "file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)\n"
    "try: fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)\n"
    "except BlockingIOError: sys.exit(1)\n"
    "os.ftruncate(file, 0); os.write(file, b'%d\\n' % os.getpid())\n";
constexpr char kTakeLink[] =
    "here = f'{socket.gethostname()}-{os.getpid()}'\n"
    "try: os.symlink(here, path)\n"
    "except FileExistsError:\n"
    "  host, pid = os.readlink(path).split('-')\n"
    "  if host != socket.gethostname(): sys.exit('runs on ' + host)\n"
    "  try: os.kill(int(pid), 0); sys.exit('pid ' + pid + ' runs')\n"
    "  except ProcessLookupError: os.unlink(path); os.symlink(here, path)\n";

Target WithFile() { return {.pid_file = "{pid_file}"}; }

Result InContainers(std::string_view scenario, const std::string& script, Target target) {
  target.command = {"/usr/bin/python3", "-c", kArguments + script + "signal.pause()",
                    target.pid_file.value_or("{dir}/own")};
  return RunCase(*FindScenario(scenario), target);
}

TEST(ContainersTest, ALauncherThatSucceedsInAContainerIsNoContender) {
  const std::string daemon = std::string(kToTheBackground) +
                             "open(path, 'w').write(f'{os.getpid()}')\n"
                             "os.write(tell, b'0')\n";
  const Result result = InContainers("namespace/contender-inside", daemon, WithFile());
  EXPECT_EQ(result.verdict, Verdict::kNotApplicable) << Account(result);
}

TEST(ContainersTest, ALauncherThatFailsInAContainerIsRefused) {
  const std::string daemon =
      std::string(kToTheBackground) + kTakePidFile + "os.write(tell, b'0')\n";
  const Result result = InContainers("namespace/contender-inside", daemon, WithFile());
  EXPECT_EQ(result.verdict, Verdict::kPass) << Account(result);
}

TEST(ContainersTest, ALinkOfAnotherHostThatIsBelievedForEverKeepsTheServerDown) {
  const Result result = InContainers("namespace/other-host-name", kTakeLink, {.pid_link = "own"});
  EXPECT_EQ(result.verdict, Verdict::kFail) << Account(result);
  EXPECT_NE(result.summary.find("printed \"runs on first\""), std::string::npos) << Account(result);
}

}  // namespace
}  // namespace pidfall
