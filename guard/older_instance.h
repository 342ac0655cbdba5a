// An older version of the program, guarded only by a plain pid file, that still runs when this
// guard first starts.
//
//   OlderInstance older = FindOlder(folder, record.pid_file, getpid(), options);
//   if (older.process.valid()) ... it is the owner ...
//
// The only place where a pid in a file counts, so everything must fit: it names a live process of
// the same program, which ran before the file was written and is not guarded by this guard. A
// recycled pid fails one of these checks.
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

// `published`: the mark of the pid file that the last owner under this guard published; that file
// is ignored. Throws Refused for a node that is no regular file.
OlderInstance FindOlder(const Folder& folder, const std::string& published, pid_t self,
                        const Options& options);

}  // namespace pidfall::guard
