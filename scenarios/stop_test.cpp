// Servers that a signal ends only in part, and those that leave something behind.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "scenarios/catalogue.h"
#include "scenarios/testing.h"

namespace pidfall {
namespace {

constexpr char kServeUntilStopped[] =
    "server = socket.create_server(('127.0.0.1', int(sys.argv[1])))\n"
    "open(sys.argv[2], 'w').write(f'{os.getpid()}\\n')\n"
    "signal.signal(signal.SIGTERM, lambda *_: os._exit(0))\n"
    "signal.signal(signal.SIGINT, lambda *_: os._exit(0))\n"
    "while True: server.accept()[0].close()\n";

Result Stop(std::string_view scenario, const std::string& before) {
  const Target target{.command = {"/usr/bin/python3", "-c",
                                  "import os, signal, socket, sys\n" + before + kServeUntilStopped,
                                  "{port}", "{pid_file}"},
                      .port = 8767,
                      .pid_file = "{pid_file}"};
  return RunCase(*FindScenario(scenario), target);
}

constexpr char kWrapper[] = "child = os.fork()\nif child: os.waitpid(child, 0); os._exit(0)\n";

TEST(StopTest, CtrlCEndsTheServerThatAWrapperWaitsFor) {
  const Result result =
      Stop("stop/sigint", std::string("signal.signal(signal.SIGINT, 0)\n") + kWrapper);
  EXPECT_EQ(result.verdict, Verdict::kPass) << Account(result);
}

TEST(StopTest, SigtermToAWrapperAloneLeavesItsServer) {
  const Result result = Stop("stop/sigterm", kWrapper);
  EXPECT_NE(result.summary.find("which the signal did not reach"), std::string::npos)
      << Account(result);
}

TEST(StopTest, TheFileThatADaemonLeavesIsAWeakness) {
  const Result result = Stop("stop/sigterm", "if os.fork(): os._exit(0)\nos.setsid()\n");
  EXPECT_EQ(result.severity, Severity::kWeakness) << Account(result);
  EXPECT_NE(result.summary.find("the pid file still names A"), std::string::npos)
      << Account(result);
}

}  // namespace
}  // namespace pidfall
