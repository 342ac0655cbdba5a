#include "harness/observe/census.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <cstdlib>
#include <stdexcept>

#include "harness/process/fd.h"

namespace pidfall {
namespace {

// Linux has ignored this limit since 2.4.25, so no other program sets it. It is inherited, and
// every user may read it.
constexpr auto kMark = static_cast<__rlimit_resource>(10);  // RLIMIT_LOCKS
constexpr std::string_view kMarkLine = "Max file locks";
constexpr rlim_t kMarkOfNobody = 0x7069'6466;  // and a byte below it for each letter of a name

// Far more than a server's workers; a target that forks for ever reaches it within a second.
constexpr size_t kMostProcesses = 1000;

rlim_t MarkOf(const std::string& name) {
  rlim_t mark = kMarkOfNobody;
  for (const char c : name) mark = mark << CHAR_BIT | static_cast<unsigned char>(c);
  return mark;
}

// Empty: the mark is not ours.
std::string NameOf(rlim_t mark) {
  std::string name;
  for (; mark > kMarkOfNobody; mark >>= CHAR_BIT) name.insert(0, 1, static_cast<char>(mark));
  return mark == kMarkOfNobody ? name : "";
}

std::string NameOnProcess(pid_t pid) {
  const std::string limits = ReadOrEmpty("/proc/" + std::to_string(pid) + "/limits");
  const size_t line = limits.find(kMarkLine);
  if (line == std::string::npos) return "";
  return NameOf(strtoull(limits.c_str() + line + kMarkLine.size(), nullptr, 10));
}

}  // namespace

void SetMark(const std::string& name) {
  rlimit limit{};
  if (getrlimit(kMark, &limit) != 0) ThrowErrno("read the limit on file locks");
  limit.rlim_cur = std::min(limit.rlim_max, MarkOf(name));
  if (setrlimit(kMark, &limit) != 0) ThrowErrno("set the limit on file locks");
}

void Census::Forget() {
  living_.reset();
  listeners_.reset();
  udp_sockets_.reset();
}

const std::vector<ProcessInfo>& Census::Living() {
  if (held_ == 0 || !living_) {
    living_ = lineage_.Descendants();
    std::erase_if(*living_, [](const ProcessInfo& process) { return process.state == 'Z'; });
    ForgetTheDead();
  }
  return *living_;
}

// A pid can be reused within the clock tick in which its last process was started.
void Census::ForgetTheDead() {
  std::map<pid_t, Origin> known;
  for (const ProcessInfo& process : *living_) known.insert(origins_.extract(process.pid));
  origins_ = std::move(known);
}

const std::vector<TcpSocket>& Census::Listeners() {
  if (held_ == 0 || !listeners_) listeners_ = TcpSocketsIn(TcpState::kListen);
  return *listeners_;
}

const std::vector<TcpSocket>& Census::UdpSockets() {
  if (held_ == 0 || !udp_sockets_) udp_sockets_ = BoundUdpSockets();
  return *udp_sockets_;
}

// A process keeps its origin for life.
const std::string& Census::OriginOf(const ProcessInfo& process) {
  Origin& origin = origins_[process.pid];
  if (origin.started == process.started) return origin.name;
  origin = {process.started, NameOnProcess(process.pid)};
  if (origin.name.empty()) origin.name = InitialVariable(process.pid, kInstanceMark).value_or("");
  return origin.name;
}

std::vector<ProcessInfo> Census::Of(const std::string& name, pid_t root) {
  std::vector<ProcessInfo> found;
  const auto is_one = [&](const ProcessInfo& process) {
    const auto is_parent = [&](const ProcessInfo& p) { return p.pid == process.parent; };
    return process.pid == root || OriginOf(process) == name ||
           std::any_of(found.begin(), found.end(), is_parent);
  };
  for (const ProcessInfo& process : Living()) {
    if (is_one(process)) found.push_back(process);
  }
  if (found.size() > kMostProcesses) {
    throw std::runtime_error(name + " has more than " + std::to_string(kMostProcesses) +
                             " processes: it starts them without end");
  }
  return found;
}

}  // namespace pidfall
