// The system calls that a safeguard can use, and which of their arguments name the objects.
//
//   if (const CallKind* kind = KindOf(SYS_rename)) kind->path2   // 1: its second argument
#pragma once

#include <vector>

namespace pidfall {

// Each is the index of an argument; -1: it has none.
struct CallKind {
  long number = -1;
  const char* name = "";
  int path = -1;
  int folder = -1;  // the descriptor of the folder that a relative `path` starts from
  int path2 = -1;
  int folder2 = -1;
  int descriptor = -1;
  int address = -1;  // of a socket; its length stands after it
  int process = -1;  // a pid
};

// Null: a call that touches no safeguard.
const CallKind* KindOf(long number);

// The errors that the manual page allows for a call of this name also in a correct program: without
// EFAULT, EBADF, EINVAL and others that only a mistake in the program causes.
const std::vector<int>& ErrorsOf(const char* name);

}  // namespace pidfall
