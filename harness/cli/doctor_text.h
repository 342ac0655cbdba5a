// The output of `pidfall doctor`.
//
//   Print(stdout, DoctorText(SandboxName(), ProbeFeatures(), paint));
#pragma once

#include <string>
#include <vector>

#include "harness/report/paint.h"
#include "harness/sandbox/features.h"

namespace pidfall {

std::string DoctorText(const std::string& sandbox, const std::vector<Feature>& features,
                       const Paint& paint);

}  // namespace pidfall
