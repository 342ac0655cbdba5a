#include "servers/stand_in/record.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>

#include "servers/stand_in/console.h"
#include "servers/stand_in/process.h"

namespace pidfall::stand_in {
namespace {

constexpr mode_t kMode = 0644;
constexpr size_t kShortBuffer = 6;

std::string PathOf(const Options& options) {
  if (!options.Has("record-in")) return options.Get("record");
  const char* folder = std::getenv(options.Get("record-in").c_str());
  return std::string(folder == nullptr ? "/tmp" : folder) + "/server.pid";
}

// -1: no number is there.
pid_t Parse(const std::string& text, bool loosely) {
  if (loosely) return static_cast<pid_t>(std::atol(text.c_str()));
  const std::string line = text.substr(0, text.find('\n'));
  pid_t pid = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), pid);
  const bool whole = error == std::errc() && end == line.data() + line.size() && pid > 0;
  return whole ? pid : -1;
}

bool Succeeds(pid_t pid) { return kill(pid, 0) == 0; }
bool Lives(pid_t pid) { return Succeeds(pid) || errno == EPERM; }

void WriteTo(int file, const std::string& text, const std::string& path) {
  if (file < 0) throw Failure("cannot write " + path, errno);
  const bool written = write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const int error = errno == 0 ? ENOSPC : errno;
  close(file);
  if (written) return;
  unlink(path.c_str());
  throw Failure("cannot write " + path, error);
}

// It does not look at errors of fclose.
void WriteCarelessly(const std::string& path, const std::string& text) {
  std::FILE* file = std::fopen(path.c_str(), "w");
  if (file == nullptr) return;
  std::fputs(text.c_str(), file);
  std::fclose(file);
}

}  // namespace

Record::Record(const Options& options) : options_(options), path_(PathOf(options)) {}

pid_t Record::pid() const {
  const pid_t pid = Parse(ReadWhole(path_), options_.Is("parse", "loose"));
  return pid > 0 ? pid : 0;
}

bool Record::NamesSomebody() const {
  if (!options_.Has("judge") || access(path_.c_str(), F_OK) != 0) return false;
  if (options_.Is("judge", "exists")) return true;
  const std::string text = ReadWhole(path_);
  const pid_t pid = Parse(text, options_.Is("parse", "loose"));
  if (pid < 0 && options_.Is("parse", "fatal")) {
    Complain("stand-in: no pid stands in " + path_);
    _exit(1);
  }
  const size_t line = text.find('\n');
  return pid >= 0 && IsSomebody(pid, line == std::string::npos ? "" : text.substr(line + 1));
}

bool Record::IsSomebody(pid_t pid, const std::string& rest) const {
  const std::string rule = options_.Get("judge");
  if (rule == "signal") return Succeeds(pid);
  if (rule == "host" && rest != HostName() + "\n") return true;
  if (!Lives(pid)) return false;
  if (rule == "not-self") return pid != getpid();
  if (rule == "name") return ProgramName(pid) == ProgramName(getpid());
  if (rule == "exe") return ProgramFile(pid) == ProgramFile(getpid());
  if (rule == "process") return IsProcess(pid);
  if (rule == "start-time") return rest == StartTicks(pid) + "\n";
  if (rule == "wall-time") return rest == StartByWallClock(pid) + "\n";
  return true;
}

void Record::RemoveStale() const {
  const std::string way = options_.Get("write", "whole");
  if (way == "whole" || way == "exclusive") unlink(path_.c_str());
}

std::string Record::Text() const {
  std::string number = std::to_string(getpid());
  if (options_.Is("write", "cut")) number = number.substr(0, kShortBuffer);
  // As crun had it, whose file ends with the last digit.
  if (options_.Is("write", "over")) return number;
  const std::string rule = options_.Get("judge");
  if (rule == "start-time") return number + "\n" + StartTicks(getpid()) + "\n";
  if (rule == "wall-time") return number + "\n" + StartByWallClock(getpid()) + "\n";
  if (rule == "host") return number + "\n" + HostName() + "\n";
  return number + "\n";
}

bool Record::Write() const {
  if (path_.empty()) return true;
  const std::string way = options_.Get("write", "whole");
  if (way == "careless") {
    WriteCarelessly(path_, Text());
    return true;
  }
  if (way == "whole") {
    const std::string next = path_ + ".new";
    unlink(next.c_str());
    WriteTo(open(next.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kMode), Text(), next);
    if (rename(next.c_str(), path_.c_str()) != 0) throw Failure("cannot replace " + path_, errno);
    return true;
  }
  int flags = O_WRONLY | O_CREAT | O_CLOEXEC;
  if (way == "exclusive") flags |= O_EXCL;
  if (way != "over") flags |= O_TRUNC;
  const int file = open(path_.c_str(), flags, kMode);
  if (file < 0 && way == "exclusive" && errno == EEXIST) return false;
  WriteTo(file, Text(), path_);
  return true;
}

void Record::Remove() const {
  if (path_.empty()) return;
  if (options_.Is("remove", "any") || pid() == getpid()) unlink(path_.c_str());
}

}  // namespace pidfall::stand_in
