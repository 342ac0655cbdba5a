// The reference guard (guard/guard.h) behind the interface of strategy.h.
#pragma once

#include <optional>

#include "guard/guard.h"
#include "servers/strategies/strategy.h"

namespace pidfall::strategies {

class Reference : public Safeguard {
 public:
  explicit Reference(Settings settings) : settings_(std::move(settings)) {}
  Answer BeforeBind() override;
  Answer BindFailed(int error) override;
  void Serving() override;
  bool BeforeRestart() override { return instance_ && instance_->PrepareExec(); }
  void BeforeExit() override;

 private:
  guard::Options ToOptions() const;

  Settings settings_;
  std::optional<guard::Instance> instance_;
};

}  // namespace pidfall::strategies
