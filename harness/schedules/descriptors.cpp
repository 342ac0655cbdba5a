#include "harness/schedules/descriptors.h"

namespace pidfall {

int Descriptors::Add(int descriptor) {
  const int number = ++files_->count;
  files_->references[number] = 1;
  return numbers_[descriptor] = number;
}

void Descriptors::Copy(int from, int to) {
  const auto number = NumberOf(from);
  if (!number || from == to) return;
  ++files_->references[*number];
  numbers_[to] = *number;
}

std::optional<int> Descriptors::Remove(int descriptor) {
  const auto found = numbers_.find(descriptor);
  if (found == numbers_.end()) return std::nullopt;
  const int number = found->second;
  numbers_.erase(found);
  return --files_->references[number] == 0 ? std::optional(number) : std::nullopt;
}

std::optional<int> Descriptors::NumberOf(int descriptor) const {
  const auto found = numbers_.find(descriptor);
  return found == numbers_.end() ? std::nullopt : std::optional(found->second);
}

bool Descriptors::IsLast(int descriptor) const {
  const auto number = NumberOf(descriptor);
  return number && files_->references.at(*number) == 1;
}

Descriptors Descriptors::Inherited() const {
  for (const auto& [descriptor, number] : numbers_) ++files_->references[number];
  return *this;
}

}  // namespace pidfall
