// No guard but the bind of the port: the state before the report's fix.
#pragma once

#include "servers/strategies/strategy.h"

namespace pidfall::strategies {

class NoGuard : public Safeguard {
 public:
  explicit NoGuard(Settings settings) : settings_(std::move(settings)) {}
  Answer BeforeBind() override { return {}; }
  Answer BindFailed(int error) override;

 private:
  Settings settings_;
};

}  // namespace pidfall::strategies
