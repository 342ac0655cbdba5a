// The steps and observations of a story, line by line, and the weaknesses found on the way.
//
//   evidence.Did("start A (pid 31)");
//   evidence.Saw("A serves");
//   {
//     const Evidence::Muted muted(evidence);   // a log of its own tells these steps
//     ...
//   }
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "harness/stage/chronicle.h"

namespace pidfall {

class Evidence {
 public:
  // While one exists nothing is recorded.
  class Muted {
   public:
    explicit Muted(Evidence& evidence) : evidence_(evidence) { ++evidence_.muted_; }
    Muted(const Muted&) = delete;
    Muted& operator=(const Muted&) = delete;
    ~Muted() { --evidence_.muted_; }

   private:
    Evidence& evidence_;
  };

  struct Weakness {
    std::string clause, summary;
  };

  void Did(const std::string& what) { Note("did " + what); }
  // Leaves out a repetition of the last line.
  void Saw(const std::string& what);
  void AddWeakness(const std::string& clause, const std::string& summary);
  // The status of the first duplicate: `seen`, unless there was one before.
  int FirstDuplicateStatus(int seen);

  bool is_muted() const { return muted_ > 0; }
  const std::vector<std::string>& lines() const { return lines_; }
  // When each line was written.
  const std::vector<std::chrono::steady_clock::time_point>& times() const { return times_; }
  // The times of the starts. A step that is no start and no signal is a fault there.
  Chronicle& chronicle() { return chronicle_; }
  const std::vector<Weakness>& weaknesses() const { return weaknesses_; }

 private:
  void Note(const std::string& line);

  int muted_ = 0;
  std::vector<std::string> lines_;
  std::vector<std::chrono::steady_clock::time_point> times_;
  std::vector<Weakness> weaknesses_;
  std::optional<int> first_duplicate_status_;
  Chronicle chronicle_;
};

}  // namespace pidfall
