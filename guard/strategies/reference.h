// The reference guard (guard/guard.h) behind the interface of strategy.h.
#pragma once

#include "guard/strategies/lockfile.h"

namespace pidfall::guard {

class Reference : public LockFile {
 public:
  using LockFile::LockFile;
};

}  // namespace pidfall::guard
