#include "harness/schedules/decision_tree.h"

#include <fmt/format.h>

namespace pidfall {

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
  return *known == step;
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
