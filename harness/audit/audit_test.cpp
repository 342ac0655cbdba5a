// Whole audits of a sandbox's own processes, files and ports.
#include "harness/audit/audit.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <stdlib.h>

#include <ctime>
#include <filesystem>

#include "harness/process/launch.h"
#include "harness/process/program_folder.h"
#include "harness/sandbox/sandbox.h"

namespace pidfall {
namespace {

namespace fs = std::filesystem;

constexpr int kBoundMs = 20'000;
constexpr Duration kBound = std::chrono::seconds(20);

Child Start(pid_t pid, std::vector<std::string> command) {
  return Launch({.command = std::move(command), .pid = pid});
}

// Returns once it listens.
Child Listen(pid_t pid, const std::string& port) {
  const Pipe output = MakePipe();
  Child child = Launch({.command = {ProgramFolder() + "/stand-in", "--port", port},
                        .output = output.write.get(),
                        .pid = pid});
  pollfd says{output.read.get(), POLLIN, 0};
  if (poll(&says, 1, kBoundMs) != 1) throw std::runtime_error("the listener says nothing");
  return child;
}

void StartAndEnd(pid_t pid) {
  const Child child = Start(pid, {"true"});
  WaitForEnd(child, kBound);
  Reap(child);
}

std::string Without(const std::string& part, std::string text) {
  std::size_t at = 0;
  while ((at = text.find(part)) != std::string::npos) text.erase(at, part.size());
  return text;
}

struct Unit {
  const char* name;
  std::string command;
  bool has_pid_file = true;
};

class UnitFolder {
 public:
  explicit UnitFolder(std::string folder) : folder_(std::move(folder)) {
    fs::create_directory(folder_ + "/units");
  }
  void Write(const Unit& unit) const {
    std::string text = "[Service]\nExecStart=" + unit.command + '\n';
    if (unit.has_pid_file) text += "PIDFile=" + PidFileOf(unit.name) + '\n';
    WriteFile(fmt::format("{}/units/{}.service", folder_, unit.name), text);
  }
  void WritePid(const char* name, pid_t pid) const {
    WriteFile(PidFileOf(name), std::to_string(pid) + '\n');
  }
  // One line for each finding, without the folders.
  std::string Findings() const {
    std::string text;
    for (Result& result : AllResults(AuditPaths({folder_ + "/units"}))) {
      if (result.verdict != Verdict::kFail) continue;
      text += fs::path(result.server).stem().string() + ": " + result.summary + '\n';
    }
    return Without(ProgramFolder() + '/', Without(folder_ + '/', text));
  }

 private:
  std::string PidFileOf(const char* name) const { return fmt::format("{}/{}.pid", folder_, name); }
  std::string folder_;
};

std::string OneOfEach(const World& world) {
  const UnitFolder units(world.folder);
  units.Write({"stale", "/bin/sleep 1001"});
  StartAndEnd(701);
  units.WritePid("stale", 701);
  units.Write({"missing", "/bin/sleep 1002"});
  const Child missing = Start(702, {"sleep", "1002"});
  units.Write({"twice", "/bin/sleep 1003", false});
  const Child first = Start(703, {"sleep", "1003"});
  const Child second = Start(704, {"sleep", "1003"});
  units.Write({"taken", "/usr/bin/web --port 8080", false});
  const Child stranger = Listen(705, "8080");
  units.Write({"well", ProgramFolder() + "/stand-in --port 8081"});
  const Child well = Listen(706, "8081");
  units.WritePid("well", 706);
  units.Write({"down", "/bin/sleep 1005"});
  return units.Findings();
}

TEST(AuditTest, AStaleFileAMissingFileTwoCopiesAndAStrangerAreFoundAndNothingElse) {
  if (!FullSandboxWorks()) GTEST_SKIP() << FullSandboxObstacle();
  Sandbox sandbox = Sandbox::Open({}, OneOfEach);
  const std::string found = ReadToEnd(sandbox.result(), "the story");
  sandbox.Close();
  EXPECT_EQ(found,
            "missing: missing.pid is missing while pid 702 runs\n"
            "stale: stale.pid is stale: it names process 701, which is gone\n"
            "taken: port 8080 belongs to another program: pid 705 (stand-in --port 8080)\n"
            "twice: 2 copies of it run\n");
}

double ProcessorSeconds() {
  return static_cast<double>(std::clock()) / static_cast<double>(CLOCKS_PER_SEC);
}

// Processor time: beside other tests the clock on the wall tells little.
TEST(AuditTest, ATreeOfTwoHundredAndFiftyFilesTakesLessThanFiveSeconds) {
  constexpr double kMostSeconds = 5;
  char folder[] = "/tmp/pidfall-audit.XXXXXX";
  ASSERT_NE(mkdtemp(folder), nullptr);
  for (int i = 0; i < 200; ++i) {
    WriteFile(fmt::format("{}/{}.service", folder, i),
              fmt::format("[Service]\nExecStart=/bin/web --port {}\nPIDFile=/run/w{}.pid\n"
                          "Restart=always\nRestartSec=1\n",
                          10'000 + i, i));
  }
  for (int i = 0; i < 25; ++i) {
    WriteFile(fmt::format("{}/{}.plist", folder, i),
              "<plist><dict><key>Label</key><string>a</string><key>KeepAlive</key><true/>"
              "<key>Program</key><string>/bin/web</string></dict></plist>");
    WriteFile(fmt::format("{}/{}.yaml", folder, i),
              "services:\n  web: {restart: always}\n  db: {restart: unless-stopped}\n");
  }
  const double start = ProcessorSeconds();
  const Audit audit = AuditPaths({folder});
  EXPECT_LT(ProcessorSeconds() - start, kMostSeconds);
  EXPECT_EQ(audit.services.all.size(), 275U);
  fs::remove_all(folder);
}

}  // namespace
}  // namespace pidfall
