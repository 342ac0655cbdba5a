// Servers that ask on their port whether they run already, and take the answer for their own.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "scenarios/catalogue.h"
#include "scenarios/testing.h"

namespace pidfall {
namespace {

constexpr char kServer[] =
    "import http.server, sys, urllib.request\n"
    "port = int(sys.argv[1])\n"
    "class Handler(http.server.BaseHTTPRequestHandler):\n"
    "  def do_GET(self):\n"
    "    self.send_response(200); self.end_headers(); self.wfile.write(b'notes')\n"
    "  def log_message(self, *_): pass\n"
    "def ask():\n"
    "  try:\n"
    "    return urllib.request.urlopen(f'http://127.0.0.1:{port}/', timeout=0.3).read()\n"
    "  except OSError: return None\n";
constexpr char kServe[] =
    "try: http.server.HTTPServer(('127.0.0.1', port), Handler).serve_forever()\n"
    "except OSError as error: sys.exit(f'port {port}: {error.strerror}')\n";

bool IsBreach(const Result& result) {
  return result.verdict == Verdict::kFail && result.severity == Severity::kBreach;
}

Result Judge(const std::string& check, std::string_view scenario = "port/held-by-stranger") {
  const Target target{.command = {"/usr/bin/python3", "-c", kServer + check + kServe, "{port}"},
                      .port = 8767,
                      .duplicate_exit = 0};
  return RunCase(*FindScenario(scenario), target);
}

TEST(AsksPortTest, AStrangersAnswerTakenForItsOwnIsABreach) {
  const Result result = Judge("if ask() is not None: print('runs already'); sys.exit(0)\n");
  EXPECT_TRUE(IsBreach(result)) << Account(result);
  EXPECT_NE(result.summary.find("B took another program's answer on port 8767 for its own"),
            std::string::npos)
      << Account(result);
}

TEST(AsksPortTest, AStrangersAnswerToldFromItsOwnIsNone) {
  const Result result = Judge("if ask() == b'notes': print('runs already'); sys.exit(0)\n");
  EXPECT_NE(Account(result).find("that answers HTTP on the port"), std::string::npos)
      << Account(result);
  EXPECT_FALSE(IsBreach(result)) << Account(result);
}

TEST(AsksPortTest, WhereNobodyAskedNoStrangerAnswers) {
  const Result result = Judge("");
  EXPECT_FALSE(IsBreach(result)) << Account(result);
  EXPECT_EQ(Account(result).find("answers HTTP"), std::string::npos) << Account(result);
}

constexpr char kEndHolder[] =
    "import glob, os, signal\n"
    "rows = [line.split() for line in open('/proc/net/tcp')][1:]\n"
    "on_port = {r[9] for r in rows if r[3] == '0A' and r[1].endswith(f':{port:04X}')}\n"
    "for fd in glob.glob('/proc/[0-9]*/fd/*'):\n"
    "  try:\n"
    "    if os.readlink(fd)[8:-1] not in on_port: continue\n"
    "  except OSError: continue\n"
    "  os.kill(int(fd.split('/')[2]), signal.SIGKILL)\n"
    "while on_port & {line.split()[9] for line in open('/proc/net/tcp')}: pass\n";

TEST(AsksPortTest, AStrangerThatIsEndedForItsPortIsToldFirst) {
  const Result stranger = Judge(kEndHolder);
  EXPECT_TRUE(IsBreach(stranger)) << Account(stranger);
  EXPECT_EQ(stranger.summary,
            "A took its port from another program, which got the signal that ended it");
  const Result worker = Judge(kEndHolder, "kill9/worker-on-port");
  EXPECT_EQ(worker.verdict, Verdict::kNotApplicable) << Account(worker);
}

constexpr char kAskRecord[] =
    "import os, socket, sys\n"
    "def lives():\n"
    "  try: socket.create_connection(('127.0.0.1', int(open(sys.argv[1]).read()))).close()\n"
    "  except (OSError, ValueError): return False\n"
    "  return True\n";
constexpr char kServeOnAnyPort[] =
    "s = socket.create_server(('127.0.0.1', 0))\n"
    "open(sys.argv[1], 'w').write(str(s.getsockname()[1]))\n"
    "while True: c = s.accept()[0]; c.recv(99); c.send(b'HTTP/1.0 200 OK\\r\\n\\r\\n'); "
    "c.close()\n";

Result JudgeOnAnyPort(const std::string& check) {
  const Target target{
      .command = {"/usr/bin/python3", "-c", kAskRecord + check + kServeOnAnyPort, "{pid_file}"},
      .port_changes = true,
      .pid_file = "{pid_file}",
      .file_has_pid = false};
  return RunCase(*FindScenario("kill9/restart"), target);
}

TEST(AsksPortTest, AStrangerOnThePortOfTheRecordIsTakenForTheOwner) {
  const Result result = JudgeOnAnyPort("if lives(): print('runs already'); sys.exit(0)\n");
  EXPECT_TRUE(IsBreach(result)) << Account(result);
  EXPECT_NE(result.summary.find(" is another program's by now"), std::string::npos)
      << Account(result);
}

TEST(AsksPortTest, AStrangerOnThePortOfTheRecordDoesNotMatterToALock) {
  const Result result = JudgeOnAnyPort(
      "import fcntl; lock = open(sys.argv[1] + '.lock', 'w')\n"
      "fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)\n");
  EXPECT_EQ(result.verdict, Verdict::kPass) << Account(result);
}

}  // namespace
}  // namespace pidfall
