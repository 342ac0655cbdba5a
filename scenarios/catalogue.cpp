#include "scenarios/catalogue.h"

namespace pidfall {

const std::vector<Scenario>& Catalogue() {
  static const std::vector<Scenario> kAll = [] {
    std::vector<Scenario> all;
    for (const auto family :
         {DuplicateFamily(), StaleFamily(), Kill9Family(), PidReuseFamily(), PermissionFamily(),
          PathFamily(), DiskFamily(), OwnershipFamily(), PortFamily(), TimeWaitFamily(),
          StopFamily(), RestartLoopFamily(), StandbyFamily(), ControlFamilies(), NamespaceFamily(),
          UpgradeFamily()}) {
      all.insert(all.end(), family.begin(), family.end());
    }
    return all;
  }();
  return kAll;
}

}  // namespace pidfall
