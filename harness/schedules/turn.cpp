#include "harness/schedules/turn.h"

#include <algorithm>

namespace pidfall {
namespace {

bool Has(const std::vector<int>& all, int one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

}  // namespace

bool Turn::Enables(int contender) const { return Has(enabled, contender); }

const NamedCall& Turn::CallOf(int contender) const {
  const auto at = std::find(enabled.begin(), enabled.end(), contender) - enabled.begin();
  return calls.at(static_cast<size_t>(at));
}

int DefaultChoice(const std::vector<int>& enabled, std::optional<int> last) {
  return last && Has(enabled, *last) ? *last : enabled.front();
}

bool IsPreemption(const Turn* before, const Turn& turn) {
  return before != nullptr && turn.chosen != before->chosen && turn.Enables(before->chosen);
}

int Preemptions(const std::vector<Turn>& turns) {
  int count = 0;
  for (size_t i = 1; i < turns.size(); ++i) count += IsPreemption(&turns[i - 1], turns[i]) ? 1 : 0;
  return count;
}

}  // namespace pidfall
