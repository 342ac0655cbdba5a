// Lines in a file that outlive kill -9: once Append has returned, its line is on the disk.
//
//   Journal journal("notes.log");
//   for (const std::string& line : journal.TakeLines()) Replay(line);
//   journal.Append(R"({"id":1,"text":"milk"})");
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pidfall::servers {

class Journal {
 public:
  // Cuts a last line that a crash left incomplete: no client was ever told that it was kept.
  // Throws std::runtime_error naming the file.
  explicit Journal(std::string path);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  // The lines found at the start; a second call returns none.
  std::vector<std::string> TakeLines() { return std::move(lines_); }

  // `line` holds no newline. Throws std::runtime_error, and then the file is as it was before.
  void Append(std::string_view line);

 private:
  void ReadLines();
  [[noreturn]] void RollBack(std::int64_t size, int error);

  std::string path_;
  int file_ = -1;
  bool broken_ = false;
  std::vector<std::string> lines_;
};

}  // namespace pidfall::servers
