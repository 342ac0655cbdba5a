#include "harness/schedules/descriptors.h"

namespace pidfall {

std::optional<int> Descriptors::NumberOf(int descriptor) const {
  const auto found = numbers_.find(descriptor);
  return found == numbers_.end() ? std::nullopt : std::optional(found->second);
}

Descriptors Descriptors::Inherited() const {
  Descriptors childs = *this;
  for (const auto& [descriptor, number] : numbers_) childs.Add(descriptor);
  return childs;
}

}  // namespace pidfall
