// The kinds of breaches, for reports that group and order them. Sentences may change freely.
//
//   Require(!both, "C1", "both serve", breach_kind::kTwoServe);
//   if (IsOfKind(result.kinds, breach_kind::kTwoServe)) ...
#pragma once

namespace pidfall {

using BreachKinds = unsigned;  // any of these, joined by |

namespace breach_kind {
inline constexpr BreachKinds kNone = 0;
// Two copies serve, or one serves that its safeguard should have kept out.
inline constexpr BreachKinds kTwoServe = 1U << 0;
// The owner no longer holds its lock: the cause of all that a second start then does.
inline constexpr BreachKinds kLostLock = 1U << 1;
// Two starts both passed the check before either of them had written.
inline constexpr BreachKinds kPassedCheck = 1U << 2;
// The stop wrote through a link.
inline constexpr BreachKinds kStopFollowsLink = 1U << 3;
}  // namespace breach_kind

constexpr bool IsOfKind(BreachKinds kinds, BreachKinds kind) { return (kinds & kind) != 0; }

}  // namespace pidfall
