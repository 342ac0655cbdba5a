#include "harness/stage/evidence.h"

namespace pidfall {

void Evidence::Note(const std::string& line) {
  if (is_muted()) return;
  lines_.push_back(line);
  times_.push_back(std::chrono::steady_clock::now());
}

void Evidence::Saw(const std::string& what) {
  if (lines_.empty() || lines_.back() != "saw " + what) Note("saw " + what);
}

void Evidence::AddWeakness(const std::string& clause, const std::string& summary) {
  weaknesses_.push_back({clause, summary});
}

int Evidence::FirstDuplicateStatus(int seen) {
  if (!first_duplicate_status_) first_duplicate_status_ = seen;
  return *first_duplicate_status_;
}

}  // namespace pidfall
