// The lock, as well or as badly kept as the options say.
//
//   Lock lock(options);
//   if (!lock.Try()) lock.Wait();
//   lock.Release();
#pragma once

#include <sys/types.h>

#include <string>

#include "servers/stand_in/options.h"

namespace pidfall::stand_in {

class Lock {
 public:
  explicit Lock(const Options& options);

  // True: ours, or there is none to take.
  bool Try();
  void Wait();
  // Whose it is, where the kernel tells: of a POSIX lock. 0: nobody's.
  pid_t Owner() const;
  void Release();

 private:
  void Open();
  bool Take(bool wait);
  bool IsAtPath() const;

  const Options& options_;
  std::string path_;
  int file_ = -1;
};

}  // namespace pidfall::stand_in
