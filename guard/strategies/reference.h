// The reference guard (guard/guard.h) behind the interface of strategy.h.
#pragma once

#include <optional>

#include "guard/guard.h"
#include "guard/strategy.h"

namespace pidfall::guard {

class Reference : public Safeguard {
 public:
  explicit Reference(Settings settings) : settings_(std::move(settings)) {}
  Answer BeforeBind() override;
  Answer BindFailed(int error) override;
  void Serving() override;
  bool BeforeRestart() override { return instance_ && instance_->PrepareExec(); }
  void BeforeExit() override;

 private:
  Options ToOptions() const;

  Settings settings_;
  std::optional<Instance> instance_;
};

}  // namespace pidfall::guard
