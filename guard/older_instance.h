// An older version of the program that is guarded by nothing but a plain pid file, still running
// when this guard first starts.
//
//   OlderInstance older = FindOlder(folder, record.pid_file, getpid(), options);
//   if (older.process.valid()) ... it is the owner ...
//
// The one place where a number in a file counts, so everything must fit: it names a live process
// of the same program, which was there before the file was written and is not an instance of its
// own under this guard. A recycled number fails at one of these.
#pragma once

#include <string>

#include "guard/descriptor.h"
#include "guard/guard.h"
#include "guard/lock_file.h"

namespace pidfall::guard {

struct OlderInstance {
  Descriptor process;
  pid_t pid = 0;
  bool another_users = false;
};

// `published`: the mark of the pid file that the last owner under this guard published; that one
// says nothing. Throws Refused for a node that is no regular file.
OlderInstance FindOlder(const Folder& folder, const std::string& published, pid_t self,
                        const Options& options);

}  // namespace pidfall::guard
