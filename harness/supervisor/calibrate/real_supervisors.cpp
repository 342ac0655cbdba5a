#include "harness/supervisor/calibrate/real_supervisors.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>

#include "harness/process/fd.h"
#include "harness/supervisor/openrc.h"
#include "harness/supervisor/policies.h"

namespace pidfall {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

using BenchJobs = std::vector<BenchJob>;

std::string Line(const BenchJob& job) { return fmt::format("{}", fmt::join(job.Command(), " ")); }

// runit, s6 and daemontools: a program that watches one folder.
BenchStart WatchFolders(const BenchJobs& jobs, const std::string& program) {
  BenchStart start;
  for (const BenchJob& job : jobs) {
    WriteFile(job.folder + "/run", "#!/bin/sh\nexec " + Line(job) + "\n", 0755);
    start.script += fmt::format("{} {} &\n", program, job.folder);
  }
  return start;
}

BenchStart PrepareRunit(const Bench&, const BenchJobs& jobs) { return WatchFolders(jobs, "runsv"); }
BenchStart PrepareS6(const Bench&, const BenchJobs& jobs) {
  return WatchFolders(jobs, "s6-supervise");
}
BenchStart PrepareDaemontools(const Bench&, const BenchJobs& jobs) {
  return WatchFolders(jobs, "supervise");
}

std::string ConfOf(const BenchJob& job) { return job.folder + "/my.conf"; }

BenchStart PrepareSupervisord(const Bench&, const BenchJobs& jobs) {
  BenchStart start;
  for (const BenchJob& job : jobs) {
    WriteFile(ConfOf(job), fmt::format("[supervisord]\nnodaemon=true\nlogfile={0}/supervisord.log\n"
                                       "pidfile={0}/pid\n[program:web]\ncommand={1}\n{2}",
                                       job.folder, Line(job), job.setting));
    start.script += fmt::format("supervisord -c {} &\n", ConfOf(job));
  }
  return start;
}

std::string MonitrcOf(const BenchJob& job) { return job.folder + "/monitrc"; }

BenchStart PrepareMonit(const Bench&, const BenchJobs& jobs) {
  BenchStart start;
  for (const BenchJob& job : jobs) {
    WriteFile(MonitrcOf(job),
              fmt::format("set daemon 2\nset pidfile {0}/monit.pid\nset statefile {0}/state\n"
                          "set idfile {0}/id\ncheck process web with pidfile {0}/pid\n"
                          "  start program = \"/bin/sh -c '{1} & echo $! > {0}/pid'\"\n{2}",
                          job.folder, Line(job), job.setting),
              0600);
    start.script += fmt::format("monit -I -c {} &\n", MonitrcOf(job));
  }
  return start;
}

// It is a service script's helper, so it asks for the script's name and for OpenRC's folders.
BenchStart PrepareOpenrc(const Bench&, const BenchJobs& jobs) {
  BenchStart start{.script = "mkdir -p /run/openrc/options /run/openrc/daemons\n"};
  for (const BenchJob& job : jobs) {
    const auto words = job.Command();
    start.script += fmt::format(
        "RC_SVCNAME={0} supervise-daemon {0} --start --pidfile {1}/pid {2} {3} -- {4}\n", job.name,
        job.folder, job.setting, words.front(),
        fmt::join(std::vector(words.begin() + 1, words.end()), " "));
  }
  return start;
}

std::string EcosystemOf(const BenchJob& job) { return job.folder + "/ecosystem.json"; }

BenchStart PreparePm2(const Bench& bench, const BenchJobs& jobs) {
  BenchStart start{.script = fmt::format("export PM2_HOME={}/pm2\n", bench.folder())};
  std::string files;
  for (const BenchJob& job : jobs) {
    const auto words = job.Command();
    WriteFile(
        EcosystemOf(job),
        fmt::format(R"({{"apps": [{{"name": "{}", "script": "{}", "args": "{}", )"
                    R"("interpreter": "none"{}}}]}})",
                    job.name, words.front(),
                    fmt::join(std::vector(words.begin() + 1, words.end()), " "), job.setting));
    start.script += "pm2 start " + EcosystemOf(job) + "\n";
  }
  return start;
}

std::string UnitOf(const BenchJob& job) {
  return fs::path(job.folder).parent_path().string() + "/units/" + job.name + ".service";
}

BenchStart PrepareSystemd(const Bench& bench, const BenchJobs& jobs) {
  const std::string units = bench.folder() + "/units";
  fs::create_directory(units);
  std::string wants;
  for (const BenchJob& job : jobs) {
    WriteFile(UnitOf(job),
              fmt::format("[Unit]\nDefaultDependencies=no\n[Service]\nExecStart={}\n{}", Line(job),
                          job.setting));
    wants += " " + job.name + ".service";
  }
  WriteFile(units + "/bench.target", "[Unit]\nDefaultDependencies=no\nWants=" + wants + "\n");
  return {.script = fmt::format(
              "export container=pidfall SYSTEMD_UNIT_PATH={}\n"
              "exec /lib/systemd/systemd --system --unit=bench.target --log-target=console\n",
              units),
          .in_own_cgroup = true,
          .becomes_pid_1 = true};
}

std::unique_ptr<Policy> RunitPolicyOf(const BenchJob& job) {
  return LookUpPolicy("runit:" + job.folder);
}
std::unique_ptr<Policy> S6PolicyOf(const BenchJob& job) { return LookUpPolicy("s6:" + job.folder); }
std::unique_ptr<Policy> DaemontoolsPolicyOf(const BenchJob& job) {
  return LookUpPolicy("daemontools:" + job.folder);
}
std::unique_ptr<Policy> SupervisordPolicyOf(const BenchJob& job) {
  return LookUpPolicy(ConfOf(job));
}
std::unique_ptr<Policy> MonitPolicyOf(const BenchJob& job) { return LookUpPolicy(MonitrcOf(job)); }
constexpr char kOpenrcDelay[] = "--respawn-delay 1 --respawn-max 0";
std::unique_ptr<Policy> OpenrcPolicyOf(const BenchJob& job) {
  if (job.setting != kOpenrcDelay) return MakeOpenrcPolicy({});
  return MakeOpenrcPolicy({.respawn_delay = 1s, .respawn_max = 0});
}
std::unique_ptr<Policy> Pm2PolicyOf(const BenchJob& job) { return LookUpPolicy(EcosystemOf(job)); }
std::unique_ptr<Policy> SystemdPolicyOf(const BenchJob& job) { return LookUpPolicy(UnitOf(job)); }

}  // namespace

const std::vector<RealSupervisor>& RealSupervisors() {
  static const std::vector<RealSupervisor> all = {
      {"runit", "runsv", {""}, PrepareRunit, RunitPolicyOf, 100ms},
      {"s6", "s6-supervise", {""}, PrepareS6, S6PolicyOf, 100ms},
      {"daemontools", "supervise", {""}, PrepareDaemontools, DaemontoolsPolicyOf, 100ms},
      {"supervisord",
       "supervisord",
       {"", "autorestart=true\n", "autorestart=true\nstartsecs=0\n"},
       PrepareSupervisord,
       SupervisordPolicyOf,
       100ms},
      {"monit",
       "monit",
       {"", "if 3 restarts within 3 cycles then unmonitor\n"},
       PrepareMonit,
       MonitPolicyOf,
       100ms},
      {"openrc", "supervise-daemon", {"", kOpenrcDelay}, PrepareOpenrc, OpenrcPolicyOf, 150ms},
      {"pm2",
       "pm2",
       {"", R"(, "restart_delay": 1000)", R"(, "stop_exit_codes": [0])"},
       PreparePm2,
       Pm2PolicyOf,
       150ms},
      // sd-event(3): a timer may be 250 ms late; two dozen units share one manager here.
      {"systemd",
       "/lib/systemd/systemd",
       {"Restart=on-failure\n", "Restart=always\nRestartSec=1\n",
        "Type=notify\nRestart=on-failure\n",
        "Type=forking\nPIDFile=/run/none.pid\nRestart=on-failure\n"},
       PrepareSystemd,
       SystemdPolicyOf,
       400ms,
       true}};
  return all;
}

}  // namespace pidfall
