// The system calls that a safeguard can be made of, and where in their arguments the objects stand.
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
  int folder = -1;  // the descriptor that a relative `path` begins at
  int path2 = -1;
  int folder2 = -1;
  int descriptor = -1;
  int address = -1;  // of a socket; its length stands after it
  int process = -1;  // a pid
};

// Null: a call that touches no safeguard.
const CallKind* KindOf(long number);

// What its manual page allows a call of this name to fail with, whatever the program does right:
// not EFAULT, EBADF, EINVAL and others that only a mistake in the program brings about.
const std::vector<int>& ErrorsOf(const char* name);

}  // namespace pidfall
