#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "app/stages/results.hpp"
#include "solver/propagation/propagate.hpp"

namespace vitral::stages {

/// A propagation that was stopped: where its march stands, and what was recorded until then.
struct StoppedPropagation {
    propagation::MarchState state;
    PropagationRecords recorded;
};

/// The file beside a run's result in which a stopped propagation waits: written whole, with its hash and the transform plans
/// that it needs, and good for the same inputs and program, with which the run goes on to the same bits.
class Checkpoint {
public:
    /// An empty path: nothing is kept.
    Checkpoint(std::filesystem::path path, const std::string& inputs_hash);
    [[nodiscard]] bool is_kept() const noexcept { return !path_.empty(); }
    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
    /// To be called before anything is transformed: takes the plans that the checkpoint, if there is one, was made with.
    void adopt_plans() const;
    /// Nothing where there is no file, or one that is damaged or of other inputs.
    [[nodiscard]] std::optional<StoppedPropagation> load() const;
    void save(const propagation::MarchState& state, const PropagationRecords& recorded) const;
    void remove() const noexcept;

private:
    [[nodiscard]] std::string head() const;
    [[nodiscard]] std::optional<std::string> payload() const;
    std::filesystem::path path_;
    std::string inputs_hash_;
};

}  // namespace vitral::stages
