#include "medium/sampled.hpp"

#include <algorithm>

#include "core/constants.hpp"
#include "medium/moved_section.hpp"
#include "medium/planes.hpp"
#include "medium/polarized_index.hpp"

namespace vitral::medium {
namespace {

/// A medium that changes along z in a way that only it knows.
class ReadAnew final : public SampledMedium {
public:
    ReadAnew(std::shared_ptr<const Medium> medium, const Grid& grid, const Sight& sight)
        : medium_(std::move(medium)),
          grid_(grid),
          sight_(sight),
          absorbs_(!extinction(*medium_, grid, 0.0).values.empty()) {}
    [[nodiscard]] const Grid& grid() const override { return grid_; }
    void at(double z, IndexMap& map) const override { map = seen_section(*medium_, grid_, z, sight_); }
    [[nodiscard]] double constant_until(double z) const override { return medium_->constant_until(z); }
    [[nodiscard]] bool absorbs() const override { return absorbs_; }
    void extinction_at(double z, Field<double>& kappa) const override { kappa = extinction(*medium_, grid_, z); }

private:
    std::shared_ptr<const Medium> medium_;
    Grid grid_;
    Sight sight_;
    bool absorbs_;
};

/// Every third point along each axis.
Grid thinned(const Grid& grid) {
    constexpr int every = 3;
    const auto thin = [](const Axis& axis) {
        if (axis.count < 4 * every) return axis;
        return Axis{axis.lower, axis.spacing * every, axis.count / every};
    };
    return {thin(grid.x), grid.is_slab() ? grid.y : thin(grid.y)};
}

}  // namespace

IndexMap seen_section(const Medium& medium, const Grid& grid, double z, const Sight& sight) {
    return polarized_index(medium.index_on(grid, z, sight.field), medium.wavelength(), sight.potential);
}

Field<double> extinction(const Medium& medium, const Grid& grid, double z) {
    if (!medium.outline().absorption_known) return {};
    Field<double> kappa = medium.attenuation_on(grid, z);
    if (std::none_of(kappa.values.begin(), kappa.values.end(), [](double value) { return value != 0.0; })) return {};
    const double per_attenuation = medium.wavelength() / (4.0 * pi);
    for (double& value : kappa.values) value *= per_attenuation;
    return kappa;
}

std::unique_ptr<SampledMedium> sampled(const std::shared_ptr<const Medium>& medium, const Grid& grid,
                                       const Sight& sight, const Along& along, const std::optional<Axis>& section_x) {
    const Motion& motion = along.motion;
    if (!motion.moves() && medium->constant_until(0.0) == 0.0) {
        auto anew = std::make_unique<ReadAnew>(medium, grid, sight);
        const int count = along.length > 0.0 && grid.is_uniform()
                              ? planes_needed(ReadAnew(medium, thinned(grid), sight), along.length)
                              : 0;
        if (count == 0) return anew;
        return std::make_unique<Planes>(std::move(anew), along.length, count);
    }
    const Grid own{motion.moves() ? section_x.value_or(grid.x) : grid.x, grid.y};
    IndexMap section = seen_section(*medium, own, 0.0, sight);
    Field<double> kappa = extinction(*medium, own, 0.0);
    if (motion.moves())
        return kappa.values.empty()
                   ? std::make_unique<MovedSection>(std::move(section), motion.path, motion.bend, grid.x)
                   : std::make_unique<MovedSection>(std::move(section), kappa, motion.path, motion.bend, grid.x);
    return kappa.values.empty() ? std::make_unique<StraightIndex>(std::move(section))
                                : std::make_unique<StraightIndex>(std::move(section), std::move(kappa));
}

}  // namespace vitral::medium
