#include "harness/faults/guard_calls.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/syscall.h>

#include <cstring>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <unordered_map>

#include "harness/input/text_parts.h"
#include "harness/kernel/call_kinds.h"
#include "harness/kernel/raw_call.h"

namespace pidfall {
namespace {

using Kind = GuardCall::Kind;

const std::unordered_map<std::string_view, Kind> kKinds = {
    {"link", Kind::kCreate},      {"linkat", Kind::kCreate},     {"symlink", Kind::kCreate},
    {"symlinkat", Kind::kCreate}, {"mkdir", Kind::kCreate},      {"mkdirat", Kind::kCreate},
    {"mknod", Kind::kCreate},     {"mknodat", Kind::kCreate},    {"rename", Kind::kReplace},
    {"renameat", Kind::kReplace}, {"renameat2", Kind::kReplace}, {"unlink", Kind::kRemove},
    {"unlinkat", Kind::kRemove},  {"rmdir", Kind::kRemove},      {"truncate", Kind::kEmpty},
    {"ftruncate", Kind::kEmpty},  {"write", Kind::kWrite},       {"pwrite64", Kind::kWrite},
    {"writev", Kind::kWrite},     {"chmod", Kind::kWrite},       {"fchmod", Kind::kWrite},
    {"fchmodat", Kind::kWrite},   {"chown", Kind::kWrite},       {"lchown", Kind::kWrite},
    {"fchown", Kind::kWrite},     {"fchownat", Kind::kWrite},    {"utimensat", Kind::kWrite},
    {"fallocate", Kind::kWrite},  {"close", Kind::kClose},
};

constexpr char kProgram[] = "another program";

// Where its flags stand differs from call to call.
uint64_t FlagsOfOpen(const Call& call) {
  uint64_t flags = 0;
  switch (call.number) {
#ifdef SYS_open
    case SYS_open:
      return call.arguments[1];
    case SYS_creat:
      return O_CREAT | O_TRUNC;
#endif
    case SYS_openat:
      return call.arguments[2];
    default: {  // openat2: the first word of its struct open_how
      const std::string how = ReadBytes(call.thread, call.arguments[2], sizeof(flags));
      if (!how.empty()) std::memcpy(&flags, how.data(), sizeof(flags));
      return flags;
    }
  }
}

Kind KindOfLock(const Call& call) {
  if (call.number == SYS_flock) {
    return (call.arguments[1] & LOCK_UN) != 0 ? Kind::kClose : Kind::kLock;
  }
  if (call.arguments[1] == F_GETLK || call.arguments[1] == F_OFD_GETLK) return Kind::kLook;
  short type = F_WRLCK;  // the first field of its struct flock
  const std::string lock = ReadBytes(call.thread, call.arguments[2], sizeof(type));
  if (!lock.empty()) std::memcpy(&type, lock.data(), sizeof(type));
  return type == F_UNLCK ? Kind::kClose : Kind::kLock;
}

bool IsOpen(std::string_view name) { return name.starts_with("open") || name == "creat"; }

// In the past, as it is told afterwards.
const char* Verb(Kind kind) {
  switch (kind) {
    case Kind::kCreate:
      return "created";
    case Kind::kEmpty:
      return "emptied";
    case Kind::kReplace:
      return "renamed";
    case Kind::kRemove:
      return "removed";
    case Kind::kLock:
      return "locked";
    case Kind::kWrite:
      return "wrote";
    case Kind::kBind:
      return "bound";
    case Kind::kListen:
      return "listened on";
    case Kind::kClose:
      return "let go of";
    default:
      return "looked at";
  }
}

}  // namespace

bool GuardCall::Changes() const {
  return kind == kCreate || kind == kEmpty || kind == kReplace || kind == kRemove || kind == kWrite;
}

bool GuardCall::Touches() const { return !object.starts_with("/proc/") && object != kProgram; }

std::string GuardCall::When() const {
  std::string what = object == "." ? "the pid file's folder" : object;
  if (kind == kReplace) what.replace(what.find(','), 1, " to ");
  return std::string(returned ? "after" : "before") + " it " + Verb(kind) + " " + what;
}

GuardCalls::GuardCalls(const Stage& stage, const Instance& instance)
    : pid_(std::to_string(instance.pid())),
      port_(std::to_string(instance.port())),
      safeguard_(SafeguardOf(stage)),
      attention_(safeguard_, instance.pid(), instance.port()) {}

GuardCall::Kind GuardCalls::KindOfOpen(const Call& call, const std::string& object) const {
  const uint64_t flags = FlagsOfOpen(call);
  std::error_code missing;
  if (!std::filesystem::exists(safeguard_.PathOf(object), missing)) {
    return (flags & O_CREAT) != 0 ? Kind::kCreate : Kind::kLook;
  }
  const bool empties = (flags & O_TRUNC) != 0 && (flags & O_EXCL) == 0;
  return empties ? Kind::kEmpty : Kind::kOpen;
}

GuardCall::Kind GuardCalls::KindOfCall(const Call& call, const CallKind& kind,
                                       const std::string& object) {
  const std::string_view name = kind.name;
  if (IsOpen(name)) return KindOfOpen(call, object);
  if (name == "flock" || name == "fcntl") return KindOfLock(call);
  const bool is_port = object.find(" port ") != std::string::npos;
  if (name == "bind") return is_port ? Kind::kBind : Kind::kCreate;
  if (name == "listen") return Kind::kListen;
  if (object.ends_with(" (deleted)")) return Kind::kLook;  // nobody else sees it
  const bool keeps_a_part = name.ends_with("truncate") && call.arguments[1] != 0;
  if (keeps_a_part) return Kind::kWrite;
  const auto found = kKinds.find(name);
  return found == kKinds.end() ? Kind::kLook : found->second;
}

std::optional<GuardCall> GuardCalls::Entry(const Call& call) {
  // A helper that looks for it: ps, ss, flock(1).
  if (call.number == SYS_execve) return GuardCall{.object = kProgram};
  const CallKind* kind = KindOf(call.number);
  if (kind == nullptr) return std::nullopt;
  auto object = attention_.ObjectOf(call.thread, *kind, call);
  if (object) {
    // Attention's names are the same in each start. In one start a thing has its own name: that of
    // a folder may hold the very number.
    ReplaceAll(*object, "{pid}", pid_);
    ReplaceAll(*object, "{port}", port_);
    return GuardCall{.kind = KindOfCall(call, *kind, *object), .object = *object};
  }
  if (call.number != SYS_listen) return std::nullopt;
  return GuardCall{.kind = Kind::kListen, .object = "a port"};
}

std::optional<GuardCall> GuardCalls::See(const Call& call) {
  if (!call.returned) {
    auto entry = Entry(call);
    if (entry) made_[call.thread] = *entry;
    return entry;
  }
  const auto made = made_.find(call.thread);
  if (made == made_.end()) return std::nullopt;
  GuardCall now = made->second;
  made_.erase(made);
  now.returned = true;
  now.failed = call.result < 0;
  return now;
}

}  // namespace pidfall
