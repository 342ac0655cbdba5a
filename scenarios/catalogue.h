// Everything that is tested: the catalogue, family by family.
//
//   for (const Scenario& scenario : Catalogue()) ...
//
// Each family is one file of stories with its table at the end: the table is the program.
#pragma once

#include <span>
#include <vector>

#include "harness/stage/scenario.h"

namespace pidfall {

// In the order of the report.
const std::vector<Scenario>& Catalogue();

std::span<const Scenario> DuplicateFamily();
std::span<const Scenario> StaleFamily();
std::span<const Scenario> Kill9Family();
std::span<const Scenario> PidReuseFamily();
std::span<const Scenario> PermissionFamily();
std::span<const Scenario> PathFamily();
std::span<const Scenario> DiskFamily();
std::span<const Scenario> OwnershipFamily();
std::span<const Scenario> PortFamily();
std::span<const Scenario> TimeWaitFamily();
std::span<const Scenario> StopFamily();
std::span<const Scenario> RestartLoopFamily();
std::span<const Scenario> StandbyFamily();
std::span<const Scenario> ControlFamilies();  // of `standby` and `stop`: the commands beside it
std::span<const Scenario> NamespaceFamily();
std::span<const Scenario> UpgradeFamily();

}  // namespace pidfall
