#include "harness/cli/check_testing.h"

#include <gmock/gmock.h>

#include "harness/cli/exit_status.h"

namespace pidfall {

using testing::HasSubstr;

Words Joined(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

const char kServer[] = R"(
import fcntl, os, select, signal, socket, sys, time
lock = open(os.environ['HOME'] + '/serve.pid', 'a+')
try:
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
except OSError:
    print('already running'); sys.exit(0)
lock.truncate(0); lock.write(str(os.getpid())); lock.flush()
#BEFORE
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('127.0.0.1', 8767)); s.listen()
while True:
    c = s.accept()[0]; c.recv(999); c.send(b'HTTP/1.0 200 OK\r\n\r\nhello'); c.close()
)";

std::string Replaced(std::string program, const std::string& part, const std::string& by) {
  return program.replace(program.find(part), part.size(), by);
}

std::string ServerThat(const std::string& statement) {
  return Replaced(kServer, "#BEFORE", statement);
}

ProgramOutcome CheckTest::CheckPython(const std::string& program, const Words& options,
                                      const std::string& scenario) {
  const Words check = {"check", "--scenario", scenario, "-v"};
  return Run(Joined(Joined(check, options), {"--", "/usr/bin/python3", "-c", program}));
}

void CheckTest::ExpectNeverServes(const std::string& program, const Words& options,
                                  const std::string& words) {
  const ProgramOutcome outcome = CheckPython(program, options);
  EXPECT_EQ(outcome.status, kBrokenRun) << outcome.out << outcome.error;
  EXPECT_THAT(outcome.error, HasSubstr("never served: "));
  EXPECT_THAT(outcome.error, HasSubstr(words));
}

void CheckTest::ExpectFound(const ProgramOutcome& outcome, const std::string& words) {
  EXPECT_THAT(outcome.out, HasSubstr(words)) << outcome.error;
}

ProgramOutcome TwinsTest::Check(const std::string& program, const std::string& scenario,
                                const Words& arguments) {
  Words check = {"check", "--scenario", scenario, "--", "/usr/bin/python3", "-c", program};
  const bool takes_port = arguments.empty() && program.find("sys.argv[1]") != std::string::npos;
  if (takes_port) check.emplace_back("{port}");
  return Run(Joined(check, arguments));
}

void TwinsTest::ExpectBreach(const std::string& program, const std::string& scenario,
                             const std::string& words, const Words& arguments) {
  const ProgramOutcome outcome = Check(program, scenario, arguments);
  EXPECT_EQ(outcome.status, kBroke) << outcome.out << outcome.error;
  EXPECT_THAT(outcome.out, HasSubstr(words)) << outcome.error;
}

void TwinsTest::ExpectNone(const std::string& program, const std::string& scenario,
                           const std::string& words, const Words& arguments) {
  const ProgramOutcome outcome = Check(program, scenario, arguments);
  EXPECT_EQ(outcome.status, kAsItShouldBe) << outcome.out << outcome.error;
  EXPECT_THAT(outcome.out, HasSubstr(words)) << outcome.error;
}

}  // namespace pidfall
