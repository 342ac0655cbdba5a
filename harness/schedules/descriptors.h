// The safeguard's files that the processes of a start have opened, and the descriptors of one
// process that lead to them. A dup or a fork makes another way to the same file, which no other
// start can notice; nor can it notice a close before the last one.
//
//   Descriptors parents;
//   parents.Add(9);                          // file 1
//   Descriptors childs = parents.Inherited();
//   parents.Remove(9);                       // nothing: the child has it open
//   childs.Remove(9);                        // file 1: now it is closed
#pragma once

#include <map>
#include <memory>
#include <optional>

namespace pidfall {

class Descriptors {
 public:
  // A file that was opened just now: its number among those of all processes of the start.
  int Add(int descriptor);
  // Nothing where `from` leads to none of them.
  void Copy(int from, int to);
  // The number of the file, if this was the last descriptor of any process that led to it.
  std::optional<int> Remove(int descriptor);

  std::optional<int> NumberOf(int descriptor) const;
  bool IsLast(int descriptor) const;
  const std::map<int, int>& numbers() const { return numbers_; }
  // The copy that a forked child has.
  Descriptors Inherited() const;

 private:
  struct Files {
    int count = 0;
    std::map<int, int> references;  // by the file's number
  };
  std::map<int, int> numbers_;  // of the files, by the descriptor
  std::shared_ptr<Files> files_ = std::make_shared<Files>();
};

}  // namespace pidfall
