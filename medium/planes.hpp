#pragma once
#include <memory>
#include <mutex>

#include "core/kept_near.hpp"
#include "core/sampled_medium.hpp"

namespace vitral::medium {

/// A structure that changes smoothly along z, read at planes a fixed distance apart; between them n(x, y; z) is the quintic
/// through six planes. Planes are read when they are first needed, and a few are kept.
class Planes final : public SampledMedium {
public:
    /// `count` intervals on 0 <= z <= length.
    Planes(std::unique_ptr<SampledMedium> source, double length, int count);
    [[nodiscard]] const Grid& grid() const override { return source_->grid(); }
    void at(double z, IndexMap& map) const override;
    [[nodiscard]] double constant_until(double z) const override { return source_->constant_until(z); }
    [[nodiscard]] bool absorbs() const override { return source_->absorbs(); }
    void extinction_at(double z, Field<double>& kappa) const override { source_->extinction_at(z, kappa); }

private:
    [[nodiscard]] std::shared_ptr<const IndexMap> plane(int number) const;

    std::unique_ptr<SampledMedium> source_;
    double spacing_;
    int count_;
    mutable std::mutex mutex_;
    mutable KeptNear<IndexMap, 8> planes_;
};

/// How many intervals between planes hold a structure to 3e-8 of n in the middle of each: 32, 64, ... 256; 0 where none of these
/// does, as where a step moves. `sample` may be the same structure on fewer points.
[[nodiscard]] int planes_needed(const SampledMedium& sample, double length);

}  // namespace vitral::medium
