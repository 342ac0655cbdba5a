// The parts of a target that a scenario is about. A target that lacks one is known to be not
// concerned before anything is started.
//
//   constexpr Scenario kCommand{"stop/command", ..., Command, part::kStopCommand};
//   if (auto lack = MissingPart(target, scenario.parts)) ...  // "no stop command is known (...)"
#pragma once

#include <optional>
#include <string>

#include "harness/target/target.h"

namespace pidfall {

using Parts = unsigned;  // any of these, joined by |

namespace part {
inline constexpr Parts kNone = 0;
inline constexpr Parts kPidFile = 1U << 0;
inline constexpr Parts kPort = 1U << 1;
// It can be started with another pid file, if it has one.
inline constexpr Parts kOtherPidFile = 1U << 2;
inline constexpr Parts kOtherPort = 1U << 3;
inline constexpr Parts kOtherHost = 1U << 4;
inline constexpr Parts kStopCommand = 1U << 5;
inline constexpr Parts kStatusCommand = 1U << 6;
inline constexpr Parts kNamedPolicy = 1U << 7;
inline constexpr Parts kOlderVersion = 1U << 8;
inline constexpr Parts kRestartSignal = 1U << 9;
inline constexpr Parts kStandby = 1U << 10;  // also where that is not known yet
inline constexpr Parts kTakeover = 1U << 11;
inline constexpr Parts kAuto = 1U << 12;
inline constexpr Parts kDeadMain = 1U << 13;
inline constexpr Parts kAlso = 1U << 14;
inline constexpr Parts kPidOnDisk = 1U << 15;  // in its pid file, or as a symlink's text
}  // namespace part

// Why a scenario about `parts` does not concern `target`; empty when it does.
std::optional<std::string> MissingPart(const Target& target, Parts parts);

}  // namespace pidfall
