// The record that an owner writes about itself into its lock file, and its strict parser.
//
//   Record record = {.pid = getpid(), .boot = "...", .token = "pidfs:7402"};
//   pwrite(lock, FormatRecord(record).data(), kRecordSize, 0);
//
// The first line is the decimal pid, then key=value lines up to `end`. Every record has the same
// size, padded with newlines, so that a new owner overwrites the old one's in a single write:
// truncating first makes ext4 flush on close, and a reader could meet the empty file.
// Unknown keys are skipped, so that an older program can read a newer one's record.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pidfall::guard {

inline constexpr size_t kRecordSize = 512;

// `kAlive`: the owner does not say whether it is ready. Older versions know only "ended", and take
// the others for "alive".
enum class RunState { kAlive, kStarting, kReady, kEnded };

struct Record {
  pid_t pid = 0;
  RunState state = RunState::kAlive;  // kEnded: by Release()
  std::string boot = {};              // the boot it ran in
  std::string token = {};             // the process within that boot, more than its pid
  uint64_t pid_namespace = 0;
  std::string pid_file = {};  // the file that it published: inode and time, see PublishedFile
  std::string supervisor = {};
  std::string unit = {};
};

// Exactly kRecordSize bytes. Values that do not fit or hold control characters are left out.
std::string FormatRecord(const Record& record);

// Nothing unless it is a complete record.
std::optional<Record> ParseRecord(std::string_view text);

// The strict reading of a plain pid file: a decimal pid without sign or leading zero, at most
// pid_max's seven digits, blanks and newlines around it; nothing else on its first line.
std::optional<pid_t> ParsePid(std::string_view text);

}  // namespace pidfall::guard
