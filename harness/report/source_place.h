// The file at which a finding stands. Code hosts refuse a finding without one, and take a relative
// path as one from the root of the repository.
//
//   const SourcePlace place = PlaceOf(head, result);
//   place.uri   // "deploy/web.service"
#pragma once

#include <string>

#include "harness/report/json.h"
#include "harness/run/result.h"

namespace pidfall {

constexpr char kRepositoryBase[] = "%SRCROOT%";
constexpr char kMachineBase[] = "MACHINE";

struct SourcePlace {
  std::string uri;                     // relative, what is not unreserved as %XX
  const char* base = kRepositoryBase;  // or kMachineBase: from the root of the file system
};

// The result's own file; else the first below the repository that the command names, a source file
// before a program; else the file of the whole command; else one that repositories have.
SourcePlace PlaceOf(const JsonHead& head, const Result& result);

}  // namespace pidfall
