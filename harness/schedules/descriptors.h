// The descriptors of one process that belong to the safeguard, each with a number of its own among
// all processes of the start, in the order in which they came to be.
//
//   Descriptors parents;
//   parents.Add(9);                                      // 1
//   const Descriptors childs = parents.Inherited();
//   childs.NumberOf(9)                                   // 2: closing it leaves the parent's open
#pragma once

#include <map>
#include <memory>
#include <optional>

namespace pidfall {

class Descriptors {
 public:
  int Add(int descriptor) { return numbers_[descriptor] = ++*count_; }
  void Remove(int descriptor) { numbers_.erase(descriptor); }
  std::optional<int> NumberOf(int descriptor) const;
  const std::map<int, int>& numbers() const { return numbers_; }
  // What a forked child has.
  Descriptors Inherited() const;

 private:
  std::map<int, int> numbers_;  // by the descriptor
  std::shared_ptr<int> count_ = std::make_shared<int>(0);
};

}  // namespace pidfall
