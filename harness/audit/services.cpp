#include "harness/audit/services.h"

#include <chrono>
#include <filesystem>
#include <regex>
#include <utility>

#include "harness/audit/service_files.h"
#include "harness/input/bad_input.h"
#include "harness/process/fd.h"
#include "harness/simulation/convergence.h"
#include "harness/supervisor/policies.h"
#include "harness/supervisor/systemd_files.h"

namespace pidfall {
namespace {

namespace fs = std::filesystem;

constexpr SupervisorTime kBeside = std::chrono::minutes(10);

std::string UnitOf(const fs::path& file) {
  const fs::path folder = fs::absolute(file).parent_path();
  const bool is_systemds = folder.parent_path().filename() == "systemd" &&
                           (folder.filename() == "system" || folder.filename() == "user");
  return is_systemds && file.extension() == ".service" ? file.filename().string() : "";
}

bool IsPerUser(const std::string& file) {
  return file.find("/systemd/user/") != std::string::npos ||
         file.find("/LaunchAgents/") != std::string::npos;
}

bool IsShellScript(const std::string& program) {
  if (program.empty() || program.front() != '/') return false;
  static const std::regex shebang(R"(^#! *\S*\b(sh|bash|dash|ash|zsh|execlineb)\b)");
  const std::string beginning = ReadOrEmpty(program).substr(0, 80);
  return std::regex_search(beginning, shebang);
}

// Takes the command that a service folder's `run` executes in the end, where that is plain.
Job WithRunScript(Job job, const std::string& folder) {
  const std::string line = ExecLine(ReadOrEmpty(fs::path(folder) / "run"));
  if (!line.empty()) job.command = {"/bin/sh", "-c", line};
  return job;
}

// npm and the runners of a Procfile start their commands in its folder.
bool RunsInItsFolder(const fs::path& file) {
  const std::string name = file.filename();
  return name == "package.json" || name.starts_with("Procfile");
}

// `auto` waits under a supervisor that the guard knows by its marks, as pid 1, or by its parent
// (guard/supervisor.cpp).
bool GuardKnowsSupervisor(const AuditedService& service) {
  const Job& job = service.policy->job();
  if (!job.image.empty()) return true;
  for (const char* mark : {"XPC_SERVICE_NAME", "INVOCATION_ID", "SUPERVISOR_ENABLED"}) {
    if (job.marks.contains(mark)) return true;
  }
  return service.source.starts_with("runit:") || service.source.starts_with("s6:");
}

bool DuplicateWaits(const AuditedService& service) {
  const std::string& answer = service.facts.guards_duplicate;
  return answer == "wait" || (answer == "auto" && GuardKnowsSupervisor(service));
}

AuditedService Read(const std::string& source) {
  AuditedService service{
      .source = source, .file = FileOfPolicy(source), .policy = LookUpPolicy(source)};
  Job job = service.policy->job();
  service.name = job.label;
  if (fs::is_directory(service.file)) job = WithRunScript(std::move(job), service.file);
  if (RunsInItsFolder(service.file)) {
    job.working_directory = fs::absolute(service.file).parent_path();
  }
  service.folder = job.working_directory;
  service.facts = FactsOf(job);
  if (!service.facts.words.empty() && IsShellScript(service.facts.words.front())) {
    service.facts.is_script = true;
  }
  service.unit = UnitOf(service.file);
  service.is_per_user = IsPerUser(service.file);
  service.duplicate_waits = DuplicateWaits(service);
  const std::vector<DuplicateAnswer>& answers = DuplicateAnswers();
  const auto play = [&](const DuplicateAnswer& answer) {
    const ModelServer& server = (service.duplicate_waits ? answers.back() : answer).server;
    return PlayDuplicate(service.policy, server, kBeside);
  };
  service.with_status_0 = play(answers[0]);
  service.with_status_1 = play(answers[1]);
  return service;
}

// systemd takes it without a command: there is nothing to supervise.
bool RunsNothing(const std::string& file) {
  return file.ends_with(".service") && UnitRunsNothing(ReadUnitFiles(file));
}

}  // namespace

AuditedServices ReadServices(const std::vector<std::string>& paths) {
  ServiceFiles files = FindServiceFiles(paths);
  AuditedServices services{.unread = std::move(files.unread)};
  // One that cannot be read hides no other.
  const auto read = [&](const auto& act) {
    try {
      act();
    } catch (const BadInput& error) {
      services.unread.emplace_back(error.what());
    }
  };
  for (const std::string& file : files.policies) {
    std::vector<std::string> sources;
    read([&] {
      if (!RunsNothing(file)) sources = ServicesIn(file);
    });
    for (const std::string& source : sources) {
      read([&] { services.all.push_back(Read(source)); });
    }
  }
  return services;
}

bool Loops(const AuditedService& service) {
  const int bound = ConvergenceBounds().starts;
  return service.with_status_0.starts > bound || service.with_status_1.starts > bound;
}

}  // namespace pidfall
