// The needs that a story has of its sandbox or the kernel. Where one is not met, a Skip gives the
// reason and the cure.
//
//   constexpr Scenario kFull{"disk/full", ..., Full, part::kNone, need::kNamespaces};
//   NeedFullSandbox(stage, "a container");  // for a part of the story only
#pragma once

#include <string>

namespace pidfall {

class Stage;

using Needs = unsigned;  // any of these, joined by |

namespace need {
inline constexpr Needs kNothing = 0;
inline constexpr Needs kNamespaces = 1U << 0;
inline constexpr Needs kUserWherePossible = 1U << 1;  // a second user; without one it still runs
// A second user; the kernel must refuse signals between the two.
inline constexpr Needs kSecondUser = kUserWherePossible | 1U << 2;
inline constexpr Needs kForeignFile = kUserWherePossible | 1U << 3;  // a file that is not ours
inline constexpr Needs kSeconds = 1U << 4;  // of time: tests run it apart from the rest
}  // namespace need

constexpr bool Includes(Needs all, Needs one) { return (all & one) == one; }

void CheckNeeds(const Stage& stage, Needs needs);

void NeedFullSandbox(const Stage& stage, const std::string& what_for);
// Where the program, or a script's interpreter, is in a home that another user may not enter.
void SkipIfOutOfReach(const Stage& stage);
void NeedKernelFile(const std::string& path, const std::string& what_for);

}  // namespace pidfall
