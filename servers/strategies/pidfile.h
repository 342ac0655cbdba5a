// The report's fix, faults included: check the pid file, then write it, then remove it at exit.
//
// Its faults are its purpose (CONTRACT.md has the clauses): the check and the write are two steps,
// a pid alone makes an owner, and the exit removes any file that is there. Where the report's
// Python would end with an uncaught exception, this ends with status 1.
#pragma once

#include <string>

#include "servers/strategies/none.h"

namespace pidfall::strategies {

class PidFile : public Safeguard {
 public:
  explicit PidFile(Settings settings) : settings_(std::move(settings)), port_(settings_) {}
  Answer BeforeBind() override;
  Answer BindFailed(int error) override;
  void BeforeExit() override;

 private:
  Answer Check();
  Answer CheckProcess(const std::string& content);
  Answer RemoveStale();
  Answer Write();

  Settings settings_;
  NoGuard port_;
};

}  // namespace pidfall::strategies
