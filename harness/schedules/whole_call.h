// A system call with all that another process needs to make the same one, as a value.
//
//   const auto whole = WholeCallOf(thread, call, descriptors);   // of a traced process
//   puppet.Ask(*whole);                                          // in another process
//   ResultOf(*whole, ...) == ResultOf(*whole, ...)               // no caller can tell them apart
//
// Two whole calls are equal when no program could tell their calls apart: addresses do not count,
// paths are absolute, and a descriptor is known by its file, in the order of their opening.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>

#include "harness/kernel/raw_call.h"
#include "harness/schedules/descriptors.h"

namespace pidfall {

bool IsOneOf(long number, std::initializer_list<long> all);

// The meaning of an argument.
enum class Role : char {
  kValue = 'v',
  kPath = 'p',
  kText = 't',        // of a symlink: not a path of the caller's
  kFolder = 'f',      // the descriptor of the folder that the next argument starts from
  kDescriptor = 'd',  // known by its file's number in Descriptors
  kInput = 'i',       // bytes; the next argument is their size
  kOutput = 'o',      // room for bytes; the next argument is its size
  kEntries = 'e',     // room for the entries of a folder; the next argument is its size
  kStat = 's',
  kStatx = 'x',
  kLock = 'l',     // a struct flock
  kAddress = 'a',  // of a socket; the next argument is its size
};

// A socket that the call is the first to name.
struct SocketKind {
  int domain = 0, type = 0, protocol = 0;
  int reuses_address = 0, reuses_port = 0, only_ipv6 = 0;
  bool operator==(const SocketKind&) const = default;
};

struct WholeCall {
  long number = -1;
  std::string roles;                      // one of Role for each argument
  std::array<uint64_t, 6> values{};       // of kValue; the descriptor's number; a size
  std::array<std::string, 6> contents{};  // of paths, texts, inputs, locks and addresses
  std::optional<SocketKind> socket;
  bool operator==(const WholeCall&) const = default;

  Role RoleOf(size_t argument) const { return static_cast<Role>(roles[argument]); }
  bool Opens() const;  // its result is a new descriptor
};

WholeCall CloseOf(int file);
// A close of one of several descriptors that lead to the same file: to others it is a call that
// does nothing.
WholeCall NoChange();

// Empty: no other process can make this call for it.
std::optional<WholeCall> WholeCallOf(pid_t thread, const RawCall& call, Descriptors& descriptors);

// The contents of what a call wrote into the caller's memory, by argument.
using CallOutput = std::array<std::string, 6>;
CallOutput OutputOf(pid_t thread, const WholeCall& whole, const RawCall& call);

// The files that one process has seen, numbered as it saw them: it can compare inodes, and no more.
class SeenFiles {
 public:
  int NumberOf(uint64_t device, uint64_t inode);

 private:
  std::map<std::pair<uint64_t, uint64_t>, int> numbers_;
};

// All that the program can see of the call's result, but times.
std::string ResultOf(const WholeCall& whole, int64_t result, const CallOutput& output,
                     SeenFiles& seen);

}  // namespace pidfall
