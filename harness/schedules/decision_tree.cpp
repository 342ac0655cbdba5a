#include "harness/schedules/decision_tree.h"

#include <fmt/format.h>

namespace pidfall {
namespace {

WholeCall WithoutData(WholeCall whole) {
  for (size_t i = 0; i < whole.roles.size(); ++i) {
    if (whole.RoleOf(i) != Role::kInput) continue;
    whole.contents[i].clear();
    whole.values[i + 1] = 0;  // their size
  }
  return whole;
}

// The same call, but for the bytes that it writes.
bool WritesOther(const WholeCall& one, const WholeCall& other) {
  return one != other && WithoutData(one) == WithoutData(other);
}

}  // namespace

bool Step::operator==(const Step& other) const {
  return kind == other.kind && whole == other.whole && ending == other.ending;
}

std::string Step::Text() const {
  switch (kind) {
    case kCall:
      return "makes " + name.Text();
    case kOwn:
      return fmt::format("makes call {} on a descriptor of its own", whole.number);
    case kSleeps:
      return "sleeps";
    case kRests:
      return "rests";
    case kOver:
      return "ends with " + (ending ? ending->Describe() : "no status");
    default:
      return "does what only it can do: " + why;
  }
}

const Step* DecisionTree::StepAt(Place place) const {
  const auto& step = nodes_[place].step;
  return step ? &*step : nullptr;
}

bool DecisionTree::Learn(Place place, const Step& step) {
  auto& known = nodes_[place].step;
  if (!known) known = step;
  if (*known == step || known->kind == Step::kOnlyReal) return true;
  if (step.kind != known->kind || !WritesOther(step.whole, known->whole)) return false;
  known = {.kind = Step::kOnlyReal, .why = "it writes something else each time: it " + step.Text()};
  return true;
}

std::optional<DecisionTree::Branch> DecisionTree::After(Place place,
                                                        const std::string& result) const {
  const auto& branches = nodes_[place].branches;
  const auto found = branches.find(result);
  return found == branches.end() ? std::nullopt : std::optional(found->second);
}

DecisionTree::Place DecisionTree::Add(Place place, const std::string& result, int64_t shown) {
  if (const auto known = After(place, result)) return known->place;
  const Branch branch{nodes_.size(), shown};
  nodes_.emplace_back();
  nodes_[place].branches.emplace(result, branch);
  return branch.place;
}

}  // namespace pidfall
