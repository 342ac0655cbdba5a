// The usual lock file: flock on the pid file itself, pid written in, removed at exit.
//
// Its known faults are kept: the path is not checked again after locking, so removing the file
// (at exit, or by hand) lets a second owner lock a new one; the descriptor is inherited by every
// child that execs, as libbsd's still is, so a child that outlives the owner blocks the next start.
#pragma once

#include "servers/strategies/none.h"

namespace pidfall::strategies {

class LockFile : public Safeguard {
 public:
  explicit LockFile(Settings settings) : settings_(std::move(settings)), port_(settings_) {}
  LockFile(const LockFile&) = delete;
  LockFile& operator=(const LockFile&) = delete;
  ~LockFile() override;
  Answer BeforeBind() override;
  Answer BindFailed(int error) override;
  void BeforeExit() override;

 private:
  Answer Fail(int error);
  Answer Duplicate();
  bool WritePid();

  Settings settings_;
  NoGuard port_;
  int fd_ = -1;
};

}  // namespace pidfall::strategies
